"""Places in a JSON text."""

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.judge.spots import Lines, found, json_path, spots

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in members:
        yield from _places(each, (*place, step))


def _read_at(text: bytes, offset: int) -> Any:
    return json.JSONDecoder().raw_decode(text[offset:].decode())[0]


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_every_value_is_found(value: Any, indent: int | None, ascii_only: bool) -> None:
    """At the offset of a place begins its value, and at the offset of its name the name."""
    text = b" " + json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode() + b' "more"]'
    whole, end = spots(text)
    assert text[end:] == b' "more"]'
    for place in _places(value):
        way, spelt = found(whole, place)
        assert (len(way), spelt) == (len(place) + 1, place)
        assert _read_at(text, way[-1].start) == reduce(lambda holder, step: holder[step], place, value)
        if place and isinstance(place[-1], str):
            assert _read_at(text, way[-1].name_start) == place[-1]


def test_names_match_as_go_matches_them() -> None:
    """An exact name comes first, then the last one in another case; of a name that comes twice the last one counts."""
    text = b'{"id": 1, "ID": 2, "iD": 3, "iD": 4}'
    values = {name: text[found(spots(text)[0], (name,))[0][-1].start :][:1] for name in ("id", "ID", "iD", "Id")}
    assert values == {"id": b"1", "ID": b"2", "iD": b"4", "Id": b"4"}


def test_a_place_that_is_not_there() -> None:
    """The way ends where the text does, and names are spelt as far as they are there."""
    way, spelt = found(spots(b'{"job": {"ids": []}}')[0], ("Job", "IDs", 3, "Name"))
    assert (len(way), spelt) == (3, ("job", "ids", 3, "Name"))
    assert len(found(spots(b'{"a": 1}')[0], ("a", "b"))[0]) == 2


@pytest.mark.parametrize(("offset", "place"), [(0, (1, 1)), (1, (1, 2)), (3, (1, 3)), (4, (2, 1)), (5, (3, 1))])
def test_lines_and_columns(offset: int, place: tuple[int, int]) -> None:
    """Both are counted from 1; a character of two bytes is one column."""
    assert Lines("b\u00e4\n\nx".encode()).place(offset) == place


def test_paths() -> None:
    """Names that are no identifiers are quoted."""
    assert json_path(()) == "$"
    assert json_path(("Job", "TaskGroups", 0, "Meta", "it's a\\b")) == r"$.Job.TaskGroups[0].Meta['it\'s a\\b']"
