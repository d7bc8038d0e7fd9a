"""The operations to attack, read from the two descriptions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.openapi.documents import Documents, SchemaNode

FOLDER = Path(__file__).parents[2] / "schemas"
DOCUMENTS = Documents(FOLDER)

_METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``where`` is path, query or header."""

    name: str
    where: str
    schema: SchemaNode


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``body`` is the schema of its request body, None when it takes none."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: SchemaNode | None


_PROGRAMS = ("judge-conduct",)
"""Operations that start a program, which takes a second: the attack would do little else."""


@cache
def operations(file: str) -> tuple[Operation, ...]:
    """Return the operations to attack of a description: ``openapi.json`` or ``admin.json``."""
    return tuple(one for one in _read(file) if one.id not in _PROGRAMS)


def _read(file: str) -> Iterator[Operation]:
    for path, item in DOCUMENTS.node(file).items("paths"):
        for method in _METHODS:
            if method in item.value:
                node = item.child(method)
                declared = [*item.members("parameters"), *node.members("parameters")]
                media = node.child("requestBody", "content").value.get("application/json", {})
                yield Operation(
                    node.value["operationId"],
                    method.upper(),
                    path,
                    tuple(
                        Parameter(one.value["name"], one.value["in"], one.child("schema"))
                        for one in (each.target() for each in declared)
                    ),
                    SchemaNode(DOCUMENTS, file, media["schema"]).target() if media else None,
                )


@cache
def recorded() -> tuple[tuple[str, str, str, str], ...]:
    """Return method, path, query and body of every request in the recordings."""
    found = {}
    for file in sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.json")):
        for step in json.loads(file.read_text("utf-8"))["steps"]:
            asked: dict[str, Any] = step.get("template") or step["request"]
            found[asked["method"], asked["path"], asked["query"] or "", asked["body"] or ""] = True
    return tuple(found)
