"""Work on large values runs on a thread."""

import asyncio
import threading
from typing import Any

import pytest

from mockserver import off_loop
from mockserver.off_loop import apart, is_large, on_a_thread

SMALL: tuple[Any, ...] = (None, 1, "x" * 1000, b"x" * 1000, {"a": [1, 2, {"b": "c"}]}, list(range(1_999)))
LARGE: tuple[Any, ...] = (
    "x" * 40_000,
    b"x" * 40_000,
    b"[1,2]" * 1_000,
    list(range(2_000)),
    {"a": [["x" * 100] * 1_500]},
    [[]] * 1_500,
)


@pytest.mark.parametrize("value", SMALL, ids=range(len(SMALL)))
def test_small_values_are_worked_on_at_once(value: Any) -> None:
    """Small values are worked on in the thread of the event loop."""
    assert not is_large(value)
    assert asyncio.run(apart(value, threading.get_ident)) == threading.get_ident()


@pytest.mark.parametrize("value", LARGE, ids=range(len(LARGE)))
def test_large_values_are_worked_on_by_a_thread(value: Any) -> None:
    """Values with many parts or long texts are worked on by a thread."""
    assert is_large(value)
    assert asyncio.run(apart(value, threading.get_ident)) != threading.get_ident()


def test_quick_work_may_be_of_larger_values() -> None:
    """A value may be so many times larger as the work on it is quicker."""
    assert not is_large("x" * 300_000, 10)
    assert is_large("x" * 400_000, 10)


def test_the_event_loop_goes_on_meanwhile() -> None:
    """The event loop runs while the thread works."""

    async def work() -> bool:
        there = threading.Event()
        asyncio.get_running_loop().call_soon(there.set)
        return await on_a_thread(lambda: there.wait(10))

    assert asyncio.run(work())


@pytest.mark.parametrize("value", [0, "x" * 40_000])
def test_what_the_work_raises_is_raised(value: Any) -> None:
    """An exception of the work is raised by either thread."""

    def fail() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError, match="no"):
        asyncio.run(apart(value, fail))


def test_nobody_is_told_who_no_longer_waits() -> None:
    """The work of a cancelled request ends without a trace."""

    async def work() -> list[dict[str, Any]]:
        troubles: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
        go, gone = threading.Event(), threading.Event()
        waiting = asyncio.ensure_future(on_a_thread(lambda: go.wait(10)))
        await asyncio.sleep(0)
        waiting.cancel()
        go.set()
        await on_a_thread(gone.set)  # one at a time: the first is done by now
        return troubles

    assert asyncio.run(work()) == []


def test_work_may_outlive_the_event_loop() -> None:
    """A process that stops does not wait for the work."""
    go = threading.Event()
    before = set(threading.enumerate())

    async def work() -> None:
        waiting = asyncio.ensure_future(on_a_thread(lambda: go.wait(10)))
        await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(work())
    (thread,) = set(threading.enumerate()) - before
    go.set()
    thread.join(10)
    assert not thread.is_alive()


def test_small_ones_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found small is known to be, as long as few others came since; what is large is looked at again."""
    small_ones, small, large = off_loop.SmallOnes(), {"a": 1}, list(range(3_000))
    assert not small_ones.is_large(small)
    assert small_ones.is_large(large)
    monkeypatch.setattr(off_loop, "is_large", lambda _: True)
    assert not small_ones.is_large(small)
    assert small_ones.is_large(dict(small))
    monkeypatch.undo()
    for number in range(off_loop._SMALL_ONES):
        small_ones.is_large({"number": number})
    monkeypatch.setattr(off_loop, "is_large", lambda _: True)
    assert small_ones.is_large(small)
