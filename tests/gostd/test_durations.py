"""Durations as Go reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.durations import parse_duration

LONGEST = (1 << 63) - 1


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("-0", 0),
        ("+0", 0),
        ("10s", 10_000_000_000),
        ("5m", 300_000_000_000),
        ("100ms", 100_000_000),
        ("1h30m", 5_400_000_000_000),
        ("-1s", -1_000_000_000),
        ("+.5s", 500_000_000),
        ("1.s", 1_000_000_000),
        ("1.5us", 1_500),
        ("1µs2μs", 3_000),
        ("0.3333333333333333333h", 1_200_000_000_000),
        ("0.9223372036854775807h", 3_320_413_933_267),
        ("0.12345678901234567890123s", 123_456_789),
        ("0000000000000000000000001ns", 1),
        (f"{LONGEST}ns", LONGEST),
        (f"-{LONGEST + 1}ns", -LONGEST - 1),
        ("1s0s", 1_000_000_000),
    ],
)
def test_durations(text: str, nanoseconds: int) -> None:
    """Signs, fractions and several units are understood."""
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "+", "-", "10", "abc", "5x", "1s5", ".s", "-.s", "s", " 1s", "1 s", "1S", "1e3s", "--1s", "00"),
        *(f"{LONGEST + 1}ns", "9" * 30 + "ns", "2562048h", f"{LONGEST}ns1ns", "9000000000s9000000000s"),
    ],
)
def test_no_durations(text: str) -> None:
    """Units are required, and the duration has to fit 64 bits."""
    with pytest.raises(ValueError, match="invalid duration"):
        parse_duration(text)


@given(st.integers(-LONGEST, LONGEST))
def test_every_number_of_nanoseconds(nanoseconds: int) -> None:
    """Whole nanoseconds are exact over the whole range."""
    assert parse_duration(f"{nanoseconds}ns") == nanoseconds
