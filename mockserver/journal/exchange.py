"""One request and its reply, kept as they came, and made readable only when somebody reads them."""

from dataclasses import dataclass
from time import time_ns
from typing import TYPE_CHECKING, Protocol, TypeAlias

from mockserver.http.replies import body_of, headers_of
from mockserver.http.routes import raw_path
from mockserver.http.scope import extension_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.types import Message, Receive, Scope, Send

    from mockserver.http.replies import Header, SentReply
    from mockserver.http.scope import Origin

LONGEST_BODY = 1024 * 1024
"""How many bytes of a body are kept."""

OVERHEAD = 2048
"""How many bytes an exchange is counted as, apart from its path, query, headers and bodies."""

_FIELD = 128
"""What Python takes for a header field, apart from its name and value."""


Indexes: TypeAlias = int | tuple[int, ...]


class ObservedReply(Protocol):
    """What a client was sent."""

    @property
    def status(self) -> int:
        """The status."""

    @property
    def headers(self) -> "Sequence[Header]":
        """The header fields."""

    @property
    def body(self) -> bytes:
        """The beginning of the body, up to ``LONGEST_BODY``, in the compression it was sent in."""

    @property
    def size(self) -> int:
        """The length of the body."""


class Exchange:
    """An exchange, from the request's arrival on.

    ``started`` and ``ended`` are times of the world's clock, ``wall_*`` of the machine's; all in nanoseconds, and
    ``ended`` is None as long as the answer is not complete. ``before`` and ``after`` are the last index of the
    region, or of each region where there are several. ``size`` is about how many bytes of memory an exchange takes;
    it grows until the exchange is over. ``origin`` is None for a request that came over no connection. ``findings`` are
    kept here once they were looked for.
    """

    __slots__ = (
        "_sent",
        "_skew_at_end",
        "_skew_at_start",
        "_wire",
        "after",
        "before",
        "findings",
        "headers",
        "method",
        "number",
        "origin",
        "raw_path",
        "raw_query",
        "size",
        "wall_ended",
        "wall_started",
    )

    def __init__(self, number: int, scope: "Scope", wall: int, skew: int, before: Indexes) -> None:
        self.number = number
        self.method: str = scope["method"]
        self.raw_path: bytes = raw_path(scope)
        self.raw_query: bytes = scope["query_string"]
        self.headers: list[Header] = scope["headers"]
        self.origin: Origin | None = extension_of(scope).origin
        self.wall_started = wall
        self.wall_ended = 0
        self.before = before
        self._skew_at_start = skew
        self.size = OVERHEAD + len(self.raw_path) + len(self.raw_query) + _size(self.headers)
        if self.origin is not None:
            self.size += len(self.origin.target)
        self._wire: Wire | None = None
        self._sent: SentReply | None = None
        # The following are set later, not here too: this is a hot path.
        self._skew_at_end: int
        self.after: Indexes
        self.findings: object

    def again(self, number: int, origin: "Origin", wall: int, skew: int, index: Indexes) -> "Exchange":
        """Return another exchange with the same request and the same reply, apart from its end; nothing changes in it.

        The arguments are as for a new exchange.
        """
        other = Exchange.__new__(Exchange)
        other.number, other.origin = number, origin
        other.method, other.headers = self.method, self.headers
        other.raw_path, other.raw_query = self.raw_path, self.raw_query
        other.wall_started, other._skew_at_start, other._skew_at_end = wall, skew, skew
        other.wall_ended = 0
        other.before = other.after = index
        other.size, other._wire, other._sent = self.size, None, self._sent
        return other

    def wire(
        self, scope: "Scope", receive: "Receive", send: "Send", grown: "Callable[[Exchange, int], None]"
    ) -> "Wire":
        """Return what stands between server and application, for exchanges that are not plain.

        ``grown`` is called with the number of bytes by which the exchange has grown.
        """

        def grow(size: int) -> None:
            self.size += size
            grown(self, size)

        self._wire = Wire(scope, receive, send, grow)
        return self._wire

    def forget_bodies(self) -> None:
        """Drop the bodies, and keep nothing of what is still to come."""
        if self._wire is not None:
            self._wire.forget()

    def end(self, scope: "Scope", wall: int, skew: int, after: Indexes, before: "Exchange") -> None:
        """Finish; reuse the fields that equal those of the exchange ``before``.

        Clients repeat themselves, and memory that is touched anew costs more than all the rest of this.
        """
        self.wall_ended = wall
        self._skew_at_end = skew
        self.after = after
        if self.headers == before.headers:
            self.headers = before.headers
        if self.raw_path == before.raw_path:
            self.raw_path = before.raw_path
        wire = self._wire
        if wire is not None:
            self._sent = None
            wire.let_go()
            return
        sent: SentReply | None = extension_of(scope).sent
        if sent is not None:
            self.size += len(sent[0].body) + len(sent[0].gzipped or b"")
            known = before._sent
            if known is not None and sent[0] is known[0] and sent[1] is known[1] and sent[2] is known[2]:
                sent = known
        self._sent = sent

    @property
    def started(self) -> int:
        """When it began."""
        return self.wall_started + self._skew_at_start

    @property
    def ended(self) -> int | None:
        """When it was over."""
        return self.wall_ended + self._skew_at_end if self.wall_ended else None

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the faults that the request met."""
        return () if self._wire is None else self._wire.faults

    @property
    def freedoms(self) -> tuple[str, ...]:
        """The ids of the freedoms that its reply made use of."""
        return () if self._wire is None else self._wire.freedoms

    @property
    def answer(self) -> ObservedReply | None:
        """The reply as it is known so far; None as long as there is no reply."""
        if self._wire is not None:
            return self._wire if self._wire.status else None
        return None if not self.wall_ended or self._sent is None else _Plain(self._sent, self.method)

    @property
    def status(self) -> int | None:
        """The status of the reply."""
        return None if self.answer is None else self.answer.status

    @property
    def left(self) -> int | None:
        """How many nanoseconds after its request the client left without the whole reply; None when it did not."""
        return None if self.origin is None or not self.origin.left else self.origin.left - self.wall_started

    @property
    def request_size(self) -> int:
        """How many bytes of the request body were read."""
        return 0 if self._wire is None else self._wire.request_size

    @property
    def request_body(self) -> bytes:
        """What was read of the request body, up to ``LONGEST_BODY``."""
        return b"" if self._wire is None else bytes(self._wire.request)

    @property
    def wall_answered(self) -> int:
        """When the answer began."""
        return self.wall_ended if self._wire is None else self._wire.wall_answered


@dataclass(frozen=True, slots=True)
class RequestArrived:
    """A request is in the journal; its reply is still to come."""

    exchange: "Exchange"


@dataclass(frozen=True, slots=True)
class ExchangeEnded:
    """A request in the journal was answered, or its client left."""

    exchange: "Exchange"


class Wire:
    """Records what passes between server and application."""

    __slots__ = (
        "_grow",
        "_receive",
        "_reply",
        "_scope",
        "_send",
        "faults",
        "freedoms",
        "headers",
        "request",
        "request_size",
        "size",
        "status",
        "wall_answered",
    )

    def __init__(self, scope: "Scope", receive: "Receive", send: "Send", grow: "Callable[[int], None]") -> None:
        self._grow: Callable[[int], None] | None = grow
        self._scope: Scope | None = scope
        self._receive: Receive | None = receive
        self._send: Send | None = send
        self.request = bytearray()
        self.request_size = 0
        self.status = 0
        self.faults: tuple[str, ...] = ()
        self.freedoms: tuple[str, ...] = ()
        self.headers: Sequence[Header] = ()
        self._reply = bytearray()
        self.size = 0
        self.wall_answered = 0

    @property
    def body(self) -> bytes:
        """What was sent of the body, up to ``LONGEST_BODY``."""
        return bytes(self._reply)

    async def receive(self) -> "Message":
        """Receive what the client sends next."""
        assert self._receive is not None
        message = await self._receive()
        body = message.get("body")
        if body:
            self._keep(self.request, body)
            self.request_size += len(body)
        return message

    def send(self, message: "Message") -> "Awaitable[None]":
        """Send the client what comes next."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = message["headers"]
            self.freedoms = message.get("freedoms", ())
            if self._grow is not None:
                self._grow(_size(self.headers))
            self.wall_answered = time_ns()
        elif body := message.get("body"):
            self._keep(self._reply, body)
            self.size += len(body)
        assert self._send is not None
        return self._send(message)

    def let_go(self) -> None:
        """Let go of the connection: nothing passes any more."""
        if self._scope is not None:
            extension = extension_of(self._scope)
            self.faults = extension.faults
            self.freedoms = tuple(dict.fromkeys((*extension.freedoms, *self.freedoms)))
        self._scope = self._receive = self._send = self._grow = None

    def forget(self) -> None:
        """Drop what was kept, and keep nothing any more."""
        self._grow = None
        self.request.clear()
        self._reply.clear()

    def _keep(self, kept: bytearray, body: bytes) -> None:
        """Append to what is kept of a body, up to ``LONGEST_BODY``."""
        room = LONGEST_BODY - len(kept)
        if room > 0 and self._grow is not None:
            kept += body[:room]
            self._grow(min(room, len(body)))


def _size(headers: "Sequence[Header]") -> int:
    return sum(_FIELD + len(name) + len(value) for name, value in headers)


class _Plain:
    """A reply that the endpoint sent."""

    def __init__(self, sent: "SentReply", method: str) -> None:
        reply, date, compress = sent
        self.status = reply.status
        self.body = body_of(reply, compress=compress)
        self.size = len(self.body)
        self.headers = headers_of(reply, self.body, date, method=method, http_version="1.1", compress=compress)


NOTHING = Exchange(0, {"method": "", "path": "", "raw_path": b"/", "query_string": b"", "headers": []}, 0, 0, 0)
"""Stands for the exchange before the first one."""
