"""Saved states as JSON text: lone surrogates, and integers of any size, are kept."""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from mockserver.gostd.numbers import Float64

_DEPTH = 5
"""Regions, a region, its state, a table, and there are the objects."""


def encode(value: Any) -> bytes:
    """Return a value as JSON text on one line."""
    try:
        return orjson.dumps(value, _number)
    except TypeError:  # what orjson refuses: lone surrogates and integers beyond 64 bits
        return json.dumps(value, separators=(",", ":")).encode()


def decode(text: str | bytes) -> Any:
    """Return the value that was encoded; a text that is not JSON raises ``ValueError``."""
    return json.loads(text)


def written(value: Any, depth: int = _DEPTH) -> Iterator[bytes]:
    """Yield a value as JSON on one line, in pieces no larger than what stands ``depth`` levels deep in it."""
    if depth == 0 or not value or not isinstance(value, dict | list):
        yield encode(value)
    elif isinstance(value, dict):
        before = b"{"
        for name, each in value.items():
            yield before + encode(name) + b":"
            yield from written(each, depth - 1)
            before = b","
        yield b"}"
    else:
        before = b"["
        for each in value:
            yield before
            yield from written(each, depth - 1)
            before = b","
        yield b"]"


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(float.__repr__(value).encode())
    raise TypeError(type(value).__name__)
