"""Delta debugging finds what cannot be left out."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.trial.smallest import smallest

Parts = Sequence[int]


def in_turn(fails: Callable[[Parts], bool]) -> Callable[[Sequence[Parts]], int | None]:
    """Return what tries one selection after the other until one fails."""
    return lambda selections: next((place for place, some in enumerate(selections) if fails(some)), None)


@given(st.integers(1, 60), st.data())
def test_nothing_can_be_left_out(number: int, data: st.DataObject) -> None:
    """What is found is exactly what is needed, whatever that is, in its order."""
    parts = list(range(number))
    needed = data.draw(st.sets(st.sampled_from(parts), min_size=1, max_size=4))
    assert smallest(parts, in_turn(needed.issubset), 10_000) == sorted(needed)


def test_one_of_many_takes_few_runs() -> None:
    """A single cause among 64 is found by halving."""
    asked: list[Parts] = []

    def fails(some: Parts) -> bool:
        asked.append(some)
        return 13 in some

    assert smallest([*range(64)], in_turn(fails), 100) == [13]
    assert len(asked) <= 12


@given(st.integers(0, 20))
def test_it_ends_when_the_runs_are_used_up(tries: int) -> None:
    """No more runs are made than allowed, and what is returned still fails."""
    asked: list[Parts] = []

    def fails(some: Parts) -> bool:
        asked.append(some)
        return {3, 40}.issubset(some)

    left = smallest([*range(64)], in_turn(fails), tries)
    assert {3, 40}.issubset(left)
    assert len(asked) <= tries
