"""A dry run of the scheduler: what registering a job would do (documented: PUT /v1/job/<ID>/plan)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from mockserver.cluster import evaluations
from mockserver.cluster.clock import END
from mockserver.cluster.load import Carried
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler import Outcome, View, schedule
from mockserver.cluster.tables import Tables
from mockserver.errors import Refused
from mockserver.gostd.cronexpr import next_launch
from mockserver.gostd.durations import SECOND
from mockserver.gostd.fmt import lower
from mockserver.jobs.children import launch_schedule
from mockserver.nomad_types import Allocation, Job, Node
from mockserver.slices import Steps

_NO_LAUNCH = "0001-01-01T00:00:00Z"


def plan(
    job: Job,
    tables: Tables,
    *,
    ids: RandomSource,
    now: int,
    filtering: set[tuple[str, int]] | None = None,
    shuffled: bool = False,
) -> Steps[dict[str, Any]]:
    """Return the body of the answer, its diff left null; nothing is stored.

    Args:
        job: canonicalized and valid.
        tables: what the region knows.
        ids: for the IDs of the evaluations that would be created.
        now: Unix ns.
        filtering: takes the constraints of the planned job that kept nodes away.
        shuffled: whether the order of placements is drawn from ``ids``.

    ``Refused`` is raised when no scheduler knows the job's type, or when the next launch is after the year 9999,
    which an agent can't write.
    """
    old = tables.job(job["ID"])
    index = 0 if old is None else old["JobModifyIndex"]
    view = _Planned(tables, _as_registered(job, old))
    outcome = yield from dry_run(job, view, view.index, ids=ids, now=now, shuffled=shuffled)
    if filtering is not None:
        filtering.update(outcome.filtering)
    created = [each for each in (outcome.blocked, outcome.next) if each is not None]
    return {
        "Annotations": {"DesiredTGUpdates": outcome.desired},
        "CreatedEvals": created or None,
        "Diff": None,
        "FailedTGAllocs": outcome.failed,
        "Index": index,
        "JobModifyIndex": index,
        "NextPeriodicLaunch": _next_launch(job, now),
    }


def dry_run(job: Job, view: View, index: int, *, ids: RandomSource, now: int, shuffled: bool) -> Steps[Outcome]:
    """Return what a scheduler would do about a job that was registered at this index; see ``schedule``."""
    evaluation = evaluations.for_job(job, triggered_by="job-register", job_index=index, ids=ids)
    return schedule({**evaluation, "AnnotatePlan": True}, view, ids=ids, now=now, shuffled=shuffled)


class _Planned:
    """The region as it would be with the planned job in it."""

    def __init__(self, tables: Tables, job: Job) -> None:
        self._tables = tables
        self._job = job
        self.index: int = job["JobModifyIndex"]

    def job(self, job_id: str) -> Job | None:
        return self._job if lower(job_id) == lower(self._job["ID"]) else self._tables.job(job_id)

    def allocations_of(self, job_id: str, *, all_instances: bool) -> Sequence[Allocation]:
        return self._tables.allocations_of(job_id, all_instances=all_instances)

    def nodes(self) -> Iterable[Node]:
        return self._tables.nodes()

    def node(self, node_id: str) -> Node | None:
        return self._tables.node(node_id)

    def carried_by(self, node_id: str) -> Carried:
        return self._tables.carried_by(node_id)


def _as_registered(job: Job, old: Job | None) -> Job:
    """Plan a new job at index 0, an existing one at the index after its last registration (observed)."""
    index = 0 if old is None else old["JobModifyIndex"] + 1
    created = 0 if old is None else old["CreateIndex"]
    return {**job, "CreateIndex": created, "JobModifyIndex": index, "ModifyIndex": index}


def _next_launch(job: Job, now: int) -> str:
    schedule = launch_schedule(job)
    launch = None if schedule is None else next_launch(schedule, now)
    if launch is None:
        return _NO_LAUNCH
    if launch >= END:
        raise Refused("Time.MarshalJSON: year outside of range [0,9999]")
    return f"{datetime.fromtimestamp(launch // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"
