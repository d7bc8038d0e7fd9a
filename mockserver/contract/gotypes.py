"""Go types, as far as request bodies need them: what a type can do, and Go's complaint about a wrong value.

``decode(tree, old)`` gives the value that ``encoding/json`` would leave in a variable that held ``old``
before: a property that comes twice is decoded into what the first one left. The scalar types are in
``scalars.py``, those with parts in ``containers.py``; ``requests.py`` makes them out of schemas.
"""

from typing import Any, Protocol

from mockserver.contract.syntax import Tree
from mockserver.errors import BadRequest


class Mismatch(Exception):  # a step on the way to a BadRequest, not an error of its own
    """A JSON value that does not fit its Go type; on the way out it learns where that was."""

    def __init__(self, value: str, go_type: str) -> None:
        super().__init__(value, go_type)
        self._value = value
        self._go_type = go_type
        self._struct = ""
        self._path: list[str] = []

    def leave(self, struct: str, name: str) -> None:
        """Note that this happened in field ``name`` of ``struct``; Go tells the innermost struct and the whole path."""
        self._struct = self._struct or struct
        self._path.append(name)

    def text(self) -> str:
        """The complaint in Go's words."""
        if not self._path:
            return f"json: cannot unmarshal {self._value} into Go value of type {self._go_type}"
        field_path = ".".join([self._struct, *reversed(self._path)])
        return f"json: cannot unmarshal {self._value} into Go struct field {field_path} of type {self._go_type}"


class GoType(Protocol):
    """A type: its name as error texts print it, its zero value and how JSON is stored in it."""

    @property
    def name(self) -> str:
        """The name, without the ``*`` of a pointer."""

    def zero(self) -> Any:
        """A fresh zero value."""

    def decode(self, tree: Tree, old: Any) -> Any:
        """The value that ``tree`` makes of ``old``. Raises Mismatch, or BadRequest for what Go puts in other words."""


def decode_into(target: GoType, tree: Tree) -> Any:
    """``tree`` decoded into a zero value. Raises BadRequest."""
    try:
        return target.decode(tree, target.zero())
    except Mismatch as mismatch:
        raise BadRequest(mismatch.text()) from None


def mismatch(tree: Tree, go_type: str) -> Any:
    """Raise Mismatch for a value of another kind than ``go_type`` takes."""
    raise Mismatch(_kind(tree), go_type)


def _kind(tree: Tree) -> str:
    kinds: dict[type, str] = {bool: "bool", str: "string", list: "array", tuple: "object"}
    return kinds.get(type(tree), "number")
