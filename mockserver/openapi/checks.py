"""Check values against JSON Schemas of the description, and replies against their operation (strict mode)."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import quote

from mockserver.gostd.surrogates import replaced
from mockserver.openapi.documents import Documents, SchemaNode
from mockserver.openapi.long_lists import LongList, without_long_lists
from mockserver.openapi.wording import Wording

_BASE = "nomad:///"


class SchemaChecks:
    """Checks against any schema in a folder; what they need is built on first use and kept.

    ``meant`` makes of a schema the one that is checked.
    """

    def __init__(self, documents: Documents, meant: Callable[[Any], Any] | None = None) -> None:
        self._documents = documents
        self._meant = meant or _closed
        self._validators: dict[object, Any] = {}
        self._files: dict[str, Any] = {}
        self._wording = Wording(documents, _BASE)

    def findings(self, schema: SchemaNode, value: Any, place: str) -> Iterator[str]:
        """Say what is wrong with ``value`` and where; ``place`` is the name that the findings give it."""
        key = id(schema.value)
        if key not in self._validators:
            self._validators[key] = self._validator(schema.value, schema.file)
        return self._found(self._validators[key], value, place)

    def findings_at(self, file: str, pointer: str, value: Any, place: str) -> Iterator[str]:
        """Check against the schema that ``pointer`` (a JSON pointer, after ``#``) leads to in a file."""
        reference = f"{_BASE}{file}#{quote(pointer, safe='/~')}"
        if reference not in self._validators:
            self._validators[reference] = self._validator({"$ref": reference}, "")
        return self._found(self._validators[reference], value, place)

    def findings_in_parts(self, file: str, pointer: str, value: Any, place: str) -> Iterator[str]:
        """Say the same with many short calls instead of a long one: members of long lists are checked one by one."""
        lists: list[LongList] = []
        beginning = without_long_lists(self._documents, file, pointer, value, place, lists)
        yield from self.findings_at(file, pointer, beginning, place)
        for each in lists:
            for number, member in each.others():
                yield from self.findings_at(each.file, each.pointer, member, f"{each.place}/{number}")

    def _found(self, validator: Any, value: Any, place: str) -> Iterator[str]:
        try:
            errors = validator.iter_errors(value)
        except UnicodeEncodeError:  # a lone surrogate in a name, or in a text that a pattern describes
            errors = validator.iter_errors(_as_rendered(value))
        for error in errors:
            yield from self._wording.of(error, place, value)

    def _validator(self, schema: Any, file: str) -> Any:
        import jsonschema_rs  # costs start-up time, so only a check imports it

        return jsonschema_rs.Draft202012Validator(
            self._meant(schema),
            base_uri=_BASE + file,
            retriever=lambda uri: self._file(uri.removeprefix(_BASE)),
            validate_formats=True,
            formats=_FORMATS,
        )

    def _file(self, file: str) -> Any:
        """Return what is checked of a file; it is made once, for each check reads whole files."""
        if file not in self._files:
            self._files[file] = self._meant(self._documents.load(file))
        return self._files[file]


def _as_rendered(value: Any) -> Any:
    """Return a value of JSON as a reply shows it, which has no lone surrogates."""
    return json.loads(replaced(json.dumps(value, ensure_ascii=False)))


def _closed(schema: Any) -> Any:
    """Return the schema with ``x-closed`` objects closed, found by its file and not by its ``$id``."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items() if not (key == "$id" and isinstance(value, str))}
    if schema.get("x-closed") is True:
        closed["unevaluatedProperties"] = False
    return closed


def _documented(schema: Any) -> Any:
    """Return the schema of what the page binds: fields that are merely observed may be missing, and be anything."""
    if isinstance(schema, list):
        return [_documented(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    bound = {key: _documented(value) for key, value in schema.items() if not (key == "$id" and isinstance(value, str))}
    fields = schema.get("properties")
    for keyword in ("minItems", "minProperties"):
        if isinstance(bound.get(keyword), int):  # that null stands for nothing is observed
            del bound[keyword]
    if isinstance(fields, dict):
        observed = {name for name, field in fields.items() if field.get("x-source") == "observed"}
        bound["properties"] = {name: field for name, field in bound["properties"].items() if name not in observed}
        bound["required"] = [name for name in schema.get("required", ()) if name not in observed]
    return bound


def _is_address(text: str) -> bool:
    return _is_read_by(ip_address, text)


def is_network(text: str) -> bool:
    """Whether a text is a range of IP addresses, such as 10.0.0.0/24, or one address."""
    return _is_read_by(partial(ip_network, strict=False), text)


def _is_read_by(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


_FORMATS = {"ip-address": _is_address, "ip-network": is_network}
"""Formats of our own: an address of either version of IP, and a range of them."""


class ReplyChecks:
    """Checks of replies."""

    def __init__(self, documents: Documents) -> None:
        self._checks = SchemaChecks(documents)
        self._checks_of_documented = SchemaChecks(documents, _documented)

    def findings(
        self,
        operation: SchemaNode,
        status: int,
        headers: Mapping[str, str],
        body: Any,
        *,
        documented_only: bool = False,
    ) -> list[str]:
        """Say what is wrong with a reply; see ``Contract.findings``."""
        responses = operation.child("responses")
        key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in responses.value), None)
        if key is None:
            return [f"status {status} is not documented"]
        response = responses.child(key)
        lower = {name.lower(): value for name, value in headers.items()}
        if documented_only:  # the page shows no header fields
            return list(self._in_body(response, lower, body, self._checks_of_documented))
        return [*self._in_headers(response, lower), *self._in_body(response, lower, body, self._checks)]

    def _in_headers(self, response: SchemaNode, headers: Mapping[str, str]) -> Iterator[str]:
        for name, _ in response.items("headers"):
            header = response.child("headers", name)
            value = headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield f"header {name} is missing"
            elif (schema := header.child("schema")).value:
                yield from self._checks.findings(schema, _header_value(value, schema), f"header {name}")

    def _in_body(
        self, response: SchemaNode, headers: Mapping[str, str], body: Any, checks: SchemaChecks
    ) -> Iterator[str]:
        documented = {name.partition(";")[0].strip(): media for name, media in (response.get("content") or {}).items()}
        content_type = headers.get("content-type")
        if not documented:
            return
        media_type = next(iter(documented)) if content_type is None else content_type.partition(";")[0].strip()
        if media_type not in documented:
            yield f"content type {media_type} is not documented"
            return
        schema = SchemaNode(response.documents, response.file, documented[media_type].get("schema", {})).target()
        yield from checks.findings(schema, body, "body")


def _header_value(text: str, schema: SchemaNode) -> Any:
    """Read a header as the JSON value that its schema describes; return the text itself when it is none."""
    if schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
