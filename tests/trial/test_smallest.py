"""Halving finds what cannot be left out."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.trial.smallest import smallest

Parts = Sequence[int]


@given(st.integers(1, 60), st.data())
def test_nothing_can_be_left_out(number: int, data: st.DataObject) -> None:
    """What is found is exactly what is needed, whatever that is, in its order."""
    parts = list(range(number))
    needed = data.draw(st.sets(st.sampled_from(parts), min_size=1, max_size=4))
    assert smallest(parts, needed.issubset, 10_000) == sorted(needed)


@pytest.mark.parametrize(("needed", "most"), [({13}, 7), ({63}, 7), ({3, 40}, 14), ({0, 1, 2}, 14)])
def test_a_few_of_many_take_few_runs(needed: set[int], most: int) -> None:
    """Each part that is needed among 64 is found by halving."""
    asked: list[Parts] = []

    def fails(some: Parts) -> bool:
        asked.append(some)
        return needed.issubset(some)

    assert smallest([*range(64)], fails, 100) == sorted(needed)
    assert len(asked) <= most


@given(st.integers(0, 20))
def test_it_ends_when_the_runs_are_used_up(tries: int) -> None:
    """No more runs are made than allowed, and what is returned still fails."""
    asked: list[Parts] = []

    def fails(some: Parts) -> bool:
        asked.append(some)
        return {3, 40}.issubset(some)

    left = smallest([*range(64)], fails, tries)
    assert {3, 40}.issubset(left)
    assert len(asked) <= tries
