"""Equal tasks and groups of jobs, kept once.

Many jobs have the same tasks: those that a test registers under one ID after the other, the children of a job, the
versions of one. What is stored is never changed in place, so they can have them in common.
"""

from typing import Any, TypeVar

from mockserver.jobs.part_text import MOST_PARTS, part_text
from mockserver.nomad_types import Job, TaskGroup

_MOST = 512
"""Parts that are known at a time; those that were not seen for the longest time are forgotten. With the longest text of
a part this bounds what knowing them takes to 2 MiB."""

T = TypeVar("T")


class SharedParts:
    """The tasks and groups that were seen last, by their JSON text."""

    def __init__(self) -> None:
        self._known: dict[bytes, Any] = {}

    def of(self, job: Job) -> Job:
        """Return an equal job, with groups and tasks in common with jobs that were asked about before."""
        groups = job["TaskGroups"]
        if len(groups) > MOST_PARTS or sum(1 + len(group["Tasks"]) for group in groups) > MOST_PARTS:
            return job
        return {**job, "TaskGroups": [self._group(group) for group in groups]}

    def _group(self, group: TaskGroup) -> TaskGroup:
        shared: TaskGroup = {**group, "Tasks": [self._shared(task) for task in group["Tasks"]]}
        return self._shared(shared)

    def _shared(self, part: T) -> T:
        text = part_text(part)
        if text is None:
            return part
        known: T = self._known.pop(text, part)
        self._known[text] = known
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return known
