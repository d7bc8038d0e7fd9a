"""Files and lists of nodes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.settings import Settings
from mockserver.worlds.job_files import LoadError
from mockserver.worlds.loading import fresh_world
from mockserver.worlds.node_files import nodes_of, read_nodes


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("[", "not JSON: Expecting value"),
        ('[{"Name": "a", "Name": "b"}]', "the name 'Name' is there twice in one object"),
        ('"x"', 'nodes: "x" is not a list'),
        ('{"Nmae": "x"}', "nodes/0: there is no field Nmae; did you mean Name?"),
        ('[{"ID": "1"}]', 'nodes/0/ID of "1": "1" is not a UUID, such as 33209569-'),
        ("null", "nodes: null is not a list"),
        ("[1]", "nodes/0: 1 is not an object"),
        ('[{}, {"CPU": 1}]', "nodes/1: there is no field CPU; there are: Name, Datacenter, NodeClass"),
        ('[{"Nmae": "x"}]', "nodes/0: there is no field Nmae; did you mean Name?"),
        ('[{"Name": ""}]', "nodes/0/Name: is empty: write something, or leave it out"),
        ('[{"Name": 5}]', "nodes/0/Name: 5 is not a text"),
        ('[{"Name": "a"}, {"Name": "a"}]', "nodes/1/Name: 'a' is the name of nodes/0, too"),
        ('[{"Drain": "no"}]', 'nodes/0/Drain: "no" is not true or false'),
        ('[{"Status": "up"}]', 'nodes/0/Status: "up" is unknown; there are: ready, down, initializing'),
        ('[{"Meta": {"a": 1}}]', "nodes/0/Meta/a: 1 is not a text"),
        ('[{"Meta": {"a": null}}]', "nodes/0/Meta/a: null is not a text"),
        ('[{"Attributes": []}]', "nodes/0/Attributes: [] is not an object"),
        ('[{"Drivers": "docker"}]', 'nodes/0/Drivers: "docker" is not a list'),
        ('[{"Drivers": [""]}]', "nodes/0/Drivers/0: is empty"),
        ('[{"Resources": {"CPU": -1}}]', "nodes/0/Resources/CPU: -1 is too small: write 0 or more"),
        ('[{"Resources": {"CPU": true}}]', "nodes/0/Resources/CPU: true is not a whole number"),
        ('[{"Reserved": {"Disk": 1}}]', "nodes/0/Reserved: there is no field Disk; did you mean DiskMB?"),
        (
            '[{"Resources": {"Networks": [{"CIDR": "x"}]}}]',
            'nodes/0/Resources/Networks/0/CIDR: "x" is not a range of IP addresses, such as 10.0.0.0/24',
        ),
        ('[{"Resources": {"Networks": [{"IP": "1"}]}}]', 'nodes/0/Resources/Networks/0/IP: "1" is not an IP address'),
        (
            '[{"Reserved": {"Networks": [{"ReservedPorts": [65536]}]}}]',
            "nodes/0/Reserved/Networks/0/ReservedPorts/0: 65536 is too large: write 65535 or less",
        ),
    ],
)
def test_an_error_says_what_is_wrong_where(tmp_path: Path, document: str, text: str) -> None:
    """The error names the file, the place in it, and the nearest valid word."""
    path = tmp_path / "nodes.json"
    path.write_text(document, "utf-8")
    with pytest.raises(ValueError, match="^" + re.escape(f"{path}: {text}")):
        read_nodes(path, RandomSource(1))


def test_a_file_and_a_list_give_the_same_nodes(tmp_path: Path) -> None:
    """A file and a list give the same nodes, with networks of either version of IP."""
    documents = [{"Name": "a", "Reserved": {"Networks": [{"CIDR": "fd00::7/64"}]}}, {"Drivers": []}]
    path = tmp_path / "nodes.json"
    path.write_text(json.dumps(documents), "utf-8")
    nodes = read_nodes(path, RandomSource(1), ["mock_driver"])
    assert nodes == nodes_of(documents, RandomSource(1), ["mock_driver"])
    assert [network["IP"] for network in nodes[0]["Reserved"]["Networks"] or ()] == ["fd00::7"]
    assert ["driver.mock_driver" in node["Attributes"] for node in nodes] == [True, False]


ID = "cce7fefa-b305-dad9-6b0c-6194da6084e4"
IN_SHORT = {"ID": ID, "Datacenter": "dc7", "Name": "vm", "NodeClass": "", "Drain": False, "Status": "ready"}
"""A node as ``/v1/nodes`` and ``nomad node-status -json`` list it."""
PRINTED = {
    **IN_SHORT,
    "HTTPAddr": "10.0.0.9:4646",
    "TLSEnabled": False,
    "Attributes": {"driver.rkt": "1", "kernel.name": "linux"},
    "Resources": {
        "CPU": 4890,
        "Networks": [{"Public": False, "CIDR": "10.0.0.9/32", "IP": "10.0.0.9", "MBits": 1000, "DynamicPorts": None}],
    },
    "Reserved": {"CPU": 0, "Networks": [{"ReservedPorts": [{"Label": "", "Value": 22}], "IP": "10.0.0.9"}]},
    "Links": None,
    "Meta": None,
    "StatusUpdatedAt": 1795979128,
    "CreateIndex": 4,
    "ModifyIndex": 5,
}
"""A node as ``nomad node-status -json ID`` prints it."""


def test_a_node_may_be_as_a_server_answers_it() -> None:
    """A whole node keeps its ID and has its own attributes alone; one in short has those of a simulated node."""
    (whole, short) = nodes_of([PRINTED, {**IN_SHORT, "Name": "b", "ID": ID[:-1] + "5"}], RandomSource(1))
    assert (whole["ID"], short["ID"]) == (ID, ID[:-1] + "5")
    assert whole["Attributes"] == PRINTED["Attributes"]
    assert whole["Resources"]["MemoryMB"] == short["Resources"]["MemoryMB"]
    reserved: Any = whole["Reserved"]["Networks"]
    assert reserved[0]["ReservedPorts"] == [{"Label": "", "Value": 22}]
    assert "Public" not in str(whole)
    assert short["Attributes"]["unique.hostname"] == "b"
    (answered,) = simulated_nodes(1, ids=RandomSource(2))
    assert nodes_of([answered | {"CreateIndex": 7}], RandomSource(1)) == [answered]
    with pytest.raises(ValueError, match=f"^nodes/1/ID: '{ID}' is the ID of nodes/0, too$"):
        nodes_of([IN_SHORT, {**IN_SHORT, "Name": "b"}], RandomSource(1))


@pytest.mark.parametrize("document", [PRINTED, [PRINTED], [IN_SHORT]])
def test_a_servers_nodes_are_loaded(tmp_path: Path, document: Any) -> None:
    """A node or a list of nodes as a server answers them joins with --load, and makes the cluster with --nodes."""
    path = tmp_path / "nodes.json"
    path.write_text(json.dumps(document), "utf-8")
    loaded = fresh_world(Settings(load=(path,)))
    assert [node["Name"] for node in loaded.agent.local.state.nodes()] == ["global-dc1-1", "vm"]
    made = fresh_world(Settings(nodes=path))
    assert [(node["ID"], node["HTTPAddr"]) for node in made.agent.local.state.nodes()] == [(ID, "127.0.0.1:4646")]
    with pytest.raises(LoadError, match="there is a node 'vm' already"):
        fresh_world(Settings(nodes=path, load=(path,)))
