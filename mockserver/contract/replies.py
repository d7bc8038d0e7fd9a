"""Strict mode: a reply held against the description of its operation."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.checks import SchemaChecks
from mockserver.contract.documents import Documents, Node


class ReplyChecks:
    """Checks of replies."""

    def __init__(self, documents: Documents) -> None:
        self._checks = SchemaChecks(documents)

    def findings(self, operation: Node, status: int, headers: Mapping[str, str], body: Any) -> list[str]:
        """What is wrong with a reply, in words; see ``Contract.findings``."""
        responses = operation.child("responses")
        key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in responses.value), None)
        if key is None:
            return [f"status {status} is not documented"]
        response = responses.child(key)
        lower = {name.lower(): value for name, value in headers.items()}
        return [*self._in_headers(response, lower), *self._in_body(response, lower, body)]

    def _in_headers(self, response: Node, headers: Mapping[str, str]) -> Iterator[str]:
        for name, _ in response.items("headers"):
            header = response.child("headers", name)
            value = headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield f"header {name} is missing"
            elif (schema := header.child("schema")).value:
                yield from self._checks.findings(schema, _header_value(value, schema), f"header {name}")

    def _in_body(self, response: Node, headers: Mapping[str, str], body: Any) -> Iterator[str]:
        documented = {name.partition(";")[0].strip(): media for name, media in (response.get("content") or {}).items()}
        content_type = headers.get("content-type")
        if not documented:
            return
        media_type = next(iter(documented)) if content_type is None else content_type.partition(";")[0].strip()
        if media_type not in documented:
            yield f"content type {media_type} is not documented"
            return
        schema = Node(response.documents, response.file, documented[media_type].get("schema", {})).target()
        yield from self._checks.findings(schema, body, "body")


def _header_value(text: str, schema: Node) -> Any:
    """A header's text as the JSON value its schema speaks of, or the text itself."""
    if schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
