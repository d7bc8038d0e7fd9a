"""Spell the same JSON value in different ways: the order of members, white space, escapes."""

import random
import re
from typing import Any

from mockserver.gostd.surrogates import utf8
from mockserver.http.rendering import escaped
from mockserver.variation.large_json import encoded
from mockserver.vary import ReplyChoices

KEY_ORDER = "json.key-order"
WHITE_SPACE = "json.white-space"
ESCAPES = "json.escapes"

_SPACES = ("", " ", "  ", "\n", "\t", "\r\n", " \t ", "\n\n    ")


def spelled(value: Any, choices: ReplyChoices, *, pretty: bool, size: int) -> bytes:
    """Return ``value`` as JSON: as an agent writes it, apart from the freedoms chosen.

    ``size`` is about how many characters that will be.
    """
    order, space, escapes = (choices.draw(each) for each in (KEY_ORDER, WHITE_SPACE, ESCAPES))
    ordered = _ordered(value, order, choices)
    if space is not None:
        choices.note(WHITE_SPACE)
        text = _spaced(ordered, space, size)
    elif pretty:
        text = encoded(ordered, size=size, ensure_ascii=False, indent=4) + "\n"
    else:
        text = encoded(ordered, size=size, ensure_ascii=False, separators=(",", ":"))
    return escaped(text) if escapes is None else _with_escapes(text, escapes, choices)


def _ordered(value: Any, source: random.Random | None, choices: ReplyChoices) -> Any:
    """Return a value with the members of its objects in any order, or in that of their names."""
    if isinstance(value, list):
        return [_ordered(each, source, choices) for each in value]
    if not isinstance(value, dict):
        return value
    names = in_order = sorted(value)
    if source is not None:
        names = source.sample(in_order, len(in_order))
        if names != in_order:
            choices.note(KEY_ORDER)
    return {name: _ordered(value[name], source, choices) for name in names}


def _spaced(value: Any, source: random.Random, size: int) -> str:
    """Return JSON with white space of a random kind between its tokens, at least a space before it."""
    comma = source.choice(_SPACES) + "," + source.choice(_SPACES)
    colon = source.choice(_SPACES) + ":" + source.choice(_SPACES)
    indent = source.choice((None, 1, "\t"))
    text = encoded(value, size=size, ensure_ascii=False, separators=(comma, colon), indent=indent)
    return f"{source.choice(_SPACES[1:])}{text}{source.choice(_SPACES)}"


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CHARACTER = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[^\\\"]")
_OFTEN = 0.1


def _with_escapes(text: str, source: random.Random, choices: ReplyChoices) -> bytes:
    """Return JSON with escapes in place of some characters of its strings, and only of those."""

    def character(found: re.Match[str]) -> str:
        one = found[0]
        if one[0] == "\\" or source.random() > _OFTEN:
            return one
        choices.note(ESCAPES)
        if one == "/":
            return r"\/"
        units = one.encode("utf-16-be", "surrogatepass").hex()
        units = units.upper() if source.random() < _OFTEN else units
        return "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))

    def string(found: re.Match[str]) -> str:
        return f'"{_CHARACTER.sub(character, found[0][1:-1])}"'

    return utf8(_STRING.sub(string, text))
