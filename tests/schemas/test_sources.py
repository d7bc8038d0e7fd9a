"""Every fact has a source, and the source shows it."""

from collections import defaultdict
from functools import cache

import pytest

from tests.each import each
from tests.schemas.catalogue import (
    RECORDINGS,
    SECTIONS,
    Property,
    body_schema,
    evidence,
    exchanges,
    load,
    nodes,
    operations,
    properties,
    sent,
)


@cache
def _seen() -> dict[tuple[str, str], set[str]]:
    """Return, by property, the sections and recordings that show it."""
    seen = defaultdict(set)
    for section in SECTIONS:
        document = load(f"documentation/{section}.json")
        for owner, name in evidence(document["schema"], document["sample"]):
            seen[owner, name].add(f"documentation/{section}")
            seen[owner.replace("replies/", "requests/submitted-"), name].add(f"documentation/{section}")
    for section, file in _documented_bodies().items():
        for name in load(f"documentation/{section}.json")["parameters"]:
            seen[file, name].add(f"documentation/{section}")
    for one in exchanges():
        status, request = one.response["status"], one.request
        if status == 200:
            reply = body_schema(one.operation["responses"]["200"]["content"])
            for prop in evidence(reply, one.response["json"]):
                seen[prop].add(f"recordings/{one.scenario}")
        if status in {200, 500} and request["body"] and "requestBody" in one.operation:
            for prop in evidence(body_schema(one.operation["requestBody"]["content"]), sent(one)):
                seen[prop].add(f"recordings/{one.scenario}")
    return seen


def _documented_bodies() -> dict[str, str]:
    """Return the schema of the body that each section documents."""
    found = {}
    for operation in operations().values():
        section = next(name for name in operation["x-seen"] if name.startswith("documentation/"))
        if "requestBody" in operation:
            found[section.removeprefix("documentation/")] = body_schema(operation["requestBody"]["content"])
    return found


@pytest.mark.slow
@each(properties(), lambda one: f"{one.owner}:{one.name}")
def test_a_property_is_where_it_is_said_to_be_seen(one: Property) -> None:
    """A documented property is on the page; an observed one only in recordings, or in neither when tried by hand."""
    shown_in = _seen()[one.owner, one.name]
    assert one.schema["x-seen"]
    assert set(one.schema["x-seen"]) <= (shown_in or {"agent"})
    documented = any(name.startswith("documentation/") for name in shown_in)
    assert one.schema["x-source"] == ("documented" if documented else "observed")


def test_every_fact_of_the_description_names_existing_sources() -> None:
    """Operations, parameters, headers and errors name existing sections or recordings, or say "tried by hand"."""
    known = {f"documentation/{section}" for section in SECTIONS}
    known |= {f"recordings/{path.stem}" for path in RECORDINGS.glob("*.json")} | {"agent"}
    sourced = [node for node in nodes(load("openapi.json")) if "x-seen" in node]
    assert len(sourced) > 30
    for node in sourced:
        assert set(node["x-seen"]) <= known
        documented = any(name.startswith("documentation/") for name in node["x-seen"])
        assert node["x-source"] == ("documented" if documented else "observed")


def test_every_part_of_the_description_has_a_source() -> None:
    """Every operation, parameter, header and error has a source."""
    components = load("openapi.json")["components"]
    for kind in ("parameters", "headers", "responses"):
        for name, one in components[kind].items():
            assert "x-source" in one, name
    for name, operation in operations().items():
        assert operation["x-source"] == "documented", name


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_used(section: str) -> None:
    """Each section of the page documents an operation and its parameters."""
    used = [op for op in operations().values() if f"documentation/{section}" in op["x-seen"]]
    assert used
    for operation in used:
        names = {parameter["$ref"].rpartition("/")[2] for parameter in operation["parameters"]}
        if "requestBody" in operation:
            names |= set(load(body_schema(operation["requestBody"]["content"]))["properties"])
        assert set(load(f"documentation/{section}.json")["parameters"]) <= names
