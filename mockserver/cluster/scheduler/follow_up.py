"""The evaluations that an evaluation leaves behind."""

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
    return _follow_up(evaluation, ids, Status="pending", TriggeredBy="rolling-update", Wait=stagger)


def _follow_up(evaluation: Evaluation, ids: Ids, **known: object) -> Evaluation:
    return {
        "AnnotatePlan": False,
        "BlockedEval": "",
        "ClassEligibility": None,
        "CreateIndex": 0,
        "EscapedComputedClass": False,
        "FailedTGAllocs": None,
        "ID": ids.uuid(),
        "JobID": evaluation["JobID"],
        "JobModifyIndex": evaluation["JobModifyIndex"],
        "ModifyIndex": 0,
        "NextEval": "",
        "NodeID": "",
        "NodeModifyIndex": 0,
        "PreviousEval": evaluation["ID"],
        "Priority": evaluation["Priority"],
        "QueuedAllocations": None,
        "SnapshotIndex": 0,
        "Status": "",
        "StatusDescription": "",
        "TriggeredBy": evaluation["TriggeredBy"],
        "Type": evaluation["Type"],
        "Wait": 0,
        **known,
    }
