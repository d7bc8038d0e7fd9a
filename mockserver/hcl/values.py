"""Values of HCL as the fields of a job take them: in Nomad 0.5 a number will do for a text, and the reverse."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from mockserver.gostd.durations import parse_duration
from mockserver.gostd.strconv import FALSE_WORDS, TRUE_WORDS, parse_int_literal
from mockserver.hcl.parser import Block, Item, Value
from mockserver.hcl.scanner import HclError

Reader: TypeAlias = Callable[[Item], Any]
"""Returns the value of an item as JSON; raises ``HclError`` for one of another type."""


def text(item: Item) -> str:
    """Return a text."""
    return _text(item, item.value)


def texts(item: Item) -> list[str]:
    """Return a list of texts.

    Raises:
        HclError: It is no list.
    """
    if not isinstance(item.value, list):
        raise HclError(item.place, f"{item.name} has to be a list")
    return [_text(item, each) for each in item.value]


def whole(item: Item) -> int:
    """Return a whole number.

    Raises:
        HclError: It is none.
    """
    value = item.value
    try:
        if isinstance(value, str):
            return parse_int_literal(value)
        return int(value)  # type: ignore[arg-type] # what is no number raises
    except (TypeError, ValueError):
        raise HclError(item.place, f"{item.name} has to be a whole number") from None


def boolean(item: Item) -> bool:
    """Return true or false.

    Raises:
        HclError: It is neither.
    """
    value = item.value
    if isinstance(value, str) and value in {*TRUE_WORDS, *FALSE_WORDS, ""}:
        return value in TRUE_WORDS
    if isinstance(value, bool | int | float):
        return bool(value)
    raise HclError(item.place, f"{item.name} has to be true or false")


def duration(item: Item) -> int:
    """Return nanoseconds, given so or as Go writes a duration.

    Raises:
        HclError: It is none.
    """
    if not isinstance(item.value, str):
        return whole(item)
    try:
        return parse_duration(item.value)
    except ValueError as error:
        raise HclError(item.place, f"{item.name}: {error}; write it as 30s, 5m or 1h") from None


def block(item: Item) -> Block:
    """Return a block without labels.

    Raises:
        HclError: It is something else.
    """
    if not isinstance(item.value, Block):
        raise HclError(item.place, f"{item.name} has to be a block: {item.name} {{ … }}")
    if item.labels:
        raise HclError(item.place, f"{item.name} takes no name")
    return item.value


def mapping(item: Item) -> dict[str, str]:
    """Return texts by name."""
    return {each.name: text(each) for each in block(item).items}


def config(blocks: Block) -> dict[str, Any]:
    """Return a block as the configuration of a driver has it: blocks in it are lists of one, or of all of one name."""
    members: dict[str, Any] = {}
    for item in blocks.items:
        value = _plain(item.value)
        if isinstance(item.value, Block):
            for label in reversed(item.labels):
                value = {label: [value]}
            known = members.get(item.name)
            value = [*(known if isinstance(known, list) else ()), value]
        members[item.name] = value
    return members


def _plain(value: Value) -> Any:
    if isinstance(value, Block):
        return config(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _text(item: Item, value: Value) -> str:
    if isinstance(value, Block | list):
        raise HclError(item.place, f"{item.name} has to be a text")
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)


Fields: TypeAlias = Mapping[str, tuple[str, Reader]]
"""Of each name of HCL: the name of the field, and how its value is read."""
