"""How evaluations come into being: always 22 keys, whatever made them (recordings ``evaluations-*``)."""

from mockserver.cluster.ids import Ids
from mockserver.shapes import Evaluation, Job

_DEREGISTER_PRIORITY = 50
_DEREGISTER_TYPE = "service"


def for_job(job: Job, *, triggered_by: str, job_index: int, ids: Ids) -> Evaluation:
    """An evaluation of a job that was registered, dispatched, launched or is to be looked at again."""
    return pending(
        ids,
        JobID=job["ID"],
        JobModifyIndex=job_index,
        Priority=job["Priority"],
        TriggeredBy=triggered_by,
        Type=job["Type"],
    )


def for_deregistration(job_id: str, *, job_index: int, ids: Ids) -> Evaluation:
    """The evaluation that stops a removed job; always of type service and priority 50 (observed)."""
    return pending(
        ids,
        JobID=job_id,
        JobModifyIndex=job_index,
        Priority=_DEREGISTER_PRIORITY,
        TriggeredBy="job-deregister",
        Type=_DEREGISTER_TYPE,
    )


def for_node(job: Job, node_id: str, *, node_index: int, ids: Ids) -> Evaluation:
    """The evaluation of a job with work on a node that changed, at ``node_index``."""
    return pending(
        ids,
        JobID=job["ID"],
        NodeID=node_id,
        NodeModifyIndex=node_index,
        Priority=job["Priority"],
        TriggeredBy="node-update",
        Type=job["Type"],
    )


def pending(ids: Ids, **known: object) -> Evaluation:
    """A new evaluation that waits for the scheduler, blank but for what is known of it."""
    return {
        "AnnotatePlan": False,
        "BlockedEval": "",
        "ClassEligibility": None,
        "CreateIndex": 0,
        "EscapedComputedClass": False,
        "FailedTGAllocs": None,
        "ID": ids.uuid(),
        "JobID": "",
        "JobModifyIndex": 0,
        "ModifyIndex": 0,
        "NextEval": "",
        "NodeID": "",
        "NodeModifyIndex": 0,
        "PreviousEval": "",
        "Priority": 0,
        "QueuedAllocations": None,
        "SnapshotIndex": 0,
        "Status": "pending",
        "StatusDescription": "",
        "TriggeredBy": "",
        "Type": "",
        "Wait": 0,
    } | known
