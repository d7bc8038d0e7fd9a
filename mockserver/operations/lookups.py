"""Read evaluations, allocations and nodes, one or a list of them (observed on 0.5.4)."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mockserver.cluster.tables import by_id, live_first
from mockserver.errors import Refused
from mockserver.operations.job_reads import allocation_stubs
from mockserver.operations.results import Query, Read, listed, read_one
from mockserver.operations.uuids import id_prefix, whole_id

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.nomad_types import Allocation, AllocListStub, Node, NodeListStub


_EVALUATION_COMPLAINT = "eval lookup failed: index error: "


def read_all_evaluations(cluster: "Cluster", _target: str, query: Query) -> Read:
    """Read the evaluations whose ID starts with ``prefix``, by ID, at the index of the whole table."""
    state = cluster.state
    prefix = id_prefix(query["prefix"], _EVALUATION_COMPLAINT)
    found = listed(state.evaluations(), partial(by_id, prefix=prefix))
    return Read(found, state.table_index("evals"), ("table", "evals"))


def read_evaluation(cluster: "Cluster", evaluation_id: str, _query: Query) -> Read:
    """Read the evaluation at its own ModifyIndex; a missing one at the index of the whole table."""
    state, watch = cluster.state, ("evaluation", evaluation_id)
    found = state.evaluation(whole_id(evaluation_id, _EVALUATION_COMPLAINT))
    return read_one(found, state.table_index("evals"), watch, missing="eval not found")


def read_evaluation_allocations(cluster: "Cluster", evaluation_id: str, _query: Query) -> Read:
    """Read the allocations that an evaluation placed or last updated in place, by ID; none for an unknown one."""
    state = cluster.state
    allocations = state.allocations_of_evaluation(whole_id(evaluation_id, "index error: "))
    watch = ("evaluation-allocations", evaluation_id)
    return Read(listed(allocations, _stubs_by_id), state.table_index("allocs"), watch)


def _stubs_by_id(allocations: Iterable["Allocation"], prefix: str = "") -> "list[AllocListStub]":
    return allocation_stubs(by_id(allocations, prefix))


_ALLOCATION_COMPLAINT = "alloc lookup failed: index error: "


def read_all_allocations(cluster: "Cluster", _target: str, query: Query) -> Read:
    """Read the allocations whose ID starts with ``prefix``, in short form, by ID, at the index of the whole table."""
    state = cluster.state
    prefix = id_prefix(query["prefix"], _ALLOCATION_COMPLAINT)
    found = listed(state.allocations(), partial(_stubs_by_id, prefix=prefix))
    return Read(found, state.table_index("allocs"), ("table", "allocs"))


def read_allocation(cluster: "Cluster", allocation_id: str, _query: Query) -> Read:
    """Read the allocation in full at its own ModifyIndex; a missing one at the index of the whole table."""
    state, watch = cluster.state, ("allocation", allocation_id)
    found = state.allocation(whole_id(allocation_id, _ALLOCATION_COMPLAINT))
    return read_one(found, state.table_index("allocs"), watch, missing="alloc not found")


COMPLAINT = "node lookup failed: index error: "
"""How the refusal of a malformed node ID begins."""

_NODE_STUB = (
    "CreateIndex",
    "Datacenter",
    "Drain",
    "ID",
    "ModifyIndex",
    "Name",
    "NodeClass",
    "Status",
    "StatusDescription",
)


def read_all_nodes(cluster: "Cluster", _target: str, query: Query) -> Read:
    """Read the nodes whose ID starts with ``prefix``, in short form, by ID, at the index of the whole table."""
    state = cluster.state
    found = listed(state.nodes(), partial(_node_stubs, prefix=id_prefix(query["prefix"], COMPLAINT)))
    return Read(found, state.table_index("nodes"), ("table", "nodes"))


def _node_stubs(nodes: Iterable["Node"], prefix: str) -> "list[NodeListStub]":
    return [_node_stub(node) for node in by_id(nodes, prefix)]


def _node_stub(node: "Node") -> "NodeListStub":
    fields: Mapping[str, Any] = node
    return cast("NodeListStub", {key: fields[key] for key in _NODE_STUB})


def read_node(cluster: "Cluster", node_id: str, _query: Query) -> Read:
    """Read the node in full at its own ModifyIndex; a missing one at the index of the whole table."""
    _check_present(node_id)
    state, watch = cluster.state, ("node", node_id)
    found = state.node(whole_id(node_id, COMPLAINT))
    return read_one(found, state.table_index("nodes"), watch, missing="node not found")


def read_node_allocations(cluster: "Cluster", node_id: str, _query: Query) -> Read:
    """Read the allocations in full on all nodes whose ID starts with this text, which need not be an ID (observed).

    Ordered by node; live ones first, then by ID (observed).
    The index is that of the last change of one of them; without any it is that of the whole table, but at least 1.
    """
    _check_present(node_id)
    state = cluster.state
    allocations = state.allocations_of_node(node_id.lower())
    indexes = [each["ModifyIndex"] for each in allocations] or [state.table_index("allocs") or 1]
    return Read(listed(allocations, live_first), max(indexes), ("node-allocations", node_id))


def _check_present(node_id: str) -> None:
    if not node_id:
        raise Refused("missing node ID")
