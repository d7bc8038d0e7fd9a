"""Descriptions and schemas as one document, for tools that follow no references to other files."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any

from mockserver.openapi.documents import Documents, SchemaNode


def bundle(documents: Documents, file: str) -> dict[str, Any]:
    """Return the OpenAPI description in ``file`` with all that it refers to under ``components.schemas``.

    A schema that the description names there keeps its name. Any other is named by its title, with ``Nomad`` before it
    where the description has another schema of that name.
    """
    document = documents.node(file)
    named, taken = {}, set()
    for name, schema in document.child("components").items("schemas"):
        if "$ref" in schema.value and not schema.value["$ref"].startswith("#"):
            named[_place(schema)] = name
        else:
            taken.add(name)
    whole = Bundle("#/components/schemas/", named, taken)
    bundled: dict[str, Any] = whole.inlined(document)
    bundled["components"]["schemas"] |= whole.taken_in
    return bundled


def _place(node: SchemaNode) -> str:
    """Return the file, relative to the folder, and the pointer in it that a reference leads to."""
    reference, _, pointer = str(node.value["$ref"]).partition("#")
    target = node.referred()
    return f"{target.file if target else reference}#{pointer}"


class Bundle:
    """What a document refers to in other files: ``taken_in`` has the schemas by name, also those they refer to.

    Args:
        local: the beginning of a reference to one of them.
        named: names of schemas by their places; any other is named by its title.
        taken: names that others have.
    """

    def __init__(self, local: str, named: Mapping[str, str] = MappingProxyType({}), taken: Container[str] = ()) -> None:
        self.taken_in: dict[str, Any] = {}
        self._local = local
        self._named = named
        self._taken = taken

    def inlined(self, node: SchemaNode) -> dict[str, Any]:
        """Return what a node holds; references out of its file lead into the bundle."""
        held = {key: self._value(node, value) for key, value in node.value.items() if key != "$schema"}
        any_items = "array" in held.get("type", ()) and "items" not in held
        return held | ({"items": {}} if any_items else {})  # generators need it

    def _value(self, holder: SchemaNode, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(holder, each) for each in value]
        if not isinstance(value, dict):
            return value
        node = SchemaNode(holder.documents, holder.file, value)
        reference = value.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            return {**value, "$ref": self._local + self._name(node)}
        return self.inlined(node)

    def _name(self, reference: SchemaNode) -> str:
        target = reference.target()
        title = target.value["title"]
        name = self._named.get(_place(reference), f"Nomad{title}" if title in self._taken else title)
        if name not in self.taken_in:
            self.taken_in[name] = {}  # it may refer to itself
            self.taken_in[name] = {**self.inlined(target), "title": name}  # generators would take it for a name
        return name
