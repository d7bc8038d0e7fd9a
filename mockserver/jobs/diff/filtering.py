"""What scheduling leaves in a job, which an agent's diff takes for an edit.

A constraint keeps its text from the moment in which it kept a node away, and two constraints are equal only when both
have theirs. So a group or task of an unchanged job is ``Edited`` when one of its constraints kept a node away for the
stored job and not in the plan, or the other way round, though nothing of it shows (observed).
"""

from collections.abc import Collection
from functools import lru_cache
from itertools import count
from typing import TypeAlias, TypeVar, cast

from mockserver.jobs.identity import Same
from mockserver.nomad_types import Job, Task, TaskGroup

Part = TypeVar("Part", TaskGroup, Task)

Filtering: TypeAlias = Collection[tuple[str, int]]
"""The constraints that kept nodes away, by group and place: first the group's own, then those of its tasks."""


_MOST = 64
"""Groups that are remembered with their texts."""


def with_texts(job: Job, filtering: Filtering, *, remember: bool = False) -> Job:
    """Return the job whose constraints have their text where they kept a node away.

    With ``remember`` it has the very same groups as a job before it that had the same ones: only for small jobs, whose
    groups are kept.
    """
    if not filtering:
        return job
    add = _remembered if remember else _group
    places: dict[str, set[int]] = {}
    for name, place in filtering:
        places.setdefault(name, set()).add(place)
    groups = job["TaskGroups"] or ()
    return {**job, "TaskGroups": [add(group, frozenset(places.get(group["Name"], ()))) for group in groups]}


def _remembered(group: TaskGroup, filtering: frozenset[int]) -> TaskGroup:
    return _known(Same(group), filtering) if filtering else group


@lru_cache(_MOST)
def _known(group: Same, filtering: frozenset[int]) -> TaskGroup:
    return _group(group.it, filtering)


def _group(group: TaskGroup, filtering: frozenset[int]) -> TaskGroup:
    places = count()

    def inside(thing: Part) -> Part:
        constraints = [
            {**constraint, "text": True} if next(places) in filtering else constraint
            for constraint in thing["Constraints"] or ()
        ]
        return cast("Part", {**thing, "Constraints": constraints}) if constraints else thing

    own = inside(group)
    return {**own, "Tasks": [inside(task) for task in group["Tasks"] or ()]}
