"""The stream of everything that happens in a world."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import events
from mockserver.client import Event, MockClient, MockError
from mockserver.cluster.tasks import TaskSelector
from mockserver.gostd.durations import SECOND
from mockserver.openapi import load_control
from mockserver.settings import Settings
from mockserver.testing import example_job, running_mock
from mockserver.worlds.world import create_world
from tests.faults.asking import Meanwhile

Told = tuple[int, str, dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[MockClient]:
    """Serve one mock for all tests of this module."""
    with running_mock() as mock:
        yield mock


@pytest.fixture
def mock(server: MockClient) -> MockClient:
    """Return a fresh world on a manual clock."""
    server.reset(seed=1, clock="manual")
    return server


@contextmanager
def _listening(mock: MockClient, **headers: str) -> Iterator[Iterator[Told]]:
    """Yield the events of a listener, once it listens."""
    with httpx.stream("GET", f"{mock.url}/__admin/events", headers=headers, timeout=10) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = reply.iter_lines()
        assert next(lines) == ": from now on"
        yield _events(lines)


def _events(lines: Iterator[str]) -> Iterator[Told]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}


def _until(told: Iterator[Told], kind: str, **wanted: Any) -> list[Told]:
    """Return the events up to one like this."""
    came = []
    for event in told:
        came.append(event)
        if event[1] == kind and wanted.items() <= event[2].items():
            return came
    raise AssertionError(came)


def test_progress_of_a_long_advance_is_told(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long advance sends events with the present time and the goal; the last one says that it has arrived."""
    monkeypatch.setattr("mockserver.slices.SLICE", 0)
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "* * * * * * *", "ProhibitOverlap": False}
    httpx.put(f"{mock.url}/v1/job/often", json={"Job": example_job("often", Type="batch", Periodic=periodic)})
    end = mock.clock.get().now + 30 * SECOND + SECOND // 2
    with _listening(mock) as told:
        mock.clock.advance("30.5s")
        *moving, arrived = [data for _, kind, data in _until(told, "clock", now=end) if kind == "clock"]
    assert len(moving) > 10
    assert {data["until"] for data in moving} == {end}
    times = [data["now"] for data in (*moving, arrived)]
    assert times == sorted({*times})
    assert "until" not in arrived


def test_changes_requests_faults_and_the_clock_are_told(mock: MockClient) -> None:
    """Changes, requests, faults and the clock send events in the order in which they happen."""
    with _listening(mock) as told:
        httpx.put(f"{mock.url}/v1/job/web", json={"Job": example_job("web")})
        came = _until(told, "request", method="PUT")
        first = next(data for _, kind, data in came if kind == "change")
        assert first["region"] == "global"
        assert {"kind": "job", "id": "web", "gone": False, "Status": "pending", "Type": "service"} in first["changes"]
        assert came[-1][2] == {
            "time": "2017-07-14T02:40:00.000000Z",
            "number": 1,
            "method": "PUT",
            "path": "/v1/job/web",
            "query": "",
            "operation": "register",
            "target": "web",
            "status": 200,
            "duration": 0,
            "faults": [],
        }
        mock.clock.advance("1s")
        came += _until(told, "clock", speed=0)
        statuses = [
            change["ClientStatus"]
            for _, kind, data in came
            if kind == "change"
            for change in data["changes"]
            if change["kind"] == "allocation"
        ]
        assert (statuses[0], statuses[-1]) == ("pending", "running")
        mock.fault("status", status=503, times=1)
        httpx.delete(f"{mock.url}/v1/job/web")
        *faults, request = _until(told, "request", status=503)
        assert [data["what"] for _, kind, data in faults if kind == "fault"] == ["added", "met", "over"]
        assert (faults[-1][2]["name"], faults[-1][2]["active"], faults[-1][2]["hits"]) == ("status", False, 1)
        assert request[2]["faults"] == ["status"]
        httpx.delete(f"{mock.url}/v1/job/web")
        gone = [change for _, kind, data in _until(told, "request") if kind == "change" for change in data["changes"]]
        assert {"kind": "job", "id": "web", "gone": True} in gone
        mock.clock.scaled(2)
        assert _until(told, "clock")[-1][2]["speed"] == 2
        numbers = [number for number, _, _ in came]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_listener_that_comes_back_misses_nothing(mock: MockClient) -> None:
    """A listener that names the last event it got receives all later ones."""
    with _listening(mock) as told:
        httpx.get(f"{mock.url}/v1/jobs")
        last = _until(told, "request")[-1][0]
    for target in ("nodes", "evaluations"):
        httpx.get(f"{mock.url}/v1/{target}")
    with _listening(mock, **{"Last-Event-ID": str(last)}) as told:
        assert [next(told)[2]["operation"] for _ in range(4)] == ["nodes"] * 2 + ["all-evaluations"] * 2
    with httpx.stream("GET", f"{mock.url}/__admin/events?after={last + 2}") as reply:
        lines = reply.iter_lines()
        next(lines)
        assert next(_events(lines))[2]["operation"] == "all-evaluations"


def test_a_listener_that_comes_back_too_late_is_told(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener learns that events are lost, or that its number is from another world."""
    monkeypatch.setattr(events, "LIMIT", 3)
    mock.reset(clock="manual")
    with _listening(mock) as told:
        httpx.get(f"{mock.url}/v1/jobs")
        last = _until(told, "request")[-1][0]
    for _ in range(10):
        httpx.get(f"{mock.url}/v1/jobs")
    with _listening(mock, **{"Last-Event-ID": str(last)}) as told:
        assert next(told)[1] == "lost"
    with _listening(mock, **{"Last-Event-ID": "999999"}) as told:
        assert next(told)[1:] == ("lost", {"after": 999999})


def test_a_request_is_told_when_it_arrives(mock: MockClient) -> None:
    """The arrival of a request is an event: a query may wait for minutes before it is over."""
    with mock.events() as told:
        waiting = Meanwhile(lambda: httpx.get(f"{mock.url}/v1/jobs?index=99&wait=1m"))
        arrival = told.until("arrival")
        assert (arrival.data["operation"], arrival.data["query"]) == ("jobs", "index=99&wait=1m")
        mock.clock.advance("2m")
        assert waiting.result().status_code == 200
        assert told.until("request").data["number"] == arrival.data["number"]


def test_what_becomes_of_faults_is_told(mock: MockClient) -> None:
    """Faults that are added, removed or over send events."""
    with mock.events() as told:
        mock.faults.add("malformed-json", lasting="5s")
        assert told.until("fault", what="added").data["name"] == "malformed-json"
        mock.clock.advance("6s")
        assert told.until("fault", what="over").data["active"] is False
        number = mock.faults.add("hang", name="stuck")
        mock.faults.remove(number)
        assert told.until("fault", what="removed").data["number"] == number


def test_what_becomes_of_rules_is_told(mock: MockClient) -> None:
    """Rules send events when they are used, used up, or removed."""
    twice = mock.tasks.rule({"hang": True}, times=2, job="nothing")
    with mock.events() as told:
        number = mock.tasks.rule({"start_after": "1s"}, times=2, job="web")
        added = told.until("rule").data
        assert (added["what"], added["number"], added["tasks"]["job"], added["times"]) == ("added", number, "web", 2)
        mock.tasks.rule({"run_for": None}, job="other")
        mock.seed(example_job("web", count=2), example_job("other"))
        mock.clock.advance("3s")
        assert told.until("rule", what="used", number=number).data["times"] == 1
        assert told.until("rule", number=number).data["what"] == "over"
        assert told.until("rule", what="used").data["times"] is None
        mock.tasks.drop_rule(twice)
        assert told.until("rule", what="removed").data["number"] == twice
        mock.tasks.clear_rules()
        assert told.until("rule", what="removed").data["tasks"]["job"] == "other"


def test_what_becomes_of_spaces_is_told_everywhere(mock: MockClient) -> None:
    """New and dropped spaces send events everywhere; the end of its own space ends a stream."""
    with mock.events() as told:
        other = mock.create_space("other")
        assert told.until("space").data["what"] == "created"
        with other.events() as there:
            other.import_state(other.export_state())
            assert [event.data["what"] for event in there if event.kind == "space"] == ["imported"]
        assert told.until("space", space="other", what="imported")
        other.drop_space()
        assert told.until("space", what="dropped").data["space"] == "other"
        mock.reset(clock="manual")
        assert [(event.kind, event.data["space"], event.data["what"]) for event in told] == [
            ("space", "default", "reset")
        ]


def test_every_kind_is_described(mock: MockClient) -> None:
    """Every kind of event is in the description and on the page, and events are as described."""
    kinds = {
        name.removeprefix("Event-") for name in mock.openapi()["components"]["schemas"] if name.startswith("Event-")
    }
    page = (Path(__file__).parents[2] / "docs" / "reference" / "events.md").read_text("utf-8")
    assert all(f"| `{kind}` |" in page for kind in kinds)
    came: list[Event] = []
    with mock.events() as told:
        httpx.put(f"{mock.url}/v1/job/web", json={"Job": example_job("web")})
        mock.fault("hang", match={"path": "/nothing"})
        mock.tasks.rule({"hang": True}, job="nothing")
        mock.clock.advance("1s")
        mock.reset(clock="manual")
        came += told
    with mock.events(after=999_999) as told:
        came.append(next(told))
    assert {event.kind for event in came} == kinds
    for event in came:
        assert load_control().findings_as(f"/components/schemas/Event-{event.kind}", event.data) == []


def test_a_stream_of_a_world_that_ended_is_no_endless_wait(mock: MockClient) -> None:
    """A client that waits for an event when the world ends gets an error."""
    with mock.events() as told:
        mock.reset()
        with pytest.raises(LookupError, match="ended without an event clock"):
            told.until("clock", speed=7)


def test_a_stream_needs_a_token_where_one_is_needed() -> None:
    """The stream needs the token in the header; a refusal explains that."""
    with running_mock(admin_token="secret") as mock:
        with mock.events() as told:
            mock.tasks.rule({"hang": True})
            assert told.until("rule")
        with pytest.raises(MockError, match="needs a token"), MockClient(mock.url).events():
            pass


def test_what_is_no_number_is_refused(mock: MockClient) -> None:
    """A malformed event number is refused."""
    refused = httpx.get(f"{mock.url}/__admin/events", headers={"Last-Event-ID": "x"})
    assert (refused.status_code, refused.json()["error"]) == (400, "'x' is not the number of an event")


def test_nobody_listens_and_nothing_is_collected() -> None:
    """As long as nobody has ever listened, no event is kept."""
    world = create_world(Settings(speed=0))
    world.rules.add(TaskSelector(), {"hang": True})
    assert (world.events.listening, world.bus.listening) == (False, False)


def test_a_silent_stream_says_that_it_lives(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream without events sends signs of life, so that no proxy closes it."""
    monkeypatch.setattr("mockserver.admin.events._HEARTBEAT", 0.01)
    with httpx.stream("GET", f"{mock.url}/__admin/events") as reply:
        lines = reply.iter_lines()
        assert [line for line in (next(lines) for _ in range(4)) if line] == [": from now on", ": alive"]
