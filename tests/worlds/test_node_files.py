"""Files and lists of nodes."""

import json
import re
from pathlib import Path

import pytest

from mockserver.cluster.random_source import RandomSource
from mockserver.worlds.node_files import nodes_of, read_nodes


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("[", "not JSON: Expecting value"),
        ('[{"Name": "a", "Name": "b"}]', "the name 'Name' is there twice in one object"),
        ('{"Name": "x"}', "nodes: an object is not a list"),
        ("null", "nodes: null is not a list"),
        ("[1]", "nodes/0: 1 is not an object"),
        ('[{}, {"CPU": 1}]', "nodes/1: there is no field CPU; there are: Name, Datacenter, NodeClass"),
        ('[{"Nmae": "x"}]', "nodes/0: there is no field Nmae; is Name meant?"),
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
        ('[{"Reserved": {"Disk": 1}}]', "nodes/0/Reserved: there is no field Disk; is DiskMB meant?"),
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
