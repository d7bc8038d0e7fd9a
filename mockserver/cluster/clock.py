"""The one clock of a mock: as fast as the machine's, faster, or moved by hand.

Times are Unix nanoseconds, delays are nanoseconds, as in Nomad's JSON.
"""

import asyncio
import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypedDict, TypeVar

from mockserver.gostd.durations import SECOND
from mockserver.slices import Steps, Turn, finish, in_slices

T = TypeVar("T")

MANUAL_START = 1_500_000_000 * SECOND
"""Where a clock that is moved by hand starts: 2017-07-14T02:40:00Z, in the days of Nomad 0.5."""
END = 253_402_300_800 * SECOND
"""The end of the year 9999, which no clock reaches: what is planned for later never happens."""

_FEW = 256

Action: TypeAlias = Callable[[], Steps[None] | None]
"""What happens at its time. An action that is much work returns its steps; no other begins before it is done."""


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

    def call_later(self, delay: int, action: Action) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed; 0 means on the next turn, never at once."""

    def restore(self, saved: SavedTimer, action: Action) -> Timer:
        """Run ``action`` when and in the order in which the saved timer would have run its own."""

    async def at_rest(self) -> None:
        """Wait until nothing is under way of which nobody shall see a half."""

    async def occupy(self, steps: Steps[T]) -> T:
        """Do work in slices of which no action shall see a half."""


@dataclass(order=True, slots=True)
class _Planned:
    when: int
    order: int
    action: Action = field(compare=False)
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

    ``ticks`` counts nanoseconds from wherever it likes. It never jumps, whoever sets the machine's clock: from the
    start on only the pace is the machine's, so what is planned for in a minute happens in a minute.
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
        self._planned: list[_Planned] = []
        self._order = 0
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0
        self._crowded = _FEW
        self._unfinished: Steps[None] | None = None
        self._occupied = False

    @property
    def speed(self) -> float:
        """How many seconds pass here in one of the machine's; 0 when the clock stands still."""
        return self._speed

    def now(self) -> int:
        """Unix time in nanoseconds."""
        if self._speed == 1:
            return self._start + self._ticks() - self._since
        return self._start + int((self._ticks() - self._since) * self._speed) if self._speed else self._start

    def call_later(self, delay: int, action: Action) -> Timer:
        """Run ``action`` when ``delay`` nanoseconds have passed."""
        planned = _Planned(min(self.now() + max(delay, 0), END), self._next_order(), action)
        self._plan(planned)
        if delay <= 0:
            self._run_on_the_next_turn(planned.order)
        elif self._planned[0] is planned:
            self._set_alarm()
        return planned

    def restore(self, saved: SavedTimer, action: Action) -> Timer:
        """Run ``action`` when and in the order in which the saved timer would have run its own."""
        planned = _Planned(min(saved["when"], END), saved["order"], action)
        self._order = max(self._order, planned.order)
        self._plan(planned)
        self._set_alarm()
        return planned

    def next_event(self) -> int | None:
        """Return the time of the next planned action, or None when none will ever happen."""
        while self._planned and self._planned[0].cancelled:
            heapq.heappop(self._planned)
        return self._planned[0].when if self._planned and self._planned[0].when < END else None

    def change_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed."""
        self._start, self._since, self._speed = self.now(), self._ticks(), speed
        self._reset_alarm()

    def set(self, now: int) -> None:
        """Make it this time (Unix ns), without running anything; what is planned stays planned for its time."""
        self._start, self._since = now, self._ticks()
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

    @property
    def busy(self) -> bool:
        """Whether something is going on that is not done yet; nobody else should change anything meanwhile."""
        return self._occupied or self._unfinished is not None

    async def at_rest(self) -> None:
        """Wait until the clock is not busy."""
        while self.busy:
            await asyncio.sleep(0)

    async def occupy(self, steps: Steps[T]) -> T:
        """Do work in slices of which no action shall see a half: what falls due meanwhile happens afterwards."""
        await self.at_rest()
        self._occupied = True
        try:
            return await in_slices(steps)
        finally:
            self._occupied = False
            self.run()

    def step(self, end: int) -> bool:
        """Run the next action that is due until ``end``, with the clock at its time, or go on with one for a slice.

        False when there is none.
        """
        if self._occupied:
            return True
        if self._unfinished is not None:
            self._go_on(self._unfinished)
            return True
        when = self.next_event()
        if when is None or when > end:
            return False
        if when > self.now():
            self.set(when)
        self._begin()
        return True

    def advance(self, duration: int) -> None:
        """Move time forward by ``duration`` nanoseconds, running on the way everything that falls due, all at once."""
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
        """Begin in the running event loop with what was planned before there was one."""
        self._run_on_the_next_turn(self._order)
        self._set_alarm()

    def stop(self) -> None:
        """Never run anything again: what is planned is forgotten, and what will be, never falls due."""
        self._planned.clear()
        self._unfinished = None
        self.change_speed(0)

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
        now, turn = self.now(), Turn()
        try:
            while not self._occupied and self._run_next(newest, now):
                if turn.is_over:
                    self._run_on_the_next_turn(newest)
                    return
        finally:
            self._set_alarm()

    def _run_next(self, newest: int, now: int) -> bool:
        """Go on with what is not done yet, or begin what is due; False when there is neither."""
        if self._unfinished is not None:
            self._go_on(self._unfinished)
            return True
        when = self.next_event()
        if when is None or when > now or self._planned[0].order > newest:
            return False
        self._begin()
        return True

    def _begin(self) -> None:
        steps = heapq.heappop(self._planned).action()
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
