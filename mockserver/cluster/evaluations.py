"""Create evaluations for jobs and nodes that changed (recordings ``evaluations-*``)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tables import Tables, live_first
from mockserver.nomad_types import Evaluation, Job
from mockserver.slices import Steps

_DEREGISTER_PRIORITY = 50
_DEREGISTER_TYPE = "service"


def for_job(job: Job, *, triggered_by: str, job_index: int, ids: RandomSource) -> Evaluation:
    """Return an evaluation of a job that was registered, dispatched or launched, or is to be evaluated again."""
    return pending(
        ids,
        JobID=job["ID"],
        JobModifyIndex=job_index,
        Priority=job["Priority"],
        TriggeredBy=triggered_by,
        Type=job["Type"],
    )


def for_deregistration(job_id: str, *, job_index: int, ids: RandomSource) -> Evaluation:
    """Return the evaluation that stops a removed job; always of type service and priority 50 (observed)."""
    return pending(
        ids,
        JobID=job_id,
        JobModifyIndex=job_index,
        Priority=_DEREGISTER_PRIORITY,
        TriggeredBy="job-deregister",
        Type=_DEREGISTER_TYPE,
    )


def for_node(job: Job, node_id: str, *, node_index: int, ids: RandomSource) -> Evaluation:
    """Return the evaluation of a job with work on a node that changed, at ``node_index``."""
    return pending(
        ids,
        JobID=job["ID"],
        NodeID=node_id,
        NodeModifyIndex=node_index,
        Priority=job["Priority"],
        TriggeredBy="node-update",
        Type=job["Type"],
    )


def pending(ids: RandomSource, **known: object) -> Evaluation:
    """Return a new pending evaluation, with the zero value in every field that is not given."""
    blank: Evaluation = {
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
    }
    return cast("Evaluation", {**blank, **known})


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """What a change of a node did: the node's index, and the evaluations with theirs; 0 and none where nothing."""

    node_index: int
    evaluation_ids: tuple[str, ...]
    evaluation_index: int


def node_evaluations(tables: Tables, node_id: str, *, node_index: int, ids: RandomSource) -> Steps[list[Evaluation]]:
    """Return, in steps, an evaluation for each job that has or had an allocation on the node, and each system job.

    The former are evaluated as they were when the allocation was placed. ``node_index`` is the index of the
    change, 0 when nothing was changed.
    """
    jobs: dict[str, Job] = {}
    for job in _affected(tables, node_id):
        yield
        if job is not None:
            jobs.setdefault(job["ID"], job)
    made = []
    for job in jobs.values():
        yield
        made.append(for_node(job, node_id, node_index=node_index, ids=ids))
    return made


def _affected(tables: Tables, node_id: str) -> Iterator[Job | None]:
    """Yield the jobs, and None in the place of each that is not affected."""
    for allocation in live_first(tables.allocations_of_node(node_id)):
        yield allocation["Job"]
    for job in tables.jobs():
        yield job if job["Type"] == "system" else None
