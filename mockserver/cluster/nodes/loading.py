"""Nodes from a JSON document.

A list of objects; every field may be left out and is then as on a simulated node::

    [{"Name": "big-1", "Datacenter": "dc2", "NodeClass": "big", "Status": "ready", "Drain": false,
      "Attributes": {"kernel.version": "5.4.0", "cpu.modelname": null}, "Meta": {"rack": "r1"},
      "Drivers": ["docker", "exec"],
      "Resources": {"CPU": 8000, "MemoryMB": 32768, "DiskMB": 500000, "IOPS": 100,
                    "Networks": [{"Device": "eth0", "CIDR": "10.0.0.7/32", "MBits": 1000}]},
      "Reserved": {"CPU": 500, "Networks": [{"Device": "eth0", "IP": "10.0.0.7", "ReservedPorts": [22]}]}}]

``Attributes`` are added to the simulated ones, null takes one away. ``Drivers`` are the only drivers then.
"""

import json
from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address, ip_network
from typing import Any, cast

from mockserver.cluster.nodes.fingerprint import fingerprinted, simulated_nodes, with_drivers
from mockserver.cluster.random_source import RandomSource
from mockserver.nearest import advice, shown
from mockserver.nomad_types import NetworkResource, Node

_PORTS = range(65_536)
_STATUSES = ("ready", "down", "initializing")


class NodesError(ValueError):
    """The document does not describe nodes; the text says what is wrong where, as in ``nodes[2].Meta: ...``."""


Check = Callable[[Any, str], Any]
"""Takes a value and where it stands; returns the value as a node has it or raises NodesError."""


def load_nodes(text: str, *, ids: RandomSource, more_drivers: Collection[str] = ()) -> list[Node]:
    """The nodes of a JSON document (see the module); ``more_drivers`` are on those that do not list their drivers.

    Raises:
        NodesError: not JSON, not a list of objects, an unknown field, a value of the wrong kind, a name used twice.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NodesError(f"not JSON: {error}") from None
    if not isinstance(document, list):
        raise NodesError(f"must be a list of nodes, not {_kind(document)}")
    nodes = [
        _node(partial, f"nodes[{number}]", number + 1, ids, more_drivers) for number, partial in enumerate(document)
    ]
    _refuse_twins(nodes)
    return nodes


def changed_node(node: Node, change: Mapping[str, Any]) -> Node:
    """The node with what ``change`` says otherwise: fields as in a document.

    Attributes, Meta, Resources and Reserved are merged into what is there; null takes an attribute or meta away.

    Raises:
        NodesError: an unknown field, a value of the wrong kind.
    """
    given = _fields(change, "node", _CHANGE)
    drivers = given.pop("Drivers", None)
    if "Name" in given:
        given["Attributes"] = {"unique.hostname": given["Name"], **given.get("Attributes", {})}
    known = cast("dict[str, Any]", node)
    merged = {name: _without_nulls({**(known[name] or {}), **given.pop(name)}) for name in _MERGED & set(given)}
    changed = cast("Node", {**known, **given, **merged})
    return fingerprinted(changed) if drivers is None else with_drivers(changed, drivers, only=True)


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None or name == "Networks"}


def _node(partial: Any, where: str, number: int, ids: RandomSource, more_drivers: Collection[str]) -> Node:
    given = _fields(partial, where, _NODE)
    datacenter = given.pop("Datacenter", "dc1")
    (simulated,) = simulated_nodes(1, ids=ids, datacenter=datacenter, more_drivers=more_drivers)
    name = given.pop("Name", f"{simulated['Name'].rpartition('-')[0]}-{number}")
    drivers = given.pop("Drivers", None)
    attributes = {**simulated["Attributes"], "unique.hostname": name, **given.pop("Attributes", {})}
    fields = {
        **simulated,
        "Name": name,
        "Attributes": {key: value for key, value in attributes.items() if value is not None},
        "Resources": {**simulated["Resources"], **given.pop("Resources", {})},
        "Reserved": {**simulated["Reserved"], **given.pop("Reserved", {})},
        **given,
    }
    node = cast("Node", fields)
    return fingerprinted(node) if drivers is None else with_drivers(node, drivers, only=True)


def _refuse_twins(nodes: list[Node]) -> None:
    places: dict[str, int] = {}
    for number, node in enumerate(nodes):
        if node["Name"] in places:
            raise NodesError(f"nodes[{number}].Name: {node['Name']!r} is the name of nodes[{places[node['Name']]}] too")
        places[node["Name"]] = number


def _fields(value: Any, where: str, checks: Mapping[str, Check]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NodesError(f"{where}: must be an object, not {_kind(value)}")
    for name in value:
        if name not in checks:
            raise NodesError(f"{where}: there is no field {shown(name)!r}; {advice(name, checks)}")
    return {name: checks[name](given, f"{where}.{name}") for name, given in value.items()}


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise NodesError(f"{where}: must be a string, not {_kind(value)}")
    return value


def _name(value: Any, where: str) -> str:
    if not _text(value, where):
        raise NodesError(f"{where}: must not be empty")
    return str(value)


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise NodesError(f"{where}: must be true or false, not {_kind(value)}")
    return value


def _status(value: Any, where: str) -> str:
    if _text(value, where) not in _STATUSES:
        raise NodesError(f"{where}: there is no status {shown(value)!r}; {advice(value, _STATUSES)}")
    return str(value)


def _amount(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NodesError(f"{where}: must be a whole number from 0 up, not {_kind(value)}")
    return value


def _port(value: Any, where: str) -> dict[str, Any]:
    if _amount(value, where) not in _PORTS:
        raise NodesError(f"{where}: must be a port below {len(_PORTS)}, not {value}")
    return {"Label": "", "Value": value}


def _addresses(value: Any, where: str) -> str:
    try:
        ip_network(_text(value, where), strict=False)
    except ValueError as error:
        raise NodesError(f"{where}: {error}") from None
    return str(value)


def _address(value: Any, where: str) -> str:
    try:
        return str(ip_address(_text(value, where)))
    except ValueError as error:
        raise NodesError(f"{where}: {error}") from None


def _list(check: Check) -> Check:
    def checked(value: Any, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise NodesError(f"{where}: must be a list, not {_kind(value)}")
        return [check(item, f"{where}[{number}]") for number, item in enumerate(value)]

    return checked


def _strings(*, removable: bool) -> Check:
    def checked(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise NodesError(f"{where}: must be an object, not {_kind(value)}")
        return {
            name: None if removable and given is None else _text(given, f"{where}.{name}")
            for name, given in value.items()
        }

    return checked


def _network(value: Any, where: str) -> NetworkResource:
    given = _fields(value, where, _NETWORK)
    address = given.get("IP") or given.get("CIDR", "127.0.0.1").partition("/")[0]
    defaults = {"CIDR": f"{address}/32", "Device": "lo", "MBits": 0, "ReservedPorts": None}
    return cast("NetworkResource", {**defaults, **given, "IP": address, "DynamicPorts": None})


def _resources(value: Any, where: str) -> dict[str, Any]:
    return _fields(value, where, _RESOURCES)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)


_NETWORK: Mapping[str, Check] = {
    "Device": _name,
    "CIDR": _addresses,
    "IP": _address,
    "MBits": _amount,
    "ReservedPorts": _list(_port),
}
_RESOURCES: Mapping[str, Check] = {
    "CPU": _amount,
    "MemoryMB": _amount,
    "DiskMB": _amount,
    "IOPS": _amount,
    "Networks": _list(_network),
}
_NODE: Mapping[str, Check] = {
    "Name": _name,
    "Datacenter": _name,
    "NodeClass": _text,
    "Status": _status,
    "Drain": _flag,
    "Attributes": _strings(removable=True),
    "Meta": _strings(removable=False),
    "Drivers": _list(_name),
    "Resources": _resources,
    "Reserved": _resources,
}
_CHANGE: Mapping[str, Check] = {
    **{name: check for name, check in _NODE.items() if name not in {"Status", "Drain"}},
    "Meta": _strings(removable=True),
}
_MERGED = {"Attributes", "Meta", "Resources", "Reserved"}
