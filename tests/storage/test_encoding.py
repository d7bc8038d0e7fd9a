"""Documents as text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.numbers import Float64
from mockserver.storage.database import decode, encode

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@given(DOCUMENTS)
def test_what_is_encoded_comes_back(document: Any) -> None:
    """Whole numbers of any size stay whole, numbers with a point stay so."""
    assert repr(decode(encode(document))) == repr(document)


@pytest.mark.parametrize("document", [{"ID": "\ud800"}, {"big": 1 << 70}, {"ID": "\udcff", "x": Float64(1e22)}])
def test_what_orjson_refuses(document: Any) -> None:
    """An ID that is not UTF-8, a number of more than 64 bits."""
    assert decode(encode(document)) == document


@pytest.mark.parametrize("number", [0.0, -0.0, 6379.0, 1e22, 5e-324, 0.1])
def test_numbers_of_go(number: float) -> None:
    """A ``float64`` comes back as the same number with a point, so that it can be told from a whole one."""
    assert repr(decode(encode({"x": Float64(number)}))["x"]) == repr(number)


def test_anything_else_is_a_mistake() -> None:
    """What is no JSON is not stored as something else."""
    with pytest.raises(TypeError):
        encode({"x": object()})
