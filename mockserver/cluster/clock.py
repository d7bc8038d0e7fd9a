"""The one clock of a mock: as fast as the machine's, faster, or moved by hand.

Times are Unix nanoseconds, delays are nanoseconds, as in Nomad's JSON.
"""

import asyncio
import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
MANUAL_START = 1_500_000_000 * SECOND
"""Where a clock that is moved by hand starts: 2017-07-14T02:40:00Z, in the days of Nomad 0.5."""

_FEW = 256


class Timer(Protocol):
    """A planned action; ``cancel()`` makes sure that it never runs."""

    def cancel(self) -> None:
        """Take the action back."""

    def saved(self) -> "SavedTimer":
        """When the action is planned for, as JSON; ``Clock.restore`` takes it."""


class SavedTimer(TypedDict):
    """``when`` is the time (Unix ns); among actions of the same time that with the lower ``order`` comes first."""

    when: int
    order: int


class Clock(Protocol):
    """What the cluster asks of time."""

    def now(self) -> int:
        """Unix time in nanoseconds."""

    def call_later(self, delay: int, action: Callable[[], None]) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed; 0 means on the next turn, never at once."""

    def restore(self, saved: SavedTimer, action: Callable[[], None]) -> Timer:
        """Run ``action`` when and in the order in which the saved timer would have run its own."""


@dataclass(order=True, slots=True)
class _Planned:
    when: int
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True

    def saved(self) -> SavedTimer:
        return {"when": self.when, "order": self.order}


class SteeredClock:
    """A clock that runs at any speed, can be held, and can be moved ahead; actions run in order of their time.

    ``speed`` 1 is the machine's speed, 60 makes a minute of every second, 0 stands still until it is moved.
    Without ``start`` (Unix ns) it begins at the machine's time, or at ``MANUAL_START`` when it stands still.

    Inside an event loop what is due at once runs on the loop's next turn, whatever the speed; what an action
    plans for at once, one turn later. So whoever waits sees each step. A clock that was used before there was
    a loop is started in it with ``run``.
    """

    def __init__(self, *, speed: float = 1, start: int | None = None) -> None:
        if start is None:
            start = time.time_ns() if speed else MANUAL_START
        self._start = start
        self._since = time.time_ns()
        self._speed = speed
        self.skew = self._skew()
        """How far (nanoseconds) this clock is ahead of the machine's; None when it does not keep pace with it."""
        self._planned: list[_Planned] = []
        self._order = 0
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0
        self._crowded = _FEW

    @property
    def speed(self) -> float:
        """How many seconds pass here in one of the machine's; 0 when the clock stands still."""
        return self._speed

    def now(self) -> int:
        """Unix time in nanoseconds."""
        if self.skew is not None:
            return time.time_ns() + self.skew
        return self._start + int((time.time_ns() - self._since) * self._speed) if self._speed else self._start

    def call_later(self, delay: int, action: Callable[[], None]) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed."""
        planned = _Planned(self.now() + max(delay, 0), self._next_order(), action)
        self._plan(planned)
        if delay <= 0:
            self._run_on_the_next_turn(planned.order)
        elif self._planned[0] is planned:
            self._set_alarm()
        return planned

    def restore(self, saved: SavedTimer, action: Callable[[], None]) -> Timer:
        """Run ``action`` when and in the order in which the saved timer would have run its own."""
        planned = _Planned(saved["when"], saved["order"], action)
        self._order = max(self._order, planned.order)
        self._plan(planned)
        self._set_alarm()
        return planned

    def next_event(self) -> int | None:
        """The time of the next planned action, or None."""
        while self._planned and self._planned[0].cancelled:
            heapq.heappop(self._planned)
        return self._planned[0].when if self._planned else None

    def change_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed."""
        self._start, self._since, self._speed = self.now(), time.time_ns(), speed
        self.skew = self._skew()
        self._reset_alarm()

    def set(self, now: int) -> None:
        """Make it this time (Unix ns), without running anything; what is planned stays planned for its time."""
        self._start, self._since = now, time.time_ns()
        self.skew = self._skew()
        self._reset_alarm()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stand still for a while, then go on at the speed of before."""
        speed = self._speed
        self.change_speed(0)
        try:
            yield
        finally:
            self.change_speed(speed)

    def step(self, end: int) -> bool:
        """Run the next action that is due until ``end``, with the clock at its time; False when there is none."""
        when = self.next_event()
        if when is None or when > end:
            return False
        if when > self.now():
            self.set(when)
        heapq.heappop(self._planned).action()
        return True

    def advance(self, duration: int) -> None:
        """Move time forward by ``duration`` nanoseconds, running on the way everything that falls due."""
        with self.held():
            end = self.now() + duration
            while self.step(end):
                pass
            self.set(end)

    def advance_to_next_event(self) -> bool:
        """Move to the next planned action and run all that is due then; False when nothing is planned."""
        when = self.next_event()
        if when is None:
            return False
        self.advance(max(when - self.now(), 0))
        return True

    def run(self) -> None:
        """Begin in the running event loop with what was planned before there was one."""
        self._run_on_the_next_turn(self._order)
        self._set_alarm()

    def stop(self) -> None:
        """Never run anything again: what is planned is forgotten, and what will be, never falls due."""
        self._planned.clear()
        self.change_speed(0)

    def _skew(self) -> int | None:
        return self._start - self._since if self._speed == 1 else None

    def _next_order(self) -> int:
        self._order += 1
        return self._order

    def _plan(self, planned: _Planned) -> None:
        if len(self._planned) >= self._crowded:
            self._forget_cancelled()
        heapq.heappush(self._planned, planned)

    def _run_on_the_next_turn(self, newest: int) -> None:
        loop = _running_loop()
        if loop is not None:
            loop.call_soon(self._run_due, newest)

    def _run_due(self, newest: int) -> None:
        """Run what is due and was planned no later than the action with the number ``newest``."""
        now = self.now()
        try:
            while (when := self.next_event()) is not None and when <= now and self._planned[0].order <= newest:
                heapq.heappop(self._planned).action()
        finally:
            self._set_alarm()

    def _ring(self) -> None:
        self._alarm = None
        self._run_due(self._order)

    def _reset_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._set_alarm()

    def _set_alarm(self) -> None:
        """See that the next action is run in its time; an alarm that rings too early does no harm, so it stays."""
        when = self.next_event()
        if when is None or self._speed == 0 or (self._alarm is not None and self._alarm_at <= when):
            return
        loop = _running_loop()
        if loop is not None:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm_at = when
            self._alarm = loop.call_later(max(when - self.now(), 0) / self._speed / SECOND, self._ring)

    def _forget_cancelled(self) -> None:
        self._planned = [planned for planned in self._planned if not planned.cancelled]
        heapq.heapify(self._planned)
        self._crowded = max(2 * len(self._planned), _FEW)


class ManualClock(SteeredClock):
    """A clock that stands still until it is moved."""

    def __init__(self, start: int = MANUAL_START) -> None:
        super().__init__(speed=0, start=start)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
