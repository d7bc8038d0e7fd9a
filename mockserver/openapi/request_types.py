"""Request schemas as Go types: ``x-go-type`` says which, ``null`` and ``x-zero`` say what the zero value is."""

from collections.abc import Iterator

from mockserver.gostd.json_containers import Field, List, Map, Struct
from mockserver.gostd.json_types import SIMPLE_TYPES, GoType
from mockserver.openapi.documents import SchemaNode


class RequestTypes:
    """The Go types of request schemas, each struct made once, so that schemas may contain themselves."""

    def __init__(self) -> None:
        self._structs: dict[int, Struct] = {}

    def of(self, schema: SchemaNode) -> GoType:
        """Return the type that ``schema`` describes.

        Raises:
            ValueError: its ``x-go-type`` is missing or unknown.
        """
        name = _keyword(schema, "x-go-type")
        if name is None:
            raise ValueError(f"a schema in {schema.file} has no x-go-type: {schema.value}")
        return self._named(str(name), schema)

    def _named(self, name: str, schema: SchemaNode) -> GoType:
        if (simple := SIMPLE_TYPES.get(name)) is not None:
            return simple
        if (element := name.removeprefix("[]")) != name:
            return List(name, self._named(element.lstrip("*"), _part(schema, "items")), element.startswith("*"))
        if (element := name.removeprefix("map[string]")) != name:
            return Map(name, self._named(element.lstrip("*"), _part(schema, "additionalProperties")))
        return self._struct(name, schema)

    def _struct(self, name: str, schema: SchemaNode) -> Struct:
        owner = next((facet for facet in _facets(schema) if "properties" in facet.value), None)
        if owner is None:
            raise ValueError(f"x-go-type {name!r} in {schema.file} is not known and has no properties")
        key = id(owner.value)
        if key not in self._structs:
            struct = self._structs[key] = Struct(name)
            struct.complete([self._field(*item) for item in owner.items("properties")])
        return self._structs[key]

    def _field(self, name: str, schema: SchemaNode) -> Field:
        field_type = self.of(schema)
        return Field(name, field_type, pointer=isinstance(field_type, Struct) and _zero_is_null(schema))


def _facets(schema: SchemaNode) -> Iterator[SchemaNode]:
    """Yield the objects that make up a schema: itself, the one it refers to, the alternatives that are not null."""
    yield schema
    if (referred := schema.referred()) is not None:
        yield from _facets(referred)
    for combination in ("allOf", "anyOf", "oneOf"):
        for member in schema.members(combination):
            if member.get("type") != "null":
                yield from _facets(member)


def _keyword(schema: SchemaNode, key: str) -> object:
    return next((facet.get(key) for facet in _facets(schema) if key in facet.value), None)


def _part(schema: SchemaNode, key: str) -> SchemaNode:
    """Return the schema under ``key``; an empty one where it is ``true`` or absent."""
    for facet in _facets(schema):
        if isinstance(facet.get(key), dict):
            return SchemaNode(facet.documents, facet.file, facet.value[key])
    return SchemaNode(schema.documents, schema.file, {})


def _zero_is_null(schema: SchemaNode) -> bool:
    """Say whether the zero value is null: by ``x-zero`` (null or ``"object"``), else by whether null is allowed."""
    own = next((facet for facet in _facets(schema) if "x-zero" in facet.value), None)
    if own is not None:
        return own.get("x-zero") is None
    alternatives = [*schema.members("anyOf"), *schema.members("oneOf")]
    return any("null" in _types(one) for one in [schema, *alternatives])


def _types(schema: SchemaNode) -> list[object]:
    types = schema.get("type")
    return types if isinstance(types, list) else [types]
