"""JSON the way the agent's encoder writes it, and what to do with texts that have no UTF-8."""

import json
import re
from typing import Any

import orjson

from mockserver.gostd.numbers import Float64, codec_number

_INDENT = re.compile(rb"^ +", re.MULTILINE)
_ESCAPES = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def render(body: Any, *, pretty: bool = False) -> bytes:
    """``body`` with alphabetical keys; ``pretty`` indents by four spaces and ends with a newline.

    ``<``, ``>``, ``&`` and the two Unicode line separators are escaped, so these bytes stand only inside strings.
    """
    options = orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if pretty else 0)
    try:
        text = orjson.dumps(body, _number, options)
    except TypeError:
        text = _render_the_unusual(body, pretty=pretty)
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return _INDENT.sub(lambda spaces: spaces[0] * 2, text) + b"\n" if pretty else text


def utf8(text: str) -> bytes:
    """``text`` as UTF-8, with U+FFFD for everything that has none."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(codec_number(value).encode())
    raise TypeError(type(value).__name__)


def _render_the_unusual(body: Any, *, pretty: bool) -> bytes:
    """What orjson refuses: lone surrogates (an ID that isn't UTF-8) and integers beyond 64 bits."""
    separators = (",", ": ") if pretty else (",", ":")
    return utf8(
        json.dumps(body, ensure_ascii=False, sort_keys=True, indent=2 if pretty else None, separators=separators)
    )
