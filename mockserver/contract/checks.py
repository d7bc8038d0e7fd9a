"""Values held against JSON Schemas of the description."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockserver.contract.documents import Documents, Node
from mockserver.contract.wording import Wording

_BASE = "nomad:///"


class SchemaChecks:
    """Checks against any schema in a folder; what they need is built on first use and kept."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._validators: dict[object, Any] = {}
        self._wording = Wording(documents, _BASE)

    def findings(self, schema: Node, value: Any, place: str) -> Iterator[str]:
        """What is wrong with ``value`` and where, in words; ``place`` is what it is called."""
        key = id(schema.value)
        if key not in self._validators:
            self._validators[key] = self._validator(schema.value, schema.file)
        return self._found(self._validators[key], value, place)

    def findings_at(self, file: str, pointer: str, value: Any, place: str) -> Iterator[str]:
        """The same against the schema that ``pointer`` (a JSON pointer, after ``#``) leads to in a file."""
        reference = f"{_BASE}{file}#{quote(pointer, safe='/~')}"
        if reference not in self._validators:
            self._validators[reference] = self._validator({"$ref": reference}, "")
        return self._found(self._validators[reference], value, place)

    def _found(self, validator: Any, value: Any, place: str) -> Iterator[str]:
        for error in validator.iter_errors(value):
            yield from self._wording.of(error, place)

    def _validator(self, schema: Any, file: str) -> Any:
        import jsonschema_rs  # only who checks pays for it

        return jsonschema_rs.Draft202012Validator(
            _closed(schema),
            base_uri=_BASE + file,
            retriever=lambda uri: _closed(self._documents.load(uri.removeprefix(_BASE))),
            validate_formats=True,
        )


def _closed(schema: Any) -> Any:
    """The schema with ``x-closed`` objects refusing what they do not name, and found by its file, not its ``$id``."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items() if not (key == "$id" and isinstance(value, str))}
    if schema.get("x-closed") is True:
        closed["unevaluatedProperties"] = False
    return closed
