"""A client that costs next to nothing: keep-alive connections, no pipelining, answers only framed, not parsed."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar, cast

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_INDEX = re.compile(rb"\r\nx-nomad-index: (\d+)", re.IGNORECASE)
_HOST = "127.0.0.1"
_T = TypeVar("_T")


class Unexpected(Exception):
    """An answer that is neither 200 nor 201, or a connection that ended early; its number would say nothing."""


def run(main: Coroutine[Any, Any, _T]) -> _T:
    """Run in the fastest event loop there is."""
    try:
        import uvloop
    except ImportError:  # not on Windows
        return asyncio.run(main)
    return uvloop.run(main)


def request(method: str, path: str, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {_HOST}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body if body else f"{head}\r\n".encode()


class Connection(asyncio.Protocol):
    """Sends one request after another, each when the one before is answered; ``done`` is called after the last."""

    def __init__(self) -> None:
        self.head = self.body = b""
        self._requests: Iterator[bytes] = iter(())
        self._done: Callable[[], None] = lambda: None
        self._failed: Callable[[Unexpected], None] = lambda _: None
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    @property
    def index(self) -> int:
        """Return X-Nomad-Index of the last answer.

        Raises:
            Unexpected: The answer has no such header.
        """
        found = _INDEX.search(self.head)
        if found is None:
            raise Unexpected(self.head.decode("latin-1"))
        return int(found[1])

    def begin(self, requests: Iterator[bytes], done: Callable[[], None], failed: Callable[[Unexpected], None]) -> None:
        """Send the first of ``requests``; several connections may share them."""
        self._requests, self._done, self._failed = requests, done, failed
        self._next()

    def close(self) -> None:
        """End the connection."""
        self._done = lambda: None
        self._failed = lambda _: None
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's isn't a subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """It ended."""
        self._failed(Unexpected(f"the server closed the connection: {exc}"))

    def data_received(self, data: bytes) -> None:
        """A part of an answer, most often all of it."""
        received = self._received = self._received + data if self._received else data
        head, separator, body = received.partition(b"\r\n\r\n")
        if separator and _is_whole(head, body):
            if not head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 201 ")):
                self._failed(Unexpected(received[:500].decode("latin-1")))
                return
            self._received, self.head, self.body = b"", head, body
            self._next()

    def _next(self) -> None:
        following = next(self._requests, None)
        if following is None:
            self._done()
        else:
            assert self._transport is not None
            self._transport.write(following)


def _is_whole(head: bytes, body: bytes) -> bool:
    length = _LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


async def connect(port: int, number: int = 1) -> list[Connection]:
    """Open ``number`` connections, not more than a backlog's worth at a time."""
    loop = asyncio.get_running_loop()
    opened: list[Connection] = []
    while len(opened) < number:
        wanted = min(500, number - len(opened))
        some = await asyncio.gather(*(loop.create_connection(Connection, _HOST, port) for _ in range(wanted)))
        opened += [connection for _, connection in some]
    return opened


async def answered(connections: Sequence[Connection], requests: Iterator[bytes]) -> None:
    """Send all ``requests`` over these connections; returns when all are answered. Raises ``Unexpected``."""
    finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    busy = len(connections)

    def done() -> None:
        nonlocal busy
        busy -= 1
        if not busy and not finished.done():
            finished.set_result(None)

    def failed(error: Unexpected) -> None:
        if not finished.done():
            finished.set_exception(error)

    for connection in connections:
        connection.begin(requests, done, failed)
    await finished


async def get(port: int, method: str, path: str, body: bytes = b"") -> bytes:
    """One request on a connection of its own; the framed body of its answer."""
    (connection,) = await connect(port)
    await answered([connection], iter([request(method, path, body)]))
    connection.close()
    return connection.body
