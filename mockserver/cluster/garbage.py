"""Garbage collection: what a real agent forgets, and when.

Finished evaluations and their allocations after one hour, finished batch jobs with theirs after four,
looked for every five minutes (behaviour.md observed on 0.5.4); or all of it at once when forced.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockserver.cluster.clock import SECOND, Clock, Timer
from mockserver.cluster.state import State
from mockserver.cluster.statuses import is_live, is_open
from mockserver.jobs.periodic import launches_by_itself
from mockserver.shapes import Evaluation, Job

_INTERVAL = 300 * SECOND
_EVALUATION_AGE = 3600 * SECOND
_JOB_AGE = 4 * 3600 * SECOND
_EVERYTHING = 1 << 64


class GarbageCollection:
    """Collects what is over in one region.

    ``deregister`` removes a finished batch job; ``forget`` tells the nodes which allocations are gone.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        deregister: Callable[[str], object],
        forget: Callable[[Iterable[str]], object],
    ) -> None:
        self._state = state
        self._forget = forget
        self._clock = clock
        self._deregister = deregister
        self._times: list[int] = []
        self._indexes: list[int] = []
        self._timer: Timer | None = None

    def plan(self) -> None:
        """See that what is in the state now is collected in its time; called after every registration."""
        if self._timer is None:
            self._witness()
            self._timer = self._clock.call_later(_INTERVAL, self._tick)
            self._state.changes.note(("garbage", ""))

    def force(self) -> None:
        """Collect everything that is over, whatever its age."""
        self._collect(_EVERYTHING, _EVERYTHING)

    def saved(self) -> dict[str, Any]:
        """What index was reached when, and when it is looked at again, as JSON; ``restore`` takes it."""
        witnessed = [{"time": time, "index": index} for time, index in zip(self._times, self._indexes, strict=True)]
        return {"witnessed": witnessed, "next": None if self._timer is None else self._timer.saved()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._times = [each["time"] for each in saved["witnessed"]]
        self._indexes = [each["index"] for each in saved["witnessed"]]
        if saved["next"] is not None:
            self._timer = self._clock.restore(saved["next"], self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._state.changes.note(("garbage", ""))
        now = self._clock.now()
        self._collect(self._index_at(now - _JOB_AGE), self._index_at(now - _EVALUATION_AGE))
        if any(True for _ in self._state.evaluations()):
            self.plan()

    def _witness(self) -> None:
        self._times.append(self._clock.now())
        self._indexes.append(self._state.index)

    def _index_at(self, time: int) -> int:
        position = bisect_right(self._times, time)
        return self._indexes[position - 1] if position else 0

    def _collect(self, job_index: int, evaluation_index: int) -> None:
        for job in [job for job in self._state.jobs() if self._is_collectable(job, job_index)]:
            self._reap(self._state.evaluations_of(job["ID"]), job_index)
            self._deregister(job["ID"])
        old = [each for each in self._state.evaluations() if each["Type"] != "batch"]
        self._reap([each for each in old if _is_over(each, evaluation_index)], evaluation_index)

    def _is_collectable(self, job: Job, index: int) -> bool:
        if (
            job["Type"] != "batch"
            or launches_by_itself(job)
            or job["ParameterizedJob"] is not None
            or job["CreateIndex"] > index
        ):
            return False
        return all(
            self._is_dead(each) and _is_over(each, index) and len(self._finished(each, index)) == self._placed(each)
            for each in self._state.evaluations_of(job["ID"])
        )

    def _is_dead(self, evaluation: Evaluation) -> bool:
        job = self._state.job(evaluation["JobID"])
        return evaluation["Type"] != "batch" or job is None or job["Status"] == "dead"

    def _reap(self, evaluations: Iterable[Evaluation], index: int) -> None:
        gone: list[str] = []
        allocations: list[str] = []
        for evaluation in evaluations:
            finished = self._finished(evaluation, index)
            allocations += finished
            if len(finished) == self._placed(evaluation):
                gone.append(evaluation["ID"])
        if gone or allocations:
            self._state.delete_evaluations(gone, allocations)
            self._forget(allocations)

    def _finished(self, evaluation: Evaluation, index: int) -> list[str]:
        return [
            allocation["ID"]
            for allocation in self._state.allocations_of(evaluation["JobID"], all_instances=True)
            if allocation["EvalID"] == evaluation["ID"]
            and not is_live(allocation)
            and allocation["ModifyIndex"] <= index
        ]

    def _placed(self, evaluation: Evaluation) -> int:
        allocations = self._state.allocations_of(evaluation["JobID"], all_instances=True)
        return sum(allocation["EvalID"] == evaluation["ID"] for allocation in allocations)


def _is_over(evaluation: Evaluation, index: int) -> bool:
    return not is_open(evaluation) and evaluation["ModifyIndex"] <= index
