"""A client of the server that is recorded: bytes in, bytes out, nothing made prettier on the way."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httptools

from mockserver.http.replies import Header
from mockserver.origins import server_at

_PART = 64 * 1024
_LOWEST_STATUS = 100
_LONGEST_HEAD = 1024 * 1024
_FRAMING = frozenset((b"content-length", b"transfer-encoding"))


class Unreachable(OSError):
    """There is nothing at the other end; the text says what came instead."""


@dataclass(slots=True)
class Answer:
    """The head of an answer; ``parts`` are its body as it comes."""

    status: int
    headers: list[Header]
    parts: AsyncIterator[bytes]


class NoAnswer(ConnectionError):
    """The server closed the connection without an answer, or without the end of one."""


class Upstream:
    """A server at ``url``, ``http://…`` or ``https://…``; raises ``ValueError`` for anything else."""

    def __init__(self, url: str) -> None:
        parts = server_at(url)
        self.url = url
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.authority = parts.netloc.rpartition("@")[2]

    @contextlib.asynccontextmanager
    async def asked(self, method: str, target: bytes, headers: Sequence[Header], body: bytes) -> AsyncIterator[Answer]:
        """Send a request and give its answer, while the connection is open; a bad answer raises ``NoAnswer``.

        Raises:
            Unreachable: Nothing listens at the address.
        """
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        except OSError as error:
            raise Unreachable(f"cannot reach {self.url}: {error.strerror or error}") from None
        try:
            writer.write(_written(method, target, [(b"Host", self.authority.encode()), *headers], body))
            yield await _answer(_Reading(reader), method)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _written(method: str, target: bytes, headers: Sequence[Header], body: bytes) -> bytes:
    fields = [*headers, (b"Connection", b"close")]
    if body or method in ("PUT", "POST"):
        fields.append((b"Content-Length", b"%d" % len(body)))
    head = b"".join(b"%b: %b\r\n" % each for each in fields)
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode(), target, head) + body


@dataclass(slots=True)
class _Reading:
    """An answer as it is read; the parser calls the ``on_`` methods."""

    reader: asyncio.StreamReader
    headers: list[Header] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    head_is_complete: bool = False
    is_complete: bool = False
    size: int = 0
    parser: httptools.HttpResponseParser = field(init=False)

    def __post_init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)

    @property
    def is_framed(self) -> bool:
        """Whether the answer says itself where it ends; one that does not ends with the connection."""
        return not _FRAMING.isdisjoint(name.lower() for name, _ in self.headers)

    async def more(self) -> bool:
        """Read on; False at the end of what comes."""
        data = await self.reader.read(_PART)
        if data:
            self.size += len(data)
            self.parser.feed_data(data)
        return bool(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.head_is_complete = True

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        self.is_complete = True


async def _answer(reading: _Reading, method: str) -> Answer:
    try:
        while not reading.head_is_complete:
            if not await reading.more():
                raise NoAnswer("the server closed the connection without an answer")
            if reading.size > _LONGEST_HEAD:
                raise NoAnswer(f"the head of the answer is longer than {_LONGEST_HEAD} bytes")
    except ConnectionResetError:
        raise NoAnswer("the server reset the connection") from None
    except httptools.HttpParserError as error:
        raise NoAnswer(f"the reply is not HTTP: {error}") from None
    status = reading.parser.get_status_code()
    if status < _LOWEST_STATUS:
        raise NoAnswer(f"the reply is not HTTP: its status is {status:03}")
    return Answer(status, reading.headers, _body(reading, method))


async def _body(reading: _Reading, method: str) -> AsyncIterator[bytes]:
    while True:
        while reading.body:
            yield reading.body.pop(0)
        if reading.is_complete or method == "HEAD":
            return
        if not await _goes_on(reading):
            if reading.is_framed:
                raise NoAnswer("the server closed the connection in the middle of its answer")
            return


async def _goes_on(reading: _Reading) -> bool:
    try:
        return await reading.more()
    except (ConnectionResetError, httptools.HttpParserError):
        return False
