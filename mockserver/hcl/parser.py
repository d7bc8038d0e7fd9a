"""Read the structure of HCL: items, each of which has names and a value; a block has items again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from mockserver.hcl.scanner import HclError, Place, Scanner, Token

Value: TypeAlias = Union[str, int, float, bool, list["Value"], "Block"]


@dataclass(frozen=True, slots=True)
class Item:
    """``name = value``, ``name { … }`` or ``name "label" { … }``."""

    name: str
    labels: tuple[str, ...]
    value: Value
    place: Place


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between braces, in its order."""

    place: Place
    items: list[Item] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Item]:
        """Yield the items with this name."""
        return (item for item in self.items if item.name == name)


def parse(text: str) -> Block:
    """Return the items of a whole text.

    Raises:
        HclError: The text is not HCL.
    """
    try:
        return _Parser(Scanner(text).tokens()).whole()
    except RecursionError:
        raise HclError(Place(1, 1), "blocks are nested too deeply") from None


class _Parser:
    def __init__(self, tokens: Iterator[Token]) -> None:
        self._tokens = tokens
        self._token = next(tokens)

    def whole(self) -> Block:
        return self._items(self._token.place, end="")

    def _take(self) -> Token:
        taken = self._token
        if taken.kind != "end":
            self._token = next(self._tokens)
        return taken

    def _is(self, mark: str) -> bool:
        return self._token.kind == "mark" and self._token.value == mark

    def _items(self, place: Place, end: str) -> Block:
        block = Block(place)
        while self._token.kind in ("name", "text"):
            block.items.append(self._item())
            if self._is(","):
                self._take()
        if not (self._token.kind == "end" and not end) and not (end and self._is(end)):
            self._expect(f"a name{f' or {end}' if end else ''}")
        return block

    def _item(self) -> Item:
        first = self._take()
        labels = []
        while self._token.kind in ("name", "text"):
            labels.append(str(self._take().value))
        if self._is("=") and not labels:
            self._take()
            return Item(str(first.value), (), self._value(), first.place)
        if not self._is("{"):
            self._expect("{" if labels else "= or {")
        return Item(str(first.value), tuple(labels), self._block(), first.place)

    def _value(self) -> Value:
        if self._is("{"):
            return self._block()
        if self._is("["):
            return self._list()
        if self._token.kind not in ("text", "number", "bool"):
            self._expect("a text in quotes, a number, true, false, a list or a block")
        return self._take().value

    def _block(self) -> Block:
        place = self._take().place
        block = self._items(place, end="}")
        self._take()
        return block

    def _list(self) -> list[Value]:
        self._take()
        values: list[Value] = []
        while not self._is("]"):
            if self._token.kind == "bool" or self._is("["):
                self._expect("a text in quotes, a number or a block; Nomad 0.5 has no others in lists")
            values.append(self._value())
            if self._is(","):
                self._take()
            elif not self._is("]"):
                self._expect(", or ]")
        self._take()
        return values

    def _expect(self, what: str) -> None:
        found = "the end of the file" if self._token.kind == "end" else repr(self._token.value)
        raise HclError(self._token.place, f"expected {what}, found {found}")
