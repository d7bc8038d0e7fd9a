"""The state of one region, for writing, and the index that moves as a Raft log's does.

Every writing method is one log entry: it takes the next index, changes the tables, computes what follows from the
change (job status, summaries), and then wakes the queries that wait for what changed. Stored objects are never changed
in place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.bus import Bus
from mockserver.cluster import summaries
from mockserver.cluster.batch import Batch, items_of
from mockserver.cluster.changed_parts import ChangedParts
from mockserver.cluster.job_statuses import JobStatuses
from mockserver.cluster.reindex import rewound
from mockserver.cluster.tables import AllocationReport
from mockserver.cluster.watchers import Item, Watchers
from mockserver.gostd.fmt import lower, quote
from mockserver.jobs.canonicalize import without_empty_lists
from mockserver.jobs.diff.filtering import Filtering
from mockserver.nomad_types import Allocation, Evaluation, Job, JobSummary, Node
from mockserver.slices import Steps

_BEFORE_THE_FIRST_WRITE = 3
"""The index of a fresh agent: the entries with which a server makes itself the leader."""


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The log entry with this index changed these items of a region's state."""

    state: "State"
    index: int
    items: "Mapping[Item, None]"


class State(JobStatuses):
    """What a region knows, and the only way to change it."""

    def __init__(self, bus: Bus | None = None) -> None:
        super().__init__()
        self.bus = bus or Bus()
        self.index = _BEFORE_THE_FIRST_WRITE
        self._rewound = 0
        self.watchers = Watchers()
        self.changes = ChangedParts()
        self._table_index = {"job_summary": _BEFORE_THE_FIRST_WRITE}
        self._changed: dict[Item, None] = {}
        self._filtering: dict[str, frozenset[tuple[str, int]]] = {}

    def table_index(self, table: str) -> int:
        """Return the index of the last change of ``jobs``, ``job_summary``, ``evals``, ``allocs`` or ``nodes``."""
        return self._table_index.get(table, 0)

    @property
    def latest_index(self) -> int:
        """The index of the last entry that changed a table; what an evaluation calls its snapshot index."""
        return max(self._table_index.values())

    @property
    def edition(self) -> tuple[int, int]:
        """Equal to an earlier one as long as nothing that a read shows has changed."""
        return self._rewound, self.index

    def is_at(self, edition: tuple[int, int]) -> bool:
        """Return whether nothing that a read shows has changed since then."""
        return self.index == edition[1] and self._rewound == edition[0]

    def filtering(self, job_id: str) -> Filtering:
        """Return the constraints that kept nodes away from a job since it was registered; a restart forgets them."""
        return self._filtering.get(lower(job_id), frozenset())

    def remember_filtering(self, job: Job, filtering: Filtering) -> None:
        """Remember which constraints kept nodes away from a job, unless there is another version of it by now."""
        known = self.job(job["ID"])
        if filtering and known is not None and known["JobModifyIndex"] == job["JobModifyIndex"]:
            self._filtering[lower(job["ID"])] = frozenset((*self.filtering(job["ID"]), *filtering))

    def pass_index(self) -> int:
        """Take the index of an entry that changes no table, such as deregistering an unknown job; return it."""
        self.index += 1
        return self.index

    def upsert_job(self, job: Job) -> int:
        """Store a new job or a new version of one; returns the index, which is its JobModifyIndex."""
        index = self.pass_index()
        existing = self.job(job["ID"])
        self._filtering.pop(lower(job["ID"]), None)
        stored: Job = {
            **self._parts.of(without_empty_lists(job) if existing is None else job),  # a new job is copied at once
            "CreateIndex": index,
            "ModifyIndex": index,
            "JobModifyIndex": index,
            "Status": "",
        }
        if existing is None:
            self._update_status(stored, index)
        else:
            stored["CreateIndex"] = existing["CreateIndex"]
            stored["Status"] = self._computed_status(stored)
            self._store_job(stored, index)
        summary = summaries.for_job(self.summary(job["ID"]), stored, index)
        if summary is not None:
            self._store_summary(summary, index, job["ID"])
        return self._commit(index)

    def delete_job(self, job_id: str) -> int:
        """Remove a job and its summary, if there is one; returns the index."""
        index = self.pass_index()
        job = self.job(job_id)
        if job is None:
            return index
        parent = self.summary(job["ParentID"]) if job["ParentID"] else None
        if parent is not None and job["Status"] != "dead":
            self._store_summary(summaries.with_child(parent, job["Status"], "dead", index), index, job["ParentID"])
        del self._jobs[lower(job_id)]
        self._filtering.pop(lower(job_id), None)
        self._summaries.pop(lower(job_id), None)
        self._table_index["jobs"] = self._table_index["job_summary"] = index
        self._note(("table", "jobs"), ("job", job_id), ("summary", job_id))
        return self._commit(index)

    def upsert_evaluation(self, evaluation: Evaluation) -> int:
        """Store a new evaluation or a new version of one; returns the index.

        One that completed with nothing left to place cancels the blocked ones of its job.
        """
        index = self.pass_index()
        existing = self.evaluation(evaluation["ID"])
        created = index if existing is None else existing["CreateIndex"]
        self._count_queued(evaluation, index)
        if evaluation["Status"] == "complete" and not evaluation["FailedTGAllocs"]:
            self._cancel_blocked(evaluation["JobID"], index)
        self._store_evaluation({**evaluation, "CreateIndex": created, "ModifyIndex": index})
        self._note(("evaluations", evaluation["JobID"]))
        self._table_index["evals"] = index
        self._update_statuses((evaluation["JobID"],), index)
        return self._commit(index)

    def add_evaluations(self, evaluations: Sequence[Evaluation]) -> Steps[int]:
        """Store new pending evaluations, maybe many: in steps, as ``upsert_allocations``. Returns the index."""
        index = self.index + 1
        batch = Batch(index)
        for evaluation in evaluations:
            yield
            stored: Evaluation = {**evaluation, "CreateIndex": index, "ModifyIndex": index}
            batch.evaluate(stored)
            self._index_evaluation(stored)
        yield from self._apply(batch)
        return index

    def delete_evaluations(self, evaluation_ids: Iterable[str], allocation_ids: Iterable[str]) -> int:
        """Forget evaluations and allocations that garbage collection found; returns the index."""
        index = self.pass_index()
        jobs: dict[str, None] = {}
        for evaluation_id in evaluation_ids:
            evaluation = self._drop_evaluation(evaluation_id)
            self._note(("evaluations", evaluation["JobID"]), ("evaluation", evaluation_id))
            jobs[evaluation["JobID"]] = None
        for allocation_id in allocation_ids:
            self._note(*items_of(self._drop_allocation(allocation_id)))
        self._table_index["evals"] = self._table_index["allocs"] = index
        self._note(("table", "evals"), ("table", "allocs"))
        self._update_statuses(jobs, index, collected=True)
        return self._commit(index)

    def upsert_allocations(self, allocations: Sequence[Allocation], now: int) -> Steps[int]:
        """Apply a plan: new allocations (created at ``now``, Unix ns), and changed wishes for existing ones.

        There may be many, so this is done in steps; all of it is there after one of them, nothing before. Returns the
        index.
        """
        index = self.index + 1
        batch = Batch(index)
        for allocation in allocations:
            yield
            old = batch.filed.by_id.get(allocation["ID"]) or self.allocation(allocation["ID"])
            stored: Allocation = {**allocation, "ModifyIndex": index, "AllocModifyIndex": index}
            if old is None:
                stored["CreateIndex"], stored["CreateTime"] = index, now
            elif stored["ClientStatus"] != "lost":
                stored["ClientStatus"], stored["ClientDescription"] = old["ClientStatus"], old["ClientDescription"]
                stored["TaskStates"] = old["TaskStates"]
            batch.add(stored, old, self.summary(stored["JobID"]))
        yield from self._apply(batch)
        return index

    def update_from_client(self, updates: Sequence[AllocationReport]) -> Steps[int]:
        """Apply what a node reports of its allocations.

        In steps, as ``upsert_allocations``.
        """
        index = self.index + 1
        batch = Batch(index)
        for update in updates:
            yield
            old = batch.filed.by_id.get(update["ID"]) or self.allocation(update["ID"])
            if old is not None:
                batch.add({**old, **update, "ModifyIndex": index}, old, self.summary(old["JobID"]))
        yield from self._apply(batch)
        return index

    def upsert_node(self, node: Node) -> int:
        """Store a new node or a new version of one; returns the index."""
        index = self.pass_index()
        existing = self.node(node["ID"])
        created = index if existing is None else existing["CreateIndex"]
        self._nodes[node["ID"]] = {**node, "CreateIndex": created, "ModifyIndex": index}
        self.room_gains += 1
        self._table_index["nodes"] = index
        self._note(("table", "nodes"), ("node", node["ID"]))
        return self._commit(index)

    def saved(self) -> dict[str, Any]:
        """Return everything, as JSON; ``restore`` takes it."""
        return {**self.saved_indexes(), **self.saved_tables()}

    def saved_indexes(self) -> dict[str, Any]:
        """Return the last index and those of the tables, as ``saved`` has them."""
        return {"index": self.index, "table_indexes": {**self._table_index}}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what was saved, and wake nobody; for a state that nobody has seen yet."""
        self._fill(saved)
        self.index, self._table_index = saved["index"], dict(saved["table_indexes"])

    def rewind(self, by: int) -> None:
        """Give the same objects lower indexes (``rewound``); wake nobody, for nothing else changes."""
        self._rewound += 1
        self.restore(rewound(self.saved(), by))
        self.changes.note_all(
            [("job", job_id) for job_id in self._jobs]
            + [("summary", job_id) for job_id in self._summaries]
            + [("evaluation", evaluation_id) for evaluation_id in self._evaluations]
            + [("allocation", allocation_id) for allocation_id in self._allocations]
            + [("node", node_id) for node_id in self._nodes]
        )

    def delete_node(self, node_id: str) -> int:
        """Forget a node; returns the index."""
        index = self.pass_index()
        del self._nodes[node_id]
        self._table_index["nodes"] = index
        self._note(("table", "nodes"), ("node", node_id))
        return self._commit(index)

    def replace_summaries(self, counted: Sequence[JobSummary]) -> int:
        """Put other summaries in the place of those of their jobs, which wakes nobody (observed); returns the index."""
        index = self.pass_index()
        self._summaries.update({lower(summary["JobID"]): summary for summary in counted})
        self.changes.note_all(("summary", summary["JobID"]) for summary in counted)
        self._table_index["job_summary"] = index
        return self._commit(index)

    # What follows from a change

    def _commit(self, index: int) -> int:
        changed, self._changed = self._changed, {}
        self.changes.note_all(changed)
        self.watchers.notify(changed)
        if self.bus.listening:
            self.bus.publish(StateChanged(self, index, changed))
        return index

    def _note(self, *items: Item) -> None:
        self._changed.update(dict.fromkeys(items))

    def _store_job(self, job: Job, index: int) -> None:
        self._jobs[lower(job["ID"])] = job
        self._table_index["jobs"] = index
        self._note(("table", "jobs"), ("job", job["ID"]))

    def _store_summary(self, summary: JobSummary, index: int, job_id: str) -> None:
        self._summaries[lower(summary["JobID"])] = summary
        self._table_index["job_summary"] = index
        self._note(("summary", job_id))

    def _count_queued(self, evaluation: Evaluation, index: int) -> None:
        summary = self.summary(evaluation["JobID"])
        queued = evaluation["QueuedAllocations"]
        if summary is None or not queued:
            return
        counted = summaries.with_queued(summary, queued, index)
        if counted is not None:
            # A real agent wakes nobody for this (recording summary-blocking-not-woken-by-queued).
            self._summaries[lower(evaluation["JobID"])] = counted
            self._table_index["job_summary"] = index
            self.changes.note(("summary", evaluation["JobID"]))

    def _cancel_blocked(self, job_id: str, index: int) -> None:
        for evaluation in tuple(self._evaluations_of.get(lower(job_id), {}).values()):
            if evaluation["Status"] == "blocked":
                description = f"evaluation {quote(evaluation['ID'])} successful"
                self._store_evaluation(
                    {**evaluation, "Status": "canceled", "StatusDescription": description, "ModifyIndex": index}
                )

    def _store_evaluation(self, evaluation: Evaluation) -> None:
        self._file_evaluation(evaluation)
        self._note(("table", "evals"), ("evaluation", evaluation["ID"]))

    def _consequences(self, batch: Batch) -> Steps[None]:
        """Put into a batch, in steps, the summaries and the statuses of jobs that follow from its allocations."""

        def summary_after(job_id: str) -> JobSummary | None:
            return batch.summaries.get(lower(job_id)) or self.summary(job_id)

        for key, counted in batch.counted():
            yield
            batch.summaries[key] = counted
        for job_id in batch.job_ids:
            yield
            job = self.job(job_id)
            change = None if job is None else self._status_change(job, batch.index, summary_after)
            if job is not None and change is not None:
                batch.change_job(job, change.job)
                if change.parent is not None:
                    batch.change_summary(change.parent, job["ParentID"])

    def _apply(self, batch: Batch) -> Steps[None]:
        """Find out, in steps, what follows from a batch; then put all of it into the tables at once."""
        yield
        yield from self._index(batch.filed)
        yield from self._consequences(batch)
        yield
        self._take(batch)
        yield from batch.let_go()

    def _take(self, batch: Batch) -> None:
        index = self.pass_index()
        self._file(batch.filed)
        self._evaluations.update(batch.evaluations)
        self._summaries.update(batch.summaries)
        dict.update(self._jobs, batch.jobs)  # they are all there, so their order stays; the table's way is slow
        changed = {
            "allocs": batch.filed.by_id,
            "evals": batch.evaluations,
            "job_summary": batch.summaries,
            "jobs": batch.jobs,
        }
        self._table_index.update((table, index) for table, objects in changed.items() if objects)
        self._note(*batch.changed)
        self._commit(index)

    def _update_statuses(self, job_ids: Iterable[str], index: int, *, collected: bool = False) -> None:
        for job_id in job_ids:
            job = self.job(job_id)
            if job is not None:
                self._update_status(job, index, collected=collected)

    def _update_status(self, job: Job, index: int, *, collected: bool = False) -> None:
        change = self._status_change(job, index, self.summary, collected=collected)
        if change is not None:
            self._store_job(change.job, index)
            if change.parent is not None:
                self._store_summary(change.parent, index, job["ParentID"])
