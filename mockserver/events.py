"""The stream of a world's events: bounded memory, and no cost while nobody listens."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver.faults import Faults, Rule
from mockserver.journal import Journal
from mockserver.journal.exchange import Exchange
from mockserver.journal.export import timestamp
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import SECRETS

if TYPE_CHECKING:
    from mockserver.cluster.clock import SteeredClock
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.state import State
    from mockserver.cluster.tasks import Rule as TaskRule
    from mockserver.cluster.tasks import Rules as TaskRules
    from mockserver.cluster.watchers import Item


_SHOWN: Mapping[str, tuple[str, ...]] = {
    "job": ("Status", "Type"),
    "summary": ("Summary", "Children"),
    "evaluation": ("Status", "StatusDescription", "JobID", "TriggeredBy", "BlockedEval", "NextEval", "PreviousEval"),
    "allocation": ("ClientStatus", "DesiredStatus", "JobID", "TaskGroup", "NodeID", "EvalID"),
    "node": ("Status", "Drain", "Name"),
}


def changes(state: "State", items: "Iterable[Item]") -> list[dict[str, Any]]:
    """For each thing: ``kind``, ``id``, ``gone``, and what it is like now in Nomad's spelling."""
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


LIMIT = 1000
"""So many events are kept for who comes back after a break, and for a listener who is slow ..."""

LARGEST = 8 * 1024 * 1024
"""... as many of them as have room in so many bytes of JSON."""


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    ``kind`` is change, arrival, request, fault, rule, clock, space or lost; ``data`` is JSON, described as
    ``Event-<kind>`` in ``schemas/admin.json``. A ``lost`` event says that others happened which are not kept any more.
    """

    number: int
    kind: str
    data: dict[str, Any]

    @cached_property
    def json(self) -> str:
        """The data as JSON text."""
        return json.dumps(self.data)


class _Recent:
    """The latest events, within limits."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self._bytes = 0

    def append(self, event: Event) -> Event | None:
        """Keep an event; gives the last one that had to make room for it."""
        self.events.append(event)
        self._bytes += len(event.json)
        dropped = None
        while len(self.events) > LIMIT or self._bytes > LARGEST:
            dropped = self.popleft()
        return dropped

    def popleft(self) -> Event:
        """The oldest, which is kept no more."""
        event = self.events.popleft()
        self._bytes -= len(event.json)
        return event

    def clear(self) -> None:
        """Keep none."""
        self.events.clear()
        self._bytes = 0


@dataclass(eq=False, slots=True)
class _Listener:
    waiting: _Recent = field(default_factory=_Recent)
    lost: int | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, event: Event) -> None:
        """Let it have an event, in place of older ones that it has not taken yet."""
        dropped = self.waiting.append(event)
        if dropped is not None:
            self.lost = dropped.number
        self.news.set()

    def next(self) -> Event:
        """The next event, or that some are lost."""
        if self.lost is None:
            return self.waiting.popleft()
        number, self.lost = self.lost, None
        return Event(number, "lost", {"after": number})


class Events:
    """Hears of everything from the first listener on.

    When the last listener has left, it goes on until more has happened than is kept, so who comes back in time
    misses nothing.
    """

    def __init__(
        self,
        clusters: Mapping[str, "Cluster"],
        clock: "SteeredClock",
        journal: Journal,
        faults: Faults,
        rules: "TaskRules",
    ) -> None:
        self._states: dict[str, State] = {region: cluster.state for region, cluster in clusters.items()}
        self._clock = clock
        self._journal = journal
        self._faults = faults
        self._rules = rules
        self._numbers = count(1)
        self._kept = _Recent()
        self._listeners: dict[_Listener, None] = {}
        self._missed = 0
        self._leave: list[Callable[[], None]] = []
        self._closed = False

    @property
    def listening(self) -> bool:
        """Whether anything that happens is heard of."""
        return bool(self._leave)

    async def stream(self, after: int | None) -> AsyncGenerator[Event]:
        """Events as they come, until the world ends; with ``after`` first those with a higher number."""
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

    def clock_moved(self, until: int | None = None) -> None:
        """Time was moved, or passes in another way from now on; it is still moving while there is an ``until``."""
        on_the_way = {} if until is None else {"until": until}
        self.tell("clock", {"now": self._clock.now(), "speed": self._clock.speed, **on_the_way})

    def space_changed(self, name: str, what: str) -> None:
        """A space was created, dropped, reset or imported into, be it the one of this world or another."""
        self.tell("space", {"space": name, "what": what})

    def tell(self, kind: str, data: dict[str, Any]) -> None:
        """Something happened; nobody may be there to hear it."""
        if self._leave:
            self._tell(kind, data)

    def release(self) -> None:
        """The world ends, and so do all streams."""
        self._closed = True
        self._end()
        for listener in self._listeners:
            listener.news.set()

    def _begin(self) -> None:
        if self._leave or self._closed:
            return
        for region, state in self._states.items():
            observer = partial(self._changed, region)
            state.observers.append(observer)
            self._leave.append(partial(state.observers.remove, observer))
        self._journal.began = self._arrived
        self._journal.ended = self._requested
        self._faults.told = self._fault
        self._rules.told = self._rule

    def _end(self) -> None:
        for leave in self._leave:
            leave()
        self._leave.clear()
        self._journal.began = self._journal.ended = self._faults.told = self._rules.told = None
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

    def _changed(self, region: str, index: int, items: "Mapping[Item, None]") -> None:
        found = changes(self._states[region], items)
        if found:
            self._tell("change", {"region": region, "index": index, "changes": found})

    def _requested(self, entry: Exchange) -> None:
        duration = None if entry.ended is None else entry.ended - entry.started
        answer = {"status": entry.status, "duration": duration, "faults": list(entry.faults)}
        self._tell("request", _asked(entry) | answer)

    def _arrived(self, entry: Exchange) -> None:
        self._tell("arrival", _asked(entry))

    def _fault(self, what: str, rule: Rule) -> None:
        shown = {"number": rule.number, "name": rule.name, "hits": rule.hits, "active": rule.active}
        self._tell("fault", {"what": what, **shown})

    def _rule(self, what: str, rule: "TaskRule") -> None:
        saved = rule.saved()
        self._tell("rule", {"what": what, "number": rule.number, "tasks": saved["tasks"], "times": saved["times"]})


def _asked(entry: Exchange) -> dict[str, Any]:
    request = request_of(entry)
    return {
        "number": entry.number,
        "method": request.method,
        "path": request.path,
        "query": SECRETS.query(request.query),
        "operation": request.operation_name,
        "target": request.target,
    }
