"""Go types without parts: strings, booleans, numbers, byte strings and free-form values."""

import base64
from typing import Any

from mockserver.contract.base64 import decode_base64
from mockserver.contract.gotypes import GoType, Mismatch, mismatch
from mockserver.contract.numbers import Float64
from mockserver.contract.syntax import Number, Tree
from mockserver.errors import BadRequest

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
        """Decode ``tree`` over ``old``."""
        if type(tree) is Number:
            return self._parse(tree)
        return old if tree is None else mismatch(tree, self.name)

    def _parse(self, literal: str) -> int:
        unsigned = self.values.start == 0
        try:
            value = int(literal)
        except ValueError:  # a fraction, an exponent, or more digits than Python likes to convert
            value = self.values.stop
        if value not in self.values or (unsigned and literal.startswith("-")):
            raise Mismatch(f"number {literal}", self.name)
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
