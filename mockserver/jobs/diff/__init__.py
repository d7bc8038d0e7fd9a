"""The structural difference of two versions of a job, as ``/plan`` reports it.

``diff_jobs`` builds it, ``annotate`` writes the scheduler's view into it. Both are pure; the shapes are those of the
reply schema of a plan: a job diff has Type, ID, Fields, Objects and TaskGroups; a group diff Type, Name, Fields,
Objects, Tasks and Updates; a task diff Type, Name, Fields, Objects and Annotations.
"""

from collections.abc import Callable
from typing import Any

from mockserver.errors import Refused
from mockserver.gostd import fmt
from mockserver.jobs.diff.annotations import annotate
from mockserver.jobs.diff.compare import Kind, field_diffs, pairs, part_diffs, presence
from mockserver.jobs.diff.kinds import JOB, TASK, TASK_GROUP
from mockserver.nomad_types import Job, JobDiff, Task, TaskGroup

__all__ = ["annotate", "diff_jobs"]


def diff_jobs(old: Job | None, new: Job) -> JobDiff:
    """Return the difference between the stored job (None: there is none) and a submitted one, both canonicalized.

    A job that exists is always ``Edited``, for its indexes move with every registration. All groups and tasks of both
    versions are listed; unchanged fields show only inside of objects that have changed.

    Raises ``Refused`` where the IDs differ in case: jobs are found by either, and a plan then fails (observed).
    """
    if old is not None and old["ID"] != new["ID"]:
        ids = f"{fmt.quote(old['ID'])} and {fmt.quote(new['ID'])}"
        raise Refused(f"failed to create job diff: can not diff jobs with different IDs: {ids}")
    return {
        "Type": "Added" if old is None else "Edited",
        "ID": new["ID"],
        **_inside(JOB, old, new),
        "TaskGroups": _by_name(_group_diff, _items(old, "TaskGroups"), _items(new, "TaskGroups")),
    }


def _group_diff(old: TaskGroup | None, new: TaskGroup | None) -> dict[str, Any]:
    return {
        **_named(old, new),
        **_inside(TASK_GROUP, old, new),
        "Tasks": _by_name(_task_diff, _items(old, "Tasks"), _items(new, "Tasks")),
        "Updates": None,
    }


def _task_diff(old: Task | None, new: Task | None) -> dict[str, Any]:
    return {**_named(old, new), **_inside(TASK, old, new), "Annotations": None}


def _named(old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    present = new or old or {}
    return {"Type": presence(old, new), "Name": present["Name"]}


def _inside(kind: Kind, old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    fields = field_diffs(kind.primitives(old), kind.primitives(new))
    changed = [diff for diff in fields if diff["Type"] != "None"]
    return {"Fields": changed or None, "Objects": part_diffs(kind, old, new) or None}


def _items(thing: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    return (thing[key] if thing else None) or []


def _by_name(
    diff: Callable[[dict[str, Any] | None, dict[str, Any] | None], dict[str, Any]],
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
) -> list[dict[str, Any]] | None:
    diffs = [diff(before, after) for before, after in pairs(old, new, lambda item: item["Name"])]
    return sorted(diffs, key=lambda item: str(item["Name"])) or None
