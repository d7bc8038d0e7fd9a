"""How much memory a JSON text takes once it is parsed."""

import json
import tracemalloc

import pytest

from mockserver.openapi.weight import DENSEST, LIGHT, is_too_dense, weight


@pytest.mark.slow
@pytest.mark.parametrize("value", ["[]", "{}", "[1]", '"ab"', "1.5", "999", '{"a":1}', "[[[]]]"])
def test_no_text_takes_more_than_it_weighs(value: str) -> None:
    """No text takes more memory than its weight says."""
    text = f"[{','.join([value] * 50_000)}]".encode()
    tracemalloc.start()
    try:
        read = json.loads(text)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read
    assert taken < weight(text)


def test_long_texts_of_short_values_are_too_dense() -> None:
    """Long texts of short values are too dense; short texts and long values are not."""
    assert is_too_dense(b"[" + b"[]," * (LIGHT // 200) + b"[]]")
    assert not is_too_dense(b"[" + b"[]," * 10_000 + b"[]]")
    value = b'{"ID":"' + b"x" * 100 + b'"},'
    assert weight(value) < DENSEST * len(value)
    assert not is_too_dense(b"[" + value * (LIGHT // len(value)) + b"{}]")
