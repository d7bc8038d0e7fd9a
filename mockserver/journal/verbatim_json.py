"""Read and write JSON without losing anything: repeated members, numbers as they are spelled."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_INDENT = re.compile(r"[\[{]\n([ \t]+)")


class NotReadable(ValueError):
    """The text is no JSON, or is nested too deeply to be read."""


class Members(list[tuple[str, Any]]):
    """An object: its members in their order, those with the same name too."""


class Number(str):
    """A number as it is spelled."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=Number, strict=False
)


def read_all(text: str) -> list[Any]:
    """Return the values in a text, one after the other.

    Raises:
        NotReadable: when one of them can't be read.
    """
    values: list[Any] = []
    at = _behind_space(text, 0)
    try:
        while at < len(text):
            value, end = _DECODER.raw_decode(text, at)
            values.append(value)
            at = _behind_space(text, end)
    except (ValueError, RecursionError) as error:
        raise NotReadable(str(error)) from None
    return values


def _behind_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return at if space is None else space.end()


def written(values: Sequence[Any], *, like: str) -> str:
    """Return the values as a text laid out like another one. Raises ``RecursionError`` for a deep value."""
    indent = _INDENT.search(like)
    colon, comma = (": ", "," if indent else ", ") if re.search(r'"\s*: ', like) else (":", ",")
    parts = (
        "".join(_parts(value, colon, comma, indent[1] if indent else "", "\n" if indent else "")) for value in values
    )
    return "\n".join(parts) + ("\n" if like.endswith("\n") else "")


def _parts(value: Any, colon: str, comma: str, indent: str, line: str) -> Iterator[str]:
    """``line`` is what begins a line at the depth of the value; "" where everything is on one."""
    inner = line + indent if line else ""
    if isinstance(value, Number):
        yield value
    elif isinstance(value, Members) and value:
        for number, (name, each) in enumerate(value):
            yield ("{" if number == 0 else comma) + inner + _quoted(name) + colon
            yield from _parts(each, colon, comma, indent, inner)
        yield line + "}"
    elif isinstance(value, Members):
        yield "{}"
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield ("[" if number == 0 else comma) + inner
            yield from _parts(each, colon, comma, indent, inner)
        yield line + "]"
    else:
        yield _quoted(value)


def _quoted(value: Any) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    return quoted if quoted.isascii() or quoted.isprintable() else json.dumps(value)  # half a surrogate can't be sent
