"""Encoding documents as text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.numbers import Float64
from mockserver.worlds.state_json import decode, encode, written

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@given(DOCUMENTS, st.integers(0, 3))
def test_pieces_are_the_whole(document: Any, depth: int) -> None:
    """However deep a document is cut."""
    before = repr(document)
    assert repr(decode(b"".join(written(document, depth)))) == repr(document) == before


@given(DOCUMENTS)
def test_what_is_encoded_comes_back(document: Any) -> None:
    """Integers of any size come back as integers, and floats as floats."""
    assert repr(decode(encode(document))) == repr(document)


@pytest.mark.parametrize("document", [{"ID": "\ud800"}, {"big": 1 << 70}, {"ID": "\udcff", "x": Float64(1e22)}])
def test_what_orjson_refuses(document: Any) -> None:
    """An ID that is not UTF-8 and an integer beyond 64 bits can be encoded."""
    assert decode(encode(document)) == document


@pytest.mark.parametrize("number", [0.0, -0.0, 6379.0, 1e22, 5e-324, 0.1])
def test_numbers_of_go(number: float) -> None:
    """A ``float64`` comes back as the same number with a point, so that it differs from an integer."""
    assert repr(decode(encode({"x": Float64(number)}))["x"]) == repr(number)


def test_anything_else_is_a_mistake() -> None:
    """A value that is no JSON raises an error."""
    with pytest.raises(TypeError):
        encode({"x": object()})
