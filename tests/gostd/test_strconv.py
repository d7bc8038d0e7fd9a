"""Reading the numbers and booleans of a query."""

import pytest

from mockserver.gostd.strconv import parse_bool, parse_int


@pytest.mark.parametrize(("text", "value"), [("1", True), ("T", True), ("true", True), ("0", False), ("False", False)])
def test_booleans(text: str, value: bool) -> None:
    """Go's twelve words are booleans."""
    assert parse_bool(text) is value


@pytest.mark.parametrize("text", ["", "yes", "tRUE", " true"])
def test_no_booleans(text: str) -> None:
    """Any other word is refused in Go's words."""
    with pytest.raises(ValueError, match=f'^strconv.ParseBool: parsing "{text}": invalid syntax$'):
        parse_bool(text)


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("-7", -7), ("+007", 7), ("-9223372036854775808", -(1 << 63))])
def test_integers(text: str, value: int) -> None:
    """Integers are 64 bits with a sign."""
    assert parse_int(text) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "invalid syntax"),
        ("1_0", "invalid syntax"),
        ("0x1", "invalid syntax"),
        ("٣", "invalid syntax"),
        ("9223372036854775808", "value out of range"),
        ("9" * 5000, "value out of range"),
    ],
)
def test_no_integers(text: str, problem: str) -> None:
    """Any other text is refused in Go's words."""
    with pytest.raises(ValueError, match=r"^strconv.ParseInt: parsing ") as refused:
        parse_int(text)
    assert str(refused.value) == f'strconv.ParseInt: parsing "{text}": {problem}'
