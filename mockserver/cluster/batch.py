"""Allocations that one log entry changes, prepared one by one, so that the tables take them all at once."""

from collections.abc import Iterable, Iterator
from itertools import chain

from mockserver.cluster.summaries import Count
from mockserver.cluster.tables import Filed, is_live
from mockserver.cluster.watchers import Item
from mockserver.nomad_types import Allocation, Job, JobSummary


class Batch:
    """The effect of the entry with this index: the allocations as they will be stored, and what follows from them."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.filed = Filed()
        self.changed: dict[Item, None] = {}
        """What of the state changes, in order."""
        self.job_ids: dict[str, None] = {}
        """The jobs whose status may change: an allocation of theirs is new, or its life begins or ends."""
        self.summaries: dict[str, JobSummary] = {}
        """The summaries that change, by the job's ID in lower case."""
        self.jobs: dict[str, Job] = {}
        """The jobs whose status changes, likewise."""
        self.statuses: dict[Item, None] = {}
        """What of the state changes with their statuses, in order."""
        self._counts: dict[str, Count] = {}

    def add(self, allocation: Allocation, old: Allocation | None, summary: JobSummary | None) -> None:
        """Add an allocation as it will be, as it was (None when it is new), and the present summary of its job."""
        job_id = allocation["JobID"]
        self.filed.add(allocation, old)
        if old is None or not (is_live(old) and is_live(allocation)):
            self.job_ids[job_id] = None
        self.changed.update(dict.fromkeys(items_of(allocation)))
        if summary is not None:
            count = self._counts.setdefault(job_id.lower(), Count(summary))
            if count.add(allocation, old):
                self.changed["summary", job_id] = None

    def lives_on(self, job_key: str, live: Iterable[str]) -> bool:
        """Whether a job has a live allocation after this, if these are the live ones before."""
        over = set(self.filed.over_of.get(job_key, ()))
        return any(each not in over for each in chain(self.filed.live_of.get(job_key, ()), live))

    def counted(self) -> Iterator[tuple[str, JobSummary]]:
        """Yield the summaries that change, by the job's ID in lower case."""
        for key, count in self._counts.items():
            summary = count.summary(self.index)
            if summary is not None:
                yield key, summary


def items_of(allocation: Allocation) -> tuple[Item, ...]:
    """Return what changes with an allocation."""
    return (
        ("table", "allocs"),
        ("allocation", allocation["ID"]),
        ("allocations", allocation["JobID"]),
        ("evaluation-allocations", allocation["EvalID"]),
        ("node-allocations", allocation["NodeID"]),
    )
