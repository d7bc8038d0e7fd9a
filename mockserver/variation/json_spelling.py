"""Spell the same JSON value in different ways: the order of members, white space, escapes."""

import json
import random
import re
from typing import Any

from mockserver.http.rendering import escaped, utf8
from mockserver.vary import ReplyChoices

KEY_ORDER = "json.key-order"
WHITE_SPACE = "json.white-space"
ESCAPES = "json.escapes"

_SPACES = ("", " ", "  ", "\n", "\t", "\r\n", " \t ", "\n\n    ")


def spelled(value: Any, choices: ReplyChoices, *, pretty: bool) -> bytes:
    """Return ``value`` as JSON: as an agent writes it, apart from the freedoms chosen."""
    order, space, escapes = (choices.draw(each) for each in (KEY_ORDER, WHITE_SPACE, ESCAPES))
    ordered = in_order = _sorted(value)
    if order is not None:
        ordered = _shuffled(value, order)
        if json.dumps(ordered) != json.dumps(in_order):
            choices.note(KEY_ORDER)
    if space is not None:
        choices.note(WHITE_SPACE)
        text = _spaced(ordered, space)
    elif pretty:
        text = json.dumps(ordered, ensure_ascii=False, indent=4) + "\n"
    else:
        text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    return escaped(text) if escapes is None else _with_escapes(text, escapes, choices)


def _shuffled(value: Any, source: random.Random) -> Any:
    if isinstance(value, list):
        return [_shuffled(each, source) for each in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    source.shuffle(names)
    return {name: _shuffled(value[name], source) for name in names}


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return [_sorted(each) for each in value]
    return {name: _sorted(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


def _spaced(value: Any, source: random.Random) -> str:
    """Return JSON with white space of a random kind between its tokens, at least a space before it."""
    comma = source.choice(_SPACES) + "," + source.choice(_SPACES)
    colon = source.choice(_SPACES) + ":" + source.choice(_SPACES)
    text = json.dumps(value, ensure_ascii=False, separators=(comma, colon), indent=source.choice((None, 1, "\t")))
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
