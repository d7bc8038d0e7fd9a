"""One request on a connection and its reply, between the connection and the application."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from starlette.types import ASGIApp, Message, Scope

from mockserver.http.reply_head import reply_head
from mockserver.http.scope import HALF_CLOSED, extension_of

if TYPE_CHECKING:
    from mockserver.http.head import Head
    from mockserver.http.replies import Header
    from mockserver.http.scope import Repeatable

_DISCARDED = 256 * 1024
"""How many bytes of an unwanted body Go reads; when more are to come, it closes the connection."""

_log = logging.getLogger("mockserver")


class Connection(Protocol):
    """What a cycle needs of its connection."""

    @property
    def transport(self) -> asyncio.Transport:
        """Where replies go."""

    @property
    def is_writable(self) -> bool:
        """Whether the client has read most of what it was sent."""

    async def writable(self) -> None:
        """Wait until it has."""

    def want_body(self) -> None:
        """Let more of the body come."""

    def answered(self, cycle: "Cycle") -> None:
        """Go on with the next request: the reply is complete."""

    def ran(self, head: "Head", answer: bytes, repeatable: "Repeatable | None") -> None:
        """Take note of what was written at once for a request without a body, and whether it can be again."""


class Cycle:
    """One request and its reply; ``run`` lets an application answer.

    ``received`` is how many bytes of the body have come, ``left`` how many more are known to come. ``answer`` is what
    was written, where it was written at once; empty else.
    """

    __slots__ = (
        "_body",
        "_broken",
        "_chunked",
        "_complete",
        "_connection",
        "_continue",
        "_delivered",
        "_disconnected",
        "_gone",
        "_half_closed",
        "_head",
        "_length",
        "_scope",
        "_start",
        "_waiting",
        "answer",
        "finished",
        "keep_alive",
        "left",
        "received",
        "started",
    )

    def __init__(self, connection: Connection, head: "Head", scope: Scope) -> None:
        self._connection = connection
        self._head = head
        self._scope = scope
        self._body = bytearray()
        self._broken = ""
        self._complete = head.length == 0
        self._delivered = False
        self._continue = head.expects_continue
        self._half_closed = self._disconnected = False
        self._waiting: asyncio.Future[None] | None = None
        self._gone: Callable[[], None] | None = None
        self._start: Message | None = None
        self._chunked = False
        self._length: int | None = None
        self.started = self.finished = False
        self.keep_alive = head.keep_alive
        self.left = head.length or 0
        self.received = 0
        self.answer = b""

    @property
    def held(self) -> int:
        """How many bytes of the body the application has not taken yet."""
        return len(self._body)

    async def run(self, app: ASGIApp) -> None:
        """Let ``app`` answer; when it does not answer, close the connection."""
        try:
            await app(self._scope, self.receive, self.send)
            if self.answer and self.keep_alive and self._head.length == 0:
                self._connection.ran(self._head, self.answer, extension_of(self._scope).repeat)
        except Exception:
            _log.exception("a bug of the mock: %s %s", self._scope["method"], self._scope["path"])
            if not self.started and not self._disconnected:
                await self._fail()
        finally:
            if not self.finished and not self._disconnected:
                self._connection.transport.close()

    def add(self, part: bytes) -> None:
        """Take a part of the body."""
        self._body += part
        self.received += len(part)
        self._wake()

    def complete(self, broken: str = "") -> None:
        """End the body: all of it has come, or ``broken`` says why the rest never will."""
        self._complete, self._broken = True, broken
        self._wake()

    def half_close(self) -> None:
        """Note that the client sends no more, but may still read."""
        self._half_closed = True
        self._wake()

    def disconnect(self) -> None:
        """Note that the client is gone."""
        self._disconnected = True
        self._wake()
        if self._gone is not None and not self.finished:
            self._gone()

    def tell_when_gone(self, call: Callable[[], None]) -> bool:
        """Call ``call`` when the client is gone; False while it may send more of this request, which is to be read."""
        if self._continue or not self._complete:
            return False
        self._gone = call
        self._connection.want_body()
        if self._disconnected:
            call()
        return True

    async def receive(self) -> Message:
        """Return what the client sends next, as ASGI has it; ``HALF_CLOSED`` once when it will send nothing more."""
        transport = self._connection.transport
        if self._continue and not (self.started or self._disconnected or transport.is_closing()):
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._continue = False
        while True:
            if self._disconnected or self.finished:
                return {"type": "http.disconnect"}
            if not self._delivered and (self._body or self._complete):
                return self._part()
            if self._delivered and self._half_closed:
                self._half_closed = False
                return {"type": HALF_CLOSED}
            await self._wait()

    async def send(self, message: Message) -> None:
        """Send the next part of the reply; a head waits for the beginning of its body.

        Raises:
            RuntimeError: when the application sends parts in an order that ASGI forbids.
        """
        if not self._connection.is_writable:
            await self._connection.writable()
        if self._disconnected:
            return
        if message["type"] == "http.response.start":
            if self._start is not None:
                raise RuntimeError("a reply has begun already")
            self._start = message
            return
        if self._start is None or self.finished:
            raise RuntimeError("a part of a body belongs to no reply")
        body, more = message.get("body", b""), message.get("more_body", False)
        if not self.started:
            if (self._continue or not self._complete) and not await self._discarded():
                return
            self.started = True
            written = self._begun(self._start) + self._framed(body, more=more)
            if not more:
                self.answer = written
        else:
            written = self._framed(body, more=more)
        if written:
            self._connection.transport.write(written)
        if not more:
            if self._length:
                self.keep_alive = False
            self.finished = True
            self._wake()
            self._connection.answered(self)

    def _part(self) -> Message:
        part: Message = {"type": "http.request", "body": bytes(self._body), "more_body": not self._complete}
        if self._broken:
            extension_of(self._scope).broken_body = self._broken
        self._delivered = self._complete
        self._body.clear()
        return part

    async def _wait(self) -> None:
        self._connection.want_body()
        if self._body or self._complete is not self._delivered or self._disconnected:
            return
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _discarded(self) -> bool:
        """Read the rest of an unwanted body, as Go does before it answers; return False when the client is gone.

        A long rest is left where it is, and the connection ends with the reply.
        """
        if self._continue or self.left + len(self._body) >= _DISCARDED:
            self.keep_alive = False
            return True
        size = 0
        while not (self._complete or self._disconnected):
            size += len(self._body)
            self._body.clear()
            if size > _DISCARDED:
                self.keep_alive = False
                return True
            await self._wait()
        return not self._disconnected

    def _begun(self, start: Message) -> bytes:
        """Return the head as it is sent, and take over what it says."""
        old, for_head = self._head.version < (1, 1), self._head.method == "HEAD"
        written = reply_head(start, old=old, for_head=for_head, keep_alive=self.keep_alive)
        self._length, self._chunked, self.keep_alive = written.length, written.chunked, written.keep_alive
        return written.text

    def _framed(self, body: bytes, *, more: bool) -> bytes:
        if self._head.method == "HEAD":
            self._length = 0
            return b""
        if self._chunked:
            return (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"" if more else b"0\r\n\r\n")
        if self._length is not None:
            self._length -= len(body)
        return body

    async def _fail(self) -> None:
        self._start = None
        text = b"a bug of the mock; its log says more"
        headers: list[Header] = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(text)),
        ]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": text})
