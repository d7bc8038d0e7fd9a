"""Rules of task groups."""

from typing import Any

import pytest

from mockserver.gostd.durations import SECOND
from mockserver.jobs.validate.job import group_problems
from tests.builders import a_group, a_task
from tests.jobs.validate.parts import a_constraint, texts


def _policy(**known: Any) -> dict[str, Any]:
    return {"Attempts": 2, "Delay": 15 * SECOND, "Interval": 60 * SECOND, "Mode": "delay"} | known


def test_a_group_that_is_accepted() -> None:
    """A valid group is accepted, also with a count of 0."""
    assert texts(group_problems(a_group(Count=0))) == []


def test_the_order_of_the_parts() -> None:
    """A group with a mistake in every part shows their order."""
    group = a_group(
        Name="",
        Count=-1,
        Constraints=[a_constraint("")],
        RestartPolicy=None,
        EphemeralDisk={"Migrate": False, "SizeMB": 9, "Sticky": False},
        Tasks=None,
    )
    assert texts(group_problems(group)) == [
        "Missing task group name",
        "Task group count can't be negative",
        "Missing tasks for task group",
        "Constraint 1 validation failed: 1: > Missing constraint operand",
        "Task Group  should have a restart policy",
        "minimum DiskMB value is 10; got 9",
    ]


def test_names_of_tasks() -> None:
    """Tasks are counted from 1; tasks without a name are no duplicates (recording register-invalid-duplicate-tasks)."""
    unnamed = a_task(Name="")
    tasks = [a_task(), unnamed, a_task(), a_task(), unnamed]
    assert texts(group_problems(a_group(*tasks))) == [
        "Task 2 missing name",
        "Task 3 redefines 't' from task 1",
        "Task 4 redefines 't' from task 1",
        "Task 5 missing name",
        "Task  validation failed: 1: > Missing task name",
        "Task  validation failed: 1: > Missing task name",
    ]


@pytest.mark.parametrize(
    "policy",
    [
        _policy(),
        _policy(Mode="fail", Attempts=0),
        _policy(Interval=0, Attempts=1000),
        _policy(Attempts=4),
        _policy(Attempts=2**62, Delay=4),
        _policy(Attempts=-1),
        _policy(Attempts=5, Delay=1_500_000),
    ],
)
def test_restart_policies_that_are_accepted(policy: dict[str, Any]) -> None:
    """An interval of 0 limits nothing; attempts times delay wraps at 64 bits."""
    assert texts(group_problems(a_group(RestartPolicy=policy))) == []


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (_policy(Mode=""), 'Unsupported restart mode: ""'),
        (_policy(Attempts=0), 'Restart policy "delay" with 0 attempts is ambiguous'),
        (
            _policy(Attempts=5, Interval=61 * SECOND),
            "Nomad can't restart the TaskGroup 5 times in an interval of 1m1s with a delay of 15s",
        ),
        (
            _policy(Interval=-SECOND),
            "Nomad can't restart the TaskGroup 2 times in an interval of -1s with a delay of 15s",
        ),
    ],
)
def test_other_restart_policies(policy: dict[str, Any], problem: str) -> None:
    """A restart policy has one problem at most (recording register-invalid-restart-policy)."""
    assert texts(group_problems(a_group(RestartPolicy=policy))) == [problem]
