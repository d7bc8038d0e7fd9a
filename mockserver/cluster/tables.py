"""The tables of one region: jobs, their summaries, evaluations, allocations and nodes, and how they are found.

Job IDs are looked up case-insensitively, as a real agent does. An object that was read here is a snapshot: stored
objects are never changed in place.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from itertools import chain, takewhile
from operator import itemgetter
from typing import Any, TypedDict, TypeVar

from sortedcontainers import SortedDict

from mockserver.cluster.load import Carried, Load, take_the_same
from mockserver.gostd.fmt import lower
from mockserver.nomad_types import Allocation, Evaluation, Job, JobSummary, Node, TaskState
from mockserver.slices import Steps, finish

T = TypeVar("T", bound=Mapping[str, Any])

_OPEN_EVALUATION = {"pending", "blocked"}
_LIVE_CLIENT = {"pending", "running"}


def is_open(evaluation: Evaluation) -> bool:
    """Whether the scheduler still has to do something for this evaluation."""
    return evaluation["Status"] in _OPEN_EVALUATION


def is_live(allocation: Allocation) -> bool:
    """Whether this allocation holds resources: wanted, and waiting to start or running."""
    return allocation["DesiredStatus"] == "run" and allocation["ClientStatus"] in _LIVE_CLIENT


class AllocationReport(TypedDict):
    """What a node reports of an allocation that it runs or ran."""

    ID: str
    ClientStatus: str
    ClientDescription: str
    TaskStates: dict[str, TaskState] | None


class Filed:
    """Allocations in the order of the tables, so that the tables take many at once."""

    def __init__(self) -> None:
        self.by_id: dict[str, Allocation] = {}
        self.of_job: dict[str, dict[str, None]] = {}
        self.live_on: dict[str, dict[str, Allocation]] = {}
        self.live_of: dict[str, list[str]] = {}
        self.over_of: dict[str, list[str]] = {}
        self.over_on: dict[str, list[str]] = {}
        """The IDs of those that are over, by job and by node."""
        self.loads: dict[str, Load] = {}
        """How the load of each node changes."""
        self.gives_room = False

    def add(self, allocation: Allocation, old: Allocation | None) -> None:
        """Add one allocation, in place of the version ``old``."""
        allocation_id, node_id, job_key = allocation["ID"], allocation["NodeID"], lower(allocation["JobID"])
        self.by_id[allocation_id] = allocation
        self.of_job.setdefault(job_key, {})[allocation_id] = None
        if is_live(allocation):
            self.live_on.setdefault(node_id, {})[allocation_id] = allocation
            self.live_of.setdefault(job_key, []).append(allocation_id)
        else:
            self.over_of.setdefault(job_key, []).append(allocation_id)
            self.over_on.setdefault(node_id, []).append(allocation_id)
        self._weigh(allocation, old)

    def _weigh(self, allocation: Allocation, old: Allocation | None) -> None:
        was, will_be = old is not None and is_live(old), is_live(allocation)
        if old is not None and was and will_be and take_the_same(old, allocation):
            return
        if not (was or will_be):
            return
        load = self.loads.get(allocation["NodeID"])
        if load is None:
            load = self.loads[allocation["NodeID"]] = Load()
        if old is not None and was:
            load.count(old, -1)
            self.gives_room = True
        if will_be:
            load.count(allocation)


class Tables:
    """Jobs, their summaries, evaluations, allocations and nodes of one region.

    The indexes, by which objects are found, may name one that is not in its table yet: a change of many is put into
    the indexes in steps, and then into the tables at once, so that a reader sees all of it or nothing.
    """

    def __init__(self) -> None:
        self._jobs: SortedDict[str, Job] = SortedDict()
        self._summaries: dict[str, JobSummary] = {}
        self._evaluations: dict[str, Evaluation] = {}
        self._allocations: dict[str, Allocation] = {}
        self._nodes: dict[str, Node] = {}
        self._evaluations_of: SortedDict[str, dict[str, Evaluation]] = SortedDict()
        self._open_evaluations_of: SortedDict[str, set[str]] = SortedDict()
        self._allocations_of: dict[str, dict[str, None]] = {}
        self._carried: dict[str, Carried] = {}
        self._live_of: dict[str, set[str]] = {}
        self.room_gains = 0
        """How often so far a node may have got more room."""

    @property
    def size(self) -> int:
        """How many jobs, evaluations, allocations and nodes there are."""
        return len(self._jobs) + len(self._evaluations) + len(self._allocations) + len(self._nodes)

    def job(self, job_id: str) -> Job | None:
        """Return the job with this ID in any case, or None."""
        return self._jobs.get(lower(job_id))

    def jobs(self, prefix: str = "") -> Iterator[Job]:
        """All jobs whose ID starts with ``prefix``, ordered by ID."""
        return with_prefix(self._jobs, prefix)

    def summaries(self) -> dict[str, JobSummary]:
        """Return the present summaries by the job's ID in lower case, in a dictionary of their own."""
        return dict(self._summaries)

    def summary(self, job_id: str) -> JobSummary | None:
        """Return the summary of the job with this ID in any case, or None."""
        return self._summaries.get(lower(job_id))

    def evaluation(self, evaluation_id: str) -> Evaluation | None:
        """Return the evaluation with this ID, or None."""
        return self._evaluations.get(evaluation_id)

    def evaluations(self) -> Collection[Evaluation]:
        """Return all evaluations."""
        return self._evaluations.values()

    def evaluations_of(self, prefix: str) -> list[Evaluation]:
        """Return the evaluations of every job whose ID starts with ``prefix`` in any case, in no order."""
        named = chain.from_iterable(of_job.items() for of_job in with_prefix(self._evaluations_of, prefix))
        return [evaluation for evaluation_id, evaluation in named if evaluation_id in self._evaluations]

    def allocation(self, allocation_id: str) -> Allocation | None:
        """Return the allocation with this ID, or None."""
        return self._allocations.get(allocation_id)

    def allocations(self) -> Collection[Allocation]:
        """Return all allocations."""
        return self._allocations.values()

    def allocations_of_evaluation(self, evaluation_id: str) -> list[Allocation]:
        """Return the allocations that an evaluation placed or last updated in place, in no order."""
        return [each for each in self._allocations.values() if each["EvalID"] == evaluation_id]

    def allocations_of_node(self, prefix: str) -> list[Allocation]:
        """Return all allocations on nodes whose ID starts with ``prefix``, in no order."""
        return [each for each in self._allocations.values() if each["NodeID"].startswith(prefix)]

    def allocations_of(self, job_id: str, *, all_instances: bool) -> list[Allocation]:
        """Return the allocations of exactly this job, by ID.

        Without ``all_instances`` only those of its present instance are returned. A job that was deregistered and
        registered again is another instance. Of a job that does not exist all allocations are returned (observed).
        """
        stored = self._allocations
        allocations = [stored[each] for each in sorted(self._allocations_of.get(lower(job_id), ())) if each in stored]
        job = self.job(job_id)
        if all_instances or job is None:
            return allocations
        return [each for each in allocations if each["Job"]["CreateIndex"] == job["CreateIndex"]]

    def has_allocations(self, job_id: str) -> bool:
        """Whether there are allocations of exactly this job, of any instance and in any status."""
        return bool(self._allocations_of.get(lower(job_id)))

    def allocations_on(self, node_id: str) -> Iterable[Allocation]:
        """Return the live allocations on a node."""
        return self.carried_by(node_id).allocations.values()

    def carried_by(self, node_id: str) -> Carried:
        """Return the live allocations on a node and their sum. They change with the tables; others only read them."""
        return self._carried.get(node_id) or Carried()

    def nodes(self) -> Collection[Node]:
        """Return all nodes."""
        return self._nodes.values()

    def node(self, node_id: str) -> Node | None:
        """Return the node with this ID, or None."""
        return self._nodes.get(node_id)

    def _index(self, filed: "Filed") -> Steps[None]:
        """Put new allocations or new versions of them into the indexes, in steps; nothing else may change meanwhile."""
        for job_key, ids in filed.of_job.items():
            yield
            self._allocations_of.setdefault(job_key, {}).update(ids)
        for job_key, live in filed.live_of.items():
            yield
            self._live_of.setdefault(job_key, set()).update(live)
        for job_key, over in filed.over_of.items():
            yield
            self._live_of.get(job_key, set()).difference_update(over)
        for node_id, load in filed.loads.items():
            yield
            self._carried.setdefault(node_id, Carried()).load.add(load)
        self.room_gains += filed.gives_room

    def _file(self, filed: "Filed") -> None:
        """Put allocations into the tables, all at once, which ``_index`` has put into the indexes."""
        self._allocations.update(filed.by_id)
        for node_id, allocations in filed.live_on.items():
            self._carried.setdefault(node_id, Carried()).allocations.update(allocations)
        for node_id, ids in filed.over_on.items():
            live = self.carried_by(node_id).allocations
            for allocation_id in ids:
                live.pop(allocation_id, None)

    def saved_tables(self) -> dict[str, list[Any]]:
        """Return the objects of each table."""
        return {
            "jobs": [*self._jobs.values()],
            "summaries": [*self._summaries.values()],
            "evaluations": [*self._evaluations.values()],
            "allocations": [*self._allocations.values()],
            "nodes": [*self._nodes.values()],
        }

    def _fill(self, saved: Mapping[str, Any]) -> None:
        """Put saved objects into the tables."""
        self._jobs.update((lower(job["ID"]), job) for job in saved["jobs"])
        self._summaries.update((lower(summary["JobID"]), summary) for summary in saved["summaries"])
        self._nodes.update((node["ID"], node) for node in saved["nodes"])
        for evaluation in saved["evaluations"]:
            self._file_evaluation(evaluation)
        self._carried.clear()
        filed = Filed()
        for allocation in saved["allocations"]:
            filed.add(allocation, None)
        finish(self._index(filed))
        self._file(filed)

    def _file_evaluation(self, evaluation: Evaluation) -> None:
        """Put a new evaluation or a new version of one into its table and the indexes."""
        self._index_evaluation(evaluation)
        self._evaluations[evaluation["ID"]] = evaluation

    def _index_evaluation(self, evaluation: Evaluation) -> None:
        job_key, evaluation_id = lower(evaluation["JobID"]), evaluation["ID"]
        self._evaluations_of.setdefault(job_key, {})[evaluation_id] = evaluation
        if is_open(evaluation):
            self._open_evaluations_of.setdefault(job_key, set()).add(evaluation_id)
        elif evaluation_id in self._open_evaluations_of.get(job_key, ()):
            self._open_evaluations_of[job_key].discard(evaluation_id)
            if not self._open_evaluations_of[job_key]:
                del self._open_evaluations_of[job_key]

    def _drop_evaluation(self, evaluation_id: str) -> Evaluation:
        """Remove an evaluation that is terminal, and return it."""
        evaluation = self._evaluations.pop(evaluation_id)
        _discard(self._evaluations_of, lower(evaluation["JobID"]), evaluation_id)
        return evaluation

    def _drop_allocation(self, allocation_id: str) -> Allocation:
        """Remove an allocation that is over, and return it."""
        allocation = self._allocations.pop(allocation_id)
        _discard(self._allocations_of, lower(allocation["JobID"]), allocation_id)
        return allocation


def _discard(table: MutableMapping[str, dict[str, Any]], key: str, member: str) -> None:
    table[key].pop(member)
    if not table[key]:
        del table[key]


def by_id(objects: Iterable[T], prefix: str = "") -> list[T]:
    """Return the evaluations, allocations or nodes whose ID starts with ``prefix``, by ID."""
    return sorted((each for each in objects if each["ID"].startswith(prefix)), key=itemgetter("ID"))


def live_first(allocations: Iterable[Allocation]) -> list[Allocation]:
    """Return the allocations by node ID; on each node live ones first, then by ID (observed)."""
    return sorted(allocations, key=lambda each: (each["NodeID"], not is_live(each), each["ID"]))


def with_prefix(table: SortedDict[str, Any], prefix: str) -> Iterator[Any]:
    """Yield the values of all keys that start with ``prefix`` in any case, in order of the keys."""
    start = lower(prefix)
    keys = takewhile(lambda key: key.startswith(start), table.irange(minimum=start))
    return map(table.__getitem__, keys)


def has_prefix(table: SortedDict[str, Any], prefix: str) -> bool:
    """Whether a key starts with ``prefix`` in any case."""
    start = lower(prefix)
    if start in table:  # nearly always when there is one at all, and quicker to see
        return True
    place = table.bisect_left(start)
    return place < len(table) and table.peekitem(place)[0].startswith(start)
