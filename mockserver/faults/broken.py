"""Faults that send a complete reply with a wrong body or header field."""

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.faults.effect import Effect
from mockserver.faults.held_reply import HeldReply, held
from mockserver.http.replies import BODILESS

if TYPE_CHECKING:
    from mockserver.faults.effect import FaultContext
    from mockserver.http.replies import Header

_FRAMING = frozenset((b"content-length", b"transfer-encoding"))
_TRAILER = 8
"""Length of what ends a gzip: a checksum and a size."""


class _Changed(Effect):
    """The world's reply, changed."""

    __slots__ = ()

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - time and randomness play no part
        """Answer with what ``changed`` makes of the answer."""
        reply = await held(app, scope, receive)
        if reply.status is None:
            return
        if reply.status in BODILESS:  # there is nothing to break
            await send(reply.start)
            await send({"type": "http.response.body", "body": b""})
            return
        self.change(reply)
        reply.headers = [*_without(reply.headers, _FRAMING), (b"content-length", b"%d" % len(reply.body))]
        await send(reply.start)
        await send({"type": "http.response.body", "body": reply.body})

    def change(self, reply: HeldReply) -> None:
        """Change the reply, in place."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class MalformedJson(_Changed):
    """The body ends in the middle, although all of HTTP says that it is complete."""

    def change(self, reply: HeldReply) -> None:
        """Cut the body in half."""
        body = _plain(reply)
        reply.body = body[: max(1, len(body) // 2)] if len(body) > 1 else b"{"


@dataclass(frozen=True, slots=True)
class ContentType(_Changed):
    """The Content-Type is wrong."""

    value: bytes

    def change(self, reply: HeldReply) -> None:
        """Put another Content-Type in place of the right one."""
        reply.headers = [*_without(reply.headers, {b"content-type"}), (b"content-type", self.value)]


@dataclass(frozen=True, slots=True)
class CorruptGzip(_Changed):
    """A compressed body whose checksum is wrong; compressed even when the client did not ask for it."""

    def change(self, reply: HeldReply) -> None:
        """Invert the bits of the checksum."""
        packed = gzip.compress(_plain(reply), 1, mtime=0)
        trailer = bytes(byte ^ 0xFF for byte in packed[-_TRAILER:])
        reply.headers.append((b"content-encoding", b"gzip"))
        reply.body = packed[:-_TRAILER] + trailer


def _plain(reply: HeldReply) -> bytes:
    """Return the body without its compression, and remove the header field about the compression."""
    if (b"content-encoding", b"gzip") not in reply.headers:
        return reply.body
    reply.headers = _without(reply.headers, {b"content-encoding"})
    return gzip.decompress(reply.body)


def _without(headers: "list[Header]", names: frozenset[bytes] | set[bytes]) -> "list[Header]":
    return [(name, value) for name, value in headers if name not in names]
