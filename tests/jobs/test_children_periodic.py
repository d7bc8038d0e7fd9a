"""Launching periodic jobs."""

import pytest

from mockserver.jobs.children import launch_schedule, periodic_child
from tests.builders import a_job
from tests.loose_types import Job


def _parent(*, enabled: bool = True) -> Job:
    block = {"Enabled": enabled, "ProhibitOverlap": False, "Spec": "@daily", "SpecType": "cron"}
    return a_job(ID="a/p", Name="nightly", Type="batch", Periodic=block, Meta={"a": "b"}, Constraints=[])


def test_a_child_is_a_copy_that_is_not_periodic() -> None:
    """A child's name is its ID, and it is not periodic (recording periodic-force-ok)."""
    launched = "a/p/periodic-1795460619"
    changed = {"ID": launched, "Name": launched, "ParentID": "a/p", "Periodic": None, "Constraints": None}
    assert periodic_child(_parent(), 1795460619) == {**_parent(), **changed}


@pytest.mark.parametrize(
    ("job", "launches"),
    [(_parent(), True), (_parent(enabled=False), False), (a_job(), False)],
)
def test_schedules(job: Job, launches: bool) -> None:
    """Only an enabled Periodic block is a schedule."""
    assert launch_schedule(job) == (job["Periodic"] if launches else None)
