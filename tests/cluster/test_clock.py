"""Real and manual time."""

import asyncio
import functools
from typing import Any

from mockserver.cluster.clock import MILLISECOND, SECOND, Clock, ManualClock, SteeredClock


def test_a_manual_clock_stands_still() -> None:
    """Nothing happens and no time passes until the clock is moved."""
    clock = ManualClock(start=5)
    happened: list[Any] = []
    clock.call_later(SECOND, lambda: happened.append("late"))
    assert clock.now() == 5
    assert happened == []


def test_advancing_runs_what_falls_due_in_order_of_time() -> None:
    """Actions see the time at which they were due, in that order, then in the order they were planned."""
    clock = ManualClock(start=0)
    happened: list[Any] = []
    for name, delay in (("c", 3), ("a", 1), ("b1", 2), ("b2", 2), ("never", 9)):
        clock.call_later(delay, functools.partial(lambda name: happened.append((name, clock.now())), name))
    clock.advance(5)
    assert happened == [("a", 1), ("b1", 2), ("b2", 2), ("c", 3)]
    assert clock.now() == 5


def test_what_an_action_plans_runs_in_the_same_advance() -> None:
    """A chain of actions is followed as far as the clock moves."""
    clock = ManualClock(start=0)
    happened: list[Any] = []

    def again() -> None:
        happened.append(clock.now())
        clock.call_later(10, again)

    clock.call_later(10, again)
    clock.advance(35)
    assert happened == [10, 20, 30]


def test_a_cancelled_action_never_runs() -> None:
    """Cancelling takes an action out of the plan."""
    clock = ManualClock(start=0)
    happened: list[Any] = []
    clock.call_later(1, lambda: happened.append("x")).cancel()
    clock.advance(2)
    assert happened == []
    assert clock.next_event() is None


def test_the_next_event_can_be_jumped_to() -> None:
    """A jump ends exactly where the next action is due, and says when there is none."""
    clock = ManualClock(start=0)
    happened: list[Any] = []
    clock.call_later(7, lambda: happened.append(clock.now()))
    assert clock.advance_to_next_event()
    assert happened == [7]
    assert not clock.advance_to_next_event()
    assert clock.now() == 7


def test_a_standing_clock_still_takes_its_turn_in_an_event_loop() -> None:
    """What is due at once runs on the loop's next turn, without moving the clock."""

    async def run(clock: Clock) -> list[str]:
        happened: list[str] = []
        clock.call_later(0, lambda: happened.append("due"))
        assert happened == []
        await asyncio.sleep(0)
        return happened

    assert asyncio.run(run(ManualClock())) == ["due"]
    assert asyncio.run(run(SteeredClock())) == ["due"]


def test_real_time_passes_by_itself() -> None:
    """A real clock runs an action when its delay is over, not before."""

    async def run() -> int:
        clock, done = SteeredClock(), asyncio.Event()
        start = clock.now()
        clock.call_later(20 * MILLISECOND, done.set)
        await done.wait()
        return clock.now() - start

    assert asyncio.run(run()) >= 19 * MILLISECOND
