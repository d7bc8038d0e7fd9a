"""The client of the control plane, and a mock inside a test run."""

import json
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from mockserver.client import MockClient, MockError
from mockserver.openapi import load_control
from mockserver.server import AgentServer
from mockserver.testing import NotStarted, example_job, running_mock


@pytest.fixture(scope="module")
def server() -> Iterator[MockClient]:
    """Serve one mock for all tests of this module."""
    with running_mock(clock="manual", seed=1, nodes=2) as mock:
        yield mock


@pytest.fixture
def mock(server: MockClient) -> MockClient:
    """Return the mock with a fresh world."""
    server.reset()
    return server


def _get(mock: MockClient, path: str) -> Any:
    with urllib.request.urlopen(mock.url + path) as reply:
        return json.load(reply)


def test_a_client_knows_where_its_mock_is(mock: MockClient) -> None:
    """The client has the mock's address in the form of NOMAD_ADDR."""
    assert mock.address == mock.url
    assert mock.url.startswith("http://127.0.0.1:")
    assert repr(mock) == f"<MockClient {mock.url}>"
    assert mock.health()["nomad"] == "0.5.4"
    assert f"http://{mock.nodes.list()[0]['node']['HTTPAddr']}" == mock.url


def test_time_is_moved(mock: MockClient) -> None:
    """Time moves by durations of three kinds, to the next event, and at other speeds."""
    start = mock.clock.now()
    for duration in ("1s", 1.0, timedelta(seconds=1)):
        mock.clock.advance(duration)
    assert mock.clock.now() - start == 3_000_000_000
    assert mock.clock.advance_to_next_event() is False
    assert mock.clock.scaled(60).speed == 60
    assert mock.clock.real().mode == "real"
    assert mock.clock.manual().mode == "manual"


def test_job_files_are_seeded(mock: MockClient, tmp_path: Path) -> None:
    """A file is given as a path, HCL also as a text; a text that is neither is refused, and a path is suggested."""
    hcl = (Path(__file__).parents[2] / "examples" / "hello.nomad").read_text("utf-8")
    file = tmp_path / "jobs.json"
    file.write_text(json.dumps([example_job("a"), {"Job": example_job("b")}]), "utf-8")
    mock.reset()
    assert [each["ID"] for each in mock.seed(file, hcl.replace('"hello"', '"c"'))] == ["a", "b", "c"]
    mock.reset()
    with pytest.raises(MockError, match="line 1, column 11: there is no cuont here"):
        mock.seed('job "w" { cuont = 1 }')
    with pytest.raises(ValueError, match=r"^'web\.nomad' is no job; did you mean Path\('web\.nomad'\)\?$"):
        mock.seed("web.nomad")
    for wrong, said in (([example_job("a")], "a list is no job; give jobs one by one"), (None, "a NoneType is no job")):
        with pytest.raises(TypeError, match=said):
            mock.seed(wrong)  # type: ignore[arg-type] # as somebody would who does not check types
    file.write_text("[", "utf-8")
    with pytest.raises(ValueError, match=r"jobs\.json: not JSON: "):
        mock.seed(file)


def test_jobs_are_seeded_and_tasks_steered(mock: MockClient) -> None:
    """Jobs can be registered, and their tasks failed, finished and started."""
    first = mock.tasks.rule({"start_error": "no"}, job="other")
    mock.tasks.rule({"hang": True}, job="b", times=1)
    mock.tasks.drop_rule(first)
    assert [rule["times"] for rule in mock.tasks.rules()] == [1]
    assert [each["ID"] for each in mock.seed(example_job("a"), example_job("b"))] == ["a", "b"]
    mock.clock.advance("1s")
    assert {task["job"]: task["state"] for task in mock.tasks.list()} == {"a": "running", "b": "pending"}
    mock.tasks.start(job="b")
    mock.tasks.finish(job="b", exit_code=3)
    mock.tasks.fail(job="a", restart=False, message="oom")
    mock.tasks.clear_rules()
    mock.clock.advance("1s")
    assert [each["ClientStatus"] for each in _get(mock, "/v1/job/a/allocations")] == ["failed"]


def test_nodes_are_steered(mock: MockClient) -> None:
    """Nodes can be added, drained, taken down, brought back, changed and removed."""
    first = mock.nodes.list()[0]["node"]["Name"]
    assert [node["Name"] for node in mock.nodes.add({"Name": "a/b"})] == ["a/b"]
    assert mock.nodes.change(first, Resources={"CPU": 1})["node"]["Resources"]["CPU"] == 1
    assert mock.nodes.drain(first)["node"]["Drain"]
    assert not mock.nodes.drain(first, enable=False)["node"]["Drain"]
    assert mock.nodes.down(first)["node"]["Status"] == "down"
    assert mock.nodes.up(first)["node"]["Status"] == "ready"
    mock.nodes.remove(first)
    assert first not in [each["node"]["Name"] for each in mock.nodes.list()]
    assert mock.nodes.get(mock.nodes.list()[-1]["node"]["ID"])["used"]["CPU"] == 0


def test_a_state_is_taken_and_put_back(mock: MockClient) -> None:
    """An exported state can be imported again."""
    mock.seed(example_job("a"))
    document = mock.export_state()
    mock.reset(nodes=0)
    mock.import_state(document)
    assert mock.export_state() == document


def test_a_space_has_a_port_of_its_own(mock: MockClient) -> None:
    """A space's own port serves that space and its control plane, and is closed when the space is dropped."""
    space = mock.create_space("s", nodes=5)
    assert space.url != mock.url
    assert len(MockClient(space.url).nodes.list()) == 5
    space.seed(example_job("a"))
    assert _get(space, "/v1/job/a")["ID"] == "a"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        _get(mock, "/v1/job/a")
    assert [each["name"] for each in mock.spaces()] == ["default", "s"]
    assert repr(space).endswith(" space s>")
    space.drop_space()
    with pytest.raises(OSError, match="refused"):
        _get(space, "/v1/job/a")


def test_a_space_can_do_without_a_port(mock: MockClient) -> None:
    """A space without a port is chosen by the header."""
    space = mock.create_space(port=None)
    assert space.url == mock.url
    space.seed(example_job("a"))
    mock.drop_space(space.space)


def test_a_port_that_is_taken_is_told(mock: MockClient) -> None:
    """When the port is taken, the error says so and no space is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(MockError, match="Address already in use"):
        mock.create_space(port=taken.getsockname()[1])
    assert len(mock.spaces()) == 1


def test_a_refusal_says_all(mock: MockClient) -> None:
    """A refusal has the status, what is wrong, where, and what to do."""
    with pytest.raises(MockError) as caught:
        mock.reset(nodse=3)
    assert caught.value.status == 400
    assert "nodse" in caught.value.findings[0]
    assert str(caught.value).splitlines()[0] == caught.value.error
    assert str(caught.value).splitlines()[-1] == caught.value.help


def test_what_is_no_mock_is_noticed() -> None:
    """A reply that no mock gives is shown in the error."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        threading.Thread(target=other.handle_request, daemon=True).start()
        with pytest.raises(MockError, match=r"(?s)status 501: .*Error response") as caught:
            MockClient(f"http://127.0.0.1:{other.server_port}").health()
    assert "is this a nomad-mock" in caught.value.help


def test_a_token_is_sent(tmp_path: Path) -> None:
    """The control plane needs the token, the agent does not."""
    job = tmp_path / "job.json"
    job.write_text(json.dumps(example_job("a")), "utf-8")
    with running_mock(admin_token="t", load=(job,)) as mock:
        assert mock.health()["status"] == "ok"
        assert _get(mock, "/v1/job/a")["ID"] == "a"
        assert mock.create_space().health()["status"] == "ok"
        with pytest.raises(MockError, match="needs a token"):
            MockClient(mock.url).health()


def test_nodes_of_a_file(tmp_path: Path) -> None:
    """The nodes of a mock may be those of a file, as they are with --nodes."""
    file = tmp_path / "nodes.json"
    file.write_text(json.dumps([{"Name": "a"}, {"Name": "b"}]), "utf-8")
    with running_mock(nodes=file) as mock:
        assert sorted(each["node"]["Name"] for each in mock.nodes.list()) == ["a", "b"]


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"port": 65536}, ValueError, "65536 is not a port, 0 to 65535"),
        ({"host": "300.0.0.1"}, OSError, "cannot listen on 300.0.0.1:0"),
    ],
)
def test_an_address_that_is_none_is_told(wrong: dict[str, Any], error: type[Exception], said: str) -> None:
    """A port or a host that is none is named."""
    with pytest.raises(error, match=said), running_mock(**wrong):
        pass


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"kind": "bacth"}, ValueError, "there is no kind 'bacth' of jobs; did you mean batch?"),
        ({"cuont": 2}, TypeError, "example_job takes no 'cuont'; did you mean count?"),
    ],
)
def test_a_misspelt_example_is_refused(wrong: dict[str, Any], error: type[Exception], said: str) -> None:
    """Kinds and arguments of the example job are told with the nearest valid word."""
    with pytest.raises(error, match=re.escape(said)):
        example_job("a", **wrong)


def test_a_mock_that_cannot_be_is_refused() -> None:
    """Settings that make no mock are refused before anything is started."""
    with pytest.raises(ValueError, match="nodse"), running_mock(nodse=1):
        pass
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):  # noqa: SIM117 - clear
        with running_mock(port=taken.getsockname()[1]):
            pass


def test_a_server_that_breaks_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that fails while it starts raises an error instead of hanging the test."""
    monkeypatch.setattr(AgentServer, "run", lambda *_: None)
    with pytest.raises(NotStarted), running_mock():
        pass


def test_nothing_is_left_behind() -> None:
    """After the block no thread is left, and the port is free."""
    before = threading.active_count()
    with running_mock(host="::1") as mock:
        assert mock.url.startswith("http://[::1]:")
        assert mock.create_space().url.startswith("http://[::1]:")
    assert threading.active_count() == before
    with pytest.raises(OSError, match="refused"):
        mock.health()


class _Watched(MockClient):
    """A client that remembers what it asked for."""

    asked: ClassVar[set[tuple[str, str]]] = set()

    def call(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """Remember the request, and send it."""
        self.asked.add((method, path))
        return super().call(method, path, body, **query)


def test_every_operation_has_a_method(mock: MockClient) -> None:
    """The client has a method for every operation of the control plane."""
    client = _Watched(mock.url)
    assert client.settings()["nodes"] == 2
    client.reset(clock="manual", nodes=1)
    client.seed(example_job("a/b"), example_job("web"))
    client.clock.advance("1s")
    client.clock.advance_to_next_event()
    client.clock.manual()
    client.clock.now()
    client.tasks.fail(job="web")
    client.clock.advance("1m")
    client.tasks.finish(job="web")
    client.clock.advance("1m")
    client.tasks.rule({"hang": True}, job="late")
    client.seed(example_job("late"))
    client.clock.advance("1s")
    assert client.tasks.start(job="late") == [{**each} for each in client.tasks.list() if each["job"] == "late"]
    client.tasks.drop_rule(client.tasks.rules()[0]["number"])
    client.tasks.clear_rules()
    assert client.why("late") == client.explain("late")["why"]
    assert [each["ID"] for each in client.explain_all()] == ["a/b", "late", "web"]
    assert client.stop("a/b")["ID"] == "a/b"
    with pytest.raises(MockError, match="no job 'a/b'\nthere are: late, web"):
        client.stop("a/b")
    client.nodes.add({"Name": "more"})
    client.nodes.change("more", NodeClass="big")
    client.nodes.drain("more")
    client.nodes.down("more")
    client.nodes.up("more")
    client.nodes.get("more")
    client.nodes.list()
    client.nodes.remove("more")
    number = client.fault("status", status=299)
    urllib.request.urlopen(f"{mock.url}/v1/jobs").close()
    assert client.faults.get(number) == client.faults.list()[0]
    assert (client.faults.hits(number), "slow-cluster" in client.faults.presets()) == (1, True)
    client.faults.remove(number)
    client.faults.preset("slow-cluster")
    client.faults.clear()
    assert client.requests.list(status=299, limit=5) == client.requests(path="/v1/jobs") == client.requests.wait()
    assert client.requests.get(1)["status"] == 299
    assert (client.requests.count(method="GET"), client.requests.count(status=200)) == (1, 0)
    client.assert_called(operation="jobs", at_least=1, at_most=1)
    client.requests.har()
    assert client.requests.conduct()["exchanges"] == 1
    client.requests.clear()
    with client.events() as events:
        client.clock.advance("1s")
        assert next(events).kind in {"clock", "change"}
    client.import_state(client.export_state())
    other = client.create_space("other")
    assert client.get_space("other") == client.spaces()[1]
    assert other.get_space()["name"] == MockClient(other.url).health()["space"] == "other"
    client.drop_space("other")
    assert "stop-job" in str(client.openapi())
    assert "SubmittedTaskGroup" in client.nomad_openapi()["components"]["schemas"]
    client.health()
    described = {(operation.method, operation.path) for operation in load_control().operations.values()}
    described.remove(("GET", "/__admin/events"))
    asked = {(method, f"/__admin{path}") for method, path in client.asked}
    missing = {one for one in described if not any(one[0] == method and _fits(one[1], path) for method, path in asked)}
    assert missing == set()


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path) is not None


def test_a_state_comes_back_to_the_byte(mock: MockClient) -> None:
    """An exported state with everything in it is imported into another space, and both go on alike."""
    mock.reset(clock="manual", nodes=3, seed=5, federate=["eu1"])
    nightly = example_job(
        "nightly", Type="batch", Periodic={"Enabled": True, "SpecType": "cron", "Spec": "*/5 * * * *"}
    )
    asked_for = example_job("asked-for", Type="batch", ParameterizedJob={"Payload": "optional"})
    hungry = example_job("hungry", count=5)
    hungry["TaskGroups"][0]["Tasks"][0]["Resources"]["CPU"] = 9_000
    mock.seed(example_job("web", count=4), hungry, nightly, asked_for, example_job("sys", Type="system"))
    mock.seed(example_job("abroad", Region="eu1"), region="eu1")
    mock.tasks.rule({"exit_code": 9, "run_for": "3s"}, times=2, job="web")
    dispatch = urllib.request.Request(f"{mock.url}/v1/job/asked-for/dispatch", b'{"Payload": "YQ=="}', method="PUT")
    urllib.request.urlopen(dispatch).close()
    mock.clock.advance("11m")
    first, second, third = (each["node"]["Name"] for each in mock.nodes.list())
    mock.nodes.drain(first)
    mock.nodes.down(second)
    mock.nodes.change(third, Meta={"rack": "r1"}, NodeClass="big")
    mock.tasks.fail(job="web", exit_code=3)
    mock.clock.advance("1500ms")
    statuses = {evaluation["Status"] for evaluation in mock.export_state()["regions"][0]["state"]["evaluations"]}
    assert statuses >= {"blocked", "complete"}
    other = mock.create_space()
    before = _state(mock)
    urllib.request.urlopen(urllib.request.Request(f"{other.url}/__admin/state", before, method="PUT")).close()
    assert _state(other) == before
    for each in (mock, other):
        each.clock.advance("7m")
        each.nodes.up(second)
        each.seed(example_job("late"))
        each.clock.advance("1m")
    assert other.requests.har()["log"]["entries"] == []
    assert _reads(other) == _reads(mock)
    other.drop_space()


def _state(mock: MockClient) -> bytes:
    with urllib.request.urlopen(f"{mock.url}/__admin/state") as reply:
        return bytes(reply.read())


def _reads(mock: MockClient) -> list[Any]:
    paths = ("jobs", "allocations", "evaluations", "nodes", "jobs?region=eu1", "job/web/summary")
    return [_get(mock, f"/v1/{path}") for path in paths]
