"""Indexes as clients see them: the one place where they meet those of the mock's own state.

The mock counts its indexes from 1 on, one by one. In a world that varies they may start high, jump, and exceed what a
float holds exactly. Both are tied by one strictly growing function for the whole life of a world, so that clients can
compare, wait and enforce with what they were told.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.errors import BadRequest
from mockserver.gostd.json_text import Number, read
from mockserver.openapi.query import index_of
from mockserver.openapi.reply_shapes import Shape
from mockserver.variation.rebuild import Change
from mockserver.vary import ReplyChoices, Vary

HIGH = "index.high"
JUMPS = "index.jumps"
BEYOND_FLOATS = "index.beyond-2-53"

NEVER = (1 << 63) - 1
"""An index that no region of the mock will ever have."""

_SCATTER = 0x9E3779B97F4A7C15
"""An odd number whose multiples are spread over all residues."""
_IN_TEXT = re.compile(r"(modify index:? )(\d+)")


class Indexes:
    """The function between the indexes inside of the mock and those outside; 0 means no index on both sides."""

    def __init__(self, vary: Vary) -> None:
        high, jumps, beyond = (vary.of_world(each) for each in (HIGH, JUMPS, BEYOND_FLOATS))
        self.used = tuple(each for each in (HIGH, JUMPS, BEYOND_FLOATS) if each in vary.named)
        self._base = 0
        self._step = 1
        self._scatter = 0
        if high is not None:
            self._base += high.randrange(10_000, 1_000_000_000)
        if jumps is not None:
            self._step = jumps.randrange(3, 1_000)
            self._scatter = _SCATTER + 2 * jumps.randrange(1 << 32)
        if beyond is not None:
            self._base += beyond.randrange(1 << 54, 1 << 62)

    def outside(self, index: int) -> int:
        """Return the index that clients are told for one of the mock's own."""
        if index <= 0 or index == NEVER:
            return index
        return self._base + index * self._step + (index * self._scatter >> 16) % self._step

    def inside(self, index: int) -> int:
        """Return the newest index of the mock's own that clients are told no later one for; 0 when there is none."""
        if index <= self._base:
            return 0
        nearest = (index - self._base) // self._step
        return nearest if self.outside(nearest) <= index else nearest - 1

    def exactly_inside(self, index: int) -> int:
        """Return the mock's own index that clients are told this one for; ``NEVER`` when there is none."""
        inside = self.inside(index)
        return inside if self.outside(inside) == index else NEVER


class OutsideIndexes(Change):
    """Puts the indexes that clients are told in place of the mock's own."""

    def __init__(self, indexes: Indexes, choices: ReplyChoices) -> None:
        self._indexes = indexes
        self._choices = choices

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:
        """Change every field that is an index."""
        return {
            name: self.outside(value) if is_index(name, shape.fields.get(name)) else value
            for name, value in members.items()
        }

    def outside(self, index: int) -> int:
        """Return the index that clients are told, and note that it is another."""
        if index:
            for freedom in self._indexes.used:
                self._choices.note(freedom)
        return self._indexes.outside(index)

    def header(self, value: bytes) -> bytes:
        """Return the value of X-Nomad-Index that clients are sent."""
        return b"%d" % self.outside(int(value))

    def text(self, text: str, asked: "Enforced | None") -> str:
        """Return an error with the indexes in it that clients know; that of the request is as it was ``asked``."""

        def known(found: re.Match[str]) -> str:
            index = int(found[2])
            return found[1] + str(asked.outside if asked and asked.inside == index else self.outside(index))

        return _IN_TEXT.sub(known, text)


def is_index(name: str, shape: Shape | None) -> bool:
    """Whether a field of a record is an index."""
    return shape is not None and shape.type == "integer" and name.endswith("Index")


def asked_from(raw_query: bytes, indexes: Indexes) -> bytes:
    """Return a query with the index in it, from which a client waits on, as the mock counts."""
    pairs = raw_query.split(b"&")
    for number, pair in enumerate(pairs):
        name, value = (unquote_to_bytes(part).decode("latin-1") for part in pair.partition(b"=")[::2])
        if name == "index" and value:
            with suppress(BadRequest):  # the agent will say that it is no index
                pairs[number] = b"index=%d" % indexes.inside(index_of(value))
    return b"&".join(pairs)


@dataclass(frozen=True, slots=True)
class Enforced:
    """The index that a registration enforces, as the client knows it and as the mock does."""

    outside: int
    inside: int


def enforcing(body: bytes, indexes: Indexes) -> tuple[bytes, Enforced | None]:
    """Return the body of a registration with the index that it enforces as the mock counts, and that index."""
    if not _MAY_ENFORCE.search(body):
        return body, None
    asked = None
    try:
        tree = read(body)
        if not isinstance(tree, tuple):
            return body, None
        members = []
        for name, value in tree:
            if name.lower() == "jobmodifyindex" and isinstance(value, Number) and value.isdigit():
                outside = index_of(value)
                asked = Enforced(outside, indexes.exactly_inside(outside))
                value = Number(asked.inside)
            members.append((name, value))
        return _text(tuple(members)).encode(), asked
    except (BadRequest, RecursionError):  # the agent will say what is wrong, or it enforces nothing
        return body, None


_MAY_ENFORCE = re.compile(rb"enforceindex|\\u", re.IGNORECASE)
"""An escape may hide the name."""


def _text(tree: Any) -> str:
    if isinstance(tree, Number):
        return str(tree)
    if isinstance(tree, tuple):
        return "{" + ",".join(f"{json.dumps(name)}:{_text(value)}" for name, value in tree) + "}"
    return "[" + ",".join(map(_text, tree)) + "]" if isinstance(tree, list) else json.dumps(tree)
