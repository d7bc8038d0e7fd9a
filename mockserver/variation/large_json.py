"""Read and write JSON of any size so that other threads have their turn.

Python's own functions hold the interpreter until they are done. For a list of ten thousand allocations that is longer
than a request may hold up others.
"""

import json
from collections.abc import Iterator
from typing import Any

from mockserver.gostd.json_text import Number, read_exactly

_LARGE = 128 * 1024
"""Characters that are read or written at once."""

_decoder = json.JSONDecoder()


def decoded(body: bytes) -> Any:
    """Return the value of a JSON text of the mock's own, which begins with a bracket or is short."""
    if len(body) <= _LARGE:
        return json.loads(body)
    return list(_elements(body.decode())) if body.startswith(b"[") else _value(read_exactly(body))


def encoded(value: Any, *, size: int, **form: Any) -> str:
    """Return a value as JSON text of about ``size`` characters; ``form`` is as for ``json.dumps``."""
    return json.dumps(value, **form) if size <= _LARGE else "".join(json.JSONEncoder(**form).iterencode(value))


def _value(tree: Any) -> Any:
    if isinstance(tree, tuple):
        return {name: _value(each) for name, each in tree}
    if isinstance(tree, list):
        return [_value(each) for each in tree]
    return json.loads(tree) if isinstance(tree, Number) else tree


def _elements(text: str) -> Iterator[Any]:
    """Yield the elements of a list one by one; each is read at once."""
    at = _after_space(text, 1)
    while text[at] != "]":
        element, at = _decoder.raw_decode(text, at)
        yield element
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    while text[at] in " \n":
        at += 1
    return at
