"""The agent that a client talks to: it serves its own region, and forwards to those it is federated with."""

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.errors import Refused
from mockserver.gostd.urls import host_port
from mockserver.operations.server_list import ServerList

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.nomad_types import Allocation, Node

_RPC, _SERF = 1, 2
"""By how much the ports for RPC and gossip are above the one for HTTP, as they are by default."""
_LARGEST_PORT = 65535


@dataclass(frozen=True)
class Agent:
    """Regions by name, each with a state of its own; ``local`` is the one that answers by default.

    ``host`` and ``port`` are where it answers HTTP. The addresses for RPC and gossip that follow from them are
    only told: nothing answers there. ``servers`` are those that its node says it talks to.
    """

    local: "Cluster"
    federated: "tuple[Cluster, ...]" = ()
    host: str = "127.0.0.1"
    port: int = 4646
    datacenter: str = "dc1"
    name: str = "nomad-mock"
    regions: "dict[str, Cluster]" = field(init=False)
    servers: ServerList = field(init=False)

    def __post_init__(self) -> None:
        clusters = (self.local, *self.federated)
        object.__setattr__(self, "regions", {cluster.region: cluster for cluster in clusters})
        object.__setattr__(self, "servers", ServerList(self.local, self.rpc_address(self.local.region)))

    def cluster(self, *wanted: str) -> "Cluster":
        """Return the cluster of the first region in ``wanted`` that is not empty; without one, the agent's own.

        Raises:
            Refused: there is no such region.
        """
        region = next(filter(None, wanted), None)
        if region is None:
            return self.local
        try:
            return self.regions[region]
        except KeyError:
            raise Refused("No path to region") from None

    @property
    def node(self) -> "Node | None":
        """The node that runs in this agent, if one does: the first one of its region."""
        return next(iter(self.local.state.nodes()), None)

    def allocation(self, allocation_id: str) -> "Allocation | None":
        """Return an allocation that a node has taken on; this agent reaches the nodes of all regions."""
        found = (cluster.state.allocation(allocation_id) for cluster in self.regions.values())
        return next((each for each in found if each is not None and each["TaskStates"] is not None), None)

    def cluster_of(self, allocation: "Allocation") -> "Cluster":
        """Return the cluster that has this allocation."""
        return next(each for each in self.regions.values() if each.state.allocation(allocation["ID"]) is not None)

    @property
    def advertised_host(self) -> str:
        """The address that others are told: the loopback one where all are listened on."""
        return advertised_host(self.host)

    def rpc_address(self, region: str) -> str:
        """Return the address at which the server of a region would answer RPC."""
        return host_port(self.advertised_host, self.rpc_port(region))

    def rpc_port(self, region: str) -> int:
        """Return the port on which the server of a region would answer RPC."""
        return self._port(region, _RPC)

    def serf_port(self, region: str) -> int:
        """Return the port on which the server of a region would gossip."""
        return self._port(region, _SERF)

    def _port(self, region: str, above: int) -> int:
        return min(self.port + above + 2 * list(self.regions).index(region), _LARGEST_PORT)


def http_address(host: str, port: int) -> str:
    """Return the address at which an agent that listens here tells others to ask."""
    return host_port(advertised_host(host), port)


def advertised_host(host: str) -> str:
    """Return ``host``, or the loopback address where ``host`` stands for all addresses."""
    try:
        return "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host
