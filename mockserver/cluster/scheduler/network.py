"""Ports and bandwidth of one node: what is taken, and an offer for what a task asks for."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network

from mockserver.cluster.ids import Ids
from mockserver.shapes import Network, Node

DYNAMIC_PORTS = range(20_000, 60_000)
PORTS = range(65_536)
_RANDOM_PICKS = 20


class NoOffer(Exception):
    """A node cannot give the network that is asked for; the text is the dimension that metrics show."""


class NetworkUse:
    """Ports by IP and bandwidth by device that a node's allocations and its own reservation take."""

    __slots__ = ("_available", "_bandwidth", "_networks", "_ports")

    def __init__(self, node: Node) -> None:
        self._networks: list[Network] = [n for n in node["Resources"]["Networks"] or () if n["Device"]]
        self._available = {network["Device"]: network["MBits"] for network in self._networks}
        self._bandwidth: Counter[str] = Counter()
        self._ports: Counter[tuple[str, int]] = Counter()
        for network in node["Reserved"]["Networks"] or ():
            self.add(network)

    def add(self, network: Network) -> None:
        """Take the ports and the bandwidth of an assigned network."""
        self._bandwidth[network["Device"]] += network["MBits"]
        for port in _ports_of(network):
            self._ports[network["IP"], port] += 1

    def remove(self, network: Network) -> None:
        """Give back what ``add`` took."""
        self._bandwidth[network["Device"]] -= network["MBits"]
        for port in _ports_of(network):
            self._ports[network["IP"], port] -= 1

    @property
    def overcommitted(self) -> bool:
        """Some device carries more bandwidth than it has."""
        return any(used > self._available.get(device, 0) for device, used in self._bandwidth.items())

    @property
    def collides(self) -> bool:
        """Two users hold one port."""
        return any(users > 1 for users in self._ports.values())

    def offer(self, ask: Network, ids: Ids) -> Network:
        """Device, IP and ports for what a task asks, with dynamic ports chosen at random from the free ones.

        Raises:
            NoOffer: none of the node's networks can give it; the text is about the last one tried.
        """
        refusal = NoOffer("no networks available")
        for network, ip in self._addresses():
            try:
                return self._assigned(network, ip, ask, ids)
            except NoOffer as because:
                refusal = because
        raise refusal

    def _addresses(self) -> Iterator[tuple[Network, str]]:
        for network in self._networks:
            for address in ip_network(network["CIDR"], strict=False):
                yield network, str(address)

    def _check(self, network: Network, ip: str, ask: Network) -> None:
        device = network["Device"]
        if self._bandwidth[device] + ask["MBits"] > self._available[device]:
            raise NoOffer("bandwidth exceeded")
        for port in ask["ReservedPorts"] or ():
            if port["Value"] not in PORTS:
                raise NoOffer(f"invalid port {port['Value']} (out of range)")
            if self._ports[ip, port["Value"]] > 0:
                raise NoOffer("reserved port collision")

    def _assigned(self, network: Network, ip: str, ask: Network, ids: Ids) -> Network:
        self._check(network, ip, ask)
        taken = {port["Value"] for port in ask["ReservedPorts"] or ()}
        dynamic = []
        for port in ask["DynamicPorts"] or ():
            value = self._free_port(ip, taken, ids)
            taken.add(value)
            dynamic.append({"Label": port["Label"], "Value": value})
        return {
            "CIDR": "",
            "Device": network["Device"],
            "DynamicPorts": dynamic if ask["DynamicPorts"] is not None else None,
            "IP": ip,
            "MBits": ask["MBits"],
            "ReservedPorts": ask["ReservedPorts"],
        }

    def _free_port(self, ip: str, taken: set[int], ids: Ids) -> int:
        """A few random picks nearly always find one; on a crowded node the free ones are listed and drawn from."""
        for _ in range(_RANDOM_PICKS):
            port = DYNAMIC_PORTS[ids.below(len(DYNAMIC_PORTS))]
            if port not in taken and not self._ports[ip, port]:
                return port
        free = [port for port in DYNAMIC_PORTS if port not in taken and not self._ports[ip, port]]
        if not free:
            raise NoOffer("dynamic port selection failed")
        return free[ids.below(len(free))]


def _ports_of(network: Network) -> Iterator[int]:
    for port in network["ReservedPorts"] or ():
        yield port["Value"]
    for port in network["DynamicPorts"] or ():
        yield port["Value"]
