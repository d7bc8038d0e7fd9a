"""Follow the events of one world."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mockserver.client.answer import FAILED, answering, value_of
from mockserver.client.caller import JSON
from nomad_contract_spelling import advice

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""

T = TypeVar("T")

_REQUEST = ("time", "number", "method", "path", "query", "operation", "target")
EVENTS: Mapping[str, Sequence[str]] = {
    "change": ("time", "region", "index", "changes"),
    "arrival": _REQUEST,
    "request": (*_REQUEST, "status", "duration", "faults"),
    "fault": ("time", "what", "number", "name", "hits", "active"),
    "rule": ("time", "what", "number", "tasks", "times"),
    "clock": ("time", "now", "speed", "until"),
    "space": ("time", "space", "what"),
    "lost": ("after",),
}
"""The kinds of events, and what the data of each has."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``docs/reference/events.md`` has the kinds."""

    number: int
    kind: str
    data: JSON


class EventStream:
    """The events of a world, from the beginning of the ``with`` block on, until the world ends.

    ``for`` yields the next events; ``until`` waits for a certain one. With ``async with``, ``async for`` and
    ``until_async`` the event loop of asyncio goes on meanwhile; the others block it.
    """

    def __init__(
        self, connection: http.client.HTTPConnection, url: str, target: str, headers: Mapping[str, str]
    ) -> None:
        self._connection = connection
        self._url = url
        self._target = target
        self._headers = headers
        self._lines: Iterator[bytes] = iter(())

    def __enter__(self) -> "EventStream":
        """Listen. Raises ``MockError`` for a refusal, ``NoMock`` when there is no mock."""
        with answering(self._url, self._connection.timeout or 0):
            self._connection.request("GET", self._target, headers=dict(self._headers))
            response = self._connection.getresponse()
        if response.status >= FAILED:
            text = response.read()
            self._connection.close()
            value_of(response.status, text)
        self._lines = iter(response)
        next(self._lines)  # says that it listens
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._connection.close()

    def __iter__(self) -> "EventStream":
        return self

    def __next__(self) -> Event:
        """Return the next event; a world that is silent for too long raises ``TimeoutError``.

        Raises:
            StopIteration: The world has ended.
        """
        fields: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            fields[name] = value
            if name == "data":
                return Event(int(fields["id"]), fields["event"], json.loads(value))
        raise StopIteration

    async def __aenter__(self) -> "EventStream":
        """Listen, without blocking the event loop."""
        import asyncio

        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        self.__exit__()

    def __aiter__(self) -> "EventStream":
        return self

    async def __anext__(self) -> Event:
        """Return the next event, without blocking the event loop.

        Raises:
            StopAsyncIteration: The world has ended.
        """
        event = await self._apart(lambda: next(self, None))
        if event is None:
            raise StopAsyncIteration
        return event

    async def until_async(self, kind: str, **wanted: Any) -> Event:
        """Return the same as ``until``, without blocking the event loop."""
        return await self._apart(lambda: self.until(kind, **wanted))

    async def _apart(self, read: Callable[[], T]) -> T:
        """Read on a thread, and let it end when the task is cancelled.

        Raises:
            CancelledError: The task is cancelled; the stream has ended.
        """
        import asyncio

        try:
            return await asyncio.to_thread(read)
        except asyncio.CancelledError:
            if self._connection.sock is not None:
                self._connection.sock.shutdown(socket.SHUT_RDWR)
            raise

    def until(self, kind: str, **wanted: Any) -> Event:
        """Return the next event of this kind whose data has these fields.

        Raises:
            LookupError: The world ends before.
            ValueError: No event is of this kind, or has such a field.
        """
        if kind not in EVENTS:
            raise ValueError(f"there is no event {kind!r}; {advice(kind, EVENTS)}")
        for name in wanted:
            if name not in EVENTS[kind]:
                raise ValueError(f"an event {kind} has no {name!r}; {advice(name, EVENTS[kind])}")
        for event in self:
            if event.kind == kind and wanted.items() <= event.data.items():
                return event
        raise LookupError(f"the world ended without an event {kind} with {wanted}")
