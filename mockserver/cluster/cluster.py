"""One region, with its servers and nodes: each operation does what a real agent does, index by index."""

import copy
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.bus import Bus
from mockserver.cluster import evaluations, plan
from mockserver.cluster.changed_parts import Part
from mockserver.cluster.clock import Clock
from mockserver.cluster.gc import GarbageCollection
from mockserver.cluster.nodes.registry import NodeRegistry
from mockserver.cluster.pace import AT_ONCE, Pace, Paces
from mockserver.cluster.periodic import Periodic
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.recount import summaries_anew
from mockserver.cluster.state import State
from mockserver.cluster.tables import AllocationReport
from mockserver.cluster.tasks import NodeClient, Rules, TaskRun
from mockserver.cluster.worker import Worker
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.jobs.children import child_id, dispatched_job
from mockserver.jobs.validate import STANDARD_DRIVERS
from mockserver.nomad_types import Allocation, Evaluation, Job, Node
from mockserver.off_loop import SmallOnes
from mockserver.slices import Steps, finish


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: the job's index, and the evaluation that it made, if it made one."""

    job_id: str
    job_index: int
    evaluation_id: str = ""
    evaluation_index: int = 0


class Cluster:
    """A region. ``nodes`` are its nodes, ``state`` is what its servers know.

    Args:
        region: its name.
        clock: the only source of time.
        ids: the only source of randomness.
        nodes: the nodes that join at the start.
        drivers: the task drivers that its servers know.
        rules: replace what the jobs say about their tasks.
        http_address: where its nodes answer HTTP.
        bus: where changes of its state are published.
        shuffle_placements: whether it draws the order in which a job's missing allocations are placed.
    """

    def __init__(
        self,
        *,
        region: str,
        clock: Clock,
        ids: RandomSource,
        nodes: Iterable[Node] = (),
        drivers: Collection[str] = STANDARD_DRIVERS,
        rules: Rules | None = None,
        http_address: str = "127.0.0.1:4646",
        bus: Bus | None = None,
        shuffle_placements: bool = False,
    ) -> None:
        self.region = region
        self.clock = clock
        self._http_address = http_address
        self.ids = ids
        self.drivers = drivers
        self.small_ones = SmallOnes()
        self.state = State(bus)
        self._pace, self._paces = AT_ONCE, Paces()
        self._before_commit: Callable[[], Awaitable[None]] | None = None
        self._client = NodeClient(clock, ids, self._client_report, rules, self.state.changes, self._paces)
        self._shuffled = shuffle_placements
        self._worker = Worker(self.state, clock, ids, self._client.notice, self._paces, shuffled=shuffle_placements)
        self.nodes = NodeRegistry(self.state, clock, ids, self._worker, self._client, http_address)
        self._periodic = Periodic(self.state, clock, self._launch, self.state.changes)
        self._garbage = GarbageCollection(self.state, clock, self.deregister, self._client.forget)
        self._parts: Mapping[str, Callable[[str], Mapping[str, Any] | None]] = {
            "job": self.state.job,
            "summary": self.state.summary,
            "evaluation": self.state.evaluation,
            "allocation": self.state.allocation,
            "node": self.state.node,
            "blocked": self._worker.saved_blocked,
            "waiting": self._worker.saved_waiting,
            "run": self._client.saved_run,
            "noticed": self._client.saved_noticed,
            "unreported": self._client.saved_unreported,
            "periodic": self._periodic.saved_launch,
            "garbage": lambda _: self._garbage.saved(),
        }
        for node in nodes:
            finish(self.nodes.join(node))

    @property
    def test_drivers(self) -> frozenset[str]:
        """The task drivers that only some agents have; simulated nodes of this region advertise them, too."""
        return frozenset(self.drivers) - STANDARD_DRIVERS

    def at_pace(self, pace: Pace) -> "Cluster":
        """Return the same region; the evaluations of what is asked of it there take their time."""
        same = copy.copy(self)
        same._pace = pace
        return same

    def committing_after(self, wait: Callable[[], Awaitable[None]]) -> "Cluster":
        """Return the same region; what has been checked there waits before it is stored, and is not checked again."""
        same = copy.copy(self)
        same._before_commit = wait
        return same

    async def to_commit(self) -> None:
        """Return when what has been checked may be stored: at once, except in a region that is ``committing_after``."""
        if self._before_commit is not None:
            await self._before_commit()
            await self.clock.at_rest()

    def register(self, job: Job) -> Written:
        """Store a canonicalized, valid job and evaluate it, unless it is a periodic or parameterized parent."""
        index = self._store(job)
        if _is_parent(job):
            return Written(job["ID"], index)
        return self._evaluated(job, index, "job-register")

    def deregister(self, job_id: str) -> Written:
        """Remove a job and stop its allocations; also of a job that does not exist (observed).

        Raises:
            Refused: when the ID is empty.
        """
        if not job_id:
            raise Refused("missing job ID for evaluation")
        job = self.state.job(job_id)
        index = self.state.delete_job(job_id)
        self._periodic.deregistered(job_id)
        if job is not None and _is_parent(job):
            return Written(job_id, index)
        return self._submitted(evaluations.for_deregistration(job_id, job_index=index, ids=self.ids), index)

    def evaluate(self, job_id: str) -> Written:
        """Evaluate a job again.

        Raises:
            Refused: when there is no such job, or it is periodic or parameterized (behaviour observed on 0.5.4).
        """
        if not job_id:
            raise Refused("missing job ID for evaluation")
        job = self._existing(job_id)
        if job["Periodic"] is not None:
            raise Refused("can't evaluate periodic job")
        if job["ParameterizedJob"] is not None:
            raise Refused("can't evaluate parameterized job")
        return self._evaluated(job, job["ModifyIndex"], "job-register")

    def dispatch(self, job_id: str, payload: bytes, meta: Mapping[str, str]) -> Written:
        """Start a child of a parameterized job that takes this payload (``jobs.children.check_dispatch``)."""
        parent = self._existing(job_id)
        new_id = child_id(parent["ID"], self.clock.now() // SECOND, self.ids.suffix())
        child = dispatched_job(parent, payload, meta, new_id)
        return self._evaluated(child, self._store(child), "job-register")

    def force(self, job_id: str) -> Written:
        """Launch a periodic job now.

        Raises:
            Refused: when there is no such job, it is not periodic, or its launches are off (recordings
                ``periodic-force-*``).
        """
        job = self._existing(job_id)
        if job["Periodic"] is None:
            raise Refused("can't force launch non-periodic job")
        evaluation = self._periodic.force(job["ID"])
        return Written(evaluation["JobID"], evaluation["JobModifyIndex"], evaluation["ID"], evaluation["CreateIndex"])

    def plan(self, job: Job, filtering: set[tuple[str, int]] | None = None) -> Steps[dict[str, Any]]:
        """Return, in steps, what registering this job would do: the body of the reply without its diff.

        ``filtering`` takes the constraints that kept nodes away.
        """
        now, shuffled = self.clock.now(), self._shuffled
        return plan.plan(job, self.state, ids=self.ids, now=now, filtering=filtering, shuffled=shuffled)

    def reconcile_summaries(self) -> Steps[int]:
        """Count, in steps, all summaries again, which forgets children; returns the index."""
        index, now = self.state.index + 1, self.clock.now()
        counted = yield from summaries_anew(self.state, ids=self.ids, now=now, index=index, shuffled=self._shuffled)
        return self.state.replace_summaries(counted)

    def collect_garbage(self) -> Steps[None]:
        """Forget, in steps, everything that is over, and the nodes that are down and have no work."""
        yield from self._garbage.force()
        yield from self.nodes.collect_garbage()

    def launch_intervals(self) -> Iterator[tuple[str, int]]:
        """Return the jobs that launch by themselves, with the nanoseconds between their next two launches."""
        return self._periodic.intervals()

    def tasks(self) -> Iterator[TaskRun]:
        """Return the simulated tasks of all allocations that are not over."""
        return self._client.tasks()

    def saved(self) -> dict[str, Any]:
        """Return the whole region, as JSON; ``restore`` takes it."""
        return finish(self.saving())

    def saving(self) -> Steps[dict[str, Any]]:
        """Return what ``saved`` returns in this moment, in steps; anything may change before the last one."""
        state, scheduler, clients = self.state.saved(), self._worker.saved(), self._client.saving()
        periodic, garbage = self._periodic.saved(), self._garbage.saved()

        def steps() -> Steps[dict[str, Any]]:
            return {
                "region": self.region,
                "state": state,
                "scheduler": scheduler,
                "clients": (yield from clients),
                "periodic": periodic,
                "garbage": garbage,
            }

        return steps()

    def saved_part(self, kind: str, key: str) -> Mapping[str, Any] | None:
        """Return one of the parts that ``saved`` lists, or None; ``state.changes`` names them by kind and key."""
        return self._parts[kind](key)

    def saving_parts(self, parts: Collection[Part]) -> Iterator[tuple[str, str, Mapping[str, Any] | None]]:
        """Return an iterator over kind, key and document of these parts, each as it is in this moment."""
        moment = self._client.moment([key for kind, key in parts if kind == "run"])
        later = [kind == "run" and moment.has(key) for kind, key in parts]
        now = [None if has_time else self._parts[kind](key) for (kind, key), has_time in zip(parts, later, strict=True)]
        return (
            (kind, key, moment.one(key) if has_time else document)
            for (kind, key), has_time, document in zip(parts, later, now, strict=True)
        )

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on where the saved region was; for a region that has nothing in it yet.

        Its nodes may have answered elsewhere; now they answer where this agent does.
        """
        nodes = [{**node, "HTTPAddr": self._http_address} for node in saved["state"]["nodes"]]
        self.state.restore({**saved["state"], "nodes": nodes})
        self._worker.restore(saved["scheduler"])
        self._client.restore(saved["clients"], self._allocation)
        self._periodic.restore(saved["periodic"])
        self._garbage.restore(saved["garbage"])

    def _allocation(self, allocation_id: str) -> Allocation:
        allocation = self.state.allocation(allocation_id)
        assert allocation is not None
        return allocation

    def _existing(self, job_id: str) -> Job:
        job = self.state.job(job_id)
        if job is None:
            raise Refused("job not found")
        return job

    def _store(self, job: Job) -> int:
        index = self.state.upsert_job(job)
        stored = self.state.job(job["ID"])
        assert stored is not None
        self._periodic.registered(stored)
        self._garbage.plan()
        return index

    def _evaluated(self, job: Job, index: int, triggered_by: str) -> Written:
        evaluation = evaluations.for_job(job, triggered_by=triggered_by, job_index=index, ids=self.ids)
        return self._submitted(evaluation, index)

    def _submitted(self, evaluation: Evaluation, job_index: int) -> Written:
        self._paces.put(evaluation["ID"], self._pace)
        index = self._worker.submit(evaluation)
        return Written(evaluation["JobID"], job_index, evaluation["ID"], index)

    def _launch(self, child: Job) -> Evaluation:
        written = self._evaluated(child, self._store(child), "periodic-job")
        evaluation = self.state.evaluation(written.evaluation_id)
        assert evaluation is not None
        return evaluation

    def _client_report(self, updates: Sequence[AllocationReport]) -> Steps[None]:
        yield from self.state.update_from_client(updates)
        classes: dict[str, None] = {}
        for update in updates:
            yield
            allocation = self.state.allocation(update["ID"])
            node = None if allocation is None else self.state.node(allocation["NodeID"])
            if node is not None and update["ClientStatus"] in {"complete", "failed"}:
                classes[node["ComputedClass"]] = None
        for node_class in classes:
            yield from self._worker.unblock(node_class)


def _is_parent(job: Job) -> bool:
    return job["Periodic"] is not None or job["ParameterizedJob"] is not None
