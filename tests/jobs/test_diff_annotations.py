"""Annotations of a diff: the scheduler's decisions, and what follows from the diff's own shape."""

from typing import Any

import pytest

from mockserver.jobs.diff import annotate, diff_jobs
from tests.builders import a_group, a_job, a_task
from tests.loose_types import Job, JobDiff

_NOTHING: Any = {"Ignore": 0, "Place": 0, "Migrate": 0, "Stop": 0, "InPlaceUpdate": 0, "DestructiveUpdate": 0}
_ALL: Any = {"g": dict.fromkeys(_NOTHING, 1)}


@pytest.mark.parametrize(
    ("old", "new", "annotations"),
    [(1, 3, ["forces create"]), (3, 1, ["forces destroy"]), (-1, 0, ["forces create"])],
)
def test_a_count_that_changes_creates_or_destroys(old: int, new: int, annotations: list[str]) -> None:
    """The Count field says whether allocations are created or destroyed."""
    diff: JobDiff = annotate(diff_jobs(a_job(a_group(Count=old)), a_job(a_group(Count=new))), {})
    assert _count(diff)["Annotations"] == annotations


def test_a_new_group_of_count_zero_creates_nothing() -> None:
    """A new group of count 0 has no annotation, though its Count field is Added."""
    diff: JobDiff = annotate(diff_jobs(None, a_job(a_group(Count=0))), {})
    assert (_count(diff)["Type"], _count(diff)["Annotations"]) == ("Added", None)


def test_updates_leave_out_zeros() -> None:
    """Only what happens is named; a group without an entry has null."""
    desired: Any = {"g": {**_NOTHING, "Place": 2, "DestructiveUpdate": 1}, "h": _NOTHING}
    diff: JobDiff = annotate(diff_jobs(None, a_job(*(a_group(Name=name) for name in "ghi"))), desired)
    updates = [group["Updates"] for group in diff["TaskGroups"]]
    assert updates == [{"create": 2, "create/destroy update": 1}, {}, None]


def test_every_kind_of_update_has_its_own_words() -> None:
    """Each kind of update has the words that Nomad's command line shows."""
    diff: JobDiff = annotate(diff_jobs(None, a_job()), _ALL)
    assert set(diff["TaskGroups"][0]["Updates"]) == {
        "ignore",
        "create",
        "migrate",
        "destroy",
        "in-place update",
        "create/destroy update",
    }


@pytest.mark.parametrize(
    ("old", "new", "annotations"),
    [
        (a_job(), a_job(), None),
        (None, a_job(), ["forces create"]),
        (a_job(), a_job(a_group(Name="a")), ["forces create"]),
        (a_job(a_group(Name="a")), a_job(), ["forces destroy"]),
        (a_job(), a_job(a_group(a_task(Name="a"))), ["forces create/destroy update"]),
        (a_job(), a_job(a_group(a_task(KillTimeout=1))), ["forces in-place update"]),
        (a_job(), a_job(a_group(a_task(Services=[]))), ["forces in-place update"]),
        (a_job(), a_job(a_group(a_task(User="nobody"))), ["forces create/destroy update"]),
        (a_job(), a_job(a_group(a_task(Config={"command": "x"}))), ["forces create/destroy update"]),
        (a_job(), a_job(a_group(a_task(LogConfig={"MaxFileSizeMB": 5, "MaxFiles": 3}))), ["forces in-place update"]),
    ],
)
def test_the_first_task_is_annotated(old: Job | None, new: Job, annotations: list[str] | None) -> None:
    """A new or removed group creates or destroys its tasks; tasks of a kept group are updated."""
    diff: JobDiff = annotate(diff_jobs(old, new), {})
    task = diff["TaskGroups"][0]["Tasks"][0]
    assert task["Annotations"] == annotations


def test_the_diff_given_stays_as_it_is() -> None:
    """Annotating returns a new diff."""
    diff = diff_jobs(None, a_job())
    annotate(diff, _ALL)
    assert diff == diff_jobs(None, a_job())


def _count(diff: JobDiff) -> dict[str, Any]:
    field: dict[str, Any] = next(field for field in diff["TaskGroups"][0]["Fields"] if field["Name"] == "Count")
    return field
