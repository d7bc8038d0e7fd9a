"""Real and manual time."""

import asyncio
import functools
from typing import Any

from mockserver.cluster.clock import END, Clock, ManualClock, SteeredClock
from mockserver.gostd.durations import MILLISECOND, SECOND


def test_a_manual_clock_stands_still() -> None:
    """Until the clock is moved, nothing happens and no time passes."""
    clock = ManualClock(start=5)
    happened: list[Any] = []
    clock.call_later(SECOND, lambda: happened.append("late"))
    assert clock.now() == 5
    assert happened == []


def test_advancing_runs_what_falls_due_in_order_of_time() -> None:
    """Actions run in order of time, then of planning, and see the time at which they were due."""
    clock = ManualClock(start=0)
    happened: list[Any] = []
    for name, delay in (("c", 3), ("a", 1), ("b1", 2), ("b2", 2), ("never", 9)):
        clock.call_later(delay, functools.partial(lambda name: happened.append((name, clock.now())), name))
    clock.advance(5)
    assert happened == [("a", 1), ("b1", 2), ("b2", 2), ("c", 3)]
    assert clock.now() == 5


def test_what_an_action_plans_runs_in_the_same_advance() -> None:
    """An action that an action plans runs in the same advance, if it is due by its end."""
    clock = ManualClock(start=0)
    happened: list[Any] = []

    def again() -> None:
        happened.append(clock.now())
        clock.call_later(10, again)

    clock.call_later(10, again)
    clock.advance(35)
    assert happened == [10, 20, 30]


def test_a_cancelled_action_never_runs() -> None:
    """A cancelled action never runs."""
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


def test_a_scaled_clock_hurries() -> None:
    """On a fast clock an hour passes in a moment, and what is planned in it happens in order."""

    async def run() -> list[str]:
        clock, done, happened = SteeredClock(speed=360_000), asyncio.Event(), list[str]()
        clock.call_later(3600 * SECOND, done.set)
        clock.call_later(1800 * SECOND, lambda: happened.append("half"))
        await asyncio.wait_for(done.wait(), 5)
        return happened

    assert asyncio.run(run()) == ["half"]


def test_what_was_planned_before_there_was_a_loop_is_run_in_it() -> None:
    """Actions planned before there was a loop run in it when they are due."""

    async def run(clock: SteeredClock, happened: list[str]) -> None:
        clock.run()
        while len(happened) < 2:
            await asyncio.sleep(0)

    clock, happened = SteeredClock(), list[str]()
    clock.call_later(0, lambda: happened.append("due"))
    clock.call_later(MILLISECOND, lambda: happened.append("later"))
    asyncio.run(asyncio.wait_for(run(clock, happened), 5))
    assert happened == ["due", "later"]


def test_what_an_action_plans_for_at_once_comes_a_turn_later() -> None:
    """An action planned for at once runs a turn later, so that a query woken in between sees each step."""

    async def run() -> None:
        clock, happened = ManualClock(), list[str]()

        def first() -> None:
            happened.append("first")
            clock.call_later(0, lambda: happened.append("second"))

        clock.call_later(0, first)
        await asyncio.sleep(0)
        assert happened == ["first"]
        await asyncio.sleep(0)
        assert happened == ["first", "second"]

    asyncio.run(run())


def test_a_clock_can_change_its_pace() -> None:
    """After a change of speed, time goes on from where it is, and nothing planned is forgotten."""

    async def run() -> None:
        clock, done = SteeredClock(speed=0, start=0), asyncio.Event()
        clock.call_later(MILLISECOND, done.set)
        await asyncio.sleep(0)
        assert not done.is_set()
        clock.change_speed(1)
        await asyncio.wait_for(done.wait(), 5)
        assert MILLISECOND <= clock.now() < 60 * SECOND

    asyncio.run(run())


def test_a_held_clock_stands_and_then_goes_on() -> None:
    """A clock that was held goes on at its former speed."""
    clock = SteeredClock(speed=60)
    with clock.held():
        assert clock.now() == clock.now()
        assert clock.speed == 0
    assert clock.speed == 60


def test_an_earlier_action_comes_first_whatever_was_planned_before() -> None:
    """An action that is due before the planned alarm sets the alarm anew."""

    async def run() -> list[str]:
        clock, happened, done = SteeredClock(), list[str](), asyncio.Event()
        clock.call_later(20 * MILLISECOND, done.set)
        clock.call_later(MILLISECOND, lambda: happened.append("early"))
        clock.call_later(5 * MILLISECOND, lambda: happened.append("never")).cancel()
        await asyncio.wait_for(done.wait(), 5)
        return happened

    assert asyncio.run(run()) == ["early"]


def test_a_restored_timer_keeps_its_place() -> None:
    """A restored timer keeps its place among those of the same time."""
    first, second, happened = ManualClock(start=0), ManualClock(start=0), list[str]()
    saved = [first.call_later(5, lambda: None).saved() for _ in range(2)]
    second.restore(saved[1], lambda: happened.append("second"))
    second.restore(saved[0], lambda: happened.append("first"))
    second.call_later(5, lambda: happened.append("new"))
    second.advance(5)
    assert happened == ["first", "second", "new"]


def test_a_stopped_clock_runs_nothing_more() -> None:
    """A stopped clock runs neither what was planned nor what will be."""
    clock, happened = SteeredClock(), list[str]()
    clock.call_later(0, lambda: happened.append("x"))
    clock.stop()
    assert clock.next_event() is None
    assert clock.speed == 0
    assert happened == []


def test_what_is_planned_for_after_the_end_of_time_never_happens() -> None:
    """What is planned for later than the year 9999 never happens, and is no next event."""
    clock, happened = ManualClock(start=0), list[str]()
    planned = clock.call_later(1 << 90, lambda: happened.append("never"))
    assert planned.saved()["when"] == END
    ManualClock(start=0).restore({"when": 1 << 90, "order": 1}, lambda: None)
    assert clock.next_event() is None
    clock.advance(END)
    assert not clock.advance_to_next_event()
    assert happened == []
