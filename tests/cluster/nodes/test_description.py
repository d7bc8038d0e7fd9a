"""Nodes made from node documents."""

import json
from typing import Any

import pytest

from mockserver.cluster.load import NetworkLoad
from mockserver.cluster.nodes import (
    NodesError,
    changed_node,
    computed_class,
    described_nodes,
    description,
    simulated_nodes,
)
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.network import NetworkUse
from tests.cluster.scheduler.world import a_network
from tests.loose_types import Node


def load(*nodes: Any) -> list[Node]:
    """Return the nodes of a document that lists these."""
    return described_nodes(nodes, ids=RandomSource(1))


def test_an_empty_object_is_a_simulated_node() -> None:
    """An empty object gives a simulated node, with the next free name."""
    assert load({}) == simulated_nodes(1, ids=RandomSource(1))
    assert [node["Name"] for node in load({}, {"Datacenter": "dc2"})] == ["global-dc1-1", "global-dc2-2"]
    assert load() == []


def test_what_is_given_replaces_the_default() -> None:
    """Given resources and attributes replace the defaults one by one; the rest of the node is simulated."""
    given = {
        "Name": "big-1",
        "Datacenter": "dc2",
        "NodeClass": "big",
        "Status": "down",
        "Drain": True,
        "Attributes": {"kernel.version": "5.4.0", "cpu.modelname": None},
        "Meta": {"rack": "r1"},
        "Resources": {"CPU": 8_000, "IOPS": 100},
    }
    (node,) = load(given)
    (default,) = simulated_nodes(1, ids=RandomSource(1))
    for name in ("Name", "Datacenter", "NodeClass", "Status", "Drain", "Meta"):
        assert node[name] == given[name]
    assert node["Resources"] == {**default["Resources"], "CPU": 8_000, "IOPS": 100}
    expected = {**default["Attributes"], "kernel.version": "5.4.0", "unique.hostname": "big-1"}
    del expected["cpu.modelname"]
    assert node["Attributes"] == expected
    assert node["ComputedClass"] == computed_class(node) != default["ComputedClass"]
    assert node.keys() == default.keys()


def test_drivers_are_the_only_ones() -> None:
    """A list of drivers replaces the simulated ones; an empty list leaves none."""
    (node,) = load({"Drivers": ["rkt"]})
    assert [name for name in node["Attributes"] if name.startswith("driver.")] == ["driver.rkt"]
    (bare,) = load({"Drivers": []})
    assert not [name for name in bare["Attributes"] if name.startswith("driver.")]


def test_networks_can_be_described_briefly() -> None:
    """A network's address and block follow from each other, and reserved ports can be numbers."""
    networks = [{"Device": "eth0", "CIDR": "10.0.0.7/32", "MBits": 500}]
    reserved = [{"Device": "eth0", "IP": "10.0.0.7", "ReservedPorts": [22]}]
    (node,) = load({"Resources": {"Networks": networks}, "Reserved": {"Networks": reserved}})
    assert node["Resources"]["Networks"][0]["IP"] == "10.0.0.7"
    assert node["Reserved"]["Networks"][0]["CIDR"] == "10.0.0.7/32"
    assert node["Reserved"]["CPU"] == 0
    offer = NetworkUse(node, NetworkLoad(), NetworkLoad()).offer(a_network(1, {"http": 80}), RandomSource(1))
    assert (offer["Device"], offer["IP"]) == ("eth0", "10.0.0.7")
    assert NetworkUse(node, NetworkLoad(), NetworkLoad()).offer(a_network(500, {"ssh": 23}), RandomSource(1))


def test_a_name_is_that_of_one_node() -> None:
    """Two nodes of one name are refused, whether the name was given or counted."""
    with pytest.raises(NodesError, match=r"^nodes/1/Name: 'a' is the name of nodes/0, too$"):
        load({"Name": "a"}, {"Name": "a"})
    with pytest.raises(NodesError, match=r"^nodes/1/Name: 'global-dc1-2' is the name of nodes/0, too$"):
        load({"Name": "global-dc1-2"}, {})


def test_numbers_are_integers_however_they_are_written() -> None:
    """JSON Schema accepts 8.0 as an integer; the node has 8."""
    networks = [{"MBits": 5.0, "ReservedPorts": [22.0]}]
    (node,) = load({"Resources": {"CPU": 8.0, "Networks": networks}})
    network = node["Resources"]["Networks"][0]
    assert repr([node["Resources"]["CPU"], network["MBits"], network["ReservedPorts"][0]["Value"]]) == "[8, 5, 22]"


def test_a_change_is_merged() -> None:
    """Null removes an attribute or a meta value and nothing else; networks that were not there stay so."""
    (node,) = load({"Attributes": {"Networks": "a"}, "Meta": {"rack": "r1", "row": "1"}})
    change = {"Attributes": {"Networks": None}, "Meta": {"rack": None}, "Reserved": {"CPU": 5}, "Name": "n"}
    changed = changed_node(node, change)
    assert "Networks" not in changed["Attributes"]
    assert (changed["Meta"], changed["Attributes"]["unique.hostname"]) == ({"row": "1"}, "n")
    assert changed["Reserved"] == {**node["Reserved"], "CPU": 5}


def test_the_example_in_the_module_loads() -> None:
    """The example in the module's docstring is a valid document."""
    assert description.__doc__
    example = description.__doc__[description.__doc__.index("[{") : description.__doc__.index("}}]") + 3]
    (node,) = load(*json.loads(example))
    assert (node["Name"], node["Reserved"]["CPU"]) == ("big-1", 500)
