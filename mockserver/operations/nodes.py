"""GET ``/v1/nodes``, ``/v1/node/<ID>`` and its ``/allocations`` (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING

from mockserver.errors import Refused
from mockserver.operations.read import Query, Read
from mockserver.operations.uuids import id_prefix, whole_id

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

COMPLAINT = "node lookup failed: index error: "
"""How the refusal of a malformed node ID begins."""

_STUB = (
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


def read_all(cluster: "Cluster", _target: str, query: Query) -> Read:
    """The nodes whose ID starts with ``prefix``, in short form, by ID, at the index of the whole table."""
    state = cluster.state
    nodes = state.nodes_by_id(id_prefix(query["prefix"], COMPLAINT))
    stubs = [{key: node[key] for key in _STUB} for node in nodes]
    return Read(stubs, state.table_index("nodes"), ("table", "nodes"))


def read(cluster: "Cluster", node_id: str, _query: Query) -> Read:
    """The node in full at its own ModifyIndex; a missing one at the index of the whole table."""
    _check_present(node_id)
    watch = ("node", node_id)
    node = cluster.state.node(whole_id(node_id, COMPLAINT))
    if node is None:
        return Read(None, cluster.state.table_index("nodes"), watch, missing="node not found")
    return Read(node, node["ModifyIndex"], watch)


def read_allocations(cluster: "Cluster", node_id: str, _query: Query) -> Read:
    """The allocations in full on all nodes whose ID starts with this one; it need not even be an ID (observed).

    The index is that of the last change of one of them; without any it is that of the whole table, but at least 1.
    """
    _check_present(node_id)
    state = cluster.state
    allocations = state.allocations_of_node(node_id.lower())
    indexes = [each["ModifyIndex"] for each in allocations] or [state.table_index("allocs") or 1]
    return Read(allocations, max(indexes), ("node-allocations", node_id))


def _check_present(node_id: str) -> None:
    if not node_id:
        raise Refused("missing node ID")
