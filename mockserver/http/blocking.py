"""Blocking queries: a read waits until its result has moved past the index that the client knows.

A waiting query is one future, one subscription to what it reads and one timer on the cluster's clock;
nothing polls and no thread waits.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from mockserver.gostd.durations import MINUTE
from mockserver.http.scope import Disconnected
from mockserver.operations.results import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

LONGEST_WAIT = 5 * MINUTE
"""The default and the maximum of ``wait`` in nanoseconds: 5 minutes (observed; the overview page says 10)."""

JITTER_FRACTION = 16
"""A query waits up to this fraction of ``wait`` longer than it was asked to."""

_AT_ONCE = 200
"""Queries that run in one turn of the event loop: each takes up to 0.1 ms until it is answered."""

Client: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]
"""Takes what is to be called when the client leaves; the function that it returns is called when nobody waits."""

Patience: TypeAlias = Callable[[int], int]
"""Takes the wait that counts, and returns how long a query waits, in nanoseconds."""


class _Waiter:
    """One waiting query, asleep until it is woken or ended."""

    __slots__ = ("_future", "_queries", "disconnected", "ended", "loop")

    def __init__(self, queries: "WaitingQueries") -> None:
        self.loop = asyncio.get_running_loop()
        self._queries = queries
        self._future: asyncio.Future[None] | None = None
        self.ended = False
        self.disconnected = False

    def sleep(self) -> asyncio.Future[None]:
        """Return what is done as soon as ``wake`` or ``end`` is called.

        The bare future matters: a woken query runs on the loop's very next turn, so before the
        scheduler does, and sees the state that woke it. Only of a crowd that is woken at once the later ones may see
        more.
        """
        self._future = self.loop.create_future()
        self._queries.asleep(self)
        return self._future

    def wake(self) -> None:
        """Let the query read again: something changed."""
        if self._future is not None and not self._future.done():
            self._queries.wake(self)

    def run(self) -> None:
        """Let the query run on the loop's next turn."""
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    def end(self) -> None:
        """Let the query answer now, with the result of its last run."""
        self.ended = True
        self.wake()

    def disconnect(self) -> None:
        """Let the query end: its client is gone."""
        self.disconnected = True
        self.end()


class WaitingQueries:
    """The queries of a server that wait at the moment."""

    def __init__(self) -> None:
        self._awake: set[_Waiter] = set()
        self._crowd: deque[_Waiter] = deque()
        self._running = 0
        self._waiters: set[_Waiter] = set()
        self._released = False

    def __len__(self) -> int:
        return len(self._waiters)

    @property
    def awake(self) -> bool:
        """Whether a query was woken and has neither been answered nor gone back to sleep."""
        return bool(self._awake)

    @property
    def released(self) -> bool:
        """Whether the server is stopping."""
        return self._released

    def asleep(self, waiter: _Waiter) -> None:
        """Note that a query waits again."""
        self._awake.discard(waiter)

    def wake(self, waiter: _Waiter) -> None:
        """Let a query run: on the next turn of the loop, or when it is its turn in a crowd that was woken at once."""
        if waiter in self._awake:
            return
        self._awake.add(waiter)
        if self._running < _AT_ONCE:
            if not self._running:
                waiter.loop.call_soon(self._run_crowd, waiter.loop)
            self._running += 1
            waiter.run()
        else:
            self._crowd.append(waiter)

    def _run_crowd(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the next of a crowd run; each turn of the loop has room for some of them and for others."""
        self._running = 0
        while self._crowd and self._running < _AT_ONCE:
            self._running += 1
            self._crowd.popleft().run()
        if self._running:
            loop.call_soon(self._run_crowd, loop)

    async def answer(
        self,
        read: Callable[[], Read],
        query: Query,
        cluster: "Cluster",
        client: Client,
        patience: "Patience | None" = None,
    ) -> Read:
        """Run ``read``, and run it again at each wake-up until its index is above the query's or time is up.

        At timeout the result is that of the last run, with the index of that run (observed). A query without an
        index never waits, whatever ``wait`` says. ``client`` tells when the client leaves. ``patience`` decides how
        long the query waits, instead of an agent's own jitter.

        Raises ``Disconnected`` when the client leaves.
        """
        latest = read()
        if query["index"] == 0 or latest.index > query["index"] or self._released:
            return latest
        waiter = _Waiter(self)
        unsubscribe = cluster.state.watchers.subscribe(latest.watch, waiter.wake)
        timer = cluster.clock.call_later(_duration(query, cluster, patience), waiter.end)
        stop = client(waiter.disconnect)
        self._waiters.add(waiter)
        try:
            return await _latest(latest, read, query, waiter)
        finally:
            self._waiters.discard(waiter)
            self._awake.discard(waiter)
            stop()
            timer.cancel()
            unsubscribe()

    def release(self) -> None:
        """Answer every waiting query now, and let no other wait: the server stops."""
        self._released = True
        for waiter in tuple(self._waiters):
            waiter.end()


async def _latest(latest: Read, read: Callable[[], Read], query: Query, waiter: _Waiter) -> Read:
    while latest.index <= query["index"] and not waiter.ended:
        await waiter.sleep()
        if not waiter.ended:
            latest = read()
    if waiter.disconnected:
        raise Disconnected
    return latest


def _duration(query: Query, cluster: "Cluster", patience: "Patience | None") -> int:
    asked: int = query["wait"]
    wait = min(asked, LONGEST_WAIT) if asked > 0 else LONGEST_WAIT
    return wait + cluster.ids.below(wait // JITTER_FRACTION) if patience is None else patience(wait)
