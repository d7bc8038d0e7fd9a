"""Simulated nodes."""

import json
import re
from pathlib import Path

import pytest

from mockserver.cluster.nodes import computed_class, is_ready, simulated_nodes, with_drivers
from mockserver.cluster.random_source import RandomSource
from tests.loose_types import Node

DATA = Path(__file__).parents[2] / "data"
FIELDS = {
    "Attributes", "ComputedClass", "CreateIndex", "Datacenter", "Drain", "HTTPAddr", "ID", "Links", "Meta",
    "ModifyIndex", "Name", "NodeClass", "Reserved", "Resources", "SecretID", "Status", "StatusDescription",
    "StatusUpdatedAt", "TLSEnabled",
}  # fmt: skip


def a_node(**known: object) -> Node:
    """Return a simulated node with other fields, its class not computed again."""
    return {**simulated_nodes(1, ids=RandomSource(1))[0], **known}


def drivers(node: Node) -> set[str]:
    """Return the drivers that are switched on."""
    return {
        name.removeprefix("driver.")
        for name, value in node["Attributes"].items()
        if re.fullmatch("driver.[a-z_]+", name) and value == "1"
    }


def test_a_node_is_as_an_agent_shows_it() -> None:
    """A node has all fields of GET /v1/node/<ID>, and the drivers of a development agent, without rkt."""
    (node,) = simulated_nodes(1, ids=RandomSource(1))
    assert set(node) == FIELDS
    assert drivers(node) == {"raw_exec", "exec", "docker", "java", "qemu"}
    assert node["Attributes"]["nomad.version"] == "0.5.4"
    assert (node["Datacenter"], node["Status"], node["Resources"]["CPU"]) == ("dc1", "ready", 10_000)
    assert all(isinstance(value, str) for value in node["Attributes"].values())


def test_nodes_are_of_one_class_and_differ_in_what_is_unique() -> None:
    """Simulated nodes share a class; IDs, names and host names differ."""
    nodes = simulated_nodes(3, ids=RandomSource(1), region="eu", datacenter="dc7")
    assert [node["Name"] for node in nodes] == ["eu-dc7-1", "eu-dc7-2", "eu-dc7-3"]
    assert len({node["ID"] for node in nodes}) == 3
    assert len({node["ComputedClass"] for node in nodes}) == 1
    assert re.fullmatch(r"v1:\d{1,20}", nodes[0]["ComputedClass"])
    assert simulated_nodes(0, ids=RandomSource(1)) == []


def test_one_seed_makes_the_same_nodes() -> None:
    """The same seed makes the same nodes, another seed others of the same class."""
    assert simulated_nodes(2, ids=RandomSource(1)) == simulated_nodes(2, ids=RandomSource(1))
    assert simulated_nodes(2, ids=RandomSource(1)) != simulated_nodes(2, ids=RandomSource(2))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"ID": "x", "Name": "x", "Drain": True, "Status": "down", "Resources": {}, "Reserved": {}}, True),
        ({"Meta": {"unique.x": "1"}}, True),
        ({"Meta": {}}, True),
        ({"Meta": {"x": "1"}}, False),
        ({"Attributes": None}, False),
        ({"NodeClass": "big"}, False),
        ({"Datacenter": "dc2"}, False),
    ],
)
def test_the_class_comes_from_what_is_shared(change: dict[str, object], same: bool) -> None:
    """The class follows from attributes, meta, datacenter and node class, and from nothing unique to a node."""
    assert (computed_class(a_node(**change)) == computed_class(a_node())) is same


def test_the_class_is_that_of_a_real_agent() -> None:
    """What a real 0.5.4 agent said of itself has the class that it said."""
    real = json.loads((DATA / "node-of-a-real-agent.json").read_text("utf-8"))
    assert computed_class(a_node(**real)) == real["ComputedClass"]


def test_values_that_two_nodes_have_exchanged_make_no_difference() -> None:
    """Two attributes with their values exchanged leave the class as it is, as in a real agent."""
    assert computed_class(a_node(Meta={"a": "1", "b": "2"})) == computed_class(a_node(Meta={"a": "2", "b": "1"}))


def test_drivers_can_be_added_or_replaced() -> None:
    """The class follows a change of drivers; a removed driver takes its own attributes with it."""
    node = a_node()
    more = with_drivers(node, ["mock_driver"])
    assert drivers(more) == drivers(node) | {"mock_driver"}
    assert more["ComputedClass"] == computed_class(more) != node["ComputedClass"]
    only = with_drivers(node, ["java", "rkt"], only=True)
    assert drivers(only) == {"java", "rkt"}
    assert "driver.java.version" in only["Attributes"]
    assert "driver.docker.version" not in only["Attributes"]
    assert drivers(with_drivers(a_node(Attributes=None), ["exec"])) == {"exec"}


@pytest.mark.parametrize(
    ("status", "drain", "ready"),
    [("ready", False, True), ("ready", True, False), ("down", False, False), ("initializing", False, False)],
)
def test_a_ready_node_is_up_and_not_drained(status: str, drain: bool, ready: bool) -> None:
    """Only a node that is ready and not drained takes new work."""
    assert is_ready(a_node(Status=status, Drain=drain)) is ready
