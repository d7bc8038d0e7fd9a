"""A server of a region that follows its leader: it applies the same changes, only later."""

import copy
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.cluster.state import State, StateChanged
from mockserver.cluster.tables import Filed
from mockserver.gostd.fmt import lower
from mockserver.slices import finish

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.watchers import Item


@dataclass(frozen=True, slots=True)
class _Change:
    """What one log entry changed: the things by name, None where they went, and the indexes of the tables after it."""

    index: int
    items: "Mapping[Item, None]"
    objects: "Mapping[Item, Any]"
    table_indexes: Mapping[str, int]


class FollowerState(State):
    """The state of a server that does not lead."""

    def apply(self, change: _Change) -> None:
        """Apply an entry, and wake the queries that wait for it here."""
        for (kind, name), stored in change.objects.items():
            if stored is None:
                self._forget(kind, name)
            else:
                self._keep(kind, stored)
        self.index, self._table_index = change.index, dict(change.table_indexes)
        self._changed.clear()
        self.watchers.notify(change.items)

    def _keep(self, kind: str, stored: Any) -> None:
        if kind == "evaluation":
            self._store_evaluation(stored)
        elif kind == "allocation":
            filed = Filed()
            filed.add(stored, self.allocation(stored["ID"]))
            finish(self._index(filed))
            self._file(filed)
        elif kind == "node":
            self._nodes[stored["ID"]] = stored
        elif kind == "job":
            self._jobs[lower(stored["ID"])] = stored
        else:
            self._summaries[lower(stored["JobID"])] = stored

    def _forget(self, kind: str, name: str) -> None:
        if kind == "evaluation":
            evaluation = self._evaluations.pop(name, None)
            if evaluation is not None:
                self._evaluations_of[lower(evaluation["JobID"])].pop(name)
        elif kind == "allocation":
            allocation = self._allocations.pop(name, None)
            if allocation is not None:
                self._allocations_of[lower(allocation["JobID"])].pop(name)
        elif kind == "node":
            self._nodes.pop(name, None)
        else:
            (self._jobs if kind == "job" else self._summaries).pop(lower(name), None)


class Follower:
    """A server that knows what its leader knew ``lag`` indexes ago, but no less than when it began to lag.

    With a lag of None it learns nothing more. ``cluster`` is the region as it knows it, for reading.
    """

    def __init__(self, leader: "Cluster", lag: int | None) -> None:
        self._leader = leader
        self._lag = lag
        self._behind: deque[_Change] = deque()
        self._state = FollowerState()
        self._state.restore(leader.state.saved())
        self.cluster = copy.copy(leader)
        self.cluster.state = self._state
        if lag is not None:
            self._leave = leader.state.bus.listen(StateChanged, self._note)

    def leave(self) -> None:
        """Stop following."""
        if self._lag is not None:
            self._leave()

    def catch_up(self) -> None:
        """Apply what is old enough by now."""
        if self._lag is None:
            return
        known = self._leader.state.index - self._lag
        while self._behind and self._behind[0].index <= known:
            self._state.apply(self._behind.popleft())

    def _note(self, change: StateChanged) -> None:
        state, index, items = change.state, change.index, change.items
        if state is not self._leader.state:
            return
        objects: dict[Item, Any] = {}
        for kind, name in items:
            if kind in _FIND:
                found = objects[kind, name] = _FIND[kind](state, name)
                if kind == "evaluation" and found is not None:  # counting what is queued wakes nobody
                    objects["summary", found["JobID"]] = state.summary(found["JobID"])
        self._behind.append(_Change(index, items, objects, dict(state.saved_indexes()["table_indexes"])))
        self.catch_up()


_FIND: Mapping[str, Callable[[State, str], Any]] = {
    "job": State.job,
    "summary": State.summary,
    "evaluation": State.evaluation,
    "allocation": State.allocation,
    "node": State.node,
}
"""How a thing that can change is looked up by its name."""
