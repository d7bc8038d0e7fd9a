"""Find the values of a JSON text again: the line and the column of a place in it."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from mockserver.gostd.json_containers import fold
from mockserver.gostd.json_text import unquoted
from mockserver.jobs.validate.problems import Place

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(slots=True)
class Spot:
    """A value in a text: the offsets at which it and, in an object, its name begin; what is in it."""

    start: int
    name: str | None = None
    name_start: int = 0
    items: "list[Spot]" = field(default_factory=list)
    members: "dict[str, Spot]" = field(default_factory=dict)
    """By name; the last one where a name comes twice."""

    def inner(self, step: str | int) -> "Spot | None":
        """Return the value that a decoder takes for a field or an item: in the right spelling, or else in any case."""
        if isinstance(step, int):
            return self.items[step] if step < len(self.items) else None
        alike = (one for name, one in reversed(self.members.items()) if fold(name) == fold(step))
        return self.members.get(step) or next(alike, None)


def spots(text: bytes) -> tuple[Spot, int]:
    """Return the first value of a JSON text, which is known to be one, and the offset of what follows it."""
    whole = Spot(0)
    holders = [whole]
    in_object = [False]
    name: tuple[str, int] | None = None
    for token in _TOKEN.finditer(text):
        first = token[0][:1]
        if first in (b"}", b"]"):
            holders.pop()
            in_object.pop()
        elif in_object[-1] and name is None:
            name = unquoted(token[0]), token.start()
            continue
        else:
            spot = Spot(token.start()) if name is None else Spot(token.start(), *name)
            if name is None:
                holders[-1].items.append(spot)
            else:
                holders[-1].members[name[0]] = spot
            name = None
            if first in (b"{", b"["):
                holders.append(spot)
                in_object.append(first == b"{")
        if len(holders) == 1:
            return whole.items[0], token.end()
    return whole.items[0], len(text)


def found(spot: Spot, place: Place) -> tuple[list[Spot], Place]:
    """Return the values on the way to a place, as far as they are there, and the place with names as they are spelt."""
    way, spelt = [spot], list(place)
    for number, step in enumerate(place):
        inner = way[-1].inner(step)
        if inner is None:
            break
        way.append(inner)
        spelt[number] = step if inner.name is None else inner.name
    return way, tuple(spelt)


class Lines:
    """The lines of a text."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer(b"\n", text))]
        self._is_ascii = text.isascii()

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a byte, both counted from 1; columns are characters."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if self._is_ascii:
            return line, offset - start + 1
        return line, len(self._text[start:offset].decode(errors="replace")) + 1


def json_path(place: Place) -> str:
    """Return a place as a JSONPath, such as ``$.Job.TaskGroups[0].Name``."""
    return "$" + "".join(map(_step, place))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_NAME.fullmatch(step):
        return f".{step}"
    quoted = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"
