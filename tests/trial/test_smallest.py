"""Delta debugging finds what cannot be left out."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.trial.smallest import smallest


@given(st.integers(1, 60), st.data())
def test_nothing_can_be_left_out(number: int, data: st.DataObject) -> None:
    """What is found is exactly what is needed, whatever that is, in its order."""
    parts = list(range(number))
    needed = data.draw(st.sets(st.sampled_from(parts), min_size=1, max_size=4))
    assert smallest(parts, lambda some: needed.issubset(some), 10_000) == sorted(needed)


def test_one_of_many_takes_few_runs() -> None:
    """A single cause among 64 is found by halving."""
    asked: list[Sequence[int]] = []

    def fails(some: Sequence[int]) -> bool:
        asked.append(some)
        return 13 in some

    assert smallest([*range(64)], fails, 100) == [13]
    assert len(asked) <= 12


@given(st.integers(0, 20))
def test_it_ends_when_the_runs_are_used_up(tries: int) -> None:
    """No more runs are made than allowed, and what is returned still fails."""
    asked: list[Sequence[int]] = []

    def fails(some: Sequence[int]) -> bool:
        asked.append(some)
        return {3, 40}.issubset(some)

    left = smallest([*range(64)], fails, tries)
    assert {3, 40}.issubset(left)
    assert len(asked) <= tries
