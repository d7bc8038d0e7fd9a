"""One exchange: it keeps what passed by as it was, and is made readable only when somebody reads it."""

from time import time_ns
from typing import TYPE_CHECKING

from mockserver.web.connection import CONNECTION

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from mockserver.web.reply import Header, Message, Receive, Scope, Send

LONGEST_BODY = 1024 * 1024
"""So many bytes of a body are kept."""

OVERHEAD = 2048
"""What an entry is counted as in bytes, apart from its bodies: headers and the entry itself."""

FAULTS = "nomad_mock_faults"
"""Under this key the faults that a request met are in its scope."""


class Entry:
    """An exchange, from the request's arrival on; ``receive`` and ``send`` stand between server and application.

    ``started`` and ``ended`` are times of the world's clock, ``wall_*`` of the machine's; all in nanoseconds, and
    ``ended`` is None as long as the answer is not complete. ``before`` and ``after`` are the last index of each
    region. ``status`` is None when there was no answer.
    """

    __slots__ = (
        "_receive",
        "_reply",
        "_request",
        "_send",
        "after",
        "before",
        "ended",
        "evicted",
        "findings",
        "number",
        "reply_headers",
        "reply_size",
        "request_size",
        "scope",
        "started",
        "status",
        "wall_answered",
        "wall_ended",
        "wall_started",
    )

    def __init__(
        self, number: int, scope: "Scope", receive: "Receive", send: "Send", now: int, before: tuple[int, ...]
    ) -> None:
        self.number = number
        self.scope = scope
        self.started = now
        self.before = before
        self.wall_started = time_ns()
        self.ended: int | None = None
        self.status: int | None = None
        self.request_size = self.reply_size = 0
        self.evicted = False
        self._receive: Receive | None = receive
        self._send: Send | None = send
        # What follows is set by what happens; setting it here, too, would double the cost of an entry.
        self.after: tuple[int, ...]
        self.wall_answered: int
        self.wall_ended: int
        self.reply_headers: list[Header]
        self.findings: object
        self._request: list[bytes]
        self._reply: bytes | list[bytes]

    async def receive(self) -> "Message":
        """What the client sends next."""
        assert self._receive is not None
        message = await self._receive()
        body = message.get("body")
        if body:
            if self.request_size == 0:
                self._request = []
            if self.request_size < LONGEST_BODY:
                self._request.append(body[: LONGEST_BODY - self.request_size])
            self.request_size += len(body)
        return message

    def send(self, message: "Message") -> "Awaitable[None]":
        """Send the client what comes next."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.reply_headers = message["headers"]
            self.wall_answered = time_ns()
        elif body := message.get("body"):
            if self.reply_size == 0:
                self._reply = body if len(body) <= LONGEST_BODY else body[:LONGEST_BODY]
            elif self.reply_size < LONGEST_BODY:
                self._add(body[: LONGEST_BODY - self.reply_size])
            self.reply_size += len(body)
        assert self._send is not None
        return self._send(message)

    def end(self, now: int, after: tuple[int, ...]) -> None:
        """The exchange is over; the connection and what belongs to it are let go."""
        self.ended = now
        self.wall_ended = time_ns()
        self.after = after
        self.findings = self._receive = self._send = None
        self.scope.pop(CONNECTION, None)

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults that the request met."""
        return self.scope.get(FAULTS) or ()

    @property
    def request_body(self) -> bytes:
        """What was read of the request body, up to ``LONGEST_BODY``."""
        return b"".join(self._request) if self.request_size else b""

    @property
    def reply_body(self) -> bytes:
        """What was sent of the reply's body, up to ``LONGEST_BODY``, in the compression it was sent in."""
        if self.reply_size == 0:
            return b""
        return self._reply if isinstance(self._reply, bytes) else b"".join(self._reply)

    @property
    def size(self) -> int:
        """How many bytes of memory this counts as."""
        return OVERHEAD + min(self.request_size, LONGEST_BODY) + min(self.reply_size, LONGEST_BODY)

    def _add(self, body: bytes) -> None:
        if isinstance(self._reply, bytes):
            self._reply = [self._reply]
        self._reply.append(body)
