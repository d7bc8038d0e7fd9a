"""Faults that delay requests."""

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.faults.effect import Effect
from mockserver.http.scope import gone

if TYPE_CHECKING:
    from mockserver.faults.effect import FaultContext


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same delay; nanoseconds, as all durations here."""

    delay: int

    def draw(self, _source: random.Random) -> int:
        """Draw one duration."""
        return self.delay


@dataclass(frozen=True, slots=True)
class Uniform:
    """Any delay from ``least`` to ``most``, each as likely."""

    least: int
    most: int

    def draw(self, source: random.Random) -> int:
        """Draw one duration."""
        return source.randint(self.least, self.most)


@dataclass(frozen=True, slots=True)
class Normal:
    """Delays about ``mean``, with the standard deviation ``deviation``."""

    mean: int
    deviation: int

    def draw(self, source: random.Random) -> int:
        """Draw one duration of at least 0."""
        return max(0, round(source.gauss(self.mean, self.deviation)))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Delays with the median ``median`` and a long tail, as on networks; ``sigma`` is the weight of the tail."""

    median: int
    sigma: float

    def draw(self, source: random.Random) -> int:
        """Draw one duration."""
        return round(source.lognormvariate(math.log(max(self.median, 1)), self.sigma))


@dataclass(frozen=True, slots=True)
class Latency(Effect):
    """The request arrives late."""

    delay: Fixed | Uniform | Normal | LogNormal

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then go on; a client that gave up in the meantime does not take its request back."""
        await context.delays.sleep(self.delay.draw(context.random))
        await app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Hang(Effect):
    """The request is never answered."""

    carried_out: bool

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        """Wait until the client leaves."""
        if self.carried_out:
            await carry_out(app, scope, receive)
        await gone(receive)


async def carry_out(app: ASGIApp, scope: Scope, receive: Receive) -> None:
    """Carry a request out, and drop the reply."""

    async def keep(_message: object) -> None:
        pass

    await app(scope, receive, keep)
