"""Make replies as Go's server does: JSON text, header fields, compression, framing."""

import gzip
import json
import re
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, TypeAlias

import orjson

from mockserver.gostd.durations import SECOND
from mockserver.gostd.numbers import Float64, codec_number


def accepts_gzip(accept_encoding: str) -> bool:
    """True when gzip is named with a quality above 0; ``*`` and ``x-gzip`` don't count (observed).

    Of several mentions the last one that can be read counts; a quality that isn't a number makes a mention
    unreadable, any other parameter is as good as none.
    """
    accepted = False
    for coding in accept_encoding.split(","):
        name, *parameters = (part.strip() for part in coding.split(";"))
        if name.lower() == "gzip":
            try:
                accepted = _quality(parameters) > 0
            except ValueError:
                continue
    return accepted


def _quality(parameters: list[str]) -> float:
    quality = 1.0
    for parameter in parameters:
        quality = float(parameter[2:]) if parameter.startswith("q=") else 1.0
    return quality


_INDENT = re.compile(rb"^ +", re.MULTILINE)
_ESCAPES = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def render(body: Any, *, pretty: bool = False) -> bytes:
    """``body`` with alphabetical keys; ``pretty`` indents by four spaces and ends with a newline.

    ``<``, ``>``, ``&`` and the two Unicode line separators are escaped, so these bytes stand only inside strings.
    """
    options = orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if pretty else 0)
    try:
        text = orjson.dumps(body, _number, options)
    except TypeError:
        text = _render_the_unusual(body, pretty=pretty)
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return _INDENT.sub(lambda spaces: spaces[0] * 2, text) + b"\n" if pretty else text


def utf8(text: str) -> bytes:
    """``text`` as UTF-8, with U+FFFD for everything that has none."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(codec_number(value).encode())
    raise TypeError(type(value).__name__)


def _render_the_unusual(body: Any, *, pretty: bool) -> bytes:
    """What orjson refuses: lone surrogates (an ID that isn't UTF-8) and integers beyond 64 bits."""
    separators = (",", ": ") if pretty else (",", ":")
    return utf8(
        json.dumps(body, ensure_ascii=False, sort_keys=True, indent=2 if pretty else None, separators=separators)
    )


Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]

LARGEST_SIZED_BODY = 2048
"""Go's server announces the length of bodies up to this size; longer ones go out in chunks (observed)."""

BODILESS = frozenset((204, 304))
"""Statuses whose replies have no body, and no header field that says something about one."""

_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_SNIFFED = 512


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


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body before any compression, and the header fields that say something about them.

    ``text_type`` asks for the Content-Type that Go guesses from a plain text; a compressed text has none.
    ``handled`` is False for what Go's server refuses before it asks the agent: that is never compressed.
    ``gzipped`` is the compressed body, where it is known already. ``parts`` are sent one by one as they come,
    in place of ``body``, which is empty then.
    """

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()
    text_type: bool = False
    handled: bool = True
    gzipped: bytes | None = None
    parts: AsyncIterator[bytes] | None = None


Sent: TypeAlias = tuple[Reply, Header, bool]
"""A reply, the Date it was sent with, and whether the client takes gzip."""

SENT = "nomad_mock_sent"
"""Under this key the endpoint leaves in a request's scope what it sent, for who keeps exchanges."""


def text_reply(status: int, text: str, headers: tuple[Header, ...] = ()) -> Reply:
    """An error: the bare text, no JSON and no newline."""
    return Reply(status, utf8(text), headers, text_type=True)


def index_header(index: int) -> Header:
    """X-Nomad-Index."""
    return (b"x-nomad-index", b"%d" % index)


class Dates:
    """The Date header, formatted once a second."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._second = -1
        self._header: Header = (b"date", b"")

    def header(self) -> Header:
        """The field for now."""
        second = self._now() // SECOND
        if second != self._second:
            self._second = second
            self._header = (b"date", formatdate(second, usegmt=True).encode())
        return self._header


def compressed(body: bytes) -> bytes:
    """The body in gzip; the same body is always the same bytes."""
    return gzip.compress(body, 1, mtime=0)


def content_headers(reply: Reply, *, compress: bool) -> list[Header]:
    """All header fields of a reply but those that frame it and Date."""
    headers = [VARY, *reply.headers] if reply.handled else [*reply.headers]
    if compress:
        headers.append(GZIP)
    elif reply.text_type and reply.status not in BODILESS:
        headers.append(content_type(reply.body))
    return headers


def content_type(body: bytes) -> Header:
    """The Content-Type that Go guesses from a body, as far as it tells text from everything else."""
    return BINARY if _BINARY.search(body, 0, _SNIFFED) else TEXT


async def send_reply(send: Send, scope: Scope, reply: Reply, date: Header, *, compress: bool) -> None:
    """Send the whole reply, framed as Go's server does it."""
    if reply.parts is not None and await _send_parts(send, reply, reply.parts, date, compress=compress):
        return
    body = body_of(reply, compress=compress)
    headers = headers_of(
        reply, body, date, method=scope["method"], http_version=scope["http_version"], compress=compress
    )
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def body_of(reply: Reply, *, compress: bool) -> bytes:
    """The body as it is sent."""
    if compress and reply.handled:
        return reply.gzipped or compressed(reply.body)
    return reply.body


def headers_of(
    reply: Reply, body: bytes, date: Header, *, method: str, http_version: str, compress: bool
) -> list[Header]:
    """All header fields of a reply that is sent whole; ``body`` is what is sent of it."""
    headers = content_headers(reply, compress=compress and reply.handled)
    headers.append(date)
    if (body or method != "HEAD") and reply.status not in BODILESS:
        headers.append(_framing(http_version, body))
    return headers


async def _send_parts(send: Send, reply: Reply, parts: AsyncIterator[bytes], date: Header, *, compress: bool) -> bool:
    """Send the parts as they come; False when there were none, and nothing was sent."""
    pack = _Packing() if compress else None
    started = False
    async for part in parts:
        if not started:
            started = True
            headers = [VARY, *reply.headers, content_type(part), date, CHUNKED]
            headers += [GZIP] if compress else []
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        body = part if pack is None else pack.part(part)
        await send({"type": "http.response.body", "body": body, "more_body": True})
    if started:
        await send({"type": "http.response.body", "body": b"" if pack is None else pack.end()})
    return started


class _Packing:
    """Gzip of which each part can be read at once."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1, wbits=31)

    def part(self, data: bytes) -> bytes:
        return self._packer.compress(data) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._packer.flush()


def _framing(http_version: str, body: bytes) -> Header:
    if len(body) <= LARGEST_SIZED_BODY or http_version == "1.0":
        return (b"content-length", b"%d" % len(body))
    return CHUNKED
