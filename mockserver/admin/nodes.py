"""Client nodes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.evaluations import NodeChanged
from mockserver.cluster.nodes import NodesError, changed_node, described_nodes
from mockserver.nomad_types import Node
from mockserver.slices import Steps
from nomad_contract_spelling import advice, shown

_AMOUNTS = ("CPU", "MemoryMB", "DiskMB", "IOPS")
_SHOWN = ("ID", "JobID", "TaskGroup", "ClientStatus")


async def list_all(call: Call) -> list[dict[str, Any]]:
    """Return all nodes with their allocations and load."""
    return await call.world.clock.occupy(_with_loads(call.cluster))


def _with_loads(cluster: Cluster) -> Steps[list[dict[str, Any]]]:
    nodes = []
    for node in tuple(cluster.state.nodes()):
        yield
        nodes.append(_with_load(cluster, node))
    return nodes


async def add(call: Call) -> list[Node]:
    """Let nodes join."""
    documents = call.body if isinstance(call.body, list) else [call.body]
    return await call.world.clock.occupy(_added(documents, call.cluster))


def _added(documents: Sequence[Mapping[str, Any]], cluster: Cluster) -> Steps[list[Node]]:
    """Let nodes join, all or none, in steps; a name that is taken is a ``Problem``."""
    nodes = []
    for document in _named(documents, cluster):
        yield
        nodes += described_nodes([document], ids=cluster.ids, more_drivers=cluster.test_drivers)
    for node in nodes:
        yield
        yield from cluster.nodes.join(node)
    return [_node(cluster, node["ID"]) for node in nodes]


async def get(call: Call) -> dict[str, Any]:
    """Return one node and its allocations."""
    return _with_load(call.cluster, _named_node(call))


async def change(call: Call) -> dict[str, Any]:
    """Change fields of a node.

    Raises:
        Problem: It would have more attributes than a node may have.
    """
    node = _named_node(call)
    name = call.body.get("Name", node["Name"])
    if name != node["Name"]:
        _refuse_twin(name, call.cluster)
    try:
        changed = changed_node(node, call.body)
    except NodesError as error:
        raise Problem(400, str(error), "set some to null to remove them; nothing was changed") from None
    return await _changed(call, node["ID"], call.cluster.nodes.register_again(changed))


async def remove(call: Call) -> dict[str, Any]:
    """Remove a node for good."""
    node = _named_node(call)
    done = await call.world.clock.occupy(call.cluster.nodes.remove(node["ID"]))
    return {"node": node, "evaluations": list(done.evaluation_ids)}


async def drain(call: Call) -> dict[str, Any]:
    """Drain a node, or end its drain."""
    node_id = _named_node(call)["ID"]
    return await _changed(call, node_id, call.cluster.nodes.set_drain(node_id, call.body["enable"]))


async def down(call: Call) -> dict[str, Any]:
    """Let a node miss its heartbeat."""
    node_id = _named_node(call)["ID"]
    return await _changed(call, node_id, call.cluster.nodes.set_status(node_id, "down"))


async def up(call: Call) -> dict[str, Any]:
    """Let a node come back."""
    node_id = _named_node(call)["ID"]
    return await _changed(call, node_id, call.cluster.nodes.set_status(node_id, "ready"))


def _named_node(call: Call) -> Node:
    name = call.path["node"]
    for node in call.cluster.state.nodes():
        if name in (node["Name"], node["ID"]):
            return node
    known = advice(name, (node["Name"] for node in call.cluster.state.nodes())) or "there are none"
    raise Problem(404, f"there is no node {shown(name)!r}", f"use the name or ID of a node; {known}")


def _node(cluster: Cluster, node_id: str) -> Node:
    node = cluster.state.node(node_id)
    assert node is not None
    return node


async def _changed(call: Call, node_id: str, steps: Steps[NodeChanged]) -> dict[str, Any]:
    done = await call.world.clock.occupy(steps)
    return {"node": _node(call.cluster, node_id), "evaluations": list(done.evaluation_ids)}


def _with_load(cluster: Cluster, node: Node) -> dict[str, Any]:
    allocations: list[Mapping[str, Any]] = list(cluster.state.allocations_on(node["ID"]))
    return {
        "node": node,
        "allocations": [{name: allocation[name] for name in _SHOWN} for allocation in allocations],
        "used": {name: sum(allocation["Resources"][name] for allocation in allocations) for name in _AMOUNTS},
    }


def _named(documents: Iterable[Mapping[str, Any]], cluster: Cluster) -> list[Mapping[str, Any]]:
    """Return the documents with a free name for each that has none.

    A name or an ID that is taken, by a node that is there or by another of these, is a ``Problem``.
    """  # noqa: DOC501 # _twin and _taken make the Problem
    ids: dict[str, int] = {}
    there = {node["Name"] for node in cluster.state.nodes()}
    places: dict[str, int] = {}
    numbers: dict[str, Iterator[int]] = {}
    named: list[Mapping[str, Any]] = []
    for place, document in enumerate(documents):
        if "ID" in document:
            if cluster.state.node(document["ID"]) is not None:
                raise _twin(document["ID"])
            if ids.setdefault(document["ID"], place) != place:
                raise _taken(f"nodes/{place}/ID: {document['ID']!r} is the ID of nodes/{ids[document['ID']]}, too")
        name = document.get("Name")
        if name is None:
            stem = f"{cluster.region}-{document.get('Datacenter', 'dc1')}"
            free = numbers.setdefault(stem, count(1))
            name = next(n for i in free if (n := f"{stem}-{i}") not in there and n not in places)
        elif name in there:
            raise _twin(name)
        elif name in places:
            raise _taken(f"nodes/{place}/Name: {name!r} is the name of nodes/{places[name]}, too")
        places[name] = place
        named.append({**document, "Name": name})
    return named


def _taken(message: str) -> Problem:
    return Problem(400, message, "correct it; nothing was changed")


def _refuse_twin(name: str, cluster: Cluster) -> None:
    if any(node["Name"] == name for node in cluster.state.nodes()):
        raise _twin(name)


def _twin(name: str) -> Problem:
    return Problem(409, f"there is a node {name!r} already", "choose another name, or PATCH that node")


HANDLERS: Mapping[str, Handler] = {
    "list-nodes": list_all,
    "add-nodes": add,
    "get-node": get,
    "change-node": change,
    "remove-node": remove,
    "drain-node": drain,
    "node-down": down,
    "node-up": up,
}
