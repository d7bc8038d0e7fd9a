"""What the live allocations of a node take together, kept up to date one by one.

To add up the allocations of a node for every evaluation would make placing cost more the more is placed. So the tables
keep the sums. A ``Load`` is also a change of one: what a log entry adds and takes away, or what a plan would.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias, TypeVar

from mockserver.nomad_types import Allocation, NetworkResource

K = TypeVar("K")

Dimension: TypeAlias = Literal["CPU", "MemoryMB", "DiskMB", "IOPS"]
DIMENSIONS: tuple[Dimension, ...] = ("CPU", "MemoryMB", "DiskMB", "IOPS")

Port: TypeAlias = tuple[str, int]
"""An IP address and a port of it."""


class NetworkLoad:
    """Bandwidth by device, users by port; ``contested`` are the ports that have more than one user."""

    __slots__ = ("bandwidth", "contested", "ports")

    def __init__(self) -> None:
        self.bandwidth: Counter[str] = Counter()
        self.ports: Counter[Port] = Counter()
        self.contested: set[Port] = set()

    def count(self, network: NetworkResource, times: int = 1) -> None:
        """Take the ports and the bandwidth of an assigned network; give them back where ``times`` is -1."""
        _change(self.bandwidth, network["Device"], times * network["MBits"])
        for port in _ports_of(network):
            self._use((network["IP"], port), times)

    def add(self, other: "NetworkLoad") -> None:
        """Count all that ``other`` counts, too."""
        _add(self.bandwidth, other.bandwidth)
        for port, users in other.ports.items():
            self._use(port, users)

    def _use(self, port: Port, users: int) -> None:
        _change(self.ports, port, users)
        if self.ports.get(port, 0) > 1:
            self.contested.add(port)
        else:
            self.contested.discard(port)


class Load:
    """The sum of allocations: resources, networks, and how many there are of each job and of each of its groups."""

    __slots__ = ("amounts", "groups", "jobs", "network")

    def __init__(self, allocations: Iterable[Allocation] = ()) -> None:
        self.amounts: Counter[Dimension] = Counter()
        self.jobs: Counter[str] = Counter()
        self.groups: Counter[tuple[str, str]] = Counter()
        self.network = NetworkLoad()
        for allocation in allocations:
            self.count(allocation)

    def count(self, allocation: Allocation, times: int = 1) -> None:
        """Count an allocation; take it away where ``times`` is -1."""
        for dimension in DIMENSIONS:
            self.amounts[dimension] += times * allocation["Resources"][dimension]
        _change(self.jobs, allocation["JobID"], times)
        _change(self.groups, (allocation["JobID"], allocation["TaskGroup"]), times)
        for network in _networks(allocation):
            self.network.count(network, times)

    def add(self, other: "Load") -> None:
        """Count all that ``other`` counts, too."""
        for dimension in DIMENSIONS:
            self.amounts[dimension] += other.amounts[dimension]
        _add(self.jobs, other.jobs)
        _add(self.groups, other.groups)
        self.network.add(other.network)


class Carried:
    """The live allocations of a node by ID, and their sum."""

    __slots__ = ("allocations", "load")

    def __init__(self, allocations: Iterable[Allocation] = ()) -> None:
        self.allocations = {allocation["ID"]: allocation for allocation in allocations}
        self.load = Load(self.allocations.values())


def take_the_same(one: Allocation, other: Allocation) -> bool:
    """Whether two versions of an allocation share what is counted of them, as they do when only a status changed."""
    return one["Resources"] is other["Resources"] and one["TaskResources"] is other["TaskResources"]


def _add(counter: Counter[K], other: Mapping[K, int]) -> None:
    for key, number in other.items():
        _change(counter, key, number)


def _change(counter: Counter[K], key: K, by: int) -> None:
    """Add to a counter, and forget what is 0."""
    total = counter.get(key, 0) + by
    if total:
        counter[key] = total
    else:
        counter.pop(key, None)


def _networks(allocation: Allocation) -> Iterator[NetworkResource]:
    """Only the first network of a task counts, as only that one is ever assigned."""
    for resources in allocation["TaskResources"].values():
        if resources["Networks"]:
            yield resources["Networks"][0]


def _ports_of(network: NetworkResource) -> Iterator[int]:
    for port in network["ReservedPorts"] or ():
        yield port["Value"]
    for port in network["DynamicPorts"] or ():
        yield port["Value"]
