"""The one clock of a mock. It runs as fast as the machine's, faster, or only when a test moves it.

Times are Unix nanoseconds, delays are nanoseconds, as in Nomad's JSON.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from mockserver.cluster.timetable import Action, Planned, SavedTimer, Timer, Timetable
from mockserver.gostd.durations import SECOND
from mockserver.slices import Steps, Turn, finish, in_slices

T = TypeVar("T")

MANUAL_START = 1_500_000_000 * SECOND
"""Where a manual clock starts: 2017-07-14T02:40:00Z, in the days of Nomad 0.5."""

END = 253_402_300_800 * SECOND
"""The end of the year 9999, which no clock reaches: what is planned for later never happens."""


class Clock(Protocol):
    """What the cluster needs of a clock."""

    def now(self) -> int:
        """Unix time in nanoseconds."""

    def call_later(self, delay: int, action: Action) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed; 0 means on the next turn, never at once."""

    def restore(self, saved: SavedTimer, action: Action) -> Timer:
        """Run ``action`` when and in the order in which the saved timer would have run its own."""

    async def at_rest(self) -> None:
        """Wait until no work in slices is under way: then nothing is half done."""

    async def occupy(self, steps: Steps[T]) -> T:
        """Do work in slices; no action runs before it is done, and what falls due meanwhile happens afterwards."""


class SteeredClock:
    """A clock that runs at any speed, can be held, and can be moved ahead; actions run in order of their time.

    Inside an event loop, an action that is due at once runs on the loop's next turn, whatever the speed, and what it
    plans for at once runs one turn later. So blocking queries see each step. A clock that was used before there was
    a loop is started in it with ``run``.

    Args:
        speed: 1 is the machine's speed, 60 makes a minute of every second, 0 stands still until the clock is moved.
        start: the time at which it begins, in Unix nanoseconds. By default the machine's time, or ``MANUAL_START``
            when the clock stands still.
        ticks: counts nanoseconds from any start, and never jumps. After the start only the pace is the machine's:
            what is planned for in a minute happens in a minute, even when somebody sets the machine's clock.
    """

    def __init__(
        self, *, speed: float = 1, start: int | None = None, ticks: Callable[[], int] = time.monotonic_ns
    ) -> None:
        if start is None:
            start = time.time_ns() if speed else MANUAL_START
        self._ticks = ticks
        self._start = start
        self._since = ticks()
        self._speed = speed
        self._timetable = Timetable()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0
        self._unfinished: Steps[None] | None = None
        self._occupied = False

    @property
    def speed(self) -> float:
        """Seconds that pass here in one second of the machine; 0 when the clock stands still."""
        return self._speed

    def now(self) -> int:
        """Unix time in nanoseconds."""
        if self._speed == 1:
            return self._start + self._ticks() - self._since
        return self._start + int((self._ticks() - self._since) * self._speed) if self._speed else self._start

    def call_later(self, delay: int, action: Action) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed; 0 means on the next turn, never at once."""
        planned = self._timetable.add(min(self.now() + max(delay, 0), END), action)
        if delay <= 0:
            self._run_on_the_next_turn(planned.order)
        elif self._timetable.first() is planned:
            self._set_alarm()
        return planned

    def restore(self, saved: SavedTimer, action: Action) -> Timer:
        """Run ``action`` when and in the order in which the saved timer would have run its own."""
        planned = self._timetable.restore({**saved, "when": min(saved["when"], END)}, action)
        self._set_alarm()
        return planned

    def next_event(self) -> int | None:
        """Return the time of the next planned action, or None when none will ever happen."""
        planned = self._next()
        return None if planned is None else planned.when

    def change_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed."""
        self._start, self._since, self._speed = self.now(), self._ticks(), speed
        self._reset_alarm()

    def set(self, now: int) -> None:
        """Set the time (Unix ns) without running anything; planned actions keep their time."""
        self._start, self._since = now, self._ticks()
        self._reset_alarm()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stand still for a while, then go on at the former speed.

        Whoever moved time meanwhile may have stopped in the middle of work in slices: it goes on by itself.
        """
        speed = self._speed
        self.change_speed(0)
        try:
            yield
        finally:
            self.change_speed(speed)
            self._run_on_the_next_turn(self._timetable.newest)

    @property
    def busy(self) -> bool:
        """Whether work in slices is under way; nothing else should change anything meanwhile."""
        return self._occupied or self._unfinished is not None

    async def at_rest(self) -> None:
        """Wait until the clock is not busy."""
        while self.busy:
            await asyncio.sleep(0)

    async def occupy(self, steps: Steps[T]) -> T:
        """Do work in slices; no action runs before it is done, and what falls due meanwhile happens afterwards."""
        await self.at_rest()
        self._occupied = True
        try:
            return await in_slices(steps)
        finally:
            self._occupied = False
            self.run()

    def step(self, end: int) -> bool:
        """Run the next action that is due until ``end``, with the clock at its time, or go on with one for a slice.

        Returns False when there is none.
        """
        if self._occupied:
            return True
        if self._unfinished is not None:
            self._go_on(self._unfinished)
            return True
        planned = self._next()
        if planned is None or planned.when > end:
            return False
        if planned.when > self.now():
            self.set(planned.when)
        self._begin(planned)
        return True

    def advance(self, duration: int) -> None:
        """Move time forward by ``duration`` nanoseconds, and run everything that falls due on the way, all at once."""
        if self._unfinished is not None:
            finish(self._unfinished)
            self._unfinished = None
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
        """Begin to run planned actions in the running event loop, also those planned before there was a loop."""
        self._run_on_the_next_turn(self._timetable.newest)
        self._set_alarm()

    def stop(self) -> None:
        """Stop for good: what is planned is forgotten, and nothing runs any more."""
        self._timetable.clear()
        self._unfinished = None
        self.change_speed(0)

    def _next(self) -> Planned | None:
        planned = self._timetable.first()
        return planned if planned is not None and planned.when < END else None

    def _run_on_the_next_turn(self, newest: int) -> None:
        loop = _running_loop()
        if loop is not None:
            loop.call_soon(self._run_due, newest)

    def _run_due(self, newest: int) -> None:
        """Run what is due and was planned no later than the action with the number ``newest``."""
        now, turn = self.now(), Turn()
        try:
            while not self._occupied and self._run_next(newest, now):
                if turn.is_over:
                    self._run_on_the_next_turn(newest)
                    return
        finally:
            self._set_alarm()

    def _run_next(self, newest: int, now: int) -> bool:
        """Go on with unfinished work, or begin an action that is due; False when there is neither."""
        if self._unfinished is not None:
            self._go_on(self._unfinished)
            return True
        planned = self._next()
        if planned is None or planned.when > now or planned.order > newest:
            return False
        self._begin(planned)
        return True

    def _begin(self, planned: Planned) -> None:
        steps = self._timetable.take(planned)()
        if steps is not None:
            self._go_on(steps)

    def _go_on(self, steps: Steps[None]) -> None:
        """Do a slice of the work."""
        self._unfinished = None
        turn = Turn()
        for _ in steps:
            if turn.is_over:
                self._unfinished = steps
                return

    def _ring(self) -> None:
        self._alarm = None
        self._run_due(self._timetable.newest)

    def _reset_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Set the alarm for the next action; an alarm that rings too early does no harm, so it stays."""
        when = self.next_event()
        if when is None or self._speed == 0 or (self._alarm is not None and self._alarm_at <= when):
            return
        loop = _running_loop()
        if loop is not None:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm_at = when
            self._alarm = loop.call_later(max(when - self.now(), 0) / self._speed / SECOND, self._ring)


class ManualClock(SteeredClock):
    """A clock that stands still until it is moved."""

    def __init__(self, start: int = MANUAL_START) -> None:
        super().__init__(speed=0, start=start)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
