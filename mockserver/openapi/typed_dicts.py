"""Write ``mockserver/nomad_types.py``: the schemas of jobs, nodes and evaluations as Python types.

Run ``python -m mockserver.openapi.typed_dicts --write`` after a change of these schemas.
"""

import argparse
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mockserver.openapi.documents import Documents, SchemaNode

_REPLIES = (
    "job.json",
    "job-stub.json",
    "job-summary.json",
    "evaluation.json",
    "allocation.json",
    "allocation-stub.json",
    "node.json",
    "node-stub.json",
    "plan-reply.json",
)
_REQUESTS = ("submitted-job.json",)

_SCHEMAS = Path(__file__).parents[2] / "schemas"
_TARGET = Path(__file__).parents[1] / "nomad_types.py"
_WIDTH = 120
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", None: "Any"}
_GO_SCALARS = {
    "string": "str",
    "int": "int",
    "uint64": "int",
    "time.Duration": "int",
    "bool": "bool",
    "interface {}": "Any",
}
_NULL = " | None"
_HEADER = '''\
"""The JSON objects that travel through the mock, as TypedDicts.

Generated from ``schemas/`` by ``python -m mockserver.openapi.typed_dicts --write``; do not edit.

The types named ``Submitted…`` are a job and its parts as they are decoded from a request: what an agent fills in is
null in them, or empty. The others are what an agent stores and answers with; a part that has the same fields in both
is one type. Every object has all of its keys.
"""

from __future__ import annotations

from typing import Any, TypedDict
'''


@dataclass(frozen=True, slots=True)
class _Class:
    """A TypedDict: each field with its type, and what the schema says about it."""

    description: str
    fields: dict[str, str]
    notes: dict[str, str]


def source() -> str:
    """Return the text of ``nomad_types.py`` that fits the schemas."""
    documents = Documents(_SCHEMAS)
    classes: dict[str, _Class] = {}
    for file in _REPLIES:
        _add_stored(documents.node(f"replies/{file}"), classes)
    submitted: dict[str, _Class] = {}
    for file in _REQUESTS:
        _add_submitted(documents.node(f"requests/{file}"), classes, submitted)
    outermost_first = reversed(submitted.items())
    return "\n\n".join([_HEADER, *(_written(name, one) for name, one in (*classes.items(), *outermost_first))])


def _add_stored(node: SchemaNode, classes: dict[str, _Class]) -> str:
    """Add the class of a reply's schema and those that it refers to; return its name."""
    name: str = node.value["title"]
    if name not in classes:
        classes[name] = _Class(node.value["description"], {}, _notes(node))  # stands before those it refers to
        for field, schema in node.items("properties"):
            classes[name].fields[field] = _stored_type(schema, classes)
    return name


def _stored_type(schema: SchemaNode, classes: dict[str, _Class]) -> str:
    if schema.referred() is not None:
        return _add_stored(schema.target(), classes)
    if "anyOf" in schema.value:
        return _nullable(_stored_type(next(schema.members("anyOf")), classes))
    types = schema.get("type")
    kind, null = (types[0], "null" in types) if isinstance(types, list) else (types, False)
    if kind == "array":
        text = f"list[{_stored_type(_inside(schema, 'items'), classes)}]"
    elif kind == "object":
        anything = schema.value["additionalProperties"] is True
        text = f"dict[str, {'Any' if anything else _stored_type(_inside(schema, 'additionalProperties'), classes)}]"
    else:
        text = _SCALARS[kind]
    return _nullable(text) if null else text


def _add_submitted(node: SchemaNode, stored: dict[str, _Class], classes: dict[str, _Class]) -> str:
    """Add the class of a request's schema, after those that it refers to; return its name."""
    fields = {field: _submitted_type(schema, stored, classes) for field, schema in node.items("properties")}
    name: str = node.value["title"]
    answered = name.removeprefix("Submitted")
    if answered in stored and stored[answered].fields == fields:
        return answered
    classes[name] = _Class(node.value["description"], fields, _notes(node))
    return name


def _submitted_type(schema: SchemaNode, stored: dict[str, _Class], classes: dict[str, _Class]) -> str:
    go_type: str = schema.value["x-go-type"]
    if go_type.startswith("structs."):
        named = next(schema.members("anyOf"), schema).target()
        text = _add_submitted(named, stored, classes)
    elif go_type == "[]uint8":
        text = "str"  # in base64
    elif go_type.startswith("[]"):
        element = _submitted_type(_inside(schema, "items"), stored, classes)
        text = f"list[{element.removesuffix(_NULL)}]"  # null elements are refused earlier
    elif go_type.startswith("map[string]"):
        text = f"dict[str, {_submitted_type(_inside(schema, 'additionalProperties'), stored, classes)}]"
    else:
        text = _GO_SCALARS[go_type]
    return _nullable(text) if schema.value["x-zero"] is None else text


def _inside(schema: SchemaNode, keyword: str) -> SchemaNode:
    """Return the schema under a keyword, not followed: the types of requests stand beside ``$ref``."""
    return SchemaNode(schema.documents, schema.file, schema.value[keyword])


def _nullable(text: str) -> str:
    return text if text == "Any" else text + _NULL


def _notes(node: SchemaNode) -> dict[str, str]:
    return {field: _note(schema) for field, schema in node.items("properties")}


def _note(schema: SchemaNode) -> str:
    unit = schema.get("x-unit")
    text: str = schema.get("description") or ""
    return f"{text.removesuffix('.')} ({unit})." if unit else text


def _written(name: str, one: _Class) -> str:
    first_sentence = one.description.partition(". ")[0].removesuffix(".") + "."
    lines = [f"class {name}(TypedDict):", *_docstring(first_sentence), ""]
    for field, text in one.fields.items():
        lines += [f"    {field}: {text}", *_docstring(one.notes[field])]
    return "\n".join([*lines, ""])


def _docstring(text: str) -> Iterator[str]:
    if not text:
        return
    indent = "    "
    opening = f'{indent}{"r" if chr(92) in text else ""}"""'
    lines = textwrap.wrap(f'{opening}{text}"""', _WIDTH, subsequent_indent=indent, break_on_hyphens=False)
    yield from lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Say whether ``nomad_types.py`` fits the schemas, or write it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m mockserver.openapi.typed_dicts", description="Types of Nomad.")
    parser.add_argument("--write", action="store_true", help="write mockserver/nomad_types.py")
    if parser.parse_args(arguments).write:
        _TARGET.write_text(source(), encoding="utf-8")
    elif _TARGET.read_text(encoding="utf-8") != source():
        sys.stderr.write("nomad_types.py does not fit the schemas: run this with --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
