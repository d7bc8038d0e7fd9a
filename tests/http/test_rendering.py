"""Rendering JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.gostd.numbers import Float64
from mockserver.http.rendering import render

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=8,
)


@given(_JSON, st.booleans())
def test_what_is_rendered_reads_back_equal(value: Any, pretty: bool) -> None:
    """Escapes and layout change no value, not even integers beyond 64 bits."""
    assert json.loads(render(value, pretty=pretty)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": None, "B": []}, b'{"B":[],"a":null,"b":1}'),
        ("<a>&\u2028\u2029é", rb'"\u003ca\u003e\u0026\u2028\u2029' + "é".encode() + b'"'),
        ({"x": Float64(6379)}, b'{"x":6.379E+03}'),
        ("a\udcff", '"a\ufffd"'.encode()),
    ],
)
def test_the_minified_form(value: Any, text: bytes) -> None:
    """Keys are in byte order, HTML characters escaped, floats with an exponent, invalid UTF-8 as U+FFFD."""
    assert render(value) == text


def test_the_pretty_form() -> None:
    """The pretty form has four spaces, a space after the colon, empty containers closed, and a final newline."""
    assert render({"a": [1, {"b": "  x"}], "c": {}, "d": []}, pretty=True) == (
        b'{\n    "a": [\n        1,\n        {\n            "b": "  x"\n        }\n    ],\n'
        b'    "c": {},\n    "d": []\n}\n'
    )


def test_the_pretty_form_of_what_orjson_refuses() -> None:
    """What orjson refuses is rendered in the same layout."""
    assert render({"a": ["\ud800"], "b": {}}, pretty=True) == render({"a": ["\ufffd"], "b": {}}, pretty=True)


def test_a_foreign_type_is_a_bug() -> None:
    """Only JSON values can be rendered."""
    with pytest.raises(TypeError):
        render({"a": object()})


@pytest.mark.parametrize("number", [0, 1_000, 1_001, 2_500])
def test_a_long_list_is_rendered_in_parts(number: int) -> None:
    """It is the same list, also with an ID in it that is not UTF-8."""
    found = [{"b": each, "a": "<"} for each in range(number)]
    assert render(found) == b"[" + b",".join(render(each) for each in found) + b"]"
    assert json.loads(render([*found, {"a": "\ud800"}])) == [*found, {"a": "\ufffd"}]
