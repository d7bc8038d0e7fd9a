"""The numbered events of a world, as JSON: kept within bounds, and not made while nobody listens."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver.bus import Bus, ClockMoved, SpaceChanged
from mockserver.cluster.state import State, StateChanged
from mockserver.cluster.tasks.rules import RuleChanged
from mockserver.faults.fault import FaultChanged
from mockserver.journal.exchange import Exchange, ExchangeEnded, RequestArrived
from mockserver.journal.export import timestamp
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import SECRETS

if TYPE_CHECKING:
    from mockserver.cluster.clock import SteeredClock
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.watchers import Item

LIMIT = 1000
"""How many events are kept for a listener that comes back, and for one that is slow."""

LARGEST = 8 * 1024 * 1024
"""How many bytes of JSON the kept events may take together."""


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes:
        number: counts the events of a world.
        kind: change, arrival, request, fault, rule, clock, space, or lost: earlier events are not kept any more.
        data: JSON, described as ``Event-<kind>`` in ``schemas/admin.json``.
    """

    number: int
    kind: str
    data: dict[str, Any]

    @cached_property
    def json(self) -> str:
        """The data as JSON text."""
        return json.dumps(self.data)


class Events:
    """The events of a world: collected from the first listener on, and numbered.

    After the last listener has left, events are collected until more have happened than are kept. A listener that
    comes back before that misses none.

    Args:
        clusters: the regions by name.
        clock: the time of the events.
        bus: where everything that happens is published.
    """

    def __init__(self, clusters: "Mapping[str, Cluster]", clock: "SteeredClock", bus: Bus) -> None:
        self._regions: dict[State, str] = {cluster.state: region for region, cluster in clusters.items()}
        self._clock = clock
        self._bus = bus
        self._numbers = count(1)
        self._kept = _Recent()
        self._listeners: dict[_Listener, None] = {}
        self._missed = 0
        self._leave: list[Callable[[], None]] = []
        self._closed = False

    @property
    def listening(self) -> bool:
        """Whether events are collected."""
        return bool(self._leave)

    async def stream(self, after: int | None) -> AsyncGenerator[Event]:
        """Yield events as they happen, until the world ends; with ``after`` first the kept ones above this number."""
        listener = _Listener()
        self._begin()
        for event in self._since(after):
            listener.waiting.append(event)
        self._listeners[listener] = None
        self._missed = 0
        try:
            while True:
                while listener.waiting.events or listener.lost is not None:
                    yield listener.next()
                if self._closed:
                    return
                listener.news.clear()
                await listener.news.wait()
        finally:
            del self._listeners[listener]

    def release(self) -> None:
        """End all streams: the world ends."""
        self._closed = True
        self._end()
        for listener in self._listeners:
            listener.news.set()

    def _begin(self) -> None:
        if self._leave or self._closed:
            return
        listen = self._bus.listen
        self._leave = [
            listen(StateChanged, self._state_changed),
            listen(RequestArrived, lambda event: self._tell("arrival", _request(event.exchange))),
            listen(ExchangeEnded, lambda event: self._tell("request", _exchange(event.exchange))),
            listen(FaultChanged, lambda event: self._tell("fault", _fault(event))),
            listen(RuleChanged, lambda event: self._tell("rule", _rule(event))),
            listen(ClockMoved, self._clock_moved),
            listen(SpaceChanged, lambda event: self._tell("space", {"space": event.space, "what": event.what})),
        ]

    def _end(self) -> None:
        for leave in self._leave:
            leave()
        self._leave.clear()
        self._kept.clear()

    def _since(self, after: int | None) -> list[Event]:
        if after is None:
            return []
        recent = self._kept.events
        kept = [event for event in recent if event.number > after]
        first = recent[0].number if recent else None
        newest = recent[-1].number if recent else 0
        if after > newest or (first is not None and after < first - 1):
            kept.insert(0, Event(after, "lost", {"after": after}))
        return kept

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        event = Event(next(self._numbers), kind, {"time": timestamp(self._clock.now()), **data})
        self._kept.append(event)
        for listener in self._listeners:
            listener.tell(event)
        if not self._listeners:
            self._missed += 1
            if self._missed > LIMIT:
                self._end()

    def _state_changed(self, event: StateChanged) -> None:
        found = changes(event.state, event.items)
        if found:
            self._tell("change", {"region": self._regions[event.state], "index": event.index, "changes": found})

    def _clock_moved(self, event: ClockMoved) -> None:
        on_the_way = {} if event.until is None else {"until": event.until}
        self._tell("clock", {"now": self._clock.now(), "speed": self._clock.speed, **on_the_way})


class _Recent:
    """The latest events, within ``LIMIT`` and ``LARGEST``."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self._bytes = 0

    def append(self, event: Event) -> Event | None:
        """Keep an event; return the last one that had to make room for it."""
        self.events.append(event)
        self._bytes += len(event.json)
        dropped = None
        while len(self.events) > LIMIT or self._bytes > LARGEST:
            dropped = self.popleft()
        return dropped

    def popleft(self) -> Event:
        """Take out the oldest event."""
        event = self.events.popleft()
        self._bytes -= len(event.json)
        return event

    def clear(self) -> None:
        """Drop all events."""
        self.events.clear()
        self._bytes = 0


@dataclass(eq=False, slots=True)
class _Listener:
    waiting: _Recent = field(default_factory=_Recent)
    lost: int | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, event: Event) -> None:
        """Hand over an event, in place of older ones that were not taken yet."""
        dropped = self.waiting.append(event)
        if dropped is not None:
            self.lost = dropped.number
        self.news.set()

    def next(self) -> Event:
        """Return the next event, or one that says that others are lost."""
        if self.lost is None:
            return self.waiting.popleft()
        number, self.lost = self.lost, None
        return Event(number, "lost", {"after": number})


_SHOWN: Mapping[str, tuple[str, ...]] = {
    "job": ("Status", "Type"),
    "summary": ("Summary", "Children"),
    "evaluation": ("Status", "StatusDescription", "JobID", "TriggeredBy", "BlockedEval", "NextEval", "PreviousEval"),
    "allocation": ("ClientStatus", "DesiredStatus", "JobID", "TaskGroup", "NodeID", "EvalID"),
    "node": ("Status", "Drain", "Name"),
}


def changes(state: "State", items: "Iterable[Item]") -> list[dict[str, Any]]:
    """Return ``kind``, ``id`` and ``gone`` of each item, and some of its present fields in Nomad's spelling."""
    find: Mapping[str, Callable[[str], Mapping[str, Any] | None]] = {
        "job": state.job,
        "summary": state.summary,
        "evaluation": state.evaluation,
        "allocation": state.allocation,
        "node": state.node,
    }
    found = []
    for kind, name in items:
        if kind in find:
            stored = find[kind](name)
            shown = {} if stored is None else {key: stored[key] for key in _SHOWN[kind]}
            found.append({"kind": kind, "id": name, "gone": stored is None, **shown})
    return found


def _request(exchange: "Exchange") -> dict[str, Any]:
    request = request_of(exchange)
    return {
        "number": exchange.number,
        "method": request.method,
        "path": request.path,
        "query": SECRETS.query(request.query),
        "operation": request.operation_name,
        "target": request.target,
    }


def _exchange(exchange: "Exchange") -> dict[str, Any]:
    duration = None if exchange.ended is None else exchange.ended - exchange.started
    reply = {"status": exchange.status, "duration": duration, "faults": list(exchange.faults)}
    return _request(exchange) | reply


def _fault(event: FaultChanged) -> dict[str, Any]:
    fault = event.fault
    shown = {"number": fault.number, "name": fault.name, "hits": fault.hits, "active": fault.active}
    return {"what": event.what, **shown}


def _rule(event: RuleChanged) -> dict[str, Any]:
    saved = event.rule.saved()
    return {"what": event.what, "number": saved["number"], "tasks": saved["tasks"], "times": saved["times"]}
