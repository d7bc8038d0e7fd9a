"""Lives with tasks that run."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from mockserver.testing import running_mock
from tests.attack.steps import Life, Request
from tests.beside import running
from tests.beside.lives import renamed, requests
from tests.beside.names import HERE, PREFIX, TOKEN
from tests.beside.running import PairWithTasks, life
from tests.beside.servers import Server
from tests.builders import a_job


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer than mocks need whose time passes quickly."""
    monkeypatch.setattr(running, "_REPORTED", 0.02)
    monkeypatch.setattr("tests.beside.servers._GARBAGE", 0)


@contextmanager
def two_mocks() -> Iterator[PairWithTasks]:
    """Run two mocks with a node each, on which tasks start at once."""
    one = running_mock(nodes=1, datacenter="beside", speed=100)
    other = running_mock(nodes=1, datacenter="beside", speed=100)
    with one as ours, other as theirs, closing(Server(ours.url)) as mock, closing(Server(theirs.url)) as agent:
        yield PairWithTasks(mock, agent, ours.reset, True, "beside")


def register(name: str, **members: object) -> Request:
    """Return the registration of a job that runs."""
    job = a_job(ID=f"{PREFIX}{TOKEN}-{name}", Datacenters=[HERE], **members)
    return Request("PUT", f"/v1/job/{job['ID']}", body=json.dumps({"Job": job}).encode())


def a_life(*steps: Request) -> Life:
    """Return a life of these requests."""
    return Life("1/0", 1, ("global",), False, False, steps)


def test_lives_are_repeatable_and_of_all_kinds() -> None:
    """The same seed and number give the same requests; jobs of each type are registered, changed and drained."""
    assert life(1, 0) == life(1, 0)
    assert life(1, 0).steps != life(1, 1).steps
    made = [each for number in range(40) for each in requests(life(1, number))]
    bodies = b"".join(each.body for each in made).decode()
    for word in ("system", "batch", "service", "MetaOptional", "cron", "distinct_hosts", "/bin/false", HERE):
        assert f'"{word}"' in bodies
    for action in ("/plan", "/dispatch", "/evaluate", "/force", "/drain?enable=true", "/drain?enable=false"):
        assert any(each.target.endswith(action) for each in made)
    assert any(each.method == "DELETE" for each in made)


@pytest.mark.usefixtures("quick")
def test_tasks_run_alike_on_equal_servers() -> None:
    """Two mocks run the same tasks, and afterwards no job is left and the node takes jobs again."""
    drain = Request("PUT", "/v1/node/{node:0}/drain?enable=true")
    with two_mocks() as pair:
        played = pair.play(a_life(register("a"), register("a", Priority=60), register("b", Type="batch"), drain))
        assert (played.sent, played.difference) == (4, None)
        assert pair.agent.read("/v1/jobs") == []
        assert pair.agent.read("/v1/nodes")[0]["Drain"] is False


@pytest.mark.usefixtures("quick")
def test_a_server_on_which_tasks_do_not_run_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose node takes no allocation is found, by the allocations."""
    with two_mocks() as pair:

        def drained(request: Request, *_: str) -> Request:
            node = pair.agent.read("/v1/nodes")[0]["ID"]
            pair.agent.ask(Request("PUT", f"/v1/node/{node}/drain?enable=true"))
            return renamed(request, *_)

        monkeypatch.setattr("tests.beside.playing.renamed", drained)
        found = pair.play(a_life(register("p"))).difference
    assert found is not None
    assert found.path == "body/1/JobSummary/Summary/g/Queued"
    assert (found.ours, found.theirs) == (0, 1)


@pytest.mark.usefixtures("quick")
def test_a_life_without_rest_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A life in which something starts or stops again and again ends, and that is counted."""
    with two_mocks() as pair:
        monkeypatch.setattr(running, "_PATIENCE", 0)
        played = pair.play(life(1, 0))
        assert (played.sent, played.difference) == (1, None)
        assert played.told == {"lives that did not come to rest": 1}
