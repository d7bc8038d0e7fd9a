"""GET ``/v1/evaluations``, ``/v1/evaluation/<ID>`` and its ``/allocations`` (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING

from mockserver.operations.allocations import stub
from mockserver.operations.read import Query, Read
from mockserver.operations.uuids import id_prefix, whole_id

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

_COMPLAINT = "eval lookup failed: index error: "


def read_all(cluster: "Cluster", _target: str, query: Query) -> Read:
    """The evaluations whose ID starts with ``prefix``, by ID, at the index of the whole table."""
    state = cluster.state
    prefix = id_prefix(query["prefix"], _COMPLAINT)
    return Read(state.evaluations_by_id(prefix), state.table_index("evals"), ("table", "evals"))


def read(cluster: "Cluster", evaluation_id: str, _query: Query) -> Read:
    """The evaluation at its own ModifyIndex; a missing one at the index of the whole table."""
    watch = ("evaluation", evaluation_id)
    evaluation = cluster.state.evaluation(whole_id(evaluation_id, _COMPLAINT))
    if evaluation is None:
        return Read(None, cluster.state.table_index("evals"), watch, missing="eval not found")
    return Read(evaluation, evaluation["ModifyIndex"], watch)


def read_allocations(cluster: "Cluster", evaluation_id: str, _query: Query) -> Read:
    """What the evaluation placed or last updated in place, by ID; an unknown one has an empty list."""
    state = cluster.state
    allocations = state.allocations_of_evaluation(whole_id(evaluation_id, "index error: "))
    watch = ("evaluation-allocations", evaluation_id)
    return Read([stub(each) for each in allocations], state.table_index("allocs"), watch)
