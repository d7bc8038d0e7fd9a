"""What a node would carry if the plan were carried out."""

import math
from collections.abc import Mapping

from mockserver.cluster.load import Carried, Dimension, Load
from mockserver.cluster.nodes import is_ready
from mockserver.cluster.scheduler.network import NetworkUse
from mockserver.nomad_types import Allocation, NetworkResource, Node, Resources

_EXHAUSTED: dict[Dimension, str] = {
    "CPU": "cpu exhausted",
    "MemoryMB": "memory exhausted",
    "DiskMB": "disk exhausted",
    "IOPS": "iops exhausted",
}
"""In the order in which a lack of them is noticed (observed)."""

_PERFECT_FIT = 18.0
_EMPTY = 20.0


class Usage:
    """What a node would carry: what it carries now, less what a plan stops there, plus what it places there.

    What is carried now is shared with the state and only read; the plan's part is kept apart.
    """

    __slots__ = ("_carried", "_change", "_gone", "_new", "network", "node")

    def __init__(self, node: Node, carried: Carried) -> None:
        self.node = node
        self._carried = carried
        self._change = Load()
        self._new: dict[str, Allocation] = {}
        self._gone: set[str] = set()
        self.network = NetworkUse(node, carried.load.network, self._change.network)

    def __contains__(self, allocation_id: str) -> bool:
        return allocation_id in self._new or (
            allocation_id in self._carried.allocations and allocation_id not in self._gone
        )

    def add(self, allocation: Allocation) -> None:
        """Propose an allocation, in place of the one of the same ID if there is one."""
        self.remove(allocation["ID"])
        self._new[allocation["ID"]] = allocation
        self._change.count(allocation)

    def remove(self, allocation_id: str) -> None:
        """Take an allocation away; nothing happens when the node does not carry it."""
        if allocation_id not in self:
            return
        allocation = self._new.pop(allocation_id, None)
        if allocation is None:
            self._gone.add(allocation_id)
            allocation = self._carried.allocations[allocation_id]
        self._change.count(allocation, -1)

    def of_job(self, job_id: str) -> int:
        """Return how many allocations of a job the node would carry."""
        return self._carried.load.jobs.get(job_id, 0) + self._change.jobs.get(job_id, 0)

    def of_group(self, job_id: str, group: str) -> int:
        """Return how many allocations of a job's group the node would carry."""
        key = (job_id, group)
        return self._carried.load.groups.get(key, 0) + self._change.groups.get(key, 0)

    def lacks(self, ask: Resources | None = None) -> str:
        """Return the dimension in which the node has no room for ``ask`` on top of what it carries; "" when it fits."""
        has = self.node["Resources"]
        for resource, text in _EXHAUSTED.items():
            if has[resource] < self._used(resource) + (0 if ask is None else ask[resource]):
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

    def _free(self, resource: Dimension, ask: int) -> float:
        usable = self.node["Resources"][resource] - self.node["Reserved"][resource]
        return 1.0 - float(self._used(resource) + ask) / float(usable)

    def _used(self, resource: Dimension) -> int:
        reserved: int = self.node["Reserved"][resource]
        return reserved + self._carried.load.amounts[resource] + self._change.amounts[resource]


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
