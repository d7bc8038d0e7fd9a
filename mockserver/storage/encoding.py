"""Documents as JSON text and back, exact but that ``Float64`` comes back as ``float``, which ``world_of`` expects."""

import json
from typing import Any

import orjson

from mockserver.gostd.numbers import Float64


def encode(document: Any) -> str:
    """A document as text; lone surrogates and numbers of any size included."""
    try:
        return orjson.dumps(document, _number).decode()
    except TypeError:  # what orjson refuses: lone surrogates and integers beyond 64 bits
        return json.dumps(document, separators=(",", ":"))


def decode(text: str) -> Any:
    """The document that was encoded; raises ``ValueError`` for a text that is not JSON."""
    return json.loads(text)


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(float.__repr__(value).encode())
    raise TypeError(type(value).__name__)
