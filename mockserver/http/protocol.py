"""HTTP/1 as Go's server speaks it, for uvicorn to serve: one connection, its requests one after the other.

Parsers such as llhttp know a fixed list of methods, refuse long targets and stop when a client asks to upgrade, where
a real agent goes on; and they read everything that comes, answered or not. So this protocol class is our own.

A request is read once the one before it is answered. What a client sends ahead stays where it is: at most one segment
of it here, the rest in the client's own buffers.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import count
from time import time_ns
from typing import Any

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from mockserver.http.body import Body, Malformed, body_of
from mockserver.http.cycle import Cycle
from mockserver.http.head import BadHead, Head, HeadReader, unescaped
from mockserver.http.patience import PATIENCE, Patience
from mockserver.http.refusal import fail_expectation, legible, refused, tell
from mockserver.http.repeats import Repeats
from mockserver.http.room import check_room
from mockserver.http.scope import Origin, Repeatable, extended

_HELD_BODY = 65_536
"""How many bytes of a body are held for the application before the client has to wait."""

_NUMBERS = count(1)
"""The numbers of the connections of this process."""

_LINGERING = 0.5
"""Seconds for which Go goes on reading from a client that sends what is not wanted."""


class AgentProtocol(asyncio.Protocol):
    """One connection."""

    repeats: Repeats | None = None
    """Keeps answers to be given again; None where each request has to reach the application."""

    agents: ASGIApp | None = None
    """Answers requests in place of the served application, which would only hand them on to it."""

    notes_refused = False
    """Whether the application takes note of requests that are refused here: see ``mockserver.http.refusal``."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self.app: Any = config.loaded_app if self.agents is None else self.agents
        self.loop = _loop or asyncio.get_running_loop()
        self.connections: set[Any] = server_state.connections
        self.transport: asyncio.Transport
        self._server_state = server_state
        self._asgi = {"version": config.asgi_version, "spec_version": "2.3"}
        self._app_state = app_state
        self._held = bytearray()
        self._number = next(_NUMBERS)
        self._origin: Origin | None = None
        self._heads = HeadReader()
        self._cycle: Cycle | None = None
        self._body: Body | None = None
        self._half_closed = False
        self._stopping = self._ending = False
        self._reading = True
        self._writable: asyncio.Future[None] | None = None
        self._patience: Patience

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection of a client."""
        self.transport = transport
        self._patience = Patience(self.loop, transport, self._give_up)
        self.connections.add(self)
        self._common = {
            "type": "http",
            "asgi": self._asgi,
            "server": get_local_addr(transport),
            "client": get_remote_addr(transport),
            "scheme": "https" if is_ssl(transport) else "http",
            "root_path": "",
        }
        self._patience.wait_for("request")

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a connection that is gone; with an ``exc`` it was the client who reset it."""
        self.connections.discard(self)
        self.resume_writing()
        if exc is not None:
            self._note_that_client_left()
        if self._cycle is not None:
            self._cycle.disconnect()
        self._patience.stop()
        self._held.clear()

    def data_received(self, data: bytes) -> None:
        """Take the next bytes, and read on if it is time for that."""
        if not self._held and self._cycle is None and self._repeat(data):
            return
        if self._ending:
            return
        self._held += data
        try:
            check_room(self, self.connections)
        except BadHead as full:
            self._refuse(full)
        else:
            self._read_on()

    def _repeat(self, data: bytes) -> bool:
        """Answer a request that is the same as an earlier one, if that is known to be answered in the same way."""
        known = None if self.repeats is None else self.repeats.find(data)
        if known is None or self._writable is not None or self._is_over:
            return False
        target, answer, repeatable = known
        origin = self._next_origin(target)
        if not repeatable(origin):
            return False
        self._origin = origin
        self._heads.last_method = ""
        self._server_state.total_requests += 1
        self._patience.wait_for("request")
        self.transport.write(answer)
        return True

    def ran(self, head: Head, answer: bytes, repeatable: Repeatable | None) -> None:
        """Keep what was written at once for a request without a body, if it can be written again."""
        if self.repeats is not None and repeatable is not None:
            self.repeats.keep(head.text, head.target, answer, repeatable)

    def eof_received(self) -> bool:
        """Note that the client sends no more, but may still read, as Go's server takes it; TLS has no such state."""
        self._half_closed = True
        if self._cycle is None:
            if self._held:
                self._refuse(BadHead())
            self.transport.close()
            return False
        self._note_that_client_left()
        if self._body is not None:
            self._break_off("unexpected EOF")
        self._cycle.half_close()
        return self._common["scheme"] == "http"

    def pause_writing(self) -> None:
        """Hold replies back: the client does not read."""
        if self._writable is None:
            self._writable = self.loop.create_future()
            self._patience.wait_for("reader")

    def resume_writing(self) -> None:
        """Send on: the client has read."""
        if self._writable is not None:
            self._writable.set_result(None)
            self._writable = None
            self._patience.wait_for("" if self._cycle is not None else "request")

    @property
    def is_writable(self) -> bool:
        """Whether the client has read most of what it was sent."""
        return self._writable is None

    async def writable(self) -> None:
        """Wait until the client has read most of what it was sent."""
        while self._writable is not None:
            await asyncio.shield(self._writable)

    def want_body(self) -> None:
        """Read on: the application waits for more of the body, or for the client to leave."""
        if not self._reading and (self._body is not None or not self._held):
            self._reading = True
            self.transport.resume_reading()
            if self._held:
                self._read_on()

    def tell_when_gone(self, call: Callable[[], None]) -> bool:
        """Call ``call`` when the client of the present request is gone; False while more of the request may come."""
        return self._cycle is not None and self._cycle.tell_when_gone(call)

    def _note_that_client_left(self) -> None:
        """Keep the time at which the client left the request that is being answered; the first such time counts."""
        if self._cycle is not None and self._origin is not None and not self._origin.left:
            self._origin.left = time_ns()

    @property
    def kept(self) -> int:
        """How many bytes of a request are kept that is not answered yet."""
        return len(self._held) + (0 if self._cycle is None else self._cycle.received)

    @property
    def _is_over(self) -> bool:
        return self._stopping or self._ending or self.transport.is_closing()

    def answered(self, cycle: Cycle) -> None:
        """Take note of a complete reply, and read the next request."""
        self._server_state.total_requests += 1
        self._cycle = None
        if not cycle.keep_alive or self._body is not None or self._is_over:
            self._end()
            return
        if self._writable is None:
            self._patience.wait_for("request")
        if self._held:
            self._read_on()
        if self._cycle is None:
            if self._half_closed:
                self._refuse(BadHead()) if self._held else self._end()
            elif not self._reading:
                self._reading = True
                self.transport.resume_reading()

    def shutdown(self) -> None:
        """Finish the reply that is under way, but don't wait for the rest of a request: the server stops."""
        self._stopping = True
        if self._cycle is not None:
            self._cycle.keep_alive = False
        if self._cycle is None or self._body is not None:
            self._end()

    def _read_on(self) -> None:
        """Read the part of what is held that can be read now."""
        if self._cycle is None:
            self._begin_request()
        if self._cycle is None:
            return
        if self._body is not None:
            self._read_body(self._cycle, self._body)
        if self._half_closed:
            if self._body is not None:
                self._break_off("unexpected EOF")
            self._cycle.half_close()
        if self._reading and (self._cycle.held >= _HELD_BODY if self._body is not None else bool(self._held)):
            self._reading = False
            self.transport.pause_reading()

    def _begin_request(self) -> None:
        try:
            head = self._heads.take(self._held)
        except BadHead as bad:
            self._refuse(bad)
            return
        if head is None:
            if self._held and self._patience.awaited == "request":
                self._patience.wait_for("head")
            return
        self._patience.awaited = ""
        cycle = self._cycle = Cycle(self, head, self._scope(head))
        if head.length != 0:
            self._body = body_of(head.length)
            self._patience.wait_for("body")
        self._begin(cycle.run(fail_expectation if head.expects_else else self.app))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._server_state.tasks.add(task)
        task.add_done_callback(self._server_state.tasks.discard)

    def _scope(self, head: Head) -> dict[str, Any]:
        self._origin = self._next_origin(head.target)
        return {
            **self._common,
            "http_version": "1.1" if head.version >= (1, 1) else "1.0",
            "method": head.method,
            "path": unescaped(head.path),
            "raw_path": head.path,
            "query_string": head.query,
            "headers": head.headers,
            "state": self._app_state.copy(),
            "extensions": extended(self.transport, self._origin),
        }

    def _next_origin(self, target: bytes) -> Origin:
        return Origin(self._number, 1 if self._origin is None else self._origin.number + 1, target)

    def _read_body(self, cycle: Cycle, body: Body) -> None:
        if cycle.held >= _HELD_BODY:
            return
        try:
            part = body.take(self._held)
        except Malformed as malformed:
            self._held.clear()
            self._break_off(str(malformed))
            return
        cycle.left = body.left
        if part:
            cycle.add(part)
        if body.complete:
            self._body = None
            self._patience.awaited = ""
            cycle.complete()

    def _break_off(self, why: str) -> None:
        """Note why the rest of the body won't come."""
        assert self._cycle is not None
        self._body = None
        self._patience.awaited = ""
        self._cycle.keep_alive = False
        self._cycle.complete(why)

    def _give_up(self, awaited: str) -> None:
        """Stop waiting for a client that was too slow with what was awaited."""
        if awaited == "reader":
            self.transport.abort()
        elif awaited == "request" or (self._cycle is not None and self._cycle.started):
            self._end()
        else:
            self._patience.awaited = ""
            text = f"this mock waits {PATIENCE[awaited]:g} s for the {awaited} of a request, and it was not complete"
            self._refuse(BadHead(b"408 Request Timeout", text.encode()))

    def _refuse(self, bad: BadHead) -> None:
        self.transport.write(refused(bad))
        self._end()
        if self.notes_refused and (told := legible(bad.head)) is not None:
            self._begin(tell(self.app, self._scope(told), bad))

    def _end(self) -> None:
        """Close the connection once the client has read what it was sent.

        While it still sends, it might not read the reply if the connection were closed at once; so it gets a moment.
        """
        transport = self.transport
        unfinished = bool(self._held) or self._body is not None
        self._ending = True
        if self._cycle is not None:
            self._cycle.disconnect()
        self._held.clear()
        unread = transport.get_write_buffer_size()
        if unfinished and not self._half_closed and transport.can_write_eof() and not transport.is_closing():
            with suppress(OSError):  # a client that is gone needs no end
                transport.write_eof()
            if not self._reading:
                self._reading = True
                transport.resume_reading()
            self.loop.call_later(_LINGERING, transport.close)
        else:
            transport.close()
        if unread:
            self._patience.wait_for("reader")
