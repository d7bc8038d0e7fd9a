"""Periodic launches: which jobs are tracked, and what happens when a launch is due."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mockserver.cluster.changed_parts import ChangedParts
from mockserver.cluster.clock import END, Clock
from mockserver.cluster.tables import Tables, is_live, is_open
from mockserver.cluster.timetable import Timer
from mockserver.errors import Refused
from mockserver.gostd.cronexpr import next_launch
from mockserver.gostd.durations import SECOND
from mockserver.gostd.fmt import quote
from mockserver.jobs.children import launch_schedule, periodic_child
from mockserver.nomad_types import Evaluation, Job, PeriodicConfig

Launch = Callable[[Job], Evaluation]
"""Registers a child job and returns its evaluation."""


@dataclass(slots=True)
class _Tracked:
    job: Job
    due: int = 0
    timer: Timer | None = None

    @property
    def schedule(self) -> PeriodicConfig:
        schedule = launch_schedule(self.job)
        assert schedule is not None
        return schedule


class Periodic:
    """The periodic jobs of a region whose launches are on."""

    def __init__(self, tables: Tables, clock: Clock, launch: Launch, changes: ChangedParts) -> None:
        self._tables = tables
        self._changes = changes
        self._clock = clock
        self._launch = launch
        self._tracked: dict[str, _Tracked] = {}

    def registered(self, job: Job) -> None:
        """Plan the launches of a job that was registered, or no more launches when it is not periodic now."""
        self.deregistered(job["ID"])
        if launch_schedule(job) is not None:
            tracked = _Tracked(job)
            self._tracked[job["ID"]] = tracked
            self._plan(tracked, self._clock.now())

    def deregistered(self, job_id: str) -> None:
        """Forget a job that was removed."""
        tracked = self._tracked.pop(job_id, None)
        if tracked is None:
            return
        self._changes.note(("periodic", job_id))
        if tracked.timer is not None:
            tracked.timer.cancel()

    def force(self, job_id: str) -> Evaluation:
        """Launch now, overlap or not.

        Raises:
            Refused: when launches of this job are off (behaviour observed on 0.5.4).
        """
        tracked = self._tracked.get(job_id)
        if tracked is None:
            raise Refused(f"force launch for job {quote(job_id)} failed: can't force run non-tracked job {job_id}")
        return self._launch(periodic_child(tracked.job, self._clock.now() // SECOND))

    def intervals(self) -> Iterator[tuple[str, int]]:
        """Yield the jobs that are launched at least twice more, with the nanoseconds between the next two."""
        for job_id, tracked in self._tracked.items():
            after = None if tracked.timer is None else next_launch(tracked.schedule, tracked.due)
            if after is not None and after > tracked.due:
                yield job_id, after - tracked.due

    def saved(self) -> list[dict[str, Any]]:
        """Return the tracked jobs and their next launches, as JSON; ``restore`` takes it."""
        return [_saved(tracked) for tracked in self._tracked.values()]

    def saved_launch(self, job_id: str) -> dict[str, Any] | None:
        """Return a tracked job as ``saved`` has it, or None."""
        tracked = self._tracked.get(job_id)
        return None if tracked is None else _saved(tracked)

    def restore(self, saved: Iterable[Mapping[str, Any]]) -> None:
        """Track what was tracked, with the launches that were planned."""
        for each in saved:
            tracked = self._tracked[each["job"]["ID"]] = _Tracked(each["job"])
            if (launch := each["launch"]) is not None:
                tracked.due = launch["due"]
                tracked.timer = self._clock.restore(launch, partial(self._due, tracked))

    def _plan(self, tracked: _Tracked, after: int) -> None:
        self._changes.note(("periodic", tracked.job["ID"]))
        due = next_launch(tracked.schedule, after)
        if due is None or due >= END:
            tracked.timer = None
        else:
            tracked.due = due
            tracked.timer = self._clock.call_later(due - self._clock.now(), partial(self._due, tracked))

    def _due(self, tracked: _Tracked) -> None:
        job, when = tracked.job, tracked.due
        self._plan(tracked, when)
        if not (tracked.schedule["ProhibitOverlap"] and self._has_running_child(job)):
            self._launch(periodic_child(job, when // SECOND))

    def _has_running_child(self, job: Job) -> bool:
        return any(
            self._has_work(child["ID"])
            for child in self._tables.jobs(f"{job['ID']}/periodic-")
            if child["ParentID"] == job["ID"]
        )

    def _has_work(self, job_id: str) -> bool:
        allocations = self._tables.allocations_of(job_id, all_instances=True)
        return any(map(is_open, self._tables.evaluations_of(job_id))) or any(map(is_live, allocations))


def _saved(tracked: _Tracked) -> dict[str, Any]:
    launch = None if tracked.timer is None else {"due": tracked.due, **tracked.timer.saved()}
    return {"job": tracked.job, "launch": launch}
