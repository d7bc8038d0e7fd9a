"""The shape of a reply's JSON, compiled from its schema: what is a record, what a map with names of a client's own."""

from dataclasses import dataclass, field
from typing import Any

from mockserver.openapi.documents import SchemaNode


@dataclass(slots=True)
class Shape:
    """The shape of one JSON value.

    Attributes:
        kind: Nomad's name of a record, such as ``Job``; "" for any other value.
        fields: the fields of a record by name.
        values: the shape of each value of a map, None for what is no map.
        items: the shape of each element of a list, None for what is no list.
        nullable: whether null may stand in its place.
        type: JSON Schema's word for its type, "" for any.
        format: JSON Schema's word for the form of a string, "" for none.
        documented: whether the page shows it, when it is a field of a record.
    """

    kind: str = ""
    fields: dict[str, "Shape"] = field(default_factory=dict)
    values: "Shape | None" = None
    items: "Shape | None" = None
    nullable: bool = False
    type: str = ""
    format: str = ""
    documented: bool = False


class ReplyShapes:
    """Shapes by schema; a record that refers to itself has a shape that does so, too."""

    def __init__(self) -> None:
        self._records: dict[int, dict[str, Shape]] = {}

    def of(self, node: SchemaNode) -> Shape:
        """Return the shape that a schema describes."""
        target = _variant(node.target())
        words = [word for word in _words(node) or _words(target) if word != "null"]
        shape = Shape(
            nullable="null" in _words(node) or any("null" in _words(each) for each in node.members("anyOf")),
            type=words[0] if words else "",
            format=str(node.get("format") or ""),
            documented=node.get("x-source") == "documented",
        )
        if "properties" in target.value:
            shape.kind, shape.fields = str(target.get("title") or ""), self._fields(target)
        elif isinstance(target.get("additionalProperties"), dict):
            shape.values = self.of(SchemaNode(target.documents, target.file, target.value["additionalProperties"]))
        elif "items" in target.value:
            shape.items = self.of(SchemaNode(target.documents, target.file, target.value["items"]))
        return shape

    def _fields(self, record: SchemaNode) -> dict[str, Shape]:
        known = self._records.get(id(record.value))
        if known is None:
            known = self._records[id(record.value)] = {}  # is there before its fields are, for those that lead back
            known.update({name: self.of(each) for name, each in record.items("properties")})
        return known


def _variant(node: SchemaNode) -> SchemaNode:
    """Return what an ``anyOf`` of something and null is about; the node itself when it is none."""
    return next((each.target() for each in node.members("anyOf") if "null" not in _words(each)), node)


def _words(node: SchemaNode) -> list[Any]:
    words = node.get("type")
    return words if isinstance(words, list) else [] if words is None else [words]
