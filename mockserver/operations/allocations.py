"""GET ``/v1/job/<ID>/allocations``: the allocations in short form (documentation: "Query")."""

from typing import TYPE_CHECKING, Any

from mockserver.operations.read import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.shapes import Allocation

_STUB = (
    "ClientDescription",
    "ClientStatus",
    "CreateIndex",
    "CreateTime",
    "DesiredDescription",
    "DesiredStatus",
    "EvalID",
    "ID",
    "JobID",
    "ModifyIndex",
    "Name",
    "NodeID",
    "TaskGroup",
    "TaskStates",
)


def read(cluster: "Cluster", job_id: str, query: Query) -> Read:
    """The allocations of exactly this job, by ID; with ``all`` those of earlier instances of it too.

    An unknown job has an empty list. The index is that of the whole table, whoever changed it (observed).
    """
    state = cluster.state
    allocations = state.allocations_of(job_id, all_instances=query["all"])
    return Read([stub(each) for each in allocations], state.table_index("allocs"), ("allocations", job_id))


def stub(allocation: "Allocation") -> dict[str, Any]:
    """The part of an allocation that lists show: no job, no resources, no metrics."""
    return {key: allocation[key] for key in _STUB}
