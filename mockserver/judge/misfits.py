"""Find the values that a Go type does not take, and say how they are written right."""

from collections.abc import Iterator
from typing import NamedTuple

from mockserver.errors import AgentError, BadRequest
from mockserver.gostd.durations import parse_duration
from mockserver.gostd.json_containers import List, Map, Struct, fold
from mockserver.gostd.json_text import Number, Tree
from mockserver.gostd.json_types import GoType, Integer, Mismatch, decode_into
from mockserver.jobs.validate.problems import Place


class Misfit(NamedTuple):
    """The value that was refused, where it is, and the type of that place."""

    place: Place
    go_type: GoType
    value: Tree

    def complaint(self) -> str:
        """Return what Go says of the value alone; empty where it takes it."""
        try:
            decode_into(self.go_type, self.value)
        except BadRequest as refusal:
            return refusal.text
        return ""

    def advice(self) -> str:
        """Return how to write the value; empty where that is not clear."""
        value, name = self.value, self.go_type.name
        if name in ("interface {}", "[]uint8"):
            return ""
        if isinstance(value, list) and not self.place:
            return "a file holds one job, without square brackets"
        if isinstance(self.go_type, Struct | Map) and value is not None and not isinstance(value, tuple):
            return "write an object, in braces"
        if isinstance(value, Number):
            return _of_number(value, self.go_type)
        if isinstance(value, str):
            return _of_text(value, self.go_type)
        if name.startswith("[]") and value is not None:
            return "write a list, in square brackets"
        if isinstance(value, list):
            return "write one value, without square brackets"
        return ""


def misfits(go_type: GoType, tree: Tree, place: Place = ()) -> Iterator[Misfit]:
    """Yield the values inside a JSON value that their types do not take; the whole if none of its parts is it.

    The first is the one that Go reports; it would report the next once that is mended.
    """
    is_whole = True
    for step, inner, value in _parts(go_type, tree):
        try:
            inner.decode(value, inner.zero())
        except (Mismatch, BadRequest):
            is_whole = False
            yield from misfits(inner, value, (*place, step))
    if is_whole:
        yield Misfit(place, go_type, tree)


def _parts(go_type: GoType, tree: Tree) -> Iterator[tuple[str | int, GoType, Tree]]:
    if isinstance(go_type, Struct) and isinstance(tree, tuple):
        folded = {fold(name): field for name, field in go_type.fields.items()}
        for name, value in tree:
            field = folded.get(fold(name))
            if field is not None and not (field.pointer and value is None):
                yield field.name, field.type, value
    elif isinstance(go_type, Map) and isinstance(tree, tuple):
        yield from ((name, go_type.element, value) for name, value in tree)
    elif isinstance(go_type, List) and isinstance(tree, list):
        for index, value in enumerate(tree):
            if value is not None:
                yield index, go_type.element, value


def _of_number(literal: Number, go_type: GoType) -> str:
    if go_type.name == "string":
        return f'write it in quotes: "{literal}"'
    if go_type.name == "bool":
        return "write true or false"
    if go_type.name.startswith("[]"):
        return "write a list, in square brackets"
    value = float(literal)
    if isinstance(go_type, Integer) and value.is_integer() and int(value) in go_type.values:
        return f"write it as {int(value)}"
    return "write a whole number" if isinstance(go_type, Integer) else ""


def _of_text(text: str, go_type: GoType) -> str:
    if go_type.name == "time.Duration":
        try:
            return f"write it in nanoseconds: {parse_duration(text)}"
        except (ValueError, AgentError):
            return "write it in nanoseconds: 1s is 1000000000"
    if isinstance(go_type, Integer):
        digits = text.removeprefix("-")
        return f"write it without quotes: {text}" if digits.isascii() and digits.isdigit() else "write a whole number"
    if go_type.name == "bool":
        word = text.lower()
        return f"write it without quotes: {word}" if word in ("true", "false") else "write true or false"
    return "write a list, in square brackets" if go_type.name.startswith("[]") else ""
