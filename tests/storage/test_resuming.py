"""The downtime of a stored world."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.clock import END, MANUAL_START
from mockserver.gostd.durations import SECOND
from mockserver.storage import opening
from tests.builders import a_group, a_job, a_task
from tests.storage.region import MANUAL, differences, kept

HOUR = 3600 * SECOND
PERIODIC = {"Enabled": True, "ProhibitOverlap": False, "Spec": "*/10 * * * *", "SpecType": "cron"}


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """Return a world in which everything that has a time is about to happen."""
    world = kept(tmp_path, replace(MANUAL, nodes=1))
    cluster = world.world.agent.local
    sleeps = a_group(a_task(Config={"command": "sleep", "args": ["100"]}), Count=3)
    cluster.register(a_job(sleeps, ID="sleeps", Type="batch"))
    cluster.register(a_job(a_group(Count=3), ID="rolls", Update={"MaxParallel": 1, "Stagger": 30 * SECOND}))
    cluster.register(a_job(ID="periodic", Type="batch", Periodic=PERIODIC))
    world.world.clock.advance(SECOND)
    changed = a_group(a_task(Env={"a": "b"}), Count=3)
    cluster.register(a_job(changed, ID="rolls", Update={"MaxParallel": 1, "Stagger": 30 * SECOND}))
    world.world.clock.advance(SECOND // 2000)
    world.keeper.flush()
    stored = world.database.document()
    assert stored is not None
    world.stopped()
    return stored


def test_what_never_happens_stays_so(document: dict[str, Any]) -> None:
    """A time that can't be put off is still accepted by the next start."""
    document["regions"][0]["garbage"]["next"]["when"] = END
    assert opening.at(document, document["clock"]["now"] + HOUR)["regions"][0]["garbage"]["next"]["when"] == END


def test_what_was_to_happen_in_a_while_happens_after_the_same_while(document: dict[str, Any]) -> None:
    """Tasks, waiting evaluations, reports and garbage collection move by the downtime; facts stay."""
    now = document["clock"]["now"]
    (before,) = document["regions"]
    (after,) = opening.at(document, now + HOUR)["regions"]
    for path in (("scheduler", "waiting"), ("clients", "noticed")):
        assert before[path[0]][path[1]]
        assert [each["when"] for each in after[path[0]][path[1]]] == [
            each["when"] + HOUR for each in before[path[0]][path[1]]
        ]
    times = {
        (run["allocation"], task["next"] and task["next"]["when"], task["restarts"]["interval_start"])
        for run in before["clients"]["allocations"]
        for task in run["tasks"]
    }
    assert {
        (run["allocation"], task["next"] and task["next"]["when"] - HOUR, task["restarts"]["interval_start"] - HOUR)
        for run in after["clients"]["allocations"]
        for task in run["tasks"]
    } == times
    assert any(when for _, when, _ in times)
    assert after["garbage"]["next"]["when"] == before["garbage"]["next"]["when"] + HOUR
    assert after["state"] == before["state"]


def test_of_missed_launches_one_is_made_up_for(document: dict[str, Any]) -> None:
    """One missed launch is made up for at once, named after the present time; a later launch keeps its time."""
    now = document["clock"]["now"]
    (tracked,) = document["regions"][0]["periodic"]
    (kept_launch,) = opening.at(document, now + SECOND)["regions"][0]["periodic"]
    assert kept_launch == tracked
    (made_up,) = opening.at(document, now + HOUR)["regions"][0]["periodic"]
    assert made_up["launch"] == {**tracked["launch"], "due": now + HOUR, "when": now + HOUR}


def test_a_job_that_is_never_launched_again(document: dict[str, Any]) -> None:
    """A job without another launch has nothing to make up for."""
    document["regions"][0]["periodic"][0]["launch"] = None
    assert opening.at(document, MANUAL_START + HOUR)["regions"][0]["periodic"][0]["launch"] is None


def test_without_time_nothing_changes(document: dict[str, Any]) -> None:
    """A clock that stood still goes on exactly where it was."""
    assert not differences(opening.at(document, document["clock"]["now"]), document)
