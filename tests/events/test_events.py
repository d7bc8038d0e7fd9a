"""The stream of everything that happens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.events import events
from mockserver.settings import Settings
from mockserver.testing import example_job, running_mock
from mockserver.worlds.world import create_world

Told = tuple[int, str, dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[MockClient]:
    """One mock for all tests here."""
    with running_mock() as mock:
        yield mock


@pytest.fixture
def mock(server: MockClient) -> MockClient:
    """A fresh world on a standing clock."""
    server.reset(seed=1, clock="manual")
    return server


@contextmanager
def _listening(mock: MockClient, **headers: str) -> Iterator[Iterator[Told]]:
    """The events that a listener gets, once it listens."""
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
    """Events up to one like this."""
    came = []
    for event in told:
        came.append(event)
        if event[1] == kind and wanted.items() <= event[2].items():
            return came
    raise AssertionError(came)


def test_changes_requests_faults_and_the_clock_are_told(mock: MockClient) -> None:
    """In the order in which they happen, with what is new."""
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
        *_, fault, request = _until(told, "request", status=503)
        assert (fault[1], fault[2]["name"], fault[2]["active"]) == ("fault", "status", False)
        assert request[2]["faults"] == ["status"]
        httpx.delete(f"{mock.url}/v1/job/web")
        gone = [change for _, kind, data in _until(told, "request") if kind == "change" for change in data["changes"]]
        assert {"kind": "job", "id": "web", "gone": True} in gone
        mock.clock.scaled(2)
        assert _until(told, "clock")[-1][2]["speed"] == 2
        numbers = [number for number, _, _ in came]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_listener_that_comes_back_misses_nothing(mock: MockClient) -> None:
    """By the number of the last event that it got."""
    with _listening(mock) as told:
        httpx.get(f"{mock.url}/v1/jobs")
        last = _until(told, "request")[-1][0]
    for target in ("nodes", "evaluations"):
        httpx.get(f"{mock.url}/v1/{target}")
    with _listening(mock, **{"Last-Event-ID": str(last)}) as told:
        assert [next(told)[2]["operation"] for _ in range(2)] == ["nodes", "all-evaluations"]
    with httpx.stream("GET", f"{mock.url}/__admin/events?after={last + 1}") as reply:
        lines = reply.iter_lines()
        next(lines)
        assert next(_events(lines))[2]["operation"] == "all-evaluations"


def test_a_listener_that_comes_back_too_late_is_told(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it missed is not kept any more; and of a number from another world nothing is known."""
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


def test_a_stream_ends_with_its_world(mock: MockClient) -> None:
    """Its listeners may begin again in the next one."""
    with _listening(mock) as told:
        mock.reset()
        assert list(told) == []


def test_what_is_no_number_is_refused(mock: MockClient) -> None:
    """As every mistake here."""
    refused = httpx.get(f"{mock.url}/__admin/events", headers={"Last-Event-ID": "x"})
    assert (refused.status_code, refused.json()["error"]) == (400, "'x' is not the number of an event")


def test_nobody_listens_and_nothing_is_collected() -> None:
    """As long as nobody has ever listened."""
    world = create_world(Settings(speed=0))
    state = world.agent.local.state
    assert (world.events.listening, state.observers, world.journal.ended, world.faults.met) == (False, [], None, None)


def test_a_silent_stream_says_that_it_lives(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is between the two does not think otherwise."""
    monkeypatch.setattr("mockserver.admin.events._HEARTBEAT", 0.01)
    with httpx.stream("GET", f"{mock.url}/__admin/events") as reply:
        lines = reply.iter_lines()
        assert [line for line in (next(lines) for _ in range(4)) if line] == [": from now on", ": alive"]
