"""Nodes from a JSON document."""

import json
import re
from typing import Any

import pytest

from mockserver.cluster.nodes import NodesError, computed_class, load_nodes, loading, simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.network import NetworkUse
from tests.cluster.scheduler.world import a_network
from tests.loose_types import Node


def load(*nodes: Any) -> list[Node]:
    """The nodes of a document that lists these."""
    return load_nodes(json.dumps(nodes), ids=RandomSource(1))


def test_an_empty_object_is_a_simulated_node() -> None:
    """Everything can be left out; names count on."""
    assert load({}) == simulated_nodes(1, ids=RandomSource(1))
    assert [node["Name"] for node in load({}, {"Datacenter": "dc2"})] == ["global-dc1-1", "global-dc2-2"]
    assert load() == []


def test_what_is_given_replaces_the_default() -> None:
    """Fields of Resources one by one, attributes one by one, the rest of the node as simulated."""
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
    """The simulated drivers are gone then; an empty list leaves none."""
    (node,) = load({"Drivers": ["rkt"]})
    assert [name for name in node["Attributes"] if name.startswith("driver.")] == ["driver.rkt"]
    (bare,) = load({"Drivers": []})
    assert not [name for name in bare["Attributes"] if name.startswith("driver.")]


def test_networks_can_be_described_briefly() -> None:
    """Address and block follow from each other; reserved ports are numbers."""
    networks = [{"Device": "eth0", "CIDR": "10.0.0.7/32", "MBits": 500}]
    reserved = [{"Device": "eth0", "IP": "10.0.0.7", "ReservedPorts": [22]}]
    (node,) = load({"Resources": {"Networks": networks}, "Reserved": {"Networks": reserved}})
    assert node["Resources"]["Networks"][0]["IP"] == "10.0.0.7"
    assert node["Reserved"]["Networks"][0]["CIDR"] == "10.0.0.7/32"
    assert node["Reserved"]["CPU"] == 0
    offer = NetworkUse(node).offer(a_network(1, {"http": 80}), RandomSource(1))
    assert (offer["Device"], offer["IP"]) == ("eth0", "10.0.0.7")
    assert NetworkUse(node).offer(a_network(500, {"ssh": 23}), RandomSource(1))


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("[", "not JSON: Expecting value"),
        ('{"Name": "x"}', "must be a list of nodes, not an object"),
        ("null", "must be a list of nodes, not null"),
        ("[1]", "nodes[0]: must be an object, not 1"),
        ('[{}, {"CPU": 1}]', "nodes[1]: there is no field 'CPU'; known are Name, Datacenter, NodeClass"),
        ('[{"Name": ""}]', "nodes[0].Name: must not be empty"),
        ('[{"Name": 5}]', "nodes[0].Name: must be a string, not 5"),
        ('[{"Name": "a"}, {"Name": "a"}]', "nodes[1].Name: 'a' is the name of nodes[0] too"),
        ('[{"Drain": "no"}]', 'nodes[0].Drain: must be true or false, not "no"'),
        ('[{"Status": "up"}]', "nodes[0].Status: must be one of ready, down, initializing, not 'up'"),
        ('[{"Meta": {"a": 1}}]', "nodes[0].Meta.a: must be a string, not 1"),
        ('[{"Meta": {"a": null}}]', "nodes[0].Meta.a: must be a string, not null"),
        ('[{"Attributes": []}]', "nodes[0].Attributes: must be an object, not a list"),
        ('[{"Drivers": "docker"}]', 'nodes[0].Drivers: must be a list, not "docker"'),
        ('[{"Drivers": [""]}]', "nodes[0].Drivers[0]: must not be empty"),
        ('[{"Resources": {"CPU": -1}}]', "nodes[0].Resources.CPU: must be a whole number from 0 up, not -1"),
        ('[{"Resources": {"CPU": true}}]', "nodes[0].Resources.CPU: must be a whole number from 0 up, not true"),
        ('[{"Reserved": {"Disk": 1}}]', "nodes[0].Reserved: there is no field 'Disk'; known are CPU, MemoryMB"),
        ('[{"Resources": {"Networks": [{"CIDR": "x"}]}}]', "nodes[0].Resources.Networks[0].CIDR: 'x' does not"),
        ('[{"Resources": {"Networks": [{"IP": "1"}]}}]', "nodes[0].Resources.Networks[0].IP: '1' does not"),
        (
            '[{"Reserved": {"Networks": [{"ReservedPorts": [65536]}]}}]',
            "nodes[0].Reserved.Networks[0].ReservedPorts[0]: must be a port below 65536, not 65536",
        ),
    ],
)
def test_an_error_says_what_is_wrong_where(document: str, text: str) -> None:
    """With the path of the value in the document."""
    with pytest.raises(NodesError, match="^" + re.escape(text)):
        load_nodes(document, ids=RandomSource(1))


def test_the_example_in_the_module_loads() -> None:
    """The documentation of the format is itself a document."""
    assert loading.__doc__
    example = loading.__doc__[loading.__doc__.index("[{") : loading.__doc__.index("}}]") + 3]
    (node,) = load_nodes(example, ids=RandomSource(1))
    assert (node["Name"], node["Reserved"]["CPU"]) == ("big-1", 500)
