"""The evaluations that an evaluation leaves behind."""

from mockserver.cluster.evaluations import pending
from mockserver.cluster.ids import Ids
from mockserver.shapes import Evaluation

_UNPLACED = "created to place remaining allocations"
_CONFLICTS = "created due to placement conflicts"


def blocked(evaluation: Evaluation, ids: Ids, classes: dict[str, bool], *, escaped: bool) -> Evaluation:
    """Waits for room for what could not be placed; the classes say nothing when a constraint escapes them."""
    return _follow_up(
        evaluation,
        ids,
        ClassEligibility=None if escaped else classes,
        EscapedComputedClass=escaped,
        Status="blocked",
        StatusDescription=_UNPLACED,
    )


def blocked_by_conflicts(evaluation: Evaluation, ids: Ids, classes: dict[str, bool], *, escaped: bool) -> Evaluation:
    """Waits after the servers would not commit the plan however often it was made."""
    conflict = {"StatusDescription": _CONFLICTS, "TriggeredBy": "max-plan-attempts"}
    return {**blocked(evaluation, ids, classes, escaped=escaped), **conflict}


def next_of_rolling_update(evaluation: Evaluation, ids: Ids, stagger: int) -> Evaluation:
    """Goes on with a rolling update after ``stagger`` ns."""
    return _follow_up(evaluation, ids, TriggeredBy="rolling-update", Wait=stagger)


def _follow_up(evaluation: Evaluation, ids: Ids, **known: object) -> Evaluation:
    inherited = {name: evaluation[name] for name in ("JobID", "JobModifyIndex", "Priority", "TriggeredBy", "Type")}
    return pending(ids, PreviousEval=evaluation["ID"], **{**inherited, **known})
