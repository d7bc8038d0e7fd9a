"""Keep the newest exchanges within limits, and wake those who wait for requests."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from time import time_ns
from typing import TYPE_CHECKING, TypeVar

from mockserver.bus import Bus
from mockserver.http.requests import Request
from mockserver.http.scope import extension_of
from mockserver.journal.exchange import NOTHING, Exchange, ExchangeEnded, Indexes, RequestArrived
from mockserver.journal.matcher import Matcher
from mockserver.off_loop import apart, is_large
from mockserver.slices import Turn

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.cluster.clock import SteeredClock
    from mockserver.cluster.cluster import Cluster
    from mockserver.cluster.state import State
    from mockserver.http.scope import Origin

T = TypeVar("T")


class Journal:
    """An application around ``app`` that keeps the last ``limit`` exchanges, but no more than ``largest`` bytes.

    As long as ``detours`` is empty, ``endpoint`` answers as ``app`` does, and is asked itself: a read that goes
    straight there is kept at next to no cost. A request is in the journal from its arrival on. Its
    arrival and the end of its exchange are published on ``bus``. With a limit of 0 nothing is kept or published.
    """

    def __init__(
        self,
        app: "ASGIApp",
        endpoint: "ASGIApp",
        clusters: Sequence["Cluster"],
        clock: "SteeredClock",
        bus: Bus,
        *,
        limit: int,
        largest: int,
        detours: Collection[object],
    ) -> None:
        self.app = app
        self.endpoint = endpoint
        self.limit = limit
        self.largest = largest
        self._bus = bus
        self.regions = {cluster.region: cluster.state for cluster in clusters}
        self._index = _reader_of_indexes(tuple(self.regions.values()))
        self._clock = clock
        self._detours = detours
        self._newest = 0
        self._entries: deque[Exchange] = deque()
        self._dropped = 0
        self._last = NOTHING
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()

    async def __call__(
        self, scope: "Scope", receive: "Receive", send: "Send", instead: "ASGIApp | None" = None
    ) -> None:
        """Answer one request, by ``instead`` where that is given."""
        clock, number = self._clock, self._newest + 1
        self._newest = number
        if self._detours:
            extension_of(scope).number = number
        if self.limit == 0:
            await (instead or self.app)(scope, receive, send)
            self._allow_repeats(scope, NOTHING)
            return
        wall = time_ns()
        entry = Exchange(number, scope, wall, clock.now() - wall, self._index())
        self._begin(entry)
        try:
            if scope["method"] == "GET" and not self._detours and instead is None:
                await self.endpoint(scope, receive, send)
                self._allow_repeats(scope, entry)
            else:
                wire = entry.wire(scope, receive, send, self._grown)
                await (instead or self.app)(scope, wire.receive, wire.send)
        finally:
            wall, size = time_ns(), entry.size
            entry.end(scope, wall, clock.now() - wall, self._index(), self._last)
            self._end(entry, entry.size - size)

    def _begin(self, entry: Exchange) -> None:
        self._entries.append(entry)
        if len(self._entries) > self.limit:
            self._drop_oldest()
        self._grown(entry, entry.size)
        if self._waiting:
            self._tell_waiting()
        if self._bus.listening:
            self._bus.publish(RequestArrived(entry))

    def _end(self, entry: Exchange, grown: int) -> None:
        self._last = entry
        self._grown(entry, grown)
        if self._waiting:
            self._tell_waiting()  # now the body is known
        if self._bus.listening:
            self._bus.publish(ExchangeEnded(entry))

    def _allow_repeats(self, scope: "Scope", entry: Exchange) -> None:
        extension = extension_of(scope)
        if extension.unchanged is not None and not self._detours:
            extension.repeat = partial(self._repeat, entry, extension.unchanged)

    def _repeat(self, before: Exchange, unchanged: Callable[[], bool], origin: "Origin") -> bool:
        """Keep an exchange that is as an earlier one, if it would be answered as that was; return whether it would."""
        if self._detours or not unchanged():
            return False
        self._newest += 1
        if self.limit:
            wall = time_ns()
            entry = before.again(self._newest, origin, wall, self._clock.now() - wall, self._index())
            self._begin(entry)
            entry.wall_ended = time_ns()
            self._end(entry, 0)
        return True

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        """About how many bytes of memory the exchanges take, including unfinished ones."""
        return self._bytes

    def get(self, number: int) -> Exchange | None:
        """Return the exchange of this number, None when it is not kept."""
        return next((entry for entry in self._entries if entry.number == number), None)

    async def matching(self, matcher: Matcher, *, after: int = 0) -> list[Exchange]:
        """Return the exchanges that match, in order of arrival, with a number above ``after``."""
        entries = [entry for entry in self if entry.number > after]
        fitting = await of_each(entries, lambda entry: matcher.fits(request_of(entry)), looked_at_by(matcher))
        return [entry for entry, fits in zip(entries, fitting, strict=True) if fits]

    async def wait(self, matcher: Matcher, number: int, *, after: int, seconds: float) -> list[Exchange]:
        """Return the matching exchanges once there are ``number`` of them, or after ``seconds`` of machine time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            arrival = loop.create_future()
            self._waiting.add(arrival)  # before the search, so that what arrives meanwhile counts
            try:
                found = await self.matching(matcher, after=after)
                left = deadline - loop.time()
                if len(found) >= number or left <= 0:
                    return found
                await asyncio.wait([arrival], timeout=left)
            finally:
                self._waiting.discard(arrival)
            if arrival.cancelled():
                return found

    def clear(self) -> None:
        """Forget all exchanges; the numbers go on."""
        while self._entries:
            self._drop_oldest()

    def release(self) -> None:
        """End all waiting for requests: the world ends."""
        for arrival in tuple(self._waiting):
            arrival.cancel()

    def _grown(self, entry: Exchange, size: int) -> None:
        """Count ``size`` more bytes for an exchange; the oldest exchanges make room."""
        if entry.number > self._dropped:
            self._bytes += size
            while self._bytes > self.largest:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self._entries.popleft()
        self._dropped = oldest.number
        self._bytes -= oldest.size
        oldest.forget_bodies()

    def _tell_waiting(self) -> None:
        for arrival in self._waiting:
            if not arrival.done():
                arrival.set_result(None)


def _reader_of_indexes(states: Sequence["State"]) -> Callable[[], Indexes]:
    """Return a function for the last index of each region; most worlds have one, and each request calls it."""
    if len(states) > 1:
        return lambda: tuple(state.index for state in states)
    return partial(attrgetter("index"), states[0])


async def of_each(
    entries: Iterable[Exchange], work: Callable[[Exchange], T], looks_at: Callable[[Exchange], object]
) -> list[T]:
    """Return what ``work`` makes of each exchange, in slices; where it ``looks_at`` much, it runs on a thread."""
    results, turn = [], Turn()
    for entry in entries:
        results.append(await apart(looks_at(entry), partial(work, entry)))
        if turn.is_over:
            await asyncio.sleep(0)
            turn = Turn()
    return results


def looked_at_by(matcher: Matcher) -> Callable[[Exchange], object]:
    """Return a function of an exchange: it returns what the matcher reads there and may be large."""
    asked = [matcher.body, matcher.query, matcher.headers]
    if matcher.body is None or is_large(asked):
        return lambda _: asked
    return attrgetter("request_body")


def request_of(entry: Exchange) -> Request:
    """Return the request of an exchange."""
    return Request(entry.method, entry.raw_path, entry.raw_query, entry.headers, entry.request_body)
