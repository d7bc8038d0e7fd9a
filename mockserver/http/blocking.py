"""Blocking queries: a read waits until its result has moved past the index that the client knows.

A waiting query is one future, one subscription to what it reads and one timer on the cluster's clock;
nothing polls and no thread waits.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from starlette.types import Receive

from mockserver.gostd.durations import MINUTE
from mockserver.http.scope import Disconnected
from mockserver.operations.results import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

LONGEST_WAIT = 5 * MINUTE
"""The default and the maximum of ``wait`` in nanoseconds: 5 minutes (observed; the overview page says 10)."""

JITTER_FRACTION = 16
"""A query waits up to this fraction of ``wait`` longer than it was asked to."""

Patience: TypeAlias = Callable[[int], int]
"""Takes the wait that counts, and returns how long a query waits, in nanoseconds."""


class _Waiter:
    """One waiting query, asleep until it is woken or ended."""

    __slots__ = ("_awake", "_future", "disconnected", "ended")

    def __init__(self, awake: "set[_Waiter]") -> None:
        self._awake = awake
        self._future: asyncio.Future[None] | None = None
        self.ended = False
        self.disconnected = False

    async def sleep(self) -> None:
        """Sleep until ``wake`` or ``end`` is called.

        The bare future matters: a woken query runs on the loop's very next turn, so before the
        scheduler does, and sees the state that woke it.
        """
        self._future = asyncio.get_running_loop().create_future()
        self._awake.discard(self)
        await self._future

    def wake(self) -> None:
        """Let the query read again: something changed."""
        if self._future is not None and not self._future.done():
            self._future.set_result(None)
            self._awake.add(self)

    def end(self) -> None:
        """Let the query answer now, with the result of its last run."""
        self.ended = True
        self.wake()


class WaitingQueries:
    """The queries of a server that wait at the moment."""

    def __init__(self) -> None:
        self._awake: set[_Waiter] = set()
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

    async def answer(
        self,
        read: Callable[[], Read],
        query: Query,
        cluster: "Cluster",
        receive: Receive,
        patience: "Patience | None" = None,
    ) -> Read:
        """Run ``read``, and run it again at each wake-up until its index is above the query's or time is up.

        At timeout the result is that of the last run, with the index of that run (observed). A query without an
        index never waits, whatever ``wait`` says. ``patience`` decides how long, instead of an agent's own jitter.

        Raises ``Disconnected`` when the client leaves.
        """
        latest = read()
        if query["index"] == 0 or latest.index > query["index"] or self._released:
            return latest
        waiter = _Waiter(self._awake)
        unsubscribe = cluster.state.watchers.subscribe(latest.watch, waiter.wake)
        timer = cluster.clock.call_later(_duration(query, cluster, patience), waiter.end)
        client = asyncio.create_task(_end_at_disconnect(receive, waiter))
        self._waiters.add(waiter)
        try:
            return await _latest(latest, read, query, waiter)
        finally:
            self._waiters.discard(waiter)
            self._awake.discard(waiter)
            client.cancel()
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
        if waiter.disconnected:
            raise Disconnected
        if not waiter.ended:
            latest = read()
    return latest


def _duration(query: Query, cluster: "Cluster", patience: "Patience | None") -> int:
    asked: int = query["wait"]
    wait = min(asked, LONGEST_WAIT) if asked > 0 else LONGEST_WAIT
    return wait + cluster.ids.below(wait // JITTER_FRACTION) if patience is None else patience(wait)


async def _end_at_disconnect(receive: Receive, waiter: _Waiter) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    waiter.disconnected = True
    waiter.end()
