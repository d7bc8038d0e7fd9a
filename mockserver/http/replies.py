"""Make replies and send them as Go's server does: header fields and framing."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import TypeAlias

from starlette.types import Scope, Send

from mockserver.gostd.durations import SECOND
from mockserver.gostd.surrogates import utf8
from mockserver.http.compression import GzipStream, compressed

Header: TypeAlias = tuple[bytes, bytes]
"""A header field as ASGI has it: the name in lower case, and the value."""

CONTENT_TYPE = b"content-type"
LOCATION = b"location"
CLOSE: Header = (b"connection", b"close")
NOSNIFF: Header = (b"x-content-type-options", b"nosniff")
VARY: Header = (b"vary", b"Accept-Encoding")
CHUNKED: Header = (b"transfer-encoding", b"chunked")
GZIP: Header = (b"content-encoding", b"gzip")
JSON: Header = (CONTENT_TYPE, b"application/json")
TEXT: Header = (CONTENT_TYPE, b"text/plain; charset=utf-8")
BINARY: Header = (CONTENT_TYPE, b"application/octet-stream")
HTML: Header = (CONTENT_TYPE, b"text/html; charset=utf-8")
READ_META: tuple[Header, Header] = ((b"x-nomad-knownleader", b"true"), (b"x-nomad-lastcontact", b"0"))

LARGEST_SIZED_BODY = 2048
"""Go's server announces the length of a body of up to this many bytes, and sends a longer one in chunks (observed)."""

BODILESS = frozenset((204, 304))
"""Statuses whose replies have neither a body nor header fields about one."""


# A reply


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply before it is compressed and framed.

    Attributes:
        status: the status code.
        body: the whole body, not compressed.
        headers: the header fields, apart from Date and those about framing and compression.
        text_type: whether the Content-Type is the one that Go guesses from the body; a compressed body has none.
        handled: False for what Go's server refuses before it calls the agent, which is never compressed.
        gzipped: the compressed body, where it is known.
        parts: the parts of a body that is sent as it comes; ``body`` is empty then.
    """

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()
    text_type: bool = False
    handled: bool = True
    gzipped: bytes | None = None
    parts: AsyncIterator[bytes] | None = None


SentReply: TypeAlias = tuple[Reply, Header, bool]
"""A reply, the Date it was sent with, and whether it was compressed."""


def text_reply(status: int, text: str, headers: tuple[Header, ...] = ()) -> Reply:
    """Return an error as an agent sends it: the bare text, without a newline."""
    return Reply(status, utf8(text), headers, text_type=True)


def index_header(index: int) -> Header:
    """Return X-Nomad-Index."""
    return (b"x-nomad-index", b"%d" % index)


def content_type(body: bytes) -> Header:
    """Return the Content-Type that Go guesses from a body: text or binary."""
    return BINARY if _BINARY.search(body, 0, _SNIFFED) else TEXT


_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_SNIFFED = 512
"""Go looks at this many bytes of a body."""


# Sending


@dataclass(frozen=True, slots=True)
class HeadStyle:
    """How a head is written where it is not as Go writes it; the beginning of a reply has it under ``style``.

    Attributes:
        spelling: makes of the lower-case name of a header field the one that is sent, None for Go's.
        phrase: the words behind the status, None for those of Go.
    """

    spelling: Callable[[bytes], bytes] | None = None
    phrase: bytes | None = None


class Dates:
    """The Date header, formatted once a second; ``now`` returns Unix nanoseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._second = -1
        self._header: Header = (b"date", b"")

    def header(self) -> Header:
        """Return the header field for the present second."""
        second = self._now() // SECOND
        if second != self._second:
            self._second = second
            self._header = (b"date", formatdate(second, usegmt=True).encode())
        return self._header


async def send_reply(send: Send, scope: Scope, reply: Reply, date: Header, *, compress: bool) -> None:
    """Send a reply, framed as Go's server frames it; ``compress`` says whether the client takes gzip."""
    if reply.parts is not None and await _send_parts(send, reply, reply.parts, date, compress=compress):
        return
    body = body_of(reply, compress=compress)
    headers = headers_of(
        reply, body, date, method=scope["method"], http_version=scope["http_version"], compress=compress
    )
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def body_of(reply: Reply, *, compress: bool) -> bytes:
    """Return the body as it is sent."""
    if compress and reply.handled:
        return reply.gzipped or compressed(reply.body)
    return reply.body


def headers_of(
    reply: Reply, body: bytes, date: Header, *, method: str, http_version: str, compress: bool
) -> list[Header]:
    """Return all header fields of a reply whose ``body``, as it is sent, is known."""
    headers = content_headers(reply, compress=compress and reply.handled)
    headers.append(date)
    if (body or method != "HEAD") and reply.status not in BODILESS:
        headers.append(_framing(http_version, body))
    return headers


def content_headers(reply: Reply, *, compress: bool) -> list[Header]:
    """Return the header fields of a reply, apart from Date and the one that frames the body."""
    headers = [VARY, *reply.headers] if reply.handled else [*reply.headers]
    if compress:
        headers.append(GZIP)
    elif reply.text_type and reply.status not in BODILESS:
        headers.append(content_type(reply.body))
    return headers


def _framing(http_version: str, body: bytes) -> Header:
    if len(body) <= LARGEST_SIZED_BODY or http_version == "1.0":
        return (b"content-length", b"%d" % len(body))
    return CHUNKED


async def _send_parts(send: Send, reply: Reply, parts: AsyncIterator[bytes], date: Header, *, compress: bool) -> bool:
    """Send the parts as they come; return False when there were none, so that nothing was sent."""
    stream = GzipStream() if compress else None
    started = False
    async for part in parts:
        if not started:
            started = True
            headers = [VARY, *reply.headers, content_type(part), date, CHUNKED]
            headers += [GZIP] if compress else []
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        body = part if stream is None else stream.part(part)
        await send({"type": "http.response.body", "body": body, "more_body": True})
    if started:
        await send({"type": "http.response.body", "body": b"" if stream is None else stream.end()})
    return started
