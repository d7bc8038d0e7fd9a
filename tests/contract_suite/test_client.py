"""The client: safe, recording, cleaning up after itself."""

import time
from collections.abc import Iterator
from functools import partial

import pytest

from contract_tests.client.http import Received, Request
from contract_tests.client.identity import Unreachable, identify
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import path, with_query
from contract_tests.client.patience import TimeLimit
from contract_tests.client.target import Target
from contract_tests.findings import ContractViolation, CutShort, Ledger, SuiteError
from contract_tests.suite.settings import default_level
from mockserver.settings import Settings
from tests.contract_suite.made import exchange
from tests.served import serving


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """Return a mock as a target."""
    with serving(Settings()) as port:
        yield Target(f"http://127.0.0.1:{port}")


@pytest.fixture
def nomad(target: Target) -> Iterator[Nomad]:
    """Return a client of a run of its own."""
    client = Nomad(target, Ledger(), "nomad-contract-cafe-")
    yield client
    client.own.clean()
    client.close()


@pytest.mark.parametrize("target_path", ["/v1/job/production", "/v1/job/nomad-contract-beef-x", "/v1/job/"])
def test_nothing_of_anybody_elses_is_touched(nomad: Nomad, target_path: str) -> None:
    """A write to any job that is not this run's is refused before it is sent."""
    for method in ("PUT", "POST", "DELETE"):
        with pytest.raises(SuiteError, match="not about a job of this run"):
            nomad.send("register", method, target_path, body={})


def test_a_body_that_ought_to_be_refused_leaves_no_job(nomad: Nomad) -> None:
    """A server that takes such a body may keep the job under the ID in the path, or under the one that it names."""
    for content in (b'{"Job": {"ID": "x"}}', {"Job": {"ID": f"{nomad.prefix}b/c"}}):
        done = exchange("register", {}, method="PUT", target="/v1/job/nomad-contract-cafe-a%2Fc?region=global")
        nomad._remember(done, content)
    assert nomad.own.created == ["nomad-contract-cafe-a/c", "nomad-contract-cafe-b/c"]


def test_calls_at_the_same_time_keep_their_order(nomad: Nomad) -> None:
    """Simultaneous calls return their exchanges in the order of the calls."""
    jobs = [JobFactory().idle(nomad.new_id()) for _ in range(8)]
    done = nomad.together([partial(nomad.register, job) for job in jobs])
    assert [one.status for one in done] == [200] * 8
    assert [one.target for one in done] == [path(job["ID"], "register") for job in jobs]


def test_a_body_can_be_sent_in_chunks(nomad: Nomad) -> None:
    """With Transfer-Encoding a body goes out without its length."""
    job = JobFactory().idle(nomad.new_id())
    headers = {"Transfer-Encoding": "chunked"}
    done = nomad.send("register", "PUT", path(job["ID"], "register"), body={"Job": job}, headers=headers)
    assert done.status == 200
    assert nomad.job(job["ID"]).status == 200


def test_what_was_created_is_removed(nomad: Nomad) -> None:
    """Jobs and dispatched children are removed, the newest first."""
    factory = JobFactory()
    nomad.register(factory.parameterized(nomad.new_id()))
    parent = nomad.own.created[0]
    child = nomad.dispatch(parent, meta={"need": "x"}).json["DispatchedJobID"]
    assert nomad.own.created == [parent, child]
    nomad.own.clean()
    assert [nomad.job(one).status for one in (parent, child)] == [404, 404]
    assert nomad.own.created == []


@pytest.mark.parametrize("purge", [False, True])
def test_newer_servers_are_asked_to_forget(monkeypatch: pytest.MonkeyPatch, target: Target, *, purge: bool) -> None:
    """Cleaning up purges jobs on servers that keep deregistered ones, and sends others no unknown parameter."""
    nomad = Nomad(target, Ledger(), "nomad-contract-cafe-", purge=purge)
    sent: list[str] = []

    def send(request: Request, *_: object, **__: object) -> Received:
        sent.append(f"{request.method} {request.target}")
        return Received(200, {}, b"")

    monkeypatch.setattr(nomad.connection.sender.http, "send", send)
    nomad.own.remove("nomad-contract-cafe-1")
    nomad.close()
    assert sent == [f"DELETE /v1/job/nomad-contract-cafe-1{'?purge=true' if purge else ''}"]


def test_leftovers_are_swept(nomad: Nomad) -> None:
    """Jobs that a run left behind are found by its prefix."""
    nomad.register(JobFactory().idle(nomad.new_id()))
    left = nomad.own.created.copy()
    nomad.own.created.clear()
    assert nomad.own.leftovers() == left
    assert nomad.own.sweep() == (1, [])
    assert nomad.own.leftovers() == []


def test_what_is_not_removed_at_once_is_tried_again(nomad: Nomad, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that drops a connection while the suite cleans up is left clean; no job is tried for ever."""
    stubborn, quietly, tried = nomad.new_id(), nomad.connection.quietly, list[str]()

    def drop(operation: str, method: str, target: str, **options: bool) -> Received | None:
        dropped = method == "DELETE" and (stubborn in target or target not in tried)
        tried.append(target)
        return None if dropped else quietly(operation, method, target, **options)

    monkeypatch.setattr(nomad.connection, "quietly", drop)
    nomad.register(JobFactory().idle(nomad.new_id()))
    assert nomad.own.sweep() == (1, [])
    nomad.register(JobFactory().idle(stubborn))
    assert nomad.own.sweep() == (1, [stubborn])
    assert len([one for one in tried if stubborn in one]) == 8


def test_settling_ends_with_the_time_of_the_run(nomad: Nomad) -> None:
    """The time limit ends a wait for a job to come to rest; what cleans up goes on."""
    nomad.connection.sender.limit = TimeLimit(seconds=1, hard=True, started=time.monotonic() - 2)
    with pytest.raises(CutShort, match="the time limit of 1 s"):
        nomad.settle(nomad.new_id())
    assert nomad.own.sweep() == (0, [])


def test_exchanges_are_recorded(nomad: Nomad) -> None:
    """Requests and replies are recorded as they were."""
    job = JobFactory().idle(nomad.new_id())
    done = nomad.register(job, EnforceIndex=False)
    assert (done.method, done.target, done.status) == ("PUT", f"/v1/job/{job['ID']}", 200)
    assert b'"EnforceIndex": false' in done.body
    assert done.index == done.json["EvalCreateIndex"]
    assert done.seconds > 0
    found = nomad.job(job["ID"], {"pretty": None, "stale": "1"})
    assert found.target.endswith("?pretty&stale=1")


def test_ids_are_escaped() -> None:
    """In IDs slashes stay, and everything else that is special is percent-encoded."""
    assert path("a/b c?d#é%", "summary") == "/v1/job/a/b%20c%3Fd%23%C3%A9%25/summary"


def test_no_id_begins_with_another(nomad: Nomad) -> None:
    """No ID begins with another one, so that a query by prefix finds only its own."""
    ids = [nomad.new_id() for _ in range(12)]
    assert not any(one != other and other.startswith(one) for one in ids for other in ids)


def test_a_region_goes_with_every_request(target: Target) -> None:
    """The region is sent with every request that does not name one itself."""
    nomad = Nomad(Target(target.address, region="mars"), Ledger(), "nomad-contract-cafe-")
    for target_text in ("/v1/job/x", "/v1/job/x?pretty"):
        assert nomad.send("query", "GET", target_text).text == "No path to region"
    assert nomad.job("x", {"region": "global"}).status == 404
    nomad.close()


def test_a_scope_is_in_every_request() -> None:
    """Region and namespace of the target are in each query that does not name them itself."""
    scope = Target.at("http://127.0.0.1:9", region="eu", namespace="ops").scope
    assert with_query("/v1/jobs", {"prefix": "x"}, scope) == "/v1/jobs?prefix=x&region=eu&namespace=ops"
    assert with_query("/v1/jobs?a", {"region": "us"}, scope) == "/v1/jobs?a&region=us&namespace=ops"
    assert with_query("/v1/jobs", None, {}) == "/v1/jobs"


def test_no_answer_is_a_finding() -> None:
    """A server that goes away breaks the statement that it survives any request."""
    nomad = Nomad(Target("http://127.0.0.1:9"), Ledger(), "x-")
    with pytest.raises(ContractViolation) as found:
        nomad.job("y")
    assert found.value.statement == "common.schema.survives-any-input"
    nomad.close()


def test_no_reply_is_told_in_words() -> None:
    """A connection that was closed has no status; what the reply should have been is not asked of nothing."""
    done = exchange("query", status=None, raw=b"")
    with pytest.raises(ContractViolation) as found:
        assert done.json
    assert found.value.actual == "the connection was closed without an answer"


def test_a_target_says_who_it_is(target: Target) -> None:
    """The target has version, region and regions; a server that does not answer is reported in one line."""
    identity = identify(target)
    assert (identity.version, identity.region) == ("0.5.4", "global")
    with pytest.raises(Unreachable, match="does not answer"):
        identify(Target("http://127.0.0.1:9"))


@pytest.mark.parametrize(
    ("version", "level"),
    [("0.5.4", "should"), ("0.5.3", "should"), ("mock", "should"), ("0.5.6", "must"), ("1.9.0", "must"), ("", "must")],
)
def test_observed_behaviour_binds_only_its_version(version: str, level: str) -> None:
    """On other versions only documented behaviour can fail."""
    assert default_level(version) == level
