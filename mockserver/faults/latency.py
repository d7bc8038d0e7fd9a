"""Requests that take their time."""

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.faults.effect import Effect
from mockserver.http.scope import gone

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.faults.effect import Site


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same; nanoseconds, as all durations here."""

    delay: int

    def draw(self, _source: random.Random) -> int:
        """One duration."""
        return self.delay


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything from ``least`` to ``most``, each as likely."""

    least: int
    most: int

    def draw(self, source: random.Random) -> int:
        """One duration."""
        return source.randint(self.least, self.most)


@dataclass(frozen=True, slots=True)
class Normal:
    """About ``mean``; two of three are nearer to it than ``deviation``."""

    mean: int
    deviation: int

    def draw(self, source: random.Random) -> int:
        """One duration, at least 0."""
        return max(0, round(source.gauss(self.mean, self.deviation)))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Half of them below ``median``, with a long tail above: that of networks. ``sigma`` is the tail's weight."""

    median: int
    sigma: float

    def draw(self, source: random.Random) -> int:
        """One duration."""
        return round(source.lognormvariate(math.log(max(self.median, 1)), self.sigma))


@dataclass(frozen=True, slots=True)
class Latency(Effect):
    """The request is on its way for a while, and only then arrives."""

    delay: Fixed | Uniform | Normal | LogNormal

    async def answer(self, site: "Site", app: "ASGIApp", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Wait, then go on; a client that gave up in the meantime does not take its request back."""
        await site.pauses.sleep(self.delay.draw(site.random))
        await app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Hang(Effect):
    """No answer, ever, for as long as the client waits."""

    carried_out: bool

    async def answer(self, site: "Site", app: "ASGIApp", scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - nothing is sent
        """Wait for the client to go away."""
        if self.carried_out:
            await carry_out(app, scope, receive)
        await gone(receive)


async def carry_out(app: "ASGIApp", scope: "Scope", receive: "Receive") -> None:
    """Do what a request asks for, and keep the answer."""

    async def keep(_message: object) -> None:
        pass

    await app(scope, receive, keep)
