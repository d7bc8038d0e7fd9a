"""What a node would carry if the plan were carried out."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from mockserver.cluster.nodes import is_ready
from mockserver.cluster.scheduler.network import NetworkUse
from mockserver.nomad_types import Allocation, NetworkResource, Node, Resources

_Dimension: TypeAlias = Literal["CPU", "MemoryMB", "DiskMB", "IOPS"]
_DIMENSIONS: dict[_Dimension, str] = {
    "CPU": "cpu exhausted",
    "MemoryMB": "memory exhausted",
    "DiskMB": "disk exhausted",
    "IOPS": "iops exhausted",
}
"""In the order in which a lack of them is noticed (observed)."""

_PERFECT_FIT = 18.0
_EMPTY = 20.0


class Usage:
    """The sum of a node's reservation and of the allocations proposed for it, kept up to date one by one."""

    __slots__ = ("_allocations", "_used", "groups", "jobs", "network", "node")

    def __init__(self, node: Node, allocations: Iterable[Allocation]) -> None:
        self.node = node
        self.network = NetworkUse(node)
        self.jobs: Counter[str] = Counter()
        self.groups: Counter[tuple[str, str]] = Counter()
        self._used = {resource: node["Reserved"][resource] for resource in _DIMENSIONS}
        self._allocations = {allocation["ID"]: allocation for allocation in allocations}
        self._count(self._allocations.values())

    def __contains__(self, allocation_id: str) -> bool:
        return allocation_id in self._allocations

    def add(self, allocation: Allocation) -> None:
        """Propose an allocation, in place of the one of the same ID if there is one."""
        self.remove(allocation["ID"])
        self._allocations[allocation["ID"]] = allocation
        self._count([allocation])

    def remove(self, allocation_id: str) -> None:
        """Take an allocation away; nothing happens when the node does not carry it."""
        allocation = self._allocations.pop(allocation_id, None)
        if allocation is not None:
            self._discount(allocation)

    def lacks(self, ask: Resources | None = None) -> str:
        """Return the dimension in which the node has no room for ``ask`` on top of what it carries; "" when it fits."""
        has = self.node["Resources"]
        for resource, text in _DIMENSIONS.items():
            if has[resource] < self._used[resource] + (0 if ask is None else ask[resource]):
                return text
        return "bandwidth exceeded" if self.network.overcommitted else ""

    @property
    def holds(self) -> bool:
        """Whether the node can hold all that it would carry: ready, with room, and no port promised twice."""
        return is_ready(self.node) and not self.lacks() and not self.network.collides

    def score(self, ask: Resources) -> float:
        """Best fit: 0 for an idle node, 18 for one that ``ask`` fills up; only CPU and memory count."""
        free = (self._free("CPU", ask["CPU"]), self._free("MemoryMB", ask["MemoryMB"]))
        return min(max(_EMPTY - sum(math.pow(10, share) for share in free), 0.0), _PERFECT_FIT)

    def _free(self, resource: _Dimension, ask: int) -> float:
        usable = self.node["Resources"][resource] - self.node["Reserved"][resource]
        return 1.0 - float(self._used[resource] + ask) / float(usable)

    def _count(self, allocations: Collection[Allocation]) -> None:
        """Count many at once: a node's allocations are summed up anew for every evaluation."""
        for resource in _DIMENSIONS:
            amounts = [
                allocation["Resources"][resource] for allocation in allocations
            ]  # a generator costs a call for each
            self._used[resource] += sum(amounts)
        self.jobs.update([allocation["JobID"] for allocation in allocations])
        self.groups.update([(allocation["JobID"], allocation["TaskGroup"]) for allocation in allocations])
        for allocation in allocations:
            for network in _networks(allocation):
                self.network.add(network)

    def _discount(self, allocation: Allocation) -> None:
        for resource in _DIMENSIONS:
            self._used[resource] -= allocation["Resources"][resource]
        self.jobs[allocation["JobID"]] -= 1
        self.groups[allocation["JobID"], allocation["TaskGroup"]] -= 1
        for network in _networks(allocation):
            self.network.remove(network)


def combined(task_resources: Mapping[str, Resources], shared: Resources) -> Resources:
    """Return an allocation's Resources: those of its tasks and the shared ones, networks merged by device."""
    parts = [*task_resources.values(), shared]
    networks: dict[str, NetworkResource] = {}
    for part in parts:
        for network in part["Networks"] or ():
            known = networks.get(network["Device"])
            networks[network["Device"]] = network if known is None else _merged(known, network)
    return {
        "CPU": sum(part["CPU"] for part in parts),
        "MemoryMB": sum(part["MemoryMB"] for part in parts),
        "DiskMB": sum(part["DiskMB"] for part in parts),
        "IOPS": sum(part["IOPS"] for part in parts),
        "Networks": list(networks.values()) or None,
    }


def _merged(one: NetworkResource, other: NetworkResource) -> NetworkResource:
    return {
        **one,
        "MBits": one["MBits"] + other["MBits"],
        "DynamicPorts": [*(one["DynamicPorts"] or ()), *(other["DynamicPorts"] or ())] or None,
        "ReservedPorts": [*(one["ReservedPorts"] or ()), *(other["ReservedPorts"] or ())] or None,
    }


def _networks(allocation: Allocation) -> Iterator[NetworkResource]:
    """Only the first network of a task counts, as only that one is ever assigned."""
    for resources in allocation["TaskResources"].values():
        if resources["Networks"]:
            yield resources["Networks"][0]
