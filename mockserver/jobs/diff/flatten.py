"""How a value of a job becomes the text that a diff shows."""

from collections.abc import Iterator
from typing import Any

from mockserver.gostd.numbers import go_number


def text(value: Any) -> str:
    """Return a primitive as a diff prints it: ``true``, ``6379``, ``1e+07``, the string itself, ``nil`` for null."""
    if type(value) is str:  # most are
        return value
    match value:
        case None:
            return "nil"
        case bool():
            return "true" if value else "false"
        case float():
            return go_number(value)
        case _:
            return str(value)


def flatten(value: Any, prefix: str = "") -> dict[str, str]:
    """Return the primitives inside ``value`` by path: ``args[0]``, ``port_map[0][db]``; the outermost key is bare.

    Empty maps and lists leave no trace; null is the text ``nil`` (recording ``plan-edit-driver-config``).
    """
    return dict(_leaves(value, prefix))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}[{key}]" if path else key)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _leaves(item, f"{path}[{position}]")
    else:
        yield path, text(value)
