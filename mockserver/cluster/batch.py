"""Many objects that one log entry changes, prepared one by one, so that the tables take them all at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.cluster.summaries import Count
from mockserver.cluster.tables import Filed, is_live
from mockserver.cluster.watchers import Item
from mockserver.gostd.fmt import lower
from mockserver.nomad_types import Allocation, Evaluation, Job, JobSummary
from mockserver.slices import Steps

_LET_GO = 100
"""Replaced objects that are forgotten in one step."""


class Batch:
    """The effect of the entry with this index: the objects as they will be stored, and what follows from them."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.filed = Filed()
        self.evaluations: dict[str, Evaluation] = {}
        """New ones by their IDs."""
        self.changed: dict[Item, None] = {}
        """What of the state changes, in order."""
        self.job_ids: dict[str, None] = {}
        """The jobs whose status may change: an allocation of theirs is new, or its life begins or ends; or they are
        to be evaluated."""
        self.summaries: dict[str, JobSummary] = {}
        """The summaries that change, by the job's ID in lower case."""
        self.jobs: dict[str, Job] = {}
        """The jobs whose status changes, likewise."""
        self._counts: dict[str, Count] = {}
        self._replaced: list[Mapping[str, Any]] = []

    def add(self, allocation: Allocation, old: Allocation | None, summary: JobSummary | None) -> None:
        """Add an allocation as it will be, as it was (None when it is new), and the present summary of its job."""
        job_id = allocation["JobID"]
        self.filed.add(allocation, old)
        if old is not None:
            self._replaced.append(old)
        if old is None or not (is_live(old) and is_live(allocation)):
            self.job_ids[job_id] = None
        self.changed.update(dict.fromkeys(items_of(allocation)))
        if summary is not None:
            count = self._counts.setdefault(lower(job_id), Count(summary))
            if count.add(allocation, old):
                self.changed["summary", job_id] = None

    def evaluate(self, evaluation: Evaluation) -> None:
        """Add a new evaluation as it will be."""
        job_id = evaluation["JobID"]
        self.evaluations[evaluation["ID"]] = evaluation
        self.job_ids[job_id] = None
        items: tuple[Item, ...] = (("table", "evals"), ("evaluation", evaluation["ID"]), ("evaluations", job_id))
        self.changed.update(dict.fromkeys(items))

    def change_job(self, job: Job, changed: Job) -> None:
        """Add a job whose status changes, as it is and as it will be."""
        self.jobs[lower(job["ID"])] = changed
        self.changed.update(dict.fromkeys((("table", "jobs"), ("job", job["ID"]))))
        self._replaced.append(job)

    def change_summary(self, changed: JobSummary, job_id: str) -> None:
        """Add the summary of a job with this ID as it will be, and wake those who wait for it."""
        self.summaries[lower(changed["JobID"])] = changed
        self.changed["summary", job_id] = None

    def let_go(self) -> Steps[None]:
        """Forget, in steps, what was replaced: Python needs time to let go of many objects."""
        while self._replaced:
            del self._replaced[-_LET_GO:]
            yield

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
