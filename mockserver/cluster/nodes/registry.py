"""The nodes of a region: they join, drain, go down and leave, and the jobs that this concerns are evaluated."""

from mockserver.cluster.clock import Clock
from mockserver.cluster.evaluations import NodeChanged, node_evaluations
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.state import State
from mockserver.cluster.tables import by_id
from mockserver.cluster.tasks import NodeClient
from mockserver.cluster.worker import Worker
from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.nomad_types import Node
from mockserver.slices import Steps


class NodeRegistry:
    """Changes nodes as a server does, in steps: many jobs may have to be evaluated. Nothing else may change meanwhile.

    Args:
        state: where the nodes are stored.
        clock: the source of time.
        ids: the source of randomness.
        worker: evaluates the jobs that a change concerns.
        client: runs the nodes' tasks.
        http_address: where the nodes answer HTTP.
    """

    def __init__(
        self, state: State, clock: Clock, ids: RandomSource, worker: Worker, client: NodeClient, http_address: str
    ) -> None:
        self._state = state
        self._clock = clock
        self._ids = ids
        self._worker = worker
        self._client = client
        self._http_address = http_address

    def join(self, node: Node) -> Steps[NodeChanged]:
        """Register a node, and then its report of how it is, as two log entries."""
        node = {**self._heard_of(node), "HTTPAddr": self._http_address}
        self._state.upsert_node({**node, "Status": "initializing"})
        return (yield from self._report_status(node))

    def set_drain(self, node_id: str, drain: bool) -> Steps[NodeChanged]:
        """Move the work of a node away, or let it have work again.

        Jobs are evaluated even when nothing changes. When there is no such node, ``Refused`` is raised.
        """
        node = self._existing(node_id)
        changes = node["Drain"] != drain
        index = self._state.upsert_node({**self._heard_of(node), "Drain": drain}) if changes else 0
        return (yield from self._evaluated(node_id, index))

    def set_status(self, node_id: str, status: str) -> Steps[NodeChanged]:
        """Set the status of a node, ``ready`` or ``down``; when it goes down, what it runs is lost.

        When there is no such node, ``Refused`` is raised.
        """
        node = self._existing(node_id)
        if node["Status"] == status:
            return NodeChanged(0, (), 0)
        if status == "down":
            yield from self._client.lose(node_id)
        return (yield from self._report_status({**self._heard_of(node), "Status": status}))

    def register_again(self, node: Node) -> Steps[NodeChanged]:
        """Register a known node once more, its status unchanged; what waits for room may fit now.

        Its jobs are evaluated only when it is down (behaviour observed on 0.5.4).
        """
        index = self._state.upsert_node(self._heard_of(node))
        if node["Status"] == "down":
            return (yield from self._evaluated(node["ID"], index))
        if node["Status"] == "ready":
            yield from self._worker.unblock(node["ComputedClass"])
        return NodeChanged(index, (), 0)

    def remove(self, node_id: str) -> Steps[NodeChanged]:
        """Remove a node for good; what it runs is lost.

        When there is no such node, ``Refused`` is raised.
        """
        self._existing(node_id)
        yield from self._client.lose(node_id)
        return (yield from self._evaluated(node_id, self._state.delete_node(node_id)))

    def evaluate(self, node_id: str) -> Steps[NodeChanged]:
        """Evaluate every job that has work on a node, and all system jobs.

        When there is no such node, ``Refused`` is raised.
        """
        return (yield from self._evaluated(node_id, self._existing(node_id)["ModifyIndex"]))

    def collect_garbage(self) -> Steps[None]:
        """Forget the nodes that are down and have no work."""
        for node in by_id(self._state.nodes()):
            if node["Status"] == "down" and not any(True for _ in self._state.allocations_on(node["ID"])):
                yield from self._evaluated(node["ID"], self._state.delete_node(node["ID"]))

    def _existing(self, node_id: str) -> Node:
        node = self._state.node(node_id)
        if node is None:
            raise Refused("node not found")
        return node

    def _heard_of(self, node: Node) -> Node:
        return {**node, "StatusUpdatedAt": self._clock.now() // SECOND}

    def _report_status(self, node: Node) -> Steps[NodeChanged]:
        index = self._state.upsert_node(node)
        if node["Status"] == "ready":
            yield from self._worker.unblock(node["ComputedClass"])
        return (yield from self._evaluated(node["ID"], index))

    def _evaluated(self, node_id: str, node_index: int) -> Steps[NodeChanged]:
        made = yield from node_evaluations(self._state, node_id, node_index=node_index, ids=self._ids)
        index = yield from self._worker.submit_all(made)
        return NodeChanged(node_index, tuple(each["ID"] for each in made), index)
