"""Values as a JSON Schema describes them, most of them valid."""

import random
from typing import Any

from mockserver.openapi.documents import SchemaNode

_DEEPEST = 8
_WORDS = ("a", "web", "x1", "r1", "raw_exec", "docker", "true", "sleep", "${attr.kernel.name}", "${meta.rack}", "é")
_DURATIONS = ("0s", "1ms", "1s", "15s", "1m30s", "1h", "36h")


def value(schema: SchemaNode, rng: random.Random, depth: int = 0) -> Any:
    """Return one value."""
    schema = schema.target()
    for choice in ("anyOf", "oneOf"):
        if choice in schema.value:
            return value(rng.choice(list(schema.members(choice))), rng, depth)
    if "const" in schema.value:
        return schema.get("const")
    if "enum" in schema.value and rng.random() < 0.9:
        return rng.choice(schema.get("enum"))
    return _of_type(schema, rng, depth)


def _of_type(schema: SchemaNode, rng: random.Random, depth: int) -> Any:
    kinds = schema.get("type") or "object"
    kind = kinds if isinstance(kinds, str) else kinds[0] if rng.random() < 0.85 else rng.choice(kinds)
    if kind == "object":
        return _object(schema, rng, depth)
    if kind == "array":
        return _array(schema, rng, depth)
    if kind == "string":
        return _text(schema, rng)
    if kind in ("integer", "number"):
        return _number(schema, rng, kind)
    return rng.random() < 0.5 if kind == "boolean" else None


def _object(schema: SchemaNode, rng: random.Random, depth: int) -> dict[str, Any]:
    parts = [schema, *(each.target() for each in schema.members("allOf"))]
    required = {name for part in parts for name in part.get("required") or ()}
    made = {}
    for part in parts:
        for name, each in part.items("properties"):
            if name in required or (depth < _DEEPEST and rng.random() < 0.5):
                made[name] = value(each, rng, depth + 1)
    others = schema.get("additionalProperties")
    if isinstance(others, dict) and rng.random() < 0.5:
        made[rng.choice(_WORDS)] = value(schema.child("additionalProperties"), rng, depth + 1)
    return _conditional(schema, made, rng, depth)


def _conditional(schema: SchemaNode, made: dict[str, Any], rng: random.Random, depth: int) -> dict[str, Any]:
    """Return what ``then`` asks for where ``if`` compares constants, as in the kinds of faults."""
    for part in (schema, *schema.members("allOf")):
        wanted = part.child("if").value.get("properties", {})
        consts = {name: each["const"] for name, each in wanted.items() if isinstance(each, dict) and "const" in each}
        if consts and all(made.get(name) == const for name, const in consts.items()):
            made = {**_object(part.child("then"), rng, depth + 1), **made}
    return made


def _array(schema: SchemaNode, rng: random.Random, depth: int) -> list[Any]:
    size = max(schema.get("minItems") or 0, 0 if depth > _DEEPEST else rng.choice((0, 1, 1, 1, 2, 3)))
    return [value(schema.child("items"), rng, depth + 1) for _ in range(size)]


def _text(schema: SchemaNode, rng: random.Random) -> str:
    pattern = schema.get("pattern") or ""
    if "ns|us" in pattern:
        return rng.choice(_DURATIONS)
    examples = schema.get("examples") or ()
    return str(rng.choice(examples)) if examples and rng.random() < 0.5 else rng.choice(_WORDS)


def _number(schema: SchemaNode, rng: random.Random, kind: str) -> int | float:
    least, most = schema.get("minimum"), schema.get("maximum")
    least = 0 if least is None else least
    most = least + 100 if most is None else most
    edge = rng.random()
    if edge < 0.1:
        return int(least)
    if edge < 0.13:
        return int(most)
    if kind == "number" and edge < 0.5:
        return rng.uniform(least, min(most, least + 10))
    return rng.randint(int(least), int(min(most, least + rng.choice((3, 100, 10_000, 60_000_000_000)))))
