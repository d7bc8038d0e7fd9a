"""Turn the work on an evaluation into its outcome, with the evaluations that follow it."""

from collections.abc import Iterable, Mapping

from mockserver.cluster.evaluations import pending
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.draft import Draft
from mockserver.cluster.scheduler.outcome import Outcome, View
from mockserver.cluster.scheduler.reconcile import Changes, Tainted, desired_updates
from mockserver.cluster.scheduler.work import Work, mark_lost, stop_unneeded
from mockserver.nomad_types import Allocation, DesiredUpdates, Evaluation
from mockserver.slices import Steps

_UNPLACED = "created to place remaining allocations"
_CONFLICTS = "created due to placement conflicts"


def blocked(evaluation: Evaluation, ids: RandomSource, classes: dict[str, bool], *, escaped: bool) -> Evaluation:
    """Return an evaluation that waits for room; its classes say nothing when a constraint escapes them."""
    return _follow_up(
        evaluation,
        ids,
        ClassEligibility=None if escaped else classes,
        EscapedComputedClass=escaped,
        Status="blocked",
        StatusDescription=_UNPLACED,
    )


def blocked_by_conflicts(
    evaluation: Evaluation, ids: RandomSource, classes: dict[str, bool], *, escaped: bool
) -> Evaluation:
    """Return an evaluation that waits, after the servers refused the plan each time."""
    waiting = blocked(evaluation, ids, classes, escaped=escaped)
    return {**waiting, "StatusDescription": _CONFLICTS, "TriggeredBy": "max-plan-attempts"}


def next_of_rolling_update(evaluation: Evaluation, ids: RandomSource, stagger: int) -> Evaluation:
    """Goes on with a rolling update after ``stagger`` ns."""
    return _follow_up(evaluation, ids, TriggeredBy="rolling-update", Wait=stagger)


def _follow_up(evaluation: Evaluation, ids: RandomSource, **known: object) -> Evaluation:
    fields: Mapping[str, object] = evaluation
    inherited = {name: fields[name] for name in ("JobID", "JobModifyIndex", "Priority", "TriggeredBy", "Type")}
    return pending(ids, PreviousEval=evaluation["ID"], **{**inherited, **known})


def finish(work: Work, desired: dict[str, DesiredUpdates], *, more: bool) -> Outcome:
    """Return the outcome of work on a job that is there.

    ``more``: a rolling update has to go on later. A conflict that is within the plan itself would be there at every
    attempt, so that all of them are used up at once.
    """
    conflict = not work.evaluation["AnnotatePlan"] and _withdrawn(work)
    feasibility = work.selection.feasibility
    classes, escaped = feasibility.classes, feasibility.escaped
    return Outcome(
        status="failed" if conflict else "complete",
        description=f"maximum attempts reached ({work.attempts})" if conflict else "",
        stops=work.draft.stops,
        placements=work.draft.placements,
        in_place=work.draft.in_place,
        blocked=_blocked(work, classes, escaped=escaped, conflict=conflict),
        next=next_of_rolling_update(work.evaluation, work.ids, work.job["Update"]["Stagger"]) if more else None,
        queued=work.queued,
        failed=work.failed or None,
        desired=desired,
        class_eligibility=classes,
        escaped=escaped,
        reblock=_was_blocked(work) and bool(work.failed) and not conflict,
        filtering=feasibility.filtering,
    )


def _withdrawn(work: Work) -> bool:
    withdrawn = work.draft.withdraw_conflicts(all_at_once=work.job["AllAtOnce"])
    for allocation in withdrawn or ():
        work.queued[allocation["TaskGroup"]] += 1
    return withdrawn is not None


def _blocked(work: Work, classes: dict[str, bool], *, escaped: bool, conflict: bool) -> Evaluation | None:
    """System jobs never wait for room: their nodes' own changes bring them back."""
    if work.evaluation["Type"] == "system":
        return None
    if conflict:
        return blocked_by_conflicts(work.evaluation, work.ids, classes, escaped=escaped)
    if work.failed and not _was_blocked(work):
        return blocked(work.evaluation, work.ids, classes, escaped=escaped)
    return None


def _was_blocked(work: Work) -> bool:
    return bool(work.evaluation["Status"] == "blocked")


def stop_all(
    view: View, allocations: Iterable[Allocation], holding: list[Allocation], taint: Tainted
) -> Steps[Outcome]:
    """Return the outcome for a job that is gone: what it still has is stopped."""
    draft = Draft(view)
    yield from mark_lost(draft, allocations, taint)
    yield from stop_unneeded(draft, holding)
    return Outcome(
        status="complete",
        description="",
        stops=draft.stops,
        placements=[],
        in_place=[],
        blocked=None,
        next=None,
        queued={},
        failed=None,
        desired=desired_updates(Changes(stop=holding), (), ()),
        class_eligibility=None,
        escaped=False,
        reblock=False,
    )
