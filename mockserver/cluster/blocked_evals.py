"""The evaluations that wait until a node has room."""

from collections.abc import Iterator, Mapping

from mockserver.nomad_types import Evaluation


class BlockedEvals:
    """Evaluations that could not place everything: one for each job, until a node class gets capacity.

    IDs that differ in case belong to different jobs here, although the state knows only one of them: what the state
    cancels under another spelling stays here, and the job's next blocked evaluation is a duplicate (observed).
    """

    def __init__(self) -> None:
        self._by_job: dict[str, Evaluation] = {}

    def __iter__(self) -> Iterator[Evaluation]:
        yield from self._by_job.values()

    def of(self, job_id: str) -> Evaluation | None:
        """Return the blocked evaluation of a job, or None."""
        return self._by_job.get(job_id)

    def add(self, evaluation: Evaluation) -> bool:
        """Keep a blocked evaluation; False when its job already has one here, which makes it a duplicate."""
        return self._by_job.setdefault(evaluation["JobID"], evaluation) is evaluation

    def forget(self, job_id: str) -> None:
        """Forget the blocked evaluation of a job that needs nothing any more."""
        self._by_job.pop(job_id, None)

    def unblock(self, evaluation: Evaluation, node_class: str) -> bool:
        """Take out an evaluation if it may fit now that a node of this computed class has more room."""
        if not _may_fit(evaluation, node_class):
            return False
        del self._by_job[evaluation["JobID"]]
        return True


def _may_fit(evaluation: Evaluation, node_class: str) -> bool:
    eligibility: Mapping[str, bool] = evaluation["ClassEligibility"] or {}
    return evaluation["EscapedComputedClass"] or eligibility.get(node_class, True)
