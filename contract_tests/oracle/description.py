"""The OpenAPI description in ``schemas/`` as the suite uses it: documented statuses, reply schemas, smaller copies."""

import copy
import functools
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from contract_tests.statements import schemas_folder

OPERATIONS = {"periodic-force": "force"}
"""The operations for which the suite has a shorter name than the description."""


@functools.cache
def openapi() -> dict[str, Any]:
    """Return the description; callers do not change it."""
    found: dict[str, Any] = json.loads((schemas_folder() / "openapi.json").read_text(encoding="utf-8"))
    return found


def small(most: int) -> dict[str, Any]:
    """Return the whole description, in one piece, with at most so many entries in a list or a free-form map.

    A job with long lists at every level takes seconds to generate, and Hypothesis gives most of them up as too large:
    what is left are nearly empty jobs.
    """
    bundled = (schemas_folder() / "bundled" / "nomad-openapi.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(bundled, object_hook=functools.partial(_bounded, most=most))
    return found


def _bounded(node: dict[str, Any], most: int) -> dict[str, Any]:
    kinds = node.get("type", ())
    if "array" in kinds and "items" in node:
        return {**node, "maxItems": most}
    if "object" in kinds and isinstance(node.get("additionalProperties"), dict) and not node.get("properties"):
        return {**node, "maxProperties": most}
    return node


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path, method in capitals, operation) of each operation on a single job."""
    for path, item in openapi()["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "delete") and path.startswith("/v1/job/"):
                yield path, method.upper(), operation


def alike() -> list[list[tuple[str, str]]]:
    """Return the operations on a single job as (suffix, method), those that take the same input together."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, method, operation in operations():
        taken = json.dumps([operation.get("parameters"), operation.get("requestBody")])
        found.setdefault(taken, []).append((suffix_of(path), method))
    return list(found.values())


def suffix_of(path: str) -> str:
    """Return what follows the job ID in a path of the description."""
    return path.removeprefix("/v1/job/{jobID}")


@functools.cache
def statuses() -> dict[tuple[str, str], set[int]]:
    """Return the documented statuses by (suffix, method)."""
    return {(suffix_of(path), method): set(map(int, o["responses"])) for path, method, o in operations()}


@functools.cache
def _validator(suffix: str, method: str) -> jsonschema_rs.Draft202012Validator:
    folder = schemas_folder()
    resources = [
        (f"nomad:/{kind}/{file.name}", json.loads(file.read_text(encoding="utf-8")))
        for kind in ("replies", "requests")
        for file in (folder / kind).iterdir()
        if file.name.endswith(".json")
    ]
    operation = openapi()["paths"][f"/v1/job/{{jobID}}{suffix}"][method.lower()]
    name = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
    reference = openapi()["components"]["schemas"][name]["$ref"]
    registry = jsonschema_rs.Registry(resources)
    return jsonschema_rs.Draft202012Validator({"$ref": f"nomad:/{reference}"}, registry=registry)


def nonconformities(suffix: str, method: str, reply: object) -> list[str]:
    """Return where the JSON data of an answer of 200 departs from the reply schema of its operation."""
    validator = _validator(suffix, method)
    return [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(reply)]


def lean(bodies: dict[str, list[Any]]) -> dict[str, Any]:
    """Return a copy of the description with a few given bodies per operation and no reply schemas.

    Following links with it is quick: a whole job is slow to generate, and replies are checked otherwise.
    """
    description = copy.deepcopy(openapi())
    description["components"]["schemas"] = {}
    for holder in description["components"]["responses"].values():
        holder.pop("content", None)
    for item in description["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                _slim(operation, bodies)
    return description


def _slim(operation: dict[str, Any], bodies: dict[str, list[Any]]) -> None:
    for response in operation["responses"].values():
        response.pop("content", None)
    if "requestBody" in operation:
        name = operation["x-nomad-operation"]
        content = {"schema": {"enum": bodies[OPERATIONS.get(name, name)]}}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
