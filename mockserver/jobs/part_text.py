"""The text by which equal parts of jobs are found again."""

import orjson

from mockserver.gostd.numbers import Float64

LONGEST = 4 * 1024
"""The longest text, in bytes, of a part that is remembered."""

MOST_PARTS = 50
"""A job with more groups and tasks is left alone: to look for all of them would hold up other requests."""


def part_text(part: object) -> bytes | None:
    """Return the JSON text of a group or task; None of one that is too long, or that orjson refuses."""
    try:
        text = orjson.dumps(part, _number)
    except TypeError:  # what orjson refuses, such as lone surrogates
        return None
    return text if len(text) <= LONGEST else None


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Float64):
        return orjson.Fragment(float.__repr__(value).encode())
    raise TypeError
