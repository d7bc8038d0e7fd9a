"""The timetable of a clock: what is planned, in order."""

from mockserver.cluster.timetable import Timetable


def _nothing() -> None:
    """Do nothing, when its time has come."""


def test_actions_come_in_order_of_time_then_of_planning() -> None:
    """Of two actions for the same time, the one that was planned first comes first."""
    timetable = Timetable()
    planned = [timetable.add(when, _nothing) for when in (2, 1, 2, 0)]
    came = []
    while (first := timetable.first()) is not None:
        came.append(first)
        timetable.take(first)
    assert came == [planned[3], planned[1], planned[0], planned[2]]


def test_a_restored_action_keeps_its_place() -> None:
    """A saved timer comes where its own action would have come, and new actions come after it."""
    timetable = Timetable()
    restored = timetable.restore({"when": 5, "order": 7}, _nothing)
    added = timetable.add(5, _nothing)
    assert timetable.first() is restored
    assert added.saved() == {"when": 5, "order": 8}


def test_cancelled_actions_are_dropped() -> None:
    """A server with many blocking queries cancels many timers; their memory is freed long before they are due."""
    timetable = Timetable()
    kept = timetable.add(1, _nothing)
    for _ in range(10_000):
        timetable.add(2, _nothing).cancel()
    assert len(timetable) < 1_000
    assert timetable.first() is kept
