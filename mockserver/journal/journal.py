"""Keeping exchanges, the newest ones within limits, and telling who waits for them."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from mockserver.journal.entry import Entry
from mockserver.journal.matcher import Matcher
from mockserver.journal.request import Request

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.web.reply import Application, Receive, Scope, Send


class Journal:
    """An application around ``app`` that keeps the last ``limit`` exchanges, but no more than ``largest`` bytes.

    A request is in it from its arrival on. ``ended`` is called with each exchange that is over. With a limit of 0
    nothing is kept and nothing is told.
    """

    def __init__(self, app: "Application", clusters: Sequence["Cluster"], *, limit: int, largest: int) -> None:
        self.app = app
        self.limit = limit
        self.largest = largest
        self.ended: Callable[[Entry], None] | None = None
        self.regions = {cluster.region: cluster.state for cluster in clusters}
        self._states = tuple(self.regions.values())
        self._now = clusters[0].clock.now
        self._numbers = count(1)
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if self.limit == 0:
            await self.app(scope, receive, send)
            return
        entry = Entry(next(self._numbers), scope, receive, send, self._now(), self._indexes())
        self._add(entry)
        try:
            await self.app(scope, entry.receive, entry.send)
        finally:
            entry.end(self._now(), self._indexes())
            self._count(entry)
            if self._waiting:  # now its body is known
                self._tell_waiting()
            if self.ended is not None:
                self.ended(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        """About how much memory the exchanges take that are over."""
        return self._bytes

    def get(self, number: int) -> Entry | None:
        """The exchange of this number, None when it is not kept."""
        return next((entry for entry in self._entries if entry.number == number), None)

    def matching(self, matcher: Matcher, *, after: int = 0) -> list[Entry]:
        """The exchanges that a matcher means, in order of arrival, with a number above ``after``."""
        return [entry for entry in self._entries if entry.number > after and matcher.fits(request_of(entry))]

    async def wait(self, matcher: Matcher, number: int, *, after: int, seconds: float) -> list[Entry]:
        """The same as soon as there are ``number`` of them; when time (the machine's) is up, those that there are."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while len(found := self.matching(matcher, after=after)) < number and (left := deadline - loop.time()) > 0:
            arrival = loop.create_future()
            self._waiting.add(arrival)
            await asyncio.wait([arrival], timeout=left)
            self._waiting.discard(arrival)
            if arrival.cancelled():
                break
        return found

    def clear(self) -> None:
        """Forget all exchanges; the numbers go on."""
        for entry in self._entries:
            entry.evicted = True
        self._entries.clear()
        self._bytes = 0

    def release(self) -> None:
        """The world ends: nobody waits for requests any more."""
        for arrival in tuple(self._waiting):
            arrival.cancel()

    def _indexes(self) -> tuple[int, ...]:
        states = self._states
        return (states[0].index,) if len(states) == 1 else tuple(state.index for state in states)

    def _add(self, entry: Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) > self.limit:
            self._drop_oldest()
        if self._waiting:
            self._tell_waiting()

    def _count(self, entry: Entry) -> None:
        if entry.evicted:
            return
        self._bytes += entry.size
        while self._bytes > self.largest:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self._entries.popleft()
        oldest.evicted = True
        if oldest.ended is not None:
            self._bytes -= oldest.size

    def _tell_waiting(self) -> None:
        for arrival in self._waiting:
            if not arrival.done():
                arrival.set_result(None)


def request_of(entry: Entry) -> Request:
    """The request of an exchange."""
    return Request(entry.scope, entry.request_body)
