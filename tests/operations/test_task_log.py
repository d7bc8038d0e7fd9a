"""The logs of a simulated task."""

from typing import Any

import pytest

from mockserver.cluster.tasks.task_run import FRESH, with_event
from mockserver.operations.task_log import log
from tests.builders import an_allocation
from tests.loose_types import Allocation

START = 1_500_000_000_123_456_789


def _allocation(*events: tuple[str, dict[str, Any]]) -> Allocation:
    state = FRESH
    for kind, details in events:
        state = with_event(state, kind, START, **details)
    return an_allocation(TaskStates={"t": state})


def _told(kind: str, *events: tuple[str, dict[str, Any]]) -> list[str]:
    content = log(_allocation(*events), "t", kind)
    assert content is not None
    return [line.removeprefix("2017-07-14T02:40:00.123Z nomad-mock: ") for line in content.decode().splitlines()]


@pytest.mark.parametrize("events", [(), (("Received", {}),), (("Received", {}), ("Killed", {}))])
def test_a_task_that_never_ran_has_no_log(events: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    """A task that never ran has no log, not even an empty one."""
    assert log(_allocation(*events), "t", "stdout") is None


def test_a_life_that_goes_well_is_told_in_stdout() -> None:
    """Good events are in stdout, one line each."""
    events: list[tuple[str, dict[str, Any]]] = [
        ("Received", {}),
        ("Started", {}),
        ("Terminated", {"ExitCode": 0}),
        ("Killed", {}),
        ("Odd One", {}),
    ]
    assert _told("stdout", *events) == [
        "received by the node",
        "started; this is a simulation, no command is run",
        "ended with exit code 0",
        "has ended as it was told",
        "odd one",
    ]
    assert _told("stderr", *events) == []


def test_what_goes_wrong_is_told_in_stderr() -> None:
    """Bad events are in stderr, with their reasons."""
    events: list[tuple[str, dict[str, Any]]] = [
        ("Started", {}),
        ("Terminated", {"ExitCode": 3, "Signal": 9, "Message": "oops"}),
        ("Restarting", {"StartDelay": 15_000_000_000, "RestartReason": "Restart within policy"}),
        ("Driver Failure", {"DriverError": "no such image"}),
        ("Sibling task failed", {"FailedSibling": "other"}),
        ("Not Restarting", {"RestartReason": "Policy allows no restarts"}),
        ("Killing", {"KillTimeout": 5_000_000_000}),
    ]
    assert _told("stderr", *events) == [
        "ended with exit code 3, signal 9: oops",
        "no such image",
        "has to end because the task other failed",
        "does not start again: Policy allows no restarts",
    ]
    assert _told("stdout", *events)[1:] == ["starts again in 15s: Restart within policy", "is told to end within 5s"]


def test_the_same_allocation_has_the_same_log() -> None:
    """A log follows from the allocation alone, so a followed log only grows."""
    before = _allocation(("Received", {}), ("Started", {}))
    after = _allocation(("Received", {}), ("Started", {}), ("Killing", {"KillTimeout": 1}))
    first, second = log(before, "t", "stdout"), log(after, "t", "stdout")
    assert first is not None
    assert second is not None
    assert log(before, "t", "stdout") == first
    assert second.startswith(first)
