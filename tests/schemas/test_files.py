"""The schema files are valid, connected, and complete in what they say of each property."""

import json
from typing import Any

import jsonschema_rs

from tests.each import each
from tests.schemas.catalogue import ROOT, SCHEMAS, Property, load, names, nodes, properties, resolve

UNITS = {"nanoseconds", "Unix nanoseconds", "milliseconds", "bytes", "MB", "MBits", "MHz"}
GO_ZEROS: dict[str, Any] = {"string": "", "bool": False, "int": 0, "uint64": 0, "uint8": 0, "time.Duration": 0}
SUBMITTED = "requests/submitted-"
JOB_TREE = [name.removeprefix(SUBMITTED) for name in names("requests") if name.startswith(SUBMITTED)]
REQUESTED = [one for one in properties() if one.owner.startswith("requests/") and "#" not in one.owner]


def _label(one: Property) -> str:
    return f"{one.owner}:{one.name}"


@each(SCHEMAS)
def test_a_schema_file_is_valid_and_says_what_it_is(file: str) -> None:
    """A schema file is valid JSON Schema 2020-12 with a title and a description."""
    schema = load(file)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"]
    assert schema["description"]


@each(["openapi.json", *SCHEMAS])
def test_every_reference_leads_somewhere(file: str) -> None:
    """Every reference in a file leads to an existing node."""
    for node in nodes(load(file)):
        if isinstance(node.get("$ref"), str):
            resolve(file, node["$ref"])


@each(sorted(p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*.json")))
def test_a_file_is_written_the_one_way(file: str) -> None:
    """A file is indented by two and ends with a newline, so that changes of it are small."""
    text = (ROOT / file).read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@each(properties(), _label)
def test_a_property_is_typed(one: Property) -> None:
    """A property has a type or a reference, a description, and a known unit if any."""
    assert {"type", "$ref", "anyOf"} & one.schema.keys()
    assert one.schema["description"]
    assert one.schema.get("x-unit", "MB") in UNITS


@each(names("replies"))
def test_a_reply_object_requires_all_its_properties(file: str) -> None:
    """A reply object of fixed shape requires all of its properties, as an agent sends them."""
    schema = load(file)
    if schema["type"] == "object":
        assert schema["x-closed"] is True
        assert schema["required"] == sorted(schema["properties"])
        assert "additionalProperties" not in schema


@each(JOB_TREE)
def test_submitted_and_answered_objects_have_the_same_properties(file: str) -> None:
    """The objects of a submitted job have the same properties as those of an answered one."""
    assert set(load(f"{SUBMITTED}{file}")["properties"]) == set(load(f"replies/{file}")["properties"])


def test_the_whole_job_tree_can_be_submitted() -> None:
    """Every object in an answered job has a counterpart among the requests."""
    reached = {"job.json"}
    while True:
        found = {n["$ref"] for f in reached for n in nodes(load(f"replies/{f}")) if isinstance(n.get("$ref"), str)}
        if found <= reached:
            break
        reached |= found
    assert set(JOB_TREE) == reached


@each(REQUESTED, _label)
def test_a_submitted_property_says_its_go_type_and_zero(one: Property) -> None:
    """The zero of a submitted property is that of its Go type, and null is allowed where the zero is null."""
    go_type = one.schema["x-go-type"]
    zero = one.schema["x-zero"]
    alternatives = one.schema.get("anyOf", [one.schema])
    if go_type in GO_ZEROS:
        assert zero == GO_ZEROS[go_type]
    else:
        assert zero is None or (zero == "object" and go_type.startswith("structs."))
    required = one.name in load(one.owner).get("required", [])
    assert not (required and any("null" in each.get("type", ()) for each in alternatives))


def test_every_part_of_a_submitted_list_or_map_has_a_go_type() -> None:
    """Elements of lists and values of maps have Go types, which errors name."""
    for one in REQUESTED:
        if one.schema["x-go-type"].startswith("["):
            assert "x-go-type" in one.schema["items"], one
        if one.schema["x-go-type"].startswith("map"):
            assert "x-go-type" in one.schema["additionalProperties"], one
