"""What a fault can do: its effect, its context (the world's clock, randomness, agent) and its waiting."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.http.requests import Request

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.cluster.clock import Clock
    from mockserver.operations.agent import Agent


_Sleep = asyncio.Future[None]


class Pauses:
    """All that is held up in a world right now."""

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock
        self._sleeping: set[_Sleep] = set()
        self._awake: set[_Sleep] = set()
        self._released = False

    @property
    def awake(self) -> bool:
        """Whether somebody was woken and has not gone on yet."""
        return bool(self._awake)

    def begin(self) -> _Sleep:
        """Something to sleep on that ``wake`` ends."""
        sleep: _Sleep = asyncio.get_running_loop().create_future()
        self._sleeping.add(sleep)
        if self._released:
            self.wake(sleep)
        return sleep

    async def sleep(self, duration: int, sleep: _Sleep | None = None) -> None:
        """Go on after ``duration`` nanoseconds, or as soon as ``sleep`` is woken."""
        sleep = sleep or self.begin()
        timer = self._clock.call_later(duration, lambda: self.wake(sleep))
        try:
            await sleep
        finally:
            timer.cancel()
            self._sleeping.discard(sleep)
            self._awake.discard(sleep)

    def wake(self, sleep: _Sleep) -> None:
        """Let one go on."""
        if not sleep.done():
            sleep.set_result(None)
            self._awake.add(sleep)

    def release(self) -> None:
        """The world ends: everyone goes on, and nobody is held up any more."""
        self._released = True
        for sleep in tuple(self._sleeping):
            self.wake(sleep)


class FaultError(ValueError):
    """A fault that is impossible in this world; the text says why."""


@dataclass(frozen=True, slots=True)
class Site:
    """``endpoint`` makes an application that answers for another agent than the world's own."""

    clock: "Clock"
    agent: "Agent"
    endpoint: "Callable[[Agent], ASGIApp]"
    random: random.Random
    pauses: Pauses = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pauses", Pauses(self.clock))


class Effect(ABC):
    """Stands before an application for one request at a time, from ``begin`` to ``end``."""

    def begin(self, site: "Site") -> None:  # noqa: B027 - most effects have nothing to begin with
        """The fault begins; raises ``FaultError`` when it is impossible here."""

    def end(self, site: "Site") -> None:  # noqa: B027 - nor anything to end
        """The fault is over."""

    def concerns(self, scope: "Scope") -> bool:  # noqa: ARG002 - most effects concern every request
        """Whether it makes a difference to such a request at all; only then it is counted as met."""
        return True

    @abstractmethod
    async def answer(self, site: "Site", app: "ASGIApp", scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request that ``app`` would answer without the fault. Raises ``Disconnected``."""


def is_stale_read(scope: "Scope") -> bool:
    """Whether any server may answer, as ``?stale`` allows."""
    request = Request.of(scope)
    return request.operation is not None and request.operation.reads and "stale" in request.parameters
