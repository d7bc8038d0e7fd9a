"""Render JSON as a Nomad agent writes it."""

import json
import re
from typing import Any

import orjson

from mockserver.gostd.numbers import Float64, codec_number
from mockserver.gostd.surrogates import utf8

_MANY = 1_000
"""Members of a list that are rendered at once: orjson holds the interpreter meanwhile, also on a thread."""


def render(body: Any, *, pretty: bool = False) -> bytes:
    """Return ``body`` as JSON with sorted keys; ``pretty`` indents by four spaces and ends with a newline.

    ``<``, ``>``, ``&`` and the two Unicode line separators are escaped; these characters stand only in strings.
    """
    if isinstance(body, list) and len(body) > _MANY and not pretty:
        parts = (render(body[start : start + _MANY])[1:-1] for start in range(0, len(body), _MANY))
        return b"[" + b",".join(parts) + b"]"
    options = orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if pretty else 0)
    try:
        text = orjson.dumps(body, _number, options)
    except TypeError:
        text = _render_the_unusual(body, pretty=pretty)
    text = _escaped(text)
    return _INDENT.sub(lambda spaces: spaces[0] * 2, text) + b"\n" if pretty else text


def escaped(text: str) -> bytes:
    """Return JSON in UTF-8, with the characters escaped that Go escapes."""
    return _escaped(utf8(text))


def _escaped(text: bytes) -> bytes:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


_INDENT = re.compile(rb"^ +", re.MULTILINE)
_ESCAPES = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(codec_number(value).encode())
    raise TypeError(type(value).__name__)


def _render_the_unusual(body: Any, *, pretty: bool) -> bytes:
    """Render what orjson refuses: lone surrogates (an ID that isn't UTF-8) and integers beyond 64 bits."""
    separators = (",", ": ") if pretty else (",", ":")
    return utf8(
        json.dumps(body, ensure_ascii=False, sort_keys=True, indent=2 if pretty else None, separators=separators)
    )
