"""Reading JSON that a person wrote."""

from typing import Any

import pytest

from mockserver.worlds.strict_json import MOST_DIGITS, UnreadableJson, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, 1.5, null, true, "\\u00e9"]}', {"a": [1, 1.5, None, True, "é"]}),
        (b" 1e3 ", 1000.0),
        (b"9" * MOST_DIGITS, 10**MOST_DIGITS - 1),
        ("\ufeff[]".encode("utf-16-le"), []),
    ],
)
def test_json_is_read(text: bytes, value: Any) -> None:
    """Every JSON value is read, in any encoding of Unicode."""
    assert read_json(text) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not JSON: there is nothing in it"),
        (b" \n", "not JSON: there is nothing in it"),
        (b"{", "not JSON: Expecting property name"),
        (b"\xff", "not JSON: 'utf-8' codec can't decode"),
        (b"{} {}", "not JSON: Extra data"),
        (b"[" * 100_000, "not JSON that can be read: it is nested too deeply"),
        (b"[NaN]", "NaN is not a JSON number"),
        (b"-Infinity", "-Infinity is not a JSON number"),
        (b"9" * (MOST_DIGITS + 1), "is a number of more than 40 digits"),
        (b"1e999", "1e999 is larger than a number can be"),
        (b'[{"a": 1, "b": 2, "a": 1}]', "the name 'a' is there twice in one object"),
    ],
)
def test_nothing_is_passed_over(text: bytes, said: str) -> None:
    """Text that is no JSON, or that could be read as something else, is refused with the reason."""
    with pytest.raises(UnreadableJson, match=said):
        read_json(text)


def test_the_last_of_two_names_counts_where_they_are_allowed() -> None:
    """In documents that only this mock writes, the last of two equal names counts."""
    assert read_json(b'{"a": 1, "a": 2}', unique_names=False) == {"a": 2}
