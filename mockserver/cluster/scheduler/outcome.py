"""What the scheduler reads (a view of the state) and what it decides (an outcome with metrics)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from mockserver.cluster.load import Carried
from mockserver.gostd.numbers import Float64
from mockserver.jobs.diff.filtering import Filtering
from mockserver.nomad_types import Allocation, AllocMetric, DesiredUpdates, Evaluation, Job, Node


def new_metric() -> AllocMetric:
    """Return a metric with nothing counted; maps are null until something goes into them (observed)."""
    return {
        "AllocationTime": 0,
        "ClassExhausted": None,
        "ClassFiltered": None,
        "CoalescedFailures": 0,
        "ConstraintFiltered": None,
        "DimensionExhausted": None,
        "NodesAvailable": None,
        "NodesEvaluated": 0,
        "NodesExhausted": 0,
        "NodesFiltered": 0,
        "Scores": None,
    }


def filtered(metric: AllocMetric, node: Node, reason: str) -> None:
    """Count a node that may not run the group at all."""
    metric["NodesFiltered"] += 1
    _count(metric, "ClassFiltered", node["NodeClass"])
    _count(metric, "ConstraintFiltered", reason)


def exhausted(metric: AllocMetric, node: Node, dimension: str) -> None:
    """Count a node that has no room for the group."""
    metric["NodesExhausted"] += 1
    _count(metric, "ClassExhausted", node["NodeClass"])
    _count(metric, "DimensionExhausted", dimension)


def scored(metric: AllocMetric, node: Node, by: str, score: float) -> None:
    """Record one part of a node's score as ``<node ID>.<by>``."""
    metric["Scores"] = {**(metric["Scores"] or {}), f"{node['ID']}.{by}": Float64(score)}


_Counts: TypeAlias = Literal["ClassFiltered", "ConstraintFiltered", "ClassExhausted", "DimensionExhausted"]


def _count(metric: AllocMetric, field: _Counts, key: str) -> None:
    if key:
        counts = metric[field] = metric[field] or {}
        counts[key] = counts.get(key, 0) + 1


class View(Protocol):
    """A read-only view of the state; job IDs are matched without regard to case, as the state does."""

    def job(self, job_id: str) -> Job | None:
        """Return the job as registered now, or None when it is not (or no longer) there."""
        ...

    def allocations_of(self, job_id: str, *, all_instances: bool) -> Sequence[Allocation]:
        """Allocations of exactly this job in any status; of earlier registrations too with ``all_instances``."""
        ...

    def nodes(self) -> Iterable[Node]:
        """Every node, in any status."""
        ...

    def node(self, node_id: str) -> Node | None:
        """One node, or None when it is gone."""
        ...

    def carried_by(self, node_id: str) -> Carried:
        """Return the allocations of any job on a node that are not terminal, and their sum; it is only read."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that follows from one evaluation. Nothing in it is stored yet; indexes and creation times are 0.

    - ``status``, ``description``: of the processed evaluation, ``complete`` or ``failed``.
    - ``stops``: existing allocations with DesiredStatus ``stop``, a reason, and ClientStatus ``lost`` where lost.
    - ``placements``: new allocations. ``in_place``: existing ones carried over to the job's new version.
    - ``blocked``: an evaluation to create because something could not be placed.
    - ``next``: a rolling update's follow-up, ``pending`` with Wait = Stagger (ns).
    - ``queued``: QueuedAllocations, what is still unplaced per group; None when an evaluation was refused, which
      leaves what it had.
    - ``failed``: FailedTGAllocs. ``desired``: the annotations of a plan.
    - ``reblock``: the evaluation was a blocked one and still lacks placements: it stays blocked, only its
      ClassEligibility and EscapedComputedClass become ``class_eligibility`` and ``escaped``.
    - ``filtering``: the constraints of groups and tasks that kept nodes away (``jobs.diff.filtering``).
    """

    status: str
    description: str
    stops: list[Allocation]
    placements: list[Allocation]
    in_place: list[Allocation]
    blocked: Evaluation | None
    next: Evaluation | None
    queued: dict[str, int] | None
    failed: dict[str, AllocMetric] | None
    desired: dict[str, DesiredUpdates]
    class_eligibility: dict[str, bool] | None
    escaped: bool
    reblock: bool
    filtering: Filtering = frozenset()

    @property
    def is_noop(self) -> bool:
        """There is nothing to commit as a plan: no allocation starts, stops or changes."""
        return not (self.stops or self.placements or self.in_place)


def refused(description: str) -> Outcome:
    """Return the outcome of an evaluation that failed before anything was decided."""
    return Outcome(
        status="failed",
        description=description,
        stops=[],
        placements=[],
        in_place=[],
        blocked=None,
        next=None,
        queued=None,
        failed=None,
        desired={},
        class_eligibility=None,
        escaped=False,
        reblock=False,
    )
