"""The files of ``schemas/`` and the recordings, read for the tests of this folder."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import jsonschema_rs

ROOT = Path(__file__).parents[2] / "schemas"
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
_BASE = "schemas:///"


class Exchange(NamedTuple):
    """One recorded request with its reply."""

    scenario: str
    operation: dict[str, Any]
    request: dict[str, Any]
    response: dict[str, Any]


class Property(NamedTuple):
    """A property of an object schema: the file with the pointer of the object in it, its name and its schema."""

    owner: str
    name: str
    schema: dict[str, Any]


@cache
def load(file: str) -> Any:
    """Return the content of a file, named relative to ``schemas/``."""
    return json.loads((ROOT / file).read_text("utf-8"))


def names(folder: str) -> list[str]:
    """Return the JSON files of a folder, named relative to ``schemas/``."""
    return sorted(f"{folder}/{path.name}" for path in (ROOT / folder).glob("*.json"))


SCHEMAS = names("requests") + names("replies")
SECTIONS = [Path(name).stem for name in names("documentation")]


@cache
def resolve(file: str, reference: str) -> tuple[str, Any]:
    """Return the file and the node that ``reference`` in ``file`` leads to. Raises KeyError or OSError."""
    target, _, pointer = reference.partition("#")
    if target:
        file = (ROOT / file).parent.joinpath(target).resolve().relative_to(ROOT).as_posix()
    return file, at_pointer(load(file), pointer)


def at_pointer(document: Any, pointer: str) -> Any:
    """Return the value at a JSON pointer. Raises KeyError or IndexError."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a document."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(item)


def properties() -> list[Property]:
    """Return every property of every request and reply object."""
    owners = {file: load(file) for file in SCHEMAS}
    owners |= {f"{file}#/$defs/{name}": one for file in SCHEMAS for name, one in load(file).get("$defs", {}).items()}
    return [
        Property(owner, name, schema)
        for owner, at in owners.items()
        for name, schema in at.get("properties", {}).items()
    ]


@cache
def validator(file: str, *, strict: bool = False, section: str | None = None) -> Any:
    """Return a validator for a schema file.

    ``strict`` makes objects of fixed shape refuse unknown properties. ``section`` asks only for those properties that a
    section of the page shows.
    """

    def prepare(schema: Any) -> Any:
        if isinstance(schema, list):
            return [prepare(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        prepared = {name: prepare(item) for name, item in schema.items()}
        if section is not None and isinstance(schema.get("required"), list):
            prepared["required"] = [name for name in schema["required"] if shown(schema["properties"][name], section)]
        if strict and schema.get("x-closed"):
            prepared["additionalProperties"] = False
        return prepared

    return jsonschema_rs.Draft202012Validator(
        prepare(load(file)),
        base_uri=_BASE + file,
        retriever=lambda uri: prepare(load(uri.removeprefix(_BASE))),
        validate_formats=True,
    )


def shown(schema: dict[str, Any], section: str) -> bool:
    """Return whether a section of the page shows the property."""
    return f"documentation/{section}" in schema["x-seen"]


def complaints(checker: Any, value: Any) -> dict[str, str]:
    """Return what a validator finds wrong, by JSON pointer; inside a value that may be null, what is wrong with it."""
    found = [leaf for error in checker.iter_errors(value) for leaf in _leaves(error)]
    return {"".join(f"/{step}" for step in error.instance_path): error.message for error in found}


def lacking(file: str, value: Any) -> dict[str, list[str]]:
    """Return the required properties that a value lacks, by JSON pointer to the object that lacks them."""
    found: dict[str, list[str]] = {}
    for error in validator(file).iter_errors(value):
        for leaf in _leaves(error):
            if isinstance(leaf.kind, jsonschema_rs.ValidationErrorKind.Required):
                found.setdefault("".join(f"/{step}" for step in leaf.instance_path), []).append(leaf.kind.property)
    return {pointer: sorted(names) for pointer, names in found.items()}


def _leaves(error: Any) -> Iterator[Any]:
    kind = jsonschema_rs.ValidationErrorKind
    branches = error.kind.context if isinstance(error.kind, kind.AnyOf) else []
    fitting = [branch for branch in branches if not any(isinstance(one.kind, kind.Type) for one in branch)]
    if fitting:
        for inner in fitting[0]:
            yield from _leaves(inner)
    else:
        yield error


def operations() -> dict[str, dict[str, Any]]:
    """Return the operations on a job, those of the page, by method and path."""
    return {name: one for name, one in all_operations().items() if " /v1/job/" in name}


def companions() -> dict[str, dict[str, Any]]:
    """Return the other operations, which the page does not have, by method and path."""
    return {name: one for name, one in all_operations().items() if " /v1/job/" not in name}


def all_operations() -> dict[str, dict[str, Any]]:
    """Return all operations of the description by method and path."""
    paths = load("openapi.json")["paths"]
    methods = ("get", "put", "post", "delete")
    return {f"{m.upper()} {path}": item[m] for path, item in paths.items() for m in methods if m in item}


def body_schema(media_types: dict[str, Any]) -> str:
    """Return the file that the JSON body among some media types refers to, whether or not it may be null."""
    file = "openapi.json"
    node = media_types["application/json"]["schema"]
    while reference := next((one["$ref"] for one in (node, *node.get("anyOf", [])) if "$ref" in one), None):
        file, node = resolve(file, reference)
    return file


def may_be_null(media_types: dict[str, Any]) -> bool:
    """Return whether the JSON body among some media types may be null."""
    return {"type": "null"} in media_types["application/json"]["schema"].get("anyOf", [])


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Return every recorded exchange whose path and method are described."""
    return tuple(_exchanges())


def _exchanges() -> Iterator[Exchange]:
    suffixes = sorted({key.split("}")[1] for key in operations()}, key=len, reverse=True)
    for path in sorted(RECORDINGS.glob("*.json")):
        recording = json.loads(path.read_text("utf-8"))
        for step in recording["steps"]:
            for one in (step, *step.get("during", [])):
                rest = unquote(one["request"]["path"])
                suffix = next(s for s in suffixes if rest.endswith(s))
                operation = operations().get(f"{one['request']['method']} /v1/job/{{jobID}}{suffix}")
                if operation is not None and rest.startswith("/v1/job/"):
                    yield Exchange(recording["scenario"], operation, one["request"], one["response"])


def sent(exchange: Exchange) -> Any:
    """Return a request's body as an agent decodes it: the first JSON value, names in the schema's letter case."""
    value, _ = json.JSONDecoder().raw_decode(exchange.request["body"].lstrip())
    return _in_letter_case(body_schema(exchange.operation["requestBody"]["content"]), {}, value)


def _in_letter_case(file: str, schema: dict[str, Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_in_letter_case(file, schema.get("items", {}), item) for item in value]
    file, schema = _object_schema(file, schema)
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    known = schema["properties"]
    folded = {name.lower(): name for name in known}
    renamed = {folded.get(name.lower(), name): item for name, item in value.items()}
    return {name: _in_letter_case(file, known.get(name, {}), item) for name, item in renamed.items()}


def _object_schema(file: str, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if not schema:
        return file, load(file)
    reference = next((one["$ref"] for one in (schema, *schema.get("anyOf", [])) if "$ref" in one), None)
    return resolve(file, reference) if reference else (file, schema)


def evidence(file: str, value: Any) -> Iterator[tuple[str, str]]:
    """Return the properties (owner, name; see Property) that occur in a value described by a schema file."""
    yield from _evidence(file, load(file), value)


def _evidence(owner: str, schema: dict[str, Any], value: Any) -> Iterator[tuple[str, str]]:
    for one in (schema, *_meant(schema, value)):
        yield from _evidence_of_parts(owner, one, value)
        if "$ref" in one and value is not None:
            target, node = resolve(owner.partition("#")[0], one["$ref"])
            pointer = one["$ref"].partition("#")[2]
            yield from _evidence(f"{target}#{pointer}" if pointer else target, node, value)


def _evidence_of_parts(owner: str, schema: dict[str, Any], value: Any) -> Iterator[tuple[str, str]]:
    for item in value if isinstance(value, list) else []:
        yield from _evidence(owner, schema.get("items", {}), item)
    known = schema.get("properties", {})
    for name, item in value.items() if isinstance(value, dict) else []:
        if "x-source" in known.get(name, {}):
            yield owner, name
        part = known.get(name, schema.get("additionalProperties"))
        if isinstance(part, dict):
            yield from _evidence(owner, part, item)


def _meant(schema: dict[str, Any], value: Any) -> Iterator[dict[str, Any]]:
    """Yield the alternatives of a schema, and what its conditions ask of a value with such constants."""
    yield from schema.get("anyOf", [])
    if "if" in schema:
        properties = schema["if"].get("properties", {})
        asked = {name: each["const"] for name, each in properties.items() if "const" in each}
        holds = isinstance(value, dict) and all(value.get(name) == constant for name, constant in asked.items())
        branch = schema["then"] if holds else schema.get("else", {})
        yield branch
        yield from _meant(branch, value)
