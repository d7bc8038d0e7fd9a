"""Rebuild the JSON of a reply, record by record and list by list, with changes to each."""

from collections.abc import Sequence
from typing import Any

from mockserver.openapi.reply_shapes import Shape


class Change:
    """A change of records or lists; what it does not override stays as it is."""

    def record(self, shape: Shape, members: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - for those that look
        """Return the members of a record that is to be sent."""
        return members

    def elements(self, shape: Shape, elements: list[Any]) -> list[Any]:  # noqa: ARG002 - for those that look
        """Return the elements of a list that is to be sent."""
        return elements


def rebuilt(value: Any, shape: Shape | None, changes: Sequence[Change]) -> Any:
    """Return a copy of ``value`` with these changes made; what is inside of a value is changed before it.

    What a client chose the names of, such as the members of Meta or Config, is passed over.
    """
    if shape is None:
        return value
    if isinstance(value, list):
        elements = [rebuilt(each, shape.items, changes) for each in value]
        for change in changes:
            elements = change.elements(shape, elements)
        return elements
    if not isinstance(value, dict):
        return value
    if not shape.kind:
        return {name: rebuilt(each, shape.values, changes) for name, each in value.items()}
    members = {name: rebuilt(each, shape.fields.get(name), changes) for name, each in value.items()}
    for change in changes:
        members = change.record(shape, members)
    return members
