"""The structural difference of two versions of a job, as ``/plan`` reports it.

``diff_jobs`` builds it, ``annotate`` writes the scheduler's view into it. Both are pure; the shapes are those of the
reply schema of a plan: a job diff has Type, ID, Fields, Objects and TaskGroups; a group diff Type, Name, Fields,
Objects, Tasks and Updates; a task diff Type, Name, Fields, Objects and Annotations.
"""

from functools import lru_cache
from typing import TypeVar

from mockserver.errors import Refused
from mockserver.gostd import fmt
from mockserver.jobs.diff.annotations import annotate
from mockserver.jobs.diff.compare import changed_fields, pairs, part_diffs, presence
from mockserver.jobs.diff.objects import JOB, TASK, TASK_GROUP
from mockserver.jobs.identity import Same
from mockserver.nomad_types import Job, JobDiff, Task, TaskDiff, TaskGroup, TaskGroupDiff

__all__ = ["annotate", "diff_jobs"]

Named = TypeVar("Named", TaskGroupDiff, TaskDiff)


_MOST = 64
"""Pairs of groups whose diff is remembered."""


def diff_jobs(old: Job | None, new: Job, *, remember: bool = False) -> JobDiff:
    """Return the difference between the stored job (None: there is none) and a submitted one, both canonicalized.

    A job that exists is always ``Edited``, for its indexes move with every registration. All groups and tasks of both
    versions are listed; unchanged fields show only inside of objects that have changed. With ``remember`` the diffs of
    groups are kept, for the next diff of the very same two: only for small jobs, which are kept with them.

    Raises:
        Refused: the IDs differ in case; a job is found by either, and a plan then fails (observed).
    """
    if old is not None and old["ID"] != new["ID"]:
        ids = f"{fmt.quote(old['ID'])} and {fmt.quote(new['ID'])}"
        raise Refused(f"failed to create job diff: can not diff jobs with different IDs: {ids}")
    return {
        "Type": "Added" if old is None else "Edited",
        "ID": new["ID"],
        "Fields": changed_fields(JOB, old, new) or None,
        "Objects": part_diffs(JOB, old, new) or None,
        "TaskGroups": _group_diffs(old["TaskGroups"] if old else [], new["TaskGroups"], remember=remember),
    }


def _group_diffs(old: list[TaskGroup], new: list[TaskGroup], *, remember: bool) -> list[TaskGroupDiff] | None:
    compare = _remembered if remember else _group_diff
    return _by_name([compare(before, after) for before, after in pairs(old, new, _name)])


def _remembered(old: TaskGroup | None, new: TaskGroup | None) -> TaskGroupDiff:
    return _known(Same(old), Same(new))


@lru_cache(_MOST)
def _known(old: Same, new: Same) -> TaskGroupDiff:
    return _group_diff(old.it, new.it)


def _group_diff(old: TaskGroup | None, new: TaskGroup | None) -> TaskGroupDiff:
    return {
        "Type": presence(old, new),
        "Name": _name(new or old),
        "Fields": changed_fields(TASK_GROUP, old, new) or None,
        "Objects": part_diffs(TASK_GROUP, old, new) or None,
        "Tasks": _task_diffs(old["Tasks"] if old else [], new["Tasks"] if new else []),
        "Updates": None,
    }


def _task_diffs(old: list[Task], new: list[Task]) -> list[TaskDiff] | None:
    return _by_name([_task_diff(before, after) for before, after in pairs(old, new, _name)])


def _task_diff(old: Task | None, new: Task | None) -> TaskDiff:
    return {
        "Type": presence(old, new),
        "Name": _name(new or old),
        "Fields": changed_fields(TASK, old, new) or None,
        "Objects": part_diffs(TASK, old, new) or None,
        "Annotations": None,
    }


def _name(thing: TaskGroup | Task | None) -> str:
    return thing["Name"] if thing else ""


def _by_name(diffs: list[Named]) -> list[Named] | None:
    return sorted(diffs, key=lambda diff: diff["Name"]) or None
