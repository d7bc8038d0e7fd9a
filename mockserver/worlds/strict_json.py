"""JSON that a person hands in: a file to load, or a body for the control plane.

It is read once, and nothing in it is passed over: what standard JSON does not allow, a name that one object has
twice and a number that can't be kept are errors.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from nomad_contract_spelling import shown

MOST_DIGITS = 40
"""Digits of the longest whole number; no schema describes a number that needs more."""

_INTEGER = re.compile(rf"-?[0-9]{{1,{MOST_DIGITS}}}")


class UnreadableJson(ValueError):
    """A text that is not JSON, or not JSON that can be kept; the message says why."""


def read_json(text: bytes, *, unique_names: bool = True) -> Any:
    """Return the value of a JSON text.

    Args:
        text: the whole text, in UTF-8, UTF-16 or UTF-32.
        unique_names: refuse an object that has the same name twice; without it the last one counts.

    Raises:
        UnreadableJson: The text is not JSON, is nested too deeply, or has a number of more than 40 digits, a number
            beyond the range of a double, or a name twice.
    """
    if not text.strip():
        raise UnreadableJson("not JSON: there is nothing in it")
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_fraction,
            object_pairs_hook=_without_twins if unique_names else None,
        )
    except UnreadableJson:
        raise
    except ValueError as error:
        raise UnreadableJson(f"not JSON: {error}") from None
    except RecursionError:
        raise UnreadableJson("not JSON that can be read: it is nested too deeply") from None


def is_integer(text: str) -> bool:
    """Return whether a text is a whole number of no more than ``MOST_DIGITS`` digits."""
    return _INTEGER.fullmatch(text) is not None


def _refuse_constant(constant: str) -> Any:
    raise UnreadableJson(f"{constant} is not a JSON number")


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS and not is_integer(text):
        raise UnreadableJson(f"{shown(text)} is a number of more than {MOST_DIGITS} digits")
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnreadableJson(f"{shown(text)} is larger than a number can be")
    return number


def _without_twins(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise UnreadableJson(f"the name {shown(twin)!r} is there twice in one object")
    return members
