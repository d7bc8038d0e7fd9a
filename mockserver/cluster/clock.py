"""The one clock of a mock: real time, or a hand-moved one for tests.

Times are Unix nanoseconds, delays are nanoseconds, as in Nomad's JSON.
"""

import asyncio
import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


class Timer(Protocol):
    """A planned action; ``cancel()`` makes sure that it never runs."""

    def cancel(self) -> None:
        """Take the action back."""


class Clock(Protocol):
    """What the cluster asks of time."""

    def now(self) -> int:
        """Unix time in nanoseconds."""

    def call_later(self, delay: int, action: Callable[[], None]) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed; 0 means on the next turn, never at once."""


class RealClock:
    """The machine's clock; needs a running asyncio event loop."""

    def now(self) -> int:
        """Unix time in nanoseconds."""
        return time.time_ns()

    def call_later(self, delay: int, action: Callable[[], None]) -> Timer:
        """Run ``action`` in the event loop when ``delay`` nanoseconds have passed."""
        loop = asyncio.get_running_loop()
        if delay <= 0:
            return loop.call_soon(action)
        return loop.call_later(delay / SECOND, action)


@dataclass(order=True)
class _Planned:
    when: int
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class ManualClock:
    """A clock that stands still until it is moved; actions due run in order of their time.

    Inside an event loop, what is due at once runs on the loop's next turn, so a server with a
    standing clock still schedules evaluations. Without a loop, ``advance(0)`` runs it.
    """

    def __init__(self, start: int = 1_500_000_000 * SECOND) -> None:
        self._now = start
        self._planned: list[_Planned] = []
        self._order = count()

    def now(self) -> int:
        """The time this clock was moved to, Unix nanoseconds."""
        return self._now

    def call_later(self, delay: int, action: Callable[[], None]) -> Timer:
        """Run ``action`` when the clock has been moved ``delay`` nanoseconds ahead."""
        planned = _Planned(self._now + max(delay, 0), next(self._order), action)
        heapq.heappush(self._planned, planned)
        if delay <= 0:
            self._run_due_on_the_next_turn()
        return planned

    def advance(self, duration: int) -> None:
        """Move time forward by ``duration`` nanoseconds, running on the way everything that falls due."""
        end = self._now + duration
        while (when := self.next_event()) is not None and when <= end:
            self._now = max(self._now, when)
            heapq.heappop(self._planned).action()
        self._now = end

    def advance_to_next_event(self) -> bool:
        """Move to the next planned action and run all that is due then; False when nothing is planned."""
        when = self.next_event()
        if when is None:
            return False
        self.advance(max(when - self._now, 0))
        return True

    def next_event(self) -> int | None:
        """The time of the next planned action, or None."""
        while self._planned and self._planned[0].cancelled:
            heapq.heappop(self._planned)
        return self._planned[0].when if self._planned else None

    def _run_due_on_the_next_turn(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        loop.call_soon(self.advance, 0)
