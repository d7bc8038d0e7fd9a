"""What scheduling leaves in a job, which an agent's diff takes for an edit.

A constraint keeps its text from the moment in which it kept a node away, and two constraints are equal only when both
have theirs. So a group or task of an unchanged job is ``Edited`` when one of its constraints kept a node away for the
stored job and not in the plan, or the other way round, though nothing of it shows (observed).
"""

from collections.abc import Collection
from itertools import count
from typing import TypeAlias, TypeVar, cast

from mockserver.nomad_types import Job, Task, TaskGroup

Part = TypeVar("Part", TaskGroup, Task)

Filtering: TypeAlias = Collection[tuple[str, int]]
"""The constraints that kept nodes away, by group and place: first the group's own, then those of its tasks."""


def with_texts(job: Job, filtering: Filtering) -> Job:
    """Return the job whose constraints have their text where they kept a node away."""
    if not filtering:
        return job
    return {**job, "TaskGroups": [_group(group, filtering) for group in job["TaskGroups"] or ()]}


def _group(group: TaskGroup, filtering: Filtering) -> TaskGroup:
    places = count()

    def inside(thing: Part) -> Part:
        constraints = [
            {**constraint, "text": True} if (group["Name"], next(places)) in filtering else constraint
            for constraint in thing["Constraints"] or ()
        ]
        return cast("Part", {**thing, "Constraints": constraints}) if constraints else thing

    own = inside(group)
    return {**own, "Tasks": [inside(task) for task in group["Tasks"] or ()]}
