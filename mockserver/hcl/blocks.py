"""Look into a block of HCL: its fields, and the blocks in it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mockserver.hcl.parser import Block, Item
from mockserver.hcl.scanner import HclError
from mockserver.hcl.values import Fields, block, mapping
from nomad_contract_spelling import meant


def fields_of(body: Block, fields: Fields, others: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of a block; ``others`` are names that are read elsewhere.

    Of a name that comes twice the last value counts, but lists are joined (observed).

    Raises:
        HclError: There is a name of neither kind.
    """
    found: dict[str, Any] = {}
    known: Mapping[str, Any] = {**fields, **dict.fromkeys(others)}
    for item in body.items:
        if item.name not in known:
            raise HclError(item.place, f"there is no {item.name} here{meant(item.name, known)}")
        if item.name in fields:
            name, read = fields[item.name]
            value, before = read(item), found.get(name)
            found[name] = [*before, *value] if isinstance(value, list) and isinstance(before, list) else value
    return found


def one(body: Block, name: str) -> Block | None:
    """Return the only block of this name, or None.

    Raises:
        HclError: There are several.
    """
    items = [*body.all(name)]
    if len(items) > 1:
        raise HclError(items[1].place, f"only one {name} block is allowed here")
    return block(items[0]) if items else None


def merged(body: Block, name: str) -> dict[str, str]:
    """Return the texts of all blocks of this name together, by their own names."""
    return {key: value for item in body.all(name) for key, value in mapping(item).items()}


def named(item: Item) -> tuple[str, Block]:
    """Return the name of a block and what is in it.

    Raises:
        HclError: It has no name, or several.
    """
    if len(item.labels) != 1 or not isinstance(item.value, Block):
        raise HclError(item.place, f'{item.name} needs a name and a block: {item.name} "NAME" {{ … }}')
    return item.labels[0], item.value


def all_named(body: Block, name: str) -> Iterator[tuple[str, Block]]:
    """Yield the names of blocks and what is in them.

    Raises:
        HclError: Two have one name.
    """
    seen: set[str] = set()
    for item in body.all(name):
        label, inner = named(item)
        if label in seen:
            raise HclError(item.place, f"there are two {name}s {label!r}")
        seen.add(label)
        yield label, inner
