"""What a fault does: its effect on requests, its context, and the delays that it causes."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.http.requests import Request
from mockserver.http.scope import Disconnected

if TYPE_CHECKING:
    from mockserver.cluster.clock import Clock
    from mockserver.operations.agent import Agent


_Delay = asyncio.Future[None]


class Delays:
    """The requests that faults hold up in a world at the moment."""

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock
        self._sleeping: set[_Delay] = set()
        self._awake: set[_Delay] = set()
        self._released = False

    @property
    def asleep(self) -> bool:
        """Whether a request is held up."""
        return bool(self._sleeping)

    @property
    def awake(self) -> bool:
        """Whether a request was woken and has not gone on yet."""
        return bool(self._awake)

    def begin(self) -> _Delay:
        """Return a future to sleep on, which ``wake`` ends."""
        sleep: _Delay = asyncio.get_running_loop().create_future()
        self._sleeping.add(sleep)
        if self._released:
            self.wake(sleep)
        return sleep

    async def sleep(self, duration: int, sleep: _Delay | None = None) -> None:
        """Go on after ``duration`` nanoseconds, or as soon as ``sleep`` is woken."""
        sleep = sleep or self.begin()
        timer = self._clock.call_later(duration, lambda: self.wake(sleep))
        try:
            await sleep
        finally:
            timer.cancel()
            self._sleeping.discard(sleep)
            self._awake.discard(sleep)

    async def sleep_for(self, client: Receive, duration: int) -> None:
        """Go on after ``duration`` nanoseconds, unless the client leaves before.

        Raises:
            Disconnected: The client left.
        """
        sleeping, leaving = asyncio.ensure_future(self.sleep(duration)), asyncio.ensure_future(_left(client))
        try:
            await asyncio.wait((sleeping, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not sleeping.done():
                raise Disconnected
        finally:
            sleeping.cancel()
            leaving.cancel()

    def wake(self, sleep: _Delay) -> None:
        """Let a request go on."""
        if not sleep.done():
            sleep.set_result(None)
            self._awake.add(sleep)

    def release(self) -> None:
        """Let all requests go on, and hold up no others: the world ends."""
        self._released = True
        for sleep in tuple(self._sleeping):
            self.wake(sleep)


async def _left(client: Receive) -> None:
    while (await client())["type"] != "http.disconnect":
        pass


class FaultError(ValueError):
    """A fault that is impossible in this world; the text says why."""


@dataclass(frozen=True, slots=True)
class FaultContext:
    """The world that a fault acts in.

    Attributes:
        clock: the time of the world.
        agent: the agent of the world.
        endpoint: makes an application that answers for another agent than the world's own.
        random: the seeded source of the faults' randomness.
        delays: the requests that are held up.
    """

    clock: "Clock"
    agent: "Agent"
    endpoint: "Callable[[Agent], ASGIApp]"
    random: random.Random
    delays: Delays


class Effect(ABC):
    """What a fault does to the requests that meet it, from ``begin`` to ``end``."""

    def begin(self, context: "FaultContext") -> None:  # noqa: B027 - most effects have nothing to begin with
        """Begin the fault. Raises ``FaultError`` when it is impossible in this world."""

    def end(self, context: "FaultContext") -> None:  # noqa: B027 - nor anything to end
        """End the fault."""

    def concerns(self, scope: Scope) -> bool:  # noqa: ARG002 - most effects concern every request
        """Return whether the effect changes anything about such a request; only then the request meets the fault."""
        return True

    @abstractmethod
    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, which ``app`` would answer without the fault. Raises ``Disconnected``."""


@dataclass(frozen=True, slots=True)
class Pass(Effect):
    """Nothing goes wrong; the fault counts the requests that match."""

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is changed
        """Answer as the world does."""
        await app(scope, receive, send)


def is_stale_read(scope: Scope) -> bool:
    """Return whether any server may answer, as ``?stale`` allows."""
    request = Request.of(scope)
    return request.operation is not None and request.operation.reads and "stale" in request.parameters
