"""Expected and actual values told in words: the place where they differ first, data as JSON, no control character."""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""A place in JSON data: the names of members and the numbers of items on the way to it; any text may be a name."""

ABSENT = "no such field"
"""Stands for the value of a field that an object lacks."""
NO_ITEM = "no such item"
"""Stands for an item that a list lacks."""

_PLAIN = re.compile(r"[\w-]+")
"""Names that need no quotes."""
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Characters that move a terminal's cursor, colour it, turn the direction of text round, or cannot be encoded."""
_LONG = 80
"""The length from which on a text is shown around the place where it differs."""
_SHORT = 60
"""The length up to which data is shown whole."""
_BEFORE = 20
"""The number of characters that are shown before that place."""


class At(NamedTuple):
    """A value and its place in a reply, such as ``("TaskGroups", 0, "Count")``."""

    place: Place
    value: object


def written(place: Place) -> str:
    """Return a place as a person writes it: ``TaskGroups[0].Meta."a.b"``; odd names are in quotes."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if _PLAIN.fullmatch(step) else json.dumps(step, ensure_ascii=False)
            text += f".{name}" if text else name
    return text


def told(value: object, limit: int = 4000) -> str:
    """Return a value in words: a text as it is, data as JSON, with its place first where it has one."""
    if isinstance(value, At):
        text = f"{written(value.place)}: {data(value.value)}" if value.place else told(value.value)
    else:
        text = value if isinstance(value, str) else data(value)
    return shortened(escaped(text), limit)


def told_apart(expected: object, actual: object, limit: int = 4000) -> tuple[str, str]:
    """Return both values in words, each from the first place on at which they differ."""
    place = expected.place if isinstance(expected, At) else ()
    one = expected.value if isinstance(expected, At) else expected
    other = actual.value if isinstance(actual, At) else actual
    if place and not isinstance(actual, At):
        other = actual
    if max(len(data(one)), len(data(other))) > _SHORT:
        for here, wanted, found in _first_difference(one, other, place):
            if here:
                return told(At(here, wanted), limit), told(At(here, found), limit)
    lacks = isinstance(actual, At) and other in (ABSENT, NO_ITEM)  # its place says all, however long it is
    if isinstance(one, str) and isinstance(other, str) and not lacks:
        return _texts_apart(told(expected, 10 * limit), told(actual, 10 * limit), limit)
    texts = told(expected, limit), told(actual, limit)
    return texts if texts[0] != texts[1] else (shortened(data(one), limit), shortened(data(other), limit))


def escaped(text: str) -> str:
    """Return a text in which no character can act on a terminal or cannot be written."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def shortened(text: str, limit: int) -> str:
    """Return the beginning of a long text, with a sign that there is more."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def body(content: bytes, limit: int = 500) -> str:
    """Return the body of a reply in words: as text, or as the number and the beginning of bytes that are none."""
    try:
        return shortened(escaped(content.decode()), limit)
    except UnicodeDecodeError:
        packed = ", which gzip begins with" if content.startswith(b"\x1f\x8b") else ""
        return f"{len(content)} bytes that are no UTF-8 text: {content[:8].hex(' ')} …{packed}"


def data(value: object) -> str:
    """Return data as JSON, in quotes where it is a text; what JSON does not have as what is most like it."""
    if isinstance(value, str) and value in (ABSENT, NO_ITEM):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError, RecursionError):  # keys of another type, a circle
        return repr(value)


def _plain(value: object) -> Any:
    if isinstance(value, Set):
        return sorted(value, key=repr)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return body(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)


def _first_difference(one: Any, other: Any, place: Place) -> Iterator[tuple[Place, object, object]]:
    """Yield the first place at which two values of the same kind differ, with what is there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            left, right = one.get(name, ABSENT), dict.get(other, name, ABSENT)
            if found := list(_first_difference(left, right, (*place, str(name)))):
                yield found[0]
                return
    elif _is_list(one) and _is_list(other):
        for number in range(max(len(one), len(other))):
            left, right = (each[number] if number < len(each) else NO_ITEM for each in (one, other))
            if found := list(_first_difference(left, right, (*place, number))):
                yield found[0]
                return
    elif isinstance(one, bool) is not isinstance(other, bool) or one != other:
        yield place, one, other


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _texts_apart(one: str, other: str, limit: int) -> tuple[str, str]:
    """Return two texts; long ones that begin alike from a little before the first difference on."""
    same = next((n for n, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    start = max((min(len(one), len(other)) if same is None else same) - _BEFORE, 0)
    if max(len(one), len(other)) < _LONG or start < _BEFORE:
        return shortened(one, limit), shortened(other, limit)
    where = f"from character {start + 1} on: …"
    return shortened(f"{where}{one[start:]}", limit), shortened(f"{where}{other[start:]}", limit)
