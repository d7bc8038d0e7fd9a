"""Make nodes out of what somebody says of them: ``NodeDocument`` in ``schemas/admin.json``.

Every field may be left out and is then as on a simulated node::

    [{"Name": "big-1", "Datacenter": "dc2", "NodeClass": "big", "Status": "ready", "Drain": false,
      "Attributes": {"kernel.version": "5.4.0", "cpu.modelname": null}, "Meta": {"rack": "r1"},
      "Drivers": ["docker", "exec"],
      "Resources": {"CPU": 8000, "MemoryMB": 32768, "DiskMB": 500000, "IOPS": 100,
                    "Networks": [{"Device": "eth0", "CIDR": "10.0.0.7/32", "MBits": 1000}]},
      "Reserved": {"CPU": 500, "Networks": [{"Device": "eth0", "IP": "10.0.0.7", "ReservedPorts": [22]}]}}]

``Attributes`` are added to the simulated ones, null removes one. ``Drivers`` are the only drivers then.

A node as a server answers it is such a document, too, whole (``/v1/node/<ID>``) or in short (``/v1/nodes``). It has an
``ID``, which it keeps. Its ``Attributes`` are all that it has, its drivers among them.

Whoever calls this has checked the documents against their schema.
"""

from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, cast

from mockserver.cluster.nodes.fingerprint import fingerprinted, simulated_nodes, with_drivers
from mockserver.cluster.random_source import RandomSource
from mockserver.nomad_types import NetworkResource, Node

_REMOVABLE = ("Attributes", "Meta")
_MERGED = (*_REMOVABLE, "Resources", "Reserved")
_OF_THE_SERVER = frozenset(
    ("SecretID", "HTTPAddr", "TLSEnabled", "ComputedClass", "StatusUpdatedAt", "CreateIndex", "ModifyIndex")
)
"""What a server says of a node and the mock has of its own."""

_MOST = 1000
"""Attributes, and values of meta, that a node may have, as in the schema of a ``NodeChange``."""


class NodesError(ValueError):
    """Two nodes have one name or ID, or one has too many attributes; the message says which, and where."""


def described_nodes(
    documents: Sequence[Mapping[str, Any]], *, ids: RandomSource, more_drivers: Collection[str] = ()
) -> list[Node]:
    """Return the nodes that these documents describe.

    Two nodes with one name or ID raise ``NodesError``.

    Args:
        documents: each a ``NodeDocument`` (see the module).
        ids: where the IDs of the nodes come from.
        more_drivers: drivers of those nodes that do not list theirs.
    """
    nodes = [_node(document, number, ids, more_drivers) for number, document in enumerate(documents, 1)]
    _need_different("Name", "name", [node["Name"] for node in nodes])
    _need_different("ID", "ID", [node["ID"] for node in nodes])
    return nodes


def _need_different(field: str, word: str, values: Sequence[str]) -> None:
    places: dict[str, int] = {}
    for number, value in enumerate(values):
        first = places.setdefault(value, number)
        if first != number:
            raise NodesError(f"nodes/{number}/{field}: {value!r} is the {word} of nodes/{first}, too")


def changed_node(node: Node, change: Mapping[str, Any]) -> Node:
    """Return the node with the changes of ``change``, a ``NodeChange``.

    Attributes, Meta, Resources and Reserved are merged; null removes an attribute or meta value. When a node would have
    too many of them, ``NodesError`` is raised.
    """
    given = _as_nomad_has_them(change)
    drivers = given.pop("Drivers", None)
    if "Name" in given:
        given["Attributes"] = {"unique.hostname": given["Name"], **given.get("Attributes", {})}
    known = cast("dict[str, Any]", node)
    merged = {name: {**(known[name] or {}), **given.pop(name)} for name in _MERGED if name in given}
    merged |= {name: _few(name, _without_nulls(merged[name])) for name in _REMOVABLE if name in merged}
    changed = cast("Node", {**known, **given, **merged})
    return fingerprinted(changed) if drivers is None else with_drivers(changed, drivers, only=True)


def _node(document: Mapping[str, Any], number: int, ids: RandomSource, more_drivers: Collection[str]) -> Node:
    given = _as_nomad_has_them(document)
    datacenter = given.pop("Datacenter", "dc1")
    (simulated,) = simulated_nodes(1, ids=ids, datacenter=datacenter, more_drivers=more_drivers)
    name = given.pop("Name", f"{simulated['Name'].rpartition('-')[0]}-{number}")
    drivers = given.pop("Drivers", None)
    attributes = given.pop("Attributes", {})
    if "ID" not in given or not attributes:
        attributes = {**simulated["Attributes"], "unique.hostname": name, **attributes}
    fields = {
        **simulated,
        "Name": name,
        "Attributes": _without_nulls(attributes),
        "Resources": {**simulated["Resources"], **given.pop("Resources", {})},
        "Reserved": {**simulated["Reserved"], **given.pop("Reserved", {})},
        **given,
    }
    node = cast("Node", fields)
    return fingerprinted(node) if drivers is None else with_drivers(node, drivers, only=True)


def _as_nomad_has_them(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a document in the form that a node has them in."""
    amounts = {name: _amounts(document[name]) for name in ("Resources", "Reserved") if name in document}
    return {name: value for name, value in {**document, **amounts}.items() if name not in _OF_THE_SERVER}


def _amounts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return Resources or Reserved; to JSON Schema 8.0 is an integer, to Nomad it is not."""
    return {
        name: int(value) if name != "Networks" else None if value is None else [_network(each) for each in value]
        for name, value in document.items()
    }


def _network(document: Mapping[str, Any]) -> NetworkResource:
    given = {name: value for name, value in document.items() if name != "Public"}
    address = given.get("IP") or given.get("CIDR", "127.0.0.1").partition("/")[0]
    ports = given.pop("ReservedPorts", None)
    network = {
        "CIDR": f"{address}/32",
        "Device": "lo",
        **given,
        "MBits": int(given.get("MBits", 0)),
        "ReservedPorts": None if ports is None else [_port(port) for port in ports],
        "IP": str(ip_address(address)),
        "DynamicPorts": None,
    }
    return cast("NetworkResource", network)


def _port(port: Any) -> dict[str, Any]:
    """Return a reserved port, given by its number or as Nomad has it."""
    return (
        {"Label": port.get("Label", ""), "Value": int(port["Value"])}
        if isinstance(port, dict)
        else _port({"Value": port})
    )


def _few(name: str, values: dict[str, Any]) -> dict[str, Any]:
    if len(values) > _MOST:
        raise NodesError(f"{name}: the node would have {len(values)}, the limit is {_MOST}")
    return values


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
