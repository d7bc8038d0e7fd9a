"""Ports and bandwidth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.cluster.load import NetworkLoad
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.network import DYNAMIC_PORTS, NetworkUse, NoOffer
from tests.cluster.scheduler.world import a_network
from tests.loose_types import NetworkResource


def a_use(*networks: NetworkResource, reserved: list[NetworkResource] | None = None) -> NetworkUse:
    """Return the use of a node with these networks, or of the simulated one."""
    (node,) = simulated_nodes(1, ids=RandomSource(1))
    if networks:
        node["Resources"] = {**node["Resources"], "Networks": list(networks)}
    node["Reserved"] = {**node["Reserved"], "Networks": reserved}
    return NetworkUse(node, NetworkLoad(), NetworkLoad())


def test_an_offer_names_device_address_and_ports() -> None:
    """Static ports are given as asked, dynamic ones from their range; labels and order are kept."""
    offer: NetworkResource = a_use().offer(a_network(5, {"http": 8080}, ["admin", "x"]), RandomSource(1))
    dynamic = offer["DynamicPorts"]
    assert [port["Label"] for port in dynamic] == ["admin", "x"]
    assert all(port["Value"] in DYNAMIC_PORTS for port in dynamic)
    del offer["DynamicPorts"]
    static = [{"Label": "http", "Value": 8080}]
    assert offer == {"CIDR": "", "Device": "lo", "IP": "127.0.0.1", "MBits": 5, "ReservedPorts": static}


def test_no_ports_asked_is_null() -> None:
    """Where no ports are asked for, the offer has null."""
    offer = a_use().offer(a_network(5), RandomSource(1))
    assert (offer["DynamicPorts"], offer["ReservedPorts"]) == (None, None)


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (a_network(1001), "bandwidth exceeded"),
        (a_network(1, {"http": 8080}), "reserved port collision"),
        (a_network(1, {"http": 70_000}), r"invalid port 70000 \(out of range\)"),
        (a_network(1, {"http": -1}), r"invalid port -1 \(out of range\)"),
        (a_network(1, dynamic=["p"] * 40_001), "dynamic port selection failed"),
    ],
)
def test_what_cannot_be_given_is_refused(ask: NetworkResource, refusal: str) -> None:
    """The refusal is the text that DimensionExhausted shows after ``network: `` (observed)."""
    use = a_use()
    use.add(a_network(0, {"other": 8080}, Device="lo", IP="127.0.0.1"))
    with pytest.raises(NoOffer, match=refusal):
        use.offer(ask, RandomSource(1))


def test_a_node_without_a_device_has_no_networks() -> None:
    """Networks without a device do not count."""
    with pytest.raises(NoOffer, match="no networks available"):
        a_use(a_network(1000, CIDR="10.0.0.1/32")).offer(a_network(1), RandomSource(1))


def test_the_next_address_is_tried() -> None:
    """A port that is taken is found on the second address of the block, and then on the second network."""
    use = a_use(
        a_network(1000, Device="eth0", CIDR="10.0.0.0/31"),
        a_network(1000, Device="eth1", CIDR="10.1.0.9/32"),
    )
    found = []
    for _ in range(3):
        offer = use.offer(a_network(1, {"http": 80}), RandomSource(1))
        use.add(offer)
        found.append((offer["Device"], offer["IP"]))
    assert found == [("eth0", "10.0.0.0"), ("eth0", "10.0.0.1"), ("eth1", "10.1.0.9")]
    with pytest.raises(NoOffer, match="reserved port collision"):
        use.offer(a_network(1, {"http": 80}), RandomSource(1))


def test_the_nodes_own_reservation_is_taken() -> None:
    """Ports and bandwidth that the node reserves are not given to allocations."""
    use = a_use(reserved=[a_network(100, {"ssh": 22}, Device="lo", IP="127.0.0.1")])
    with pytest.raises(NoOffer, match="reserved port collision"):
        use.offer(a_network(1, {"ssh": 22}), RandomSource(1))
    with pytest.raises(NoOffer, match="bandwidth exceeded"):
        use.offer(a_network(901), RandomSource(1))


def test_removing_gives_back() -> None:
    """Removing an allocation frees its ports and bandwidth."""
    use = a_use()
    offer = use.offer(a_network(1000, {"http": 80}), RandomSource(1))
    use.add(offer)
    use.remove(offer)
    assert use.offer(a_network(1000, {"http": 80}), RandomSource(1)) == offer


def test_collisions_and_overcommitment_are_noticed() -> None:
    """Two allocations with one port collide; a device with more bandwidth promised than it has is overcommitted."""
    use = a_use()
    network = a_network(600, {"http": 80}, Device="lo", IP="127.0.0.1")
    found = []
    for _ in range(2):
        use.add(network)
        found.append((use.collides, use.overcommitted))
    assert found == [(False, False), (True, True)]


def test_the_last_free_port_is_found() -> None:
    """The last free dynamic port of a node is found."""
    use = a_use()
    taken = [{"Label": "", "Value": port} for port in DYNAMIC_PORTS if port != 31_234]
    use.add(a_network(0, Device="lo", IP="127.0.0.1", DynamicPorts=taken))
    offer = use.offer(a_network(1, dynamic=["p"]), RandomSource(1))
    assert offer["DynamicPorts"] == [{"Label": "p", "Value": 31_234}]


@given(seed=st.integers(0, 2**32), asks=st.lists(st.integers(0, 8), max_size=12))
def test_no_port_is_ever_given_twice(seed: int, asks: list[int]) -> None:
    """Offers that were taken never collide, whatever is asked for."""
    use, ids = a_use(), RandomSource(seed)
    for number in asks:
        use.add(use.offer(a_network(1, dynamic=[f"p{label}" for label in range(number)]), ids))
    assert not use.collides
