"""Launching periodic jobs."""

import pytest

from mockserver.jobs.children import is_periodic, launches_by_itself, periodic_child
from mockserver.nomad_types import Job
from tests.builders import a_job


def _parent(*, enabled: bool = True) -> Job:
    block = {"Enabled": enabled, "ProhibitOverlap": False, "Spec": "@daily", "SpecType": "cron"}
    return a_job(ID="a/p", Name="nightly", Type="batch", Periodic=block, Meta={"a": "b"}, Constraints=[])


def test_a_child_is_a_copy_that_is_not_periodic() -> None:
    """Its name is its ID (recording periodic-force-ok)."""
    launched = "a/p/periodic-1795460619"
    changed = {"ID": launched, "Name": launched, "ParentID": "a/p", "Periodic": None, "Constraints": None}
    assert periodic_child(_parent(), 1795460619) == {**_parent(), **changed}


@pytest.mark.parametrize(
    ("job", "periodic", "by_itself"),
    [(_parent(), True, True), (_parent(enabled=False), True, False), (a_job(), False, False)],
)
def test_kinds(job: Job, periodic: bool, by_itself: bool) -> None:
    """A job whose launches are off is still a periodic job."""
    assert (is_periodic(job), launches_by_itself(job)) == (periodic, by_itself)
