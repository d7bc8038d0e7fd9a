"""Task groups that were found sound lately, with their defaults.

Who tests registers the same groups again and again, under other job IDs or beside one that changed. What defaults a
group gets, and whether it is sound, depends only on its text, on the type and the name of its job, and on the drivers
that the agent knows. So that is found out once.
"""

from collections.abc import Collection
from functools import lru_cache

from mockserver.jobs.part_text import MOST_PARTS, part_text
from mockserver.nomad_types import SubmittedJob, SubmittedTaskGroup

_MOST = 256
"""Groups that are remembered; with the longest text of one this bounds what they take to a few MiB."""

_NAMING_THE_JOB = (b"${JOB}", b"${BASE}")
"""Where one of these is in a group, the name of its job may become a part of it."""


class _Entry:
    """A group; ``ready`` is what it is with its defaults once it was found sound."""

    __slots__ = ("ready",)

    ready: SubmittedTaskGroup | None

    def __init__(self) -> None:
        self.ready = None


def entries(job: SubmittedJob, drivers: Collection[str]) -> list[_Entry]:
    """Return what is remembered of each group of a job as it was submitted; nothing of a job that is too large."""
    groups = job["TaskGroups"] or ()
    if sum(1 + len((group and group["Tasks"]) or ()) for group in groups) > MOST_PARTS:
        return []
    known_drivers = frozenset(drivers)
    found = []
    for group in groups:
        text = part_text(group)
        if text is None:
            return []
        name = job["Name"] if any(variable in text for variable in _NAMING_THE_JOB) else ""
        found.append(_entry(text, job["Type"], name, known_drivers))
    return found


def ready(found: list[_Entry]) -> list[SubmittedTaskGroup] | None:
    """Return all groups with their defaults; None when one of them was not found sound before."""
    groups = [entry.ready for entry in found if entry.ready is not None]
    return groups if groups and len(groups) == len(found) else None


def remember(found: list[_Entry], job: SubmittedJob) -> None:
    """Remember the groups of a job that has its defaults and was found sound."""
    for entry, group in zip(found, job["TaskGroups"] or (), strict=False):
        entry.ready = group


@lru_cache(_MOST)
def _entry(_text: bytes, _job_type: str, _job_name: str, _drivers: frozenset[str]) -> _Entry:
    return _Entry()
