"""Garbage collection: what a real agent forgets, and when.

Finished evaluations and their allocations after one hour, finished batch jobs with theirs after four,
looked for every five minutes (behaviour.md observed on 0.5.4); or all of it at once when forced.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.cluster.clock import Clock
from mockserver.cluster.state import State
from mockserver.cluster.tables import is_live, is_open
from mockserver.gostd.durations import SECOND
from mockserver.jobs.children import launch_schedule
from mockserver.nomad_types import Allocation, Evaluation, Job
from mockserver.slices import Steps

if TYPE_CHECKING:
    from mockserver.cluster.timetable import Timer

_INTERVAL = 300 * SECOND
_EVALUATION_AGE = 3600 * SECOND
_JOB_AGE = 4 * 3600 * SECOND
_WITNESSED = 72 * 3600 * SECOND // _INTERVAL
"""How many times a real agent keeps with the index that was reached then: those of three days (source of 0.5.4)."""
_EVERYTHING = 1 << 64


class GarbageCollection:
    """Collects what has ended in one region.

    ``deregister`` removes a finished batch job; ``forget`` tells the nodes which allocations are gone.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        deregister: Callable[[str], object],
        forget: Callable[[Iterable[str]], Steps[None]],
    ) -> None:
        self._state = state
        self._forget = forget
        self._clock = clock
        self._deregister = deregister
        self._witnessed: deque[tuple[int, int]] = deque(maxlen=_WITNESSED)
        self._timer: Timer | None = None

    def plan(self) -> None:
        """Plan the collection of what is in the state now; called after every registration."""
        if self._timer is None:
            self._witness()
            self._timer = self._clock.call_later(_INTERVAL, self._tick)
            self._state.changes.note(("garbage", ""))

    def force(self) -> Steps[None]:
        """Collect everything that has ended, whatever its age, in steps."""
        yield from self._collect(_EVERYTHING, _EVERYTHING)

    def saved(self) -> dict[str, Any]:
        """Return which index was reached when, and when the next collection is, as JSON; ``restore`` takes it."""
        witnessed = [{"time": time, "index": index} for time, index in self._witnessed]
        return {"witnessed": witnessed, "next": None if self._timer is None else self._timer.saved()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._witnessed.extend((each["time"], each["index"]) for each in saved["witnessed"])
        if saved["next"] is not None:
            self._timer = self._clock.restore(saved["next"], self._tick)

    def _tick(self) -> Steps[None]:
        self._timer = None
        self._state.changes.note(("garbage", ""))
        now = self._clock.now()
        yield from self._collect(self._index_at(now - _JOB_AGE), self._index_at(now - _EVALUATION_AGE))
        if any(True for _ in self._state.evaluations()):
            self.plan()

    def _witness(self) -> None:
        self._witnessed.append((self._clock.now(), self._state.index))

    def _index_at(self, time: int) -> int:
        """Return the newest index that was reached by then; 0 when none is known."""
        return next((index for witnessed, index in reversed(self._witnessed) if witnessed <= time), 0)

    def _collect(self, job_index: int, evaluation_index: int) -> Steps[None]:
        collectable = []
        for job in [*self._state.jobs()]:
            yield
            if self._is_collectable(job, job_index):
                collectable.append(job)
        for job in collectable:
            yield from self._reap(self._state.evaluations_of(job["ID"]), job_index)
            self._deregister(job["ID"])
        old = [each for each in self._state.evaluations() if each["Type"] != "batch"]
        yield from self._reap([each for each in old if _is_over(each, evaluation_index)], evaluation_index)

    def _is_collectable(self, job: Job, index: int) -> bool:
        if (
            job["Type"] != "batch"
            or launch_schedule(job) is not None
            or job["ParameterizedJob"] is not None
            or job["CreateIndex"] > index
        ):
            return False
        placed = _Placed(self._state)
        return all(
            self._is_dead(each) and _is_over(each, index) and len(placed.finished(each, index)) == placed.count(each)
            for each in self._state.evaluations_of(job["ID"])
        )

    def _is_dead(self, evaluation: Evaluation) -> bool:
        job = self._state.job(evaluation["JobID"])
        return evaluation["Type"] != "batch" or job is None or job["Status"] == "dead"

    def _reap(self, evaluations: Iterable[Evaluation], index: int) -> Steps[None]:
        placed = _Placed(self._state)
        gone: list[str] = []
        allocations: list[str] = []
        for evaluation in evaluations:
            yield
            finished = placed.finished(evaluation, index)
            allocations += finished
            if len(finished) == placed.count(evaluation):
                gone.append(evaluation["ID"])
        yield
        if gone or allocations:
            self._state.delete_evaluations(gone, allocations)
            yield
            yield from self._forget(allocations)


class _Placed:
    """The allocations of evaluations; those of a job are looked through once for all its evaluations."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._of_job: dict[str, dict[str, list[Allocation]]] = {}

    def finished(self, evaluation: Evaluation, index: int) -> list[str]:
        """Return the IDs of those that were over at this index."""
        return [each["ID"] for each in self._of(evaluation) if not is_live(each) and each["ModifyIndex"] <= index]

    def count(self, evaluation: Evaluation) -> int:
        """How many there are."""
        return len(self._of(evaluation))

    def _of(self, evaluation: Evaluation) -> list[Allocation]:
        job_id = evaluation["JobID"]
        if job_id not in self._of_job:
            by_evaluation = self._of_job[job_id] = {}
            for allocation in self._state.allocations_of(job_id, all_instances=True):
                by_evaluation.setdefault(allocation["EvalID"], []).append(allocation)
        return self._of_job[job_id].get(evaluation["ID"], [])


def _is_over(evaluation: Evaluation, index: int) -> bool:
    return not is_open(evaluation) and evaluation["ModifyIndex"] <= index
