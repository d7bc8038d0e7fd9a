"""Connections that break, and bytes that trickle."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.faults.effect import Effect
from mockserver.faults.held_reply import held
from mockserver.faults.latency import carry_out
from mockserver.http.scope import cut

if TYPE_CHECKING:
    from mockserver.faults.effect import FaultContext


@dataclass(frozen=True, slots=True)
class Drop(Effect):
    """The connection ends without a reply; with ``carried_out`` the request is carried out first."""

    reset: bool
    carried_out: bool

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        """Cut the connection."""
        if self.carried_out:
            await carry_out(app, scope, receive)
        await cut(scope, receive, reset=self.reset)


@dataclass(frozen=True, slots=True)
class HalfSent(Effect):
    """The connection ends in the middle of the body, after ``size`` bytes or else half of it."""

    size: int | None

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - time and randomness play no part
        """Send the head and the beginning of the body, then cut the connection."""
        reply = await held(app, scope, receive)
        if reply.status is None:
            return
        size = len(reply.body) // 2 if self.size is None else min(self.size, max(len(reply.body) - 1, 0))
        await send(reply.start)
        await send({"type": "http.response.body", "body": reply.body[:size], "more_body": True})
        await cut(scope, receive)


@dataclass(frozen=True, slots=True)
class Dribble(Effect):
    """The body comes ``size`` bytes at a time, with a pause of ``every`` nanoseconds before each."""

    size: int
    every: int

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send slowly."""
        reply = await held(app, scope, receive)
        if reply.status is None:
            return
        await send(reply.start)
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        for start in range(0, len(reply.body), self.size):
            await context.delays.sleep(self.every)
            await send({"type": "http.response.body", "body": reply.body[start : start + self.size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})
