"""Equal tasks and groups of jobs, kept once.

Many jobs have the same tasks: those that a test registers under one ID after the other, the children of a job, the
versions of one. What is stored is never changed in place, so they can have them in common.
"""

from typing import Any, TypeVar

import orjson

from mockserver.gostd.numbers import Float64
from mockserver.nomad_types import Job, TaskGroup

_MOST = 512
"""Parts that are known at a time; those that were not seen for the longest time are forgotten."""

_LONGEST = 4 * 1024
"""The longest text of a part that is known: with the number it bounds what knowing them takes to 2 MiB."""

_FEW = 50
"""A job with more groups and tasks is left as it is: to look for all of them would hold up other requests."""

T = TypeVar("T")


class SharedParts:
    """The tasks and groups that were seen last, by their JSON text."""

    def __init__(self) -> None:
        self._known: dict[bytes, Any] = {}

    def of(self, job: Job) -> Job:
        """Return an equal job, with groups and tasks in common with jobs that were asked about before."""
        if sum(1 + len(group["Tasks"]) for group in job["TaskGroups"]) > _FEW:
            return job
        return {**job, "TaskGroups": [self._group(group) for group in job["TaskGroups"]]}

    def _group(self, group: TaskGroup) -> TaskGroup:
        shared: TaskGroup = {**group, "Tasks": [self._shared(task) for task in group["Tasks"]]}
        return self._shared(shared)

    def _shared(self, part: T) -> T:
        try:
            text = orjson.dumps(part, _number)
        except TypeError:  # what orjson refuses, such as lone surrogates
            return part
        if len(text) > _LONGEST:
            return part
        known: T = self._known.pop(text, part)
        self._known[text] = known
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return known


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(float.__repr__(value).encode())
    raise TypeError
