"""Cut long lists out of a value, so that a check of it is many short calls instead of a long one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.openapi.documents import Documents

_FEW = 100
"""Members that stay in a list, and are checked together with what is around it."""


@dataclass(frozen=True, slots=True)
class LongList:
    """A list that was cut, and where the schema of its members stands."""

    file: str
    pointer: str
    members: list[Any]
    place: str

    def others(self) -> Iterator[tuple[int, Any]]:
        """Yield the numbers and members that were cut off."""
        return ((number, self.members[number]) for number in range(_FEW, len(self.members)))


def without_long_lists(
    documents: Documents, file: str, pointer: str, value: Any, place: str, found: list[LongList]
) -> Any:
    """Return ``value`` with its long lists cut, and add these to ``found``.

    ``pointer`` leads to the schema of the value; lists are found as far as ``properties`` and ``items`` describe them
    in this file.
    """
    pointer, schema = _followed(documents, file, pointer)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return {
            name: without_long_lists(
                documents, file, f"{pointer}/properties/{_escaped(name)}", each, f"{place}/{name}", found
            )
            if name in known and isinstance(each, dict | list)
            else each
            for name, each in value.items()
        }
    if not isinstance(value, list) or "items" not in schema or "uniqueItems" in schema:
        return value
    items = f"{pointer}/items"
    if len(value) > _FEW:
        found.append(LongList(file, items, value, place))
    return [
        without_long_lists(documents, file, items, each, f"{place}/{number}", found)
        for number, each in enumerate(value[:_FEW])
    ]


def _followed(documents: Documents, file: str, pointer: str) -> tuple[str, dict[str, Any]]:
    """Follow references within the file; return where the schema itself stands, and the schema."""
    schema = _at(documents, file, pointer)
    while (reference := schema.get("$ref", "")).startswith("#"):
        pointer = reference.removeprefix("#")
        schema = _at(documents, file, pointer)
    return pointer, schema


def _at(documents: Documents, file: str, pointer: str) -> dict[str, Any]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return documents.node(file, *steps).value


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
