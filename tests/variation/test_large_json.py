"""JSON that is read and written a bit at a time is the same."""

import json

import pytest

from mockserver.variation.large_json import decoded, encoded

MEMBER = {"a": [1, -2.5, 1e300, 2**70], 'é"\\': None, "t": True, "f": False, "": {"x": ["\u2028", {}]}}
VALUES = {"list": [MEMBER] * 3000, "object": {f"name{number}": MEMBER for number in range(3000)}, "empty": []}


@pytest.mark.slow
@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("form", [{"separators": (",", ":")}, {"indent": 4}], ids=["compact", "pretty"])
def test_large_values_come_back(name: str, form: dict[str, object]) -> None:
    """Whatever its size, a value is written and read as Python's own functions do it."""
    value = VALUES[name]
    text = json.dumps(value, ensure_ascii=False, **form)  # type: ignore[arg-type]
    for size in (0, 10**6):
        assert encoded(value, size=size, ensure_ascii=False, **form) == text
    assert decoded(text.encode()) == value
