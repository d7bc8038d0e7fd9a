"""A test of many cases fails with the name of each case that fails."""

import pytest

from tests.each import each


def test_each_case_that_fails_is_named() -> None:
    """The others are checked, too."""
    seen = []

    @each([1, 2, 3, 4], lambda number: f"number {number}")
    def check(number: int) -> None:
        seen.append(number)
        assert number % 2

    with pytest.raises(ExceptionGroup, match="2 of 4 cases fail") as failed:
        check()
    assert seen == [1, 2, 3, 4]
    assert [error.__notes__ for error in failed.value.exceptions] == [["case: number 2"], ["case: number 4"]]


def test_a_check_of_nothing_fails() -> None:
    """It would prove nothing."""
    with pytest.raises(AssertionError):
        each([])(lambda _: None)()
