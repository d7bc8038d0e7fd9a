"""Evaluations on their way to the scheduler: ready ones by priority, blocked ones until capacity changes."""

import heapq
from collections.abc import Iterator, Mapping

from mockserver.shapes import Evaluation


class Ready:
    """Evaluations that wait for the scheduler: higher priority first, then the older one."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, str]] = []
        self._evaluations: dict[str, Evaluation] = {}

    def add(self, evaluation: Evaluation) -> None:
        """Queue an evaluation."""
        self._evaluations[evaluation["ID"]] = evaluation
        heapq.heappush(self._heap, (-evaluation["Priority"], evaluation["CreateIndex"], evaluation["ID"]))

    def pop(self) -> Evaluation | None:
        """Take the next one out, or None when there is none."""
        if not self._heap:
            return None
        return self._evaluations.pop(heapq.heappop(self._heap)[2])

    def __bool__(self) -> bool:
        return bool(self._heap)


class Blocked:
    """Evaluations that could not place everything: one for each job, until a node class gets capacity.

    IDs that differ in case belong to different jobs here, although the state knows only one of them: what the state
    cancels under another spelling stays here, and the job's next blocked evaluation is a duplicate (observed).
    """

    def __init__(self) -> None:
        self._by_job: dict[str, Evaluation] = {}

    def __iter__(self) -> Iterator[Evaluation]:
        yield from self._by_job.values()

    def of(self, job_id: str) -> Evaluation | None:
        """The blocked evaluation of a job, or None."""
        return self._by_job.get(job_id)

    def add(self, evaluation: Evaluation) -> bool:
        """Keep a blocked evaluation; False when its job already has one here, which makes it a duplicate."""
        return self._by_job.setdefault(evaluation["JobID"], evaluation) is evaluation

    def forget(self, job_id: str) -> None:
        """The job needs nothing any more."""
        self._by_job.pop(job_id, None)

    def unblock(self, node_class: str) -> list[Evaluation]:
        """Take out what may fit now that a node of this computed class has more room."""
        unblocked = [each for each in self if _may_fit(each, node_class)]
        for evaluation in unblocked:
            del self._by_job[evaluation["JobID"]]
        return unblocked


def _may_fit(evaluation: Evaluation, node_class: str) -> bool:
    eligibility: Mapping[str, bool] = evaluation["ClassEligibility"] or {}
    return evaluation["EscapedComputedClass"] or eligibility.get(node_class, True)
