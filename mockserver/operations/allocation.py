"""GET ``/v1/allocations`` and ``/v1/allocation/<ID>`` (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING

from mockserver.operations.allocations import stub
from mockserver.operations.read import Query, Read
from mockserver.operations.uuids import id_prefix, whole_id

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

_COMPLAINT = "alloc lookup failed: index error: "


def read_all(cluster: "Cluster", _target: str, query: Query) -> Read:
    """The allocations whose ID starts with ``prefix``, in short form, by ID, at the index of the whole table."""
    state = cluster.state
    allocations = state.allocations_by_id(id_prefix(query["prefix"], _COMPLAINT))
    return Read([stub(each) for each in allocations], state.table_index("allocs"), ("table", "allocs"))


def read(cluster: "Cluster", allocation_id: str, _query: Query) -> Read:
    """The allocation in full at its own ModifyIndex; a missing one at the index of the whole table."""
    watch = ("allocation", allocation_id)
    allocation = cluster.state.allocation(whole_id(allocation_id, _COMPLAINT))
    if allocation is None:
        return Read(None, cluster.state.table_index("allocs"), watch, missing="alloc not found")
    return Read(allocation, allocation["ModifyIndex"], watch)
