"""The plan while it is made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from mockserver.cluster.scheduler.outcome import View
from mockserver.cluster.scheduler.usage import Usage
from mockserver.nomad_types import Allocation, Node
from mockserver.slices import Steps, finish


class Draft:
    """What an evaluation stops, starts and changes so far, and what every node would carry then."""

    def __init__(self, view: View) -> None:
        self.stops: list[Allocation] = []
        self.placements: list[Allocation] = []
        self.in_place: list[Allocation] = []
        self._view = view
        self._usages: dict[str, Usage] = {}
        self._stopped: dict[str, list[str]] = {}

    def usage(self, node: Node) -> Usage:
        """Return what the node would carry: its live allocations, less the stops, plus the new ones."""
        usage = self._usages.get(node["ID"])
        return finish(self._without_stopped(node)) if usage is None else usage

    def settle(self) -> Steps[None]:
        """Take what is stopped so far off its nodes, in steps: thousands may go from one node."""
        for node_id in self._stopped:
            node = self._view.node(node_id)
            if node is not None and node_id not in self._usages:
                yield from self._without_stopped(node)

    def _without_stopped(self, node: Node) -> Steps[Usage]:
        usage = Usage(node, self._view.carried_by(node["ID"]))
        for allocation_id in self._stopped.get(node["ID"], ()):
            yield
            usage.remove(allocation_id)
        self._usages[node["ID"]] = usage
        return usage

    def stop(self, allocation: Allocation, reason: str, **changes: str) -> None:
        """Stop an allocation; ``changes`` are further fields to set, such as ``ClientStatus="lost"``."""
        stopped = {**allocation, "DesiredStatus": "stop", "DesiredDescription": reason, **changes}
        self.stops.append(cast("Allocation", stopped))
        self._stopped.setdefault(allocation["NodeID"], []).append(allocation["ID"])
        if usage := self._usages.get(allocation["NodeID"]):
            usage.remove(allocation["ID"])

    def place(self, node: Node, allocation: Allocation) -> None:
        """Start a new allocation."""
        self.placements.append(allocation)
        self.usage(node).add(allocation)

    def update(self, node: Node, allocation: Allocation) -> None:
        """Put a changed allocation in place of the one of its ID."""
        self.in_place.append(allocation)
        self.usage(node).add(allocation)

    @contextmanager
    def without(self, node: Node, allocation: Allocation) -> Iterator[None]:
        """Look at a node as if it did not carry this allocation, which is to be changed in place."""
        usage = self.usage(node)
        carried = allocation["ID"] in usage
        usage.remove(allocation["ID"])
        yield
        if carried:
            usage.add(allocation)

    def withdraw_conflicts(self, *, all_at_once: bool) -> list[Allocation] | None:
        """Remove what the servers would not commit; return the placements among it, or None without a conflict.

        A node that can't carry its part of the plan gets none of it, not even the stops; with ``all_at_once`` no node
        gets any.
        """
        unfit = {node_id for node_id in self._gaining() if not self._usages[node_id].holds}
        if not unfit:
            return None
        if all_at_once:
            unfit = {allocation["NodeID"] for allocation in (*self.stops, *self.placements, *self.in_place)}
        withdrawn = [allocation for allocation in self.placements if allocation["NodeID"] in unfit]
        for kept in (self.stops, self.placements, self.in_place):
            kept[:] = [allocation for allocation in kept if allocation["NodeID"] not in unfit]
        return withdrawn

    def _gaining(self) -> set[str]:
        return {allocation["NodeID"] for allocation in (*self.placements, *self.in_place)}
