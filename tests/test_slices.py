"""Work in slices."""

import asyncio
import time
from collections.abc import Callable

import pytest

from mockserver import slices
from mockserver.slices import Steps, Turn, finish, in_slices


def _counting(steps: int, done: list[int]) -> Steps[str]:
    for number in range(steps):
        done.append(number)
        yield
    return "all"


def _failing() -> Steps[None]:
    yield
    raise KeyError("halfway")


def test_all_steps_can_be_done_at_once() -> None:
    """``finish`` returns what the generator returns."""
    done: list[int] = []
    assert finish(_counting(3, done)) == "all"
    assert done == [0, 1, 2]


def test_others_run_between_two_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another task runs between two slices."""
    monkeypatch.setattr(slices, "SLICE", 0)
    done: list[int] = []

    async def work() -> str:
        seen: list[int] = []

        async def other() -> None:
            while len(done) < 3:
                seen.append(len(done))
                await asyncio.sleep(0)

        watching = asyncio.ensure_future(other())
        result = await in_slices(_counting(3, done))
        await watching
        assert seen == [1, 2]
        return result

    assert asyncio.run(work()) == "all"


def test_small_work_takes_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small work takes one turn, and needs no event loop."""
    monkeypatch.setattr(slices, "SLICE", 3600)
    done: list[int] = []
    with pytest.raises(StopIteration) as end:
        in_slices(_counting(3, done)).send(None)
    assert (end.value.value, done) == ("all", [0, 1, 2])


@pytest.mark.parametrize("do", [finish, lambda steps: asyncio.run(in_slices(steps))], ids=["at once", "in slices"])
def test_what_a_step_raises_is_raised(do: Callable[[Steps[None]], None]) -> None:
    """Both ways of doing the work raise what a step raises."""
    with pytest.raises(KeyError, match="halfway"):
        do(_failing())


def test_a_turn_is_over_after_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn is over after the time of a slice, not before."""
    now = 100.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    turn = Turn()
    assert not turn.is_over
    now += slices.SLICE
    assert turn.is_over
