"""Go's types as ``encoding/json`` decodes them: the protocol of a type, and the types without parts.

``decode(tree, old)`` returns the value that ``encoding/json`` leaves in a variable that held ``old`` before: a
property that is sent twice is decoded into what the first one left. ``json_containers.py`` has the types with parts;
``openapi/request_types.py`` makes types from schemas.
"""

import base64
from typing import Any, Protocol

from mockserver.errors import BadRequest
from mockserver.gostd.base64 import decode_base64
from mockserver.gostd.json_text import Number, Tree
from mockserver.gostd.numbers import Float64

MAX_FREE_DEPTH = 200
"""How deeply free-form values may nest: the mock's own limit, an agent takes some thousand levels more."""

_INT64 = range(-(1 << 63), 1 << 63)
_UINT64 = range(1 << 64)
_RANGES = {
    "int": _INT64,
    "int64": _INT64,
    "time.Duration": _INT64,
    "uint64": _UINT64,
    "uint8": range(1 << 8),
}


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
        """Return the complaint in Go's words."""
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
        """Return a fresh zero value."""

    def decode(self, tree: Tree, old: Any) -> Any:
        """Return the value that ``tree`` makes of ``old``; raises Mismatch, or BadRequest where Go has other words.

        ``old`` may be None for the zero value, unless ``tree`` is null.
        """


def decode_into(target: GoType, tree: Tree) -> Any:
    """Decode ``tree`` into a zero value of the type.

    Raises:
        BadRequest: the JSON does not fit the type, in Go's words.
    """
    try:
        return target.decode(tree, target.zero())
    except Mismatch as mismatch:
        raise BadRequest(mismatch.text()) from None


def mismatch(tree: Tree, go_type: str) -> Any:
    """Refuse a value of another kind than ``go_type`` takes.

    Raises:
        Mismatch: always.
    """
    raise Mismatch(_kind(tree), go_type)


def _kind(tree: Tree) -> str:
    kinds: dict[type, str] = {bool: "bool", str: "string", list: "array", tuple: "object"}
    return kinds.get(type(tree), "number")


class String:
    """``string``; null leaves it alone."""

    name = "string"

    def zero(self) -> str:
        """Give the zero value."""
        return ""

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``."""
        if type(tree) is str:
            return tree
        return old if tree is None else mismatch(tree, self.name)


class Bool:
    """``bool``; null leaves it alone."""

    name = "bool"

    def zero(self) -> bool:
        """Give the zero value."""
        return False

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``."""
        if tree is True or tree is False:
            return tree
        return old if tree is None else mismatch(tree, self.name)


class Integer:
    """``int``, ``uint64``, ``time.Duration`` …: must be written as an integer (not ``50.0``) and be in range."""

    def __init__(self, name: str, values: range) -> None:
        self.name = name
        self.values = values

    def zero(self) -> int:
        """Give the zero value."""
        return 0

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``.

        Raises:
            Mismatch: it is written as no integer, or out of range.
        """
        if type(tree) is not Number:
            return old if tree is None else mismatch(tree, self.name)
        try:
            value = int(tree)
        except ValueError:  # a fraction, an exponent, or more digits than Python likes to convert
            value = self.values.stop
        if value not in self.values or (value == 0 and self.values.start == 0 and tree.startswith("-")):
            raise Mismatch(f"number {tree}", self.name)
        return value


class Float:
    """``float64``."""

    name = "float64"

    def zero(self) -> float:
        """Give the zero value."""
        return 0.0

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``."""
        if type(tree) is Number:
            return _float64(tree)
        return old if tree is None else mismatch(tree, self.name)


class Free:
    """``interface {}``: any JSON value, numbers becoming ``Float64``."""

    name = "interface {}"

    def zero(self) -> None:
        """Give the zero value."""
        return

    def decode(self, tree: Tree, old: Any) -> Any:  # noqa: ARG002  # a free value is replaced, never merged
        """Decode ``tree`` over ``old``."""
        return _free_value(tree, MAX_FREE_DEPTH)


class Bytes:
    """``[]uint8``, held as standard base64 text: sent as such a text or as a list of numbers; null is nil."""

    name = "[]uint8"
    byte = Integer("uint8", _RANGES["uint8"])

    def zero(self) -> None:
        """Give the zero value."""
        return

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``."""
        if tree is None:
            return None
        if type(tree) is str:
            return _as_text(decode_base64(tree))
        if type(tree) is not list:
            return mismatch(tree, self.name)
        old_bytes = base64.b64decode(old or "").ljust(len(tree), b"\0")
        return _as_text(bytes(self.byte.decode(item, old_bytes[i]) for i, item in enumerate(tree)))


def _float64(literal: str) -> Float64:
    value = Float64(literal)
    if value in {float("inf"), float("-inf")}:
        raise Mismatch(f"number {literal}", "float64")
    return value


def _free_value(tree: Tree, depth: int) -> Any:
    if type(tree) is Number:
        return _float64(tree)
    if not isinstance(tree, list | tuple):
        return tree
    if depth == 0:
        raise BadRequest(f"free-form values may not nest deeper than {MAX_FREE_DEPTH} levels in this mock")
    if isinstance(tree, list):
        return [_free_value(item, depth - 1) for item in tree]
    return {name: _free_value(item, depth - 1) for name, item in tree}


def _as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


SIMPLE_TYPES: dict[str, GoType] = {
    "string": String(),
    "bool": Bool(),
    "float64": Float(),
    "interface {}": Free(),
    "[]uint8": Bytes(),
    **{name: Integer(name, values) for name, values in _RANGES.items()},
}
"""The types that their name says all about."""
