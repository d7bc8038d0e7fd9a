"""What a scheduler decides."""

from dataclasses import dataclass

from mockserver.jobs.diff.filtering import Filtering
from mockserver.shapes import Allocation, AllocMetric, DesiredUpdates, Evaluation


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
    desired: DesiredUpdates
    class_eligibility: dict[str, bool] | None
    escaped: bool
    reblock: bool
    filtering: Filtering = frozenset()

    @property
    def is_noop(self) -> bool:
        """There is nothing to commit as a plan: no allocation starts, stops or changes."""
        return not (self.stops or self.placements or self.in_place)


def refused(description: str) -> Outcome:
    """The outcome of an evaluation that failed before anything was decided."""
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
