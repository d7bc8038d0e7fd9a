"""Ports and bandwidth of one node: what is taken, and an offer for what a task asks for."""

from collections.abc import Sequence, Set
from ipaddress import ip_network

from mockserver.cluster.load import NetworkLoad, Port
from mockserver.cluster.random_source import RandomSource
from mockserver.nomad_types import NetworkResource, Node

DYNAMIC_PORTS = range(20_000, 60_000)
PORTS = range(65_536)
_RANDOM_PICKS = 20


class NoOffer(Exception):
    """A node cannot give the network that is asked for; the text is the dimension that metrics show."""


class NetworkUse:
    """Ports and bandwidth that are taken on a node: by what it carries, its own reservation, and what is added here."""

    __slots__ = ("_available", "_carried", "_change", "_networks")

    def __init__(self, node: Node, carried: NetworkLoad, change: NetworkLoad) -> None:
        self._networks: list[NetworkResource] = [n for n in node["Resources"]["Networks"] or () if n["Device"]]
        self._available = {network["Device"]: network["MBits"] for network in self._networks}
        self._carried = carried
        self._change = change
        for network in node["Reserved"]["Networks"] or ():
            self.add(network)

    def add(self, network: NetworkResource) -> None:
        """Take the ports and the bandwidth of an assigned network."""
        self._change.count(network)

    def remove(self, network: NetworkResource) -> None:
        """Give back what ``add`` took."""
        self._change.count(network, -1)

    @property
    def overcommitted(self) -> bool:
        """Some device carries more bandwidth than it has."""
        devices = {*self._carried.bandwidth, *self._change.bandwidth}
        return any(self._mbits(device) > self._available.get(device, 0) for device in devices)

    @property
    def collides(self) -> bool:
        """Two users hold one port."""
        return any(self._users(port) > 1 for port in (*self._carried.contested, *self._change.ports))

    def _mbits(self, device: str) -> int:
        return self._carried.bandwidth.get(device, 0) + self._change.bandwidth.get(device, 0)

    def _users(self, port: Port) -> int:
        return self._carried.ports.get(port, 0) + self._change.ports.get(port, 0)

    def offer(self, ask: NetworkResource, ids: RandomSource) -> NetworkResource:
        """Device, IP and ports for what a task asks, with dynamic ports chosen at random from the free ones.

        When none of the node's networks can give it, ``NoOffer`` is raised; its text is about the last one tried.
        """
        refusal = NoOffer("no networks available")
        for network in self._networks:
            try:
                return self._offer_of(network, ask, ids)
            except NoOffer as because:
                refusal = because
        raise refusal

    def _offer_of(self, network: NetworkResource, ask: NetworkResource, ids: RandomSource) -> NetworkResource:
        device = network["Device"]
        if self._mbits(device) + ask["MBits"] > self._available[device]:
            raise NoOffer("bandwidth exceeded")
        static = [port["Value"] for port in ask["ReservedPorts"] or ()]
        for port in static:
            if port not in PORTS:
                raise NoOffer(f"invalid port {port} (out of range)")
        labels = [port["Label"] for port in ask["DynamicPorts"] or ()]
        ip, dynamic = self._place(network, static, len(labels), ids)
        return {
            "CIDR": "",
            "Device": device,
            "DynamicPorts": [{"Label": label, "Value": port} for label, port in zip(labels, dynamic, strict=True)]
            or None,
            "IP": ip,
            "MBits": ask["MBits"],
            "ReservedPorts": ask["ReservedPorts"],
        }

    def _place(
        self, network: NetworkResource, static: Sequence[int], dynamic: int, ids: RandomSource
    ) -> tuple[str, list[int]]:
        """Return the first address of a network with the static ports free and enough others, and which those are."""
        refusal = NoOffer("no networks available")
        for address in ip_network(network["CIDR"], strict=False):
            ip = str(address)
            if any(self._users((ip, port)) for port in static):
                refusal = NoOffer("reserved port collision")
                continue
            try:
                return ip, self._free_ports(ip, set(static), dynamic, ids)
            except NoOffer as because:
                refusal = because
        raise refusal

    def _free_ports(self, ip: str, taken: set[int], count: int, ids: RandomSource) -> list[int]:
        """Pick a free port at random; after a few failed picks, draw from a list of the free ones."""
        ports: list[int] = []
        attempts = 0
        while len(ports) < count and attempts < _RANDOM_PICKS:
            port = DYNAMIC_PORTS[ids.below(len(DYNAMIC_PORTS))]
            attempts += 1
            if port not in taken and not self._users((ip, port)):
                taken.add(port)
                ports.append(port)
                attempts = 0
        return [*ports, *self._drawn(ip, taken, count - len(ports), ids)]

    def _drawn(self, ip: str, taken: Set[int], count: int, ids: RandomSource) -> list[int]:
        if count == 0:
            return []
        free = [port for port in DYNAMIC_PORTS if port not in taken and not self._users((ip, port))]
        if len(free) < count:
            raise NoOffer("dynamic port selection failed")
        ids.shuffle(free)
        return free[:count]
