"""Finding the task groups of a job by name."""

import pytest

from mockserver.jobs.groups import Groups
from tests.builders import a_group, a_job

JOB = a_job(a_group(Name="a"), a_group(Name="b"))
OTHER = a_job(a_group(Name="a", Count=7))


def test_a_group_is_found_by_its_name() -> None:
    """A group is found in whichever job is asked about, one after the other."""
    groups = Groups()
    for job in (JOB, OTHER, JOB):
        for group in job["TaskGroups"]:
            assert groups.of(job, group["Name"]) is group


def test_an_unknown_group_is_an_error() -> None:
    """An unknown group is an error, also when the job asked about before had it."""
    groups = Groups()
    assert groups.has(JOB, "b")
    assert not groups.has(OTHER, "b")
    with pytest.raises(KeyError):
        groups.of(OTHER, "b")


def test_a_job_can_be_seen_with_one_group_alone() -> None:
    """The copy has one group and everything else, and the job itself stays whole."""
    alone = Groups().alone(JOB, "b")
    assert alone == {**JOB, "TaskGroups": [JOB["TaskGroups"][1]]}
    assert len(JOB["TaskGroups"]) == 2
