"""Weather: what happens to every client in production, each on some replies only."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.cluster.clock import SteeredClock
from mockserver.faults.connection import Drop
from mockserver.faults.effect import Effect, FaultContext, is_stale_read
from mockserver.faults.followers import IndexReset
from mockserver.faults.leader import HOLD, read_meta, refused_without_leader
from mockserver.faults.replaced_reply import FixedReply, refuse
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.http.requests import buffered, replayed
from mockserver.http.scope import Disconnected, extension_of
from mockserver.variation.manner import WRITES
from mockserver.vary import ReplyChoices, Vary

INDEX_RESET = "weather.index-reset"
ELECTION = "weather.election"
LOST_BEFORE = "weather.lost-before"
LOST_AFTER = "weather.lost-after"
RATE_LIMIT = "weather.rate-limit"

_JITTER_FRACTION = 16
_FAR = 1_000_000_000
_HALF = 0.5


class Election(Effect):
    """There is no leader when the request arrives, and for a while longer.

    A server holds the request meanwhile, but gives up after five seconds and a little, as a real one does.
    """

    def __init__(self, source: random.Random) -> None:
        self._lasts = source.randrange(200 * MILLISECOND, 2 * HOLD)
        self._patience = HOLD + source.randrange(HOLD // _JITTER_FRACTION)
        self._since = source.randrange(SECOND)

    async def answer(self, context: FaultContext, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer when there is a leader, or without one."""
        if is_stale_read(scope):
            since = context.clock.now() - self._since
            await app(scope, receive, read_meta(send, context, since, known_leader=False))
            return
        body, _ = await buffered(scope, receive)
        if not await refused_without_leader(context, scope, replayed(body, receive), send):
            return
        await context.delays.sleep(min(self._lasts, self._patience))
        if self._lasts < self._patience:
            await app(scope, replayed(body, receive), send)
        else:
            await refuse(context, "No cluster leader", scope, send)


@dataclass(frozen=True, slots=True)
class Storm:
    """A kind of weather: how likely a reply meets it, whether it befalls only writes, and what it does."""

    freedom: str
    likelihood: float
    make: Callable[[random.Random], Effect]
    only_writes: bool = False
    takes_time: bool = False


def _limited(source: random.Random) -> Effect:
    seconds = b"%d" % source.randint(1, 2)
    return FixedReply(429, b"rate limit exceeded", ((b"retry-after", seconds),), carried_out=False)


STORMS = (
    Storm(INDEX_RESET, 0.1, lambda _: IndexReset(_FAR)),
    Storm(ELECTION, 0.1, Election, takes_time=True),
    Storm(LOST_BEFORE, 0.2, lambda source: Drop(reset=source.random() < _HALF, carried_out=False)),
    Storm(LOST_AFTER, 0.2, lambda source: Drop(reset=source.random() < _HALF, carried_out=True), only_writes=True),
    Storm(RATE_LIMIT, 0.2, _limited),
)


class Weather:
    """An application around ``app`` in which it storms at times."""

    def __init__(self, app: ASGIApp, vary: Vary, context: FaultContext, clock: SteeredClock) -> None:
        self._app = app
        self._vary = vary
        self._context = context
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        extension = extension_of(scope)
        storm = self._storm(scope["method"], self._vary.of_reply(extension.number))
        if storm is None:
            await self._app(scope, receive, send)
            return
        freedom, effect = storm
        extension.freedoms = (freedom,)
        try:
            await effect.answer(self._context, self._app, scope, receive, send)
        except Disconnected:
            return

    def _storm(self, method: str, choices: ReplyChoices) -> tuple[str, Effect] | None:
        """Return what befalls a request, one thing at a time, and its name; None for fair weather."""
        for storm in STORMS:
            if (storm.only_writes and method not in WRITES) or (storm.takes_time and not self._clock.speed):
                continue
            source = choices.draw(storm.freedom, storm.likelihood)
            if source is not None:
                return storm.freedom, storm.make(source)
        return None
