"""The process is killed many times in the middle of its work: nothing answered is lost, nothing is half-done."""

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.gostd.durations import MILLISECOND
from tests.storage.consistent import inconsistencies
from tests.storage.mock import Client, Mock, Noted, a_submission, running

pytestmark = pytest.mark.slow

ROUNDS = 15
CLIENTS = 4
MOST_REQUESTS = 50
"""The process is killed when so many requests were sent, or fewer."""
PARENT = {"MetaOptional": [], "MetaRequired": [], "Payload": "optional"}


def test_nothing_answered_is_lost_and_nothing_is_half_done(tmp_path: Path) -> None:
    """A kill loses nothing that clients know, while a rolling update and blocked work are under way."""
    rng = random.Random(5)
    notes = {f"c{number}": Noted() for number in range(CLIENTS)}
    versions = iter(range(1, ROUNDS + 1))
    with running(tmp_path) as mock:
        prepare(mock)
        load_and_kill(mock, notes, rng, next(versions))
    for version in versions:
        with running(tmp_path) as mock:
            check(mock.ask("GET", "/__admin/state"), notes)
            wait_until_region(mock, waits_for_room)
            load_and_kill(mock, notes, rng, version)
    with running(tmp_path) as mock:
        check(mock.ask("GET", "/__admin/state"), notes)
        wait_until_region(mock, waits_for_room)
        everything_comes_to_its_end(mock)
    assert sum(noted.answers for noted in notes.values()) > 10 * ROUNDS


def prepare(mock: Mock) -> None:
    """Register a parent to dispatch, a job that fills the node so that another one is blocked, and one that rolls."""
    mock.ask("PUT", "/v1/job/parent", a_submission("parent", "true", Type="batch", ParameterizedJob=PARENT))
    capacity = mock.ask("GET", "/v1/nodes")[0]["ID"]
    megahertz = mock.ask("GET", f"/v1/node/{capacity}")["Resources"]["CPU"]
    mock.ask("PUT", "/v1/job/hog", a_submission("hog", cpu=megahertz * 3 // 5))
    wait_until(mock, lambda state: status_of(state, "hog") == "running")
    mock.ask("PUT", "/v1/job/blocked", a_submission("blocked", cpu=megahertz // 2))


def load_and_kill(mock: Mock, notes: dict[str, Noted], rng: random.Random, version: int) -> None:
    """Let the clients work, and kill the mock after a number of requests, right after the last was sent."""
    roll = a_submission("roll", count=6, Meta={"version": str(version)}, Priority=90)
    roll["Job"]["Update"] = {"MaxParallel": 2, "Stagger": 150 * MILLISECOND}
    mock.ask("PUT", "/v1/job/roll", roll)
    left = rng.randrange(CLIENTS, MOST_REQUESTS)
    lock = threading.Lock()

    def sent() -> None:
        nonlocal left
        with lock:
            left -= 1
            if left == 0:
                os.kill(mock.command.pid, signal.SIGKILL)

    clients = [Client(name, mock.port, noted, random.Random(rng.random()), sent) for name, noted in notes.items()]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert [client.failure for client in clients] == [""] * CLIENTS
    assert mock.command.ended(10).returncode == -signal.SIGKILL
    assert mock.errors() == ""


def check(document: dict[str, Any], notes: dict[str, Noted]) -> None:
    """Compare the state after a start with what clients know for certain."""
    (region,) = document["regions"]
    state = region["state"]
    assert list(inconsistencies(region)) == []
    jobs = {job["ID"]: job["JobModifyIndex"] for job in state["jobs"]}
    evaluations = {evaluation["ID"] for evaluation in state["evaluations"]}
    for noted in notes.values():
        assert state["index"] >= noted.index
        assert noted.jobs == {job_id: jobs.get(job_id) for job_id in noted.jobs}
        assert noted.evaluations <= evaluations
    assert [each["Status"] for each in state["evaluations"] if each["JobID"] == "blocked"].count("blocked") == 1


def waits_for_room(region: dict[str, Any]) -> bool:
    """Whether the blocked evaluation is among those that wait; room that was freed lets it try in between."""
    return [each["JobID"] for each in region["scheduler"]["blocked"]] == ["blocked"]


def everything_comes_to_its_end(mock: Mock) -> None:
    """Check that evaluations complete, the rolling update ends, and blocked work gets room."""
    wait_until(mock, lambda state: all(each["Status"] != "pending" for each in state["evaluations"]))
    state = wait_until(mock, lambda state: len(live(state, "roll")) == 6)
    assert {each["Job"]["Meta"]["version"] for each in live(state, "roll")} == {str(ROUNDS)}
    assert live(state, "blocked") == []
    mock.ask("DELETE", "/v1/job/hog")
    wait_until(mock, lambda state: status_of(state, "blocked") == "running" and len(live(state, "blocked")) == 1)


def live(state: dict[str, Any], job_id: str) -> list[dict[str, Any]]:
    """Return the running allocations of a job."""
    wanted = {"JobID": job_id, "DesiredStatus": "run", "ClientStatus": "running"}
    return [each for each in state["allocations"] if wanted.items() <= each.items()]


def status_of(state: dict[str, Any], job_id: str) -> str:
    """Return the status of an existing job."""
    return next(str(job["Status"]) for job in state["jobs"] if job["ID"] == job_id)


def wait_until(mock: Mock, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the state once the condition holds for it."""
    state: dict[str, Any] = wait_until_region(mock, lambda region: reached(region["state"]))["state"]
    return state


def wait_until_region(mock: Mock, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the region once the condition holds; changes are awaited with blocking queries, up to 40 seconds."""
    for _ in range(200):
        region: dict[str, Any] = mock.ask("GET", "/__admin/state")["regions"][0]
        if reached(region):
            return region
        index = max(region["state"]["table_indexes"]["allocs"], 1)
        mock.ask("GET", f"/v1/allocations?index={index}&wait=200ms")
    raise AssertionError("this state was never reached")
