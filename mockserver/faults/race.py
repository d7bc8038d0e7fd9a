"""The race of writers that check: on a real server another write may come between a check and its commit."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.faults.effect import Effect
from mockserver.http.requests import Request
from mockserver.http.scope import extension_of

if TYPE_CHECKING:
    from mockserver.faults.effect import FaultContext


@dataclass(frozen=True, slots=True)
class CheckAndSetRace(Effect):
    """A registration with ``EnforceIndex`` is stored ``window`` nanoseconds after its check, without another check.

    A server compares the index with its own state, and only then passes the registration on to the log, which does not
    compare again. Observed on 0.5.4: of two writers with the same index, sent at once, both won in 11 of 12 rounds.
    """

    window: int

    def concerns(self, scope: Scope) -> bool:
        """Nothing else is checked against an index."""
        return Request.of(scope).operation_name == "register"

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ever, with time between check and commit."""
        extension_of(scope).before_commit = partial(context.delays.sleep, self.window)
        await app(scope, receive, send)
