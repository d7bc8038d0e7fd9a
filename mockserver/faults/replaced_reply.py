"""Faults that put another reply in place of the world's."""

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.faults.effect import Effect
from mockserver.faults.latency import carry_out
from mockserver.gostd.durations import SECOND
from mockserver.http.compression import accepts_gzip
from mockserver.http.replies import Dates, Header, Reply, send_reply, text_reply
from mockserver.http.requests import Request
from mockserver.phrases import counted

if TYPE_CHECKING:
    from mockserver.faults.effect import FaultContext


@dataclass(frozen=True, slots=True)
class FixedReply(Effect):
    """A fixed reply; with ``carried_out`` the request is carried out all the same."""

    status: int
    body: bytes
    headers: tuple[Header, ...]
    carried_out: bool

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if self.carried_out:
            await carry_out(app, scope, receive)
        typed = any(name == b"content-type" for name, _ in self.headers)
        await send_now(context, Reply(self.status, self.body, self.headers, text_type=not typed), scope, send)


@dataclass(slots=True)
class RateLimit(Effect):
    """A bucket of ``requests`` tokens that fills up in ``per`` nanoseconds; a request that finds none gets a 429.

    A real 0.5.4 agent limits nothing; what stands before it in production may.
    """

    requests: int
    per: int
    _tokens: float = field(init=False, default=0)
    _filled_at: int = field(init=False, default=0)

    def begin(self, context: "FaultContext") -> None:
        """Fill the bucket."""
        self._tokens, self._filled_at = self.requests, context.clock.now()

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a token, or refuse."""
        now = context.clock.now()
        self._tokens = min(self.requests, self._tokens + (now - self._filled_at) * self.requests / self.per)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            await app(scope, receive, send)
            return
        seconds = max(1, ceil((1 - self._tokens) * self.per / self.requests / SECOND))
        text = f"rate limit exceeded: {counted(self.requests, 'request')} in {self.per / SECOND:g} s"
        await send_now(context, text_reply(429, text, ((b"retry-after", b"%d" % seconds),)), scope, send)


async def send_now(context: "FaultContext", reply: Reply, scope: Scope, send: Send) -> None:
    """Send a reply that is dated now and not compressed."""
    await send_reply(send, scope, reply, Dates(context.clock.now).header(), compress=False)


async def refuse(context: "FaultContext", text: str, scope: Scope, send: Send) -> None:
    """Send an agent's error with the status 500, as an agent sends it."""
    compress = accepts_gzip(Request.of(scope).header("accept-encoding") or "")
    await send_reply(send, scope, text_reply(500, text), Dates(context.clock.now).header(), compress=compress)
