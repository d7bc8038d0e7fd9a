"""Go types with parts: slices, maps and structs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mockserver.gostd.json_text import Tree
from mockserver.gostd.json_types import GoType, Mismatch, String, mismatch


class Slice(list[Any]):
    """A list that was shortened by a later one of the same name and still has the old elements behind its end."""

    __slots__ = ("behind",)

    def __init__(self, elements: Iterable[Any], behind: list[Any]) -> None:
        super().__init__(elements)
        self.behind = behind


@dataclass(frozen=True, slots=True)
class List:
    """``[]T``: null makes it nil (None); elements are decoded into those that an earlier list left there."""

    name: str
    element: GoType
    of_pointers: bool
    """Whether a null among the elements stays null."""

    def zero(self) -> None:
        """Give the zero value."""
        return

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``."""
        if type(tree) is not list:
            return None if tree is None else mismatch(tree, self.name)
        if old:
            return self._decode_over(tree, old)
        decode = self.element.decode
        return [self._zero_element() if item is None else decode(item, None) for item in tree]

    def _decode_over(self, tree: list[Any], old: list[Any]) -> list[Any]:
        slots = [*old, *(old.behind if isinstance(old, Slice) else [])]
        if not tree:
            return []
        slots += [self._zero_element() for _ in range(len(tree) - len(slots))]
        elements = [self._decode_element(item, slot) for item, slot in zip(tree, slots, strict=False)]
        behind = slots[len(elements) :]
        return Slice(elements, behind) if behind else elements

    def _zero_element(self) -> Any:
        return None if self.of_pointers else self.element.zero()

    def _decode_element(self, item: Tree, slot: Any) -> Any:
        return None if item is None and self.of_pointers else self.element.decode(item, slot)


@dataclass(frozen=True, slots=True)
class Map:
    """``map[string]T``: null makes it nil (None), a second object adds to the first, entry by entry."""

    name: str
    element: GoType

    def zero(self) -> None:
        """Give the zero value."""
        return

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``."""
        if type(tree) is not tuple:
            return None if tree is None else mismatch(tree, self.name)
        decode, zero = self.element.decode, self.element.zero
        decoded = dict(old) if old else {}
        for name, item in tree:
            decoded[name] = zero() if item is None else decode(item, None)
        return decoded


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct; a ``pointer`` is nil, that is null, when nothing or null was sent."""

    name: str
    type: GoType
    pointer: bool

    def zero(self) -> Any:
        """Give the zero value."""
        return None if self.pointer else self.type.zero()


@dataclass(slots=True)
class Struct:
    """A struct: every field is always there, in the order of the schema.

    Names match exactly or else by Go's case folding; unknown ones are dropped.
    """

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    _folded: dict[str, Field] = field(default_factory=dict, init=False)
    _template: dict[str, Any] = field(default_factory=dict, init=False)
    _nested: list[Field] = field(default_factory=list, init=False)
    _texts: frozenset[str] = field(default=frozenset(), init=False)

    def complete(self, fields: Iterable[Field]) -> None:
        """Give the struct its fields; apart from its making because a schema may contain itself."""
        self.fields = {f.name: f for f in fields}
        self._folded = {fold(name): f for name, f in self.fields.items()}
        self._template = {name: f.zero() for name, f in self.fields.items()}
        self._nested = [f for f in self.fields.values() if isinstance(self._template[f.name], dict)]
        self._texts = frozenset(f.name for f in self.fields.values() if isinstance(f.type, String))

    def zero(self) -> dict[str, Any]:
        """Give the zero value."""
        fresh = self._template.copy()
        for nested in self._nested:
            fresh[nested.name] = nested.type.zero()
        return fresh

    def decode(self, tree: Tree, old: Any) -> Any:
        """Decode ``tree`` over ``old``; the ``Mismatch`` of a field learns where it was."""  # noqa: DOC501
        if type(tree) is not tuple:
            return old if tree is None else mismatch(tree, self.name)
        decoded = self.zero() if old is None else dict(old)
        fields, texts = self.fields, self._texts
        for name, item in tree:
            if type(item) is str and name in texts:  # most are, and need no call
                decoded[name] = item
                continue
            found = fields.get(name) or self._folded.get(fold(name))
            if found is None:
                continue
            try:
                decoded[found.name] = (
                    None if item is None and found.pointer else found.type.decode(item, decoded[found.name])
                )
            except Mismatch as misfit:
                misfit.leave(self.name.rpartition(".")[2], found.name)
                raise
        return decoded


def fold(name: str) -> str:
    """Fold ``name`` so that two names that Go takes for the same become equal.

    Besides the ASCII letters only the Kelvin sign and the long s fold to ASCII; the first by ``lower``.
    """
    return name.lower().replace("ſ", "s")
