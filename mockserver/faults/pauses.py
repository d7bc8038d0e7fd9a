"""Waiting on the world's clock, which may stand still: whoever waits is let go when the world ends."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.cluster.clock import Clock

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
