"""The suite's own table of shapes agrees with the schemas, and departures from it are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.oracle import shapes
from contract_tests.statements import catalogue
from contract_tests.words import written

REPLIES = Path(__file__).parents[2] / "schemas" / "replies"
FILES = {
    "Update": "update-strategy",
    "Parameterized": "parameterized-job",
    "Check": "service-check",
    "Allocation": "allocation-stub",
    "Summary": "job-summary",
    "Counts": "task-group-summary",
    "Children": "children-summary",
    "Registered": "register-reply",
    "Evaluated": "evaluate-reply",
    "Deregistered": "deregister-reply",
    "Dispatched": "dispatch-reply",
    "Forced": "force-reply",
    "Plan": "plan-reply",
    "GroupDiff": "task-group-diff",
    "PlannedEvaluation": "evaluation",
    "Metric": "alloc-metric",
}
NEVER_NULL_NOW = {("Summary", "Children")}
"""What the schemas allow to be null for summaries of jobs that an older version stored."""
JOB_KINDS = [kind for kind in shapes.NOTATION if shapes.STATEMENTS[kind][0].startswith("job.")]


def schema_of(kind: str) -> dict[str, Any]:
    """Return the reply schema of an object."""
    slug = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("-")
    found: dict[str, Any] = json.loads((REPLIES / f"{FILES.get(kind, slug)}.json").read_text(encoding="utf-8"))
    return found


def types_of(schema: dict[str, Any]) -> set[str]:
    """Return the types that a schema allows; what it refers to is an object."""
    if "anyOf" in schema:
        return set().union(*map(types_of, schema["anyOf"]))
    types = schema.get("type", "object")
    return {types} if isinstance(types, str) else set(types)


@pytest.mark.parametrize("kind", JOB_KINDS)
def test_shapes_and_schemas_agree(kind: str) -> None:
    """Table and schemas have the same fields, types, and nullable fields."""
    properties = schema_of(kind)["properties"]
    assert {field.name for field in shapes.fields(kind)} == set(properties)
    for field in shapes.fields(kind):
        described = properties[field.name]
        types = types_of(described)
        if (kind, field.name) not in NEVER_NULL_NOW:
            assert ("null" in types) is field.type.endswith("?"), field
        expected = {"s": "string", "i": "integer", "b": "boolean", "[": "array"}.get(field.type[0], "object")
        assert types - {"null"} == {expected}, field
        if field.documented:
            assert described["x-source"] == "documented", field


@pytest.mark.parametrize("kind", list(shapes.NOTATION))
def test_every_shape_has_its_statements(kind: str) -> None:
    """Documented fields are a MUST, observed ones a SHOULD."""
    for documented in (True, False):
        if any(field.documented is documented for field in shapes.fields(kind)):
            statement = catalogue()[shapes.statement_of(kind, documented)]
            assert statement.level.name == ("MUST" if documented else "SHOULD")


PORT = {"Label": "a", "Value": 1}
NETWORK: dict[str, Any] = {
    "Device": "",
    "CIDR": "",
    "IP": "",
    "MBits": 1,
    "ReservedPorts": [PORT],
    "DynamicPorts": None,
}


@pytest.mark.parametrize(
    ("change", "place", "statement"),
    [
        ({"MBits": "1"}, "MBits", "job.query.network-has-documented-fields"),
        ({"MBits": True}, "MBits", "job.query.network-has-documented-fields"),
        ({"Device": None}, "Device", "job.query.network-has-documented-fields"),
        ({"ReservedPorts": {}}, "ReservedPorts", "job.query.network-has-documented-fields"),
        ({"ReservedPorts": [{"Label": "a"}]}, "ReservedPorts[0].Value", "job.query.port-has-observed-fields"),
        ({"ReservedPorts": [5]}, "ReservedPorts[0]", "job.query.port-has-observed-fields"),
    ],
)
def test_a_flaw_names_place_and_statement(change: dict[str, Any], place: str, statement: str) -> None:
    """A field of the wrong type is named by its place and by the statement about its object."""
    assert list(shapes.flaws("Network", NETWORK)) == []
    (flaw,) = shapes.flaws("Network", {**NETWORK, **change})
    assert (written(flaw.place), flaw.statement) == (place, statement)


def test_a_missing_field_is_a_flaw_and_a_new_one_an_addition() -> None:
    """A missing field breaks a statement, an additional one does not."""
    lacking = {name: value for name, value in NETWORK.items() if name != "IP"}
    (missing,) = shapes.flaws("Network", lacking)
    assert missing.actual == "no such field"
    (addition,) = shapes.flaws("Network", {**NETWORK, "Mode": "bridge"})
    assert (addition.statement, addition.place) == ("", ("Network", "Mode"))


def test_maps_are_looked_into() -> None:
    """The values of a map are checked; its keys may be anything."""
    counts = dict.fromkeys(("Queued", "Complete", "Failed", "Running", "Starting", "Lost"), 0)
    children = {"Dead": 0, "Pending": 0, "Running": 0}
    summary = {"JobID": "x", "Summary": {"g": counts}, "CreateIndex": 1, "ModifyIndex": 1, "Children": children}
    assert list(shapes.flaws("Summary", summary)) == []
    (flaw,) = shapes.flaws("Summary", {**summary, "Summary": {"g": {**counts, "Lost": "0"}}})
    assert flaw.place == ("Summary", "g", "Lost")
    (flaw,) = shapes.flaws("Summary", {**summary, "Summary": []})
    assert flaw.expected == "a map of objects (counts)"
    (flaw,) = shapes.flaws("Summary", [])
    assert (flaw.wanted, flaw.found) == ("the reply: an object", "the reply: []")


def test_what_only_one_server_counts_is_not_counted() -> None:
    """A later server may have further numbers, and may lack those that are 0."""
    assert shapes.counted("Children", {"Pending": 1, "Dead": 2, "Lost": 5}) == 3


@pytest.mark.parametrize(("kind", "statement"), [("WholeAllocation", "allocation"), ("Node", "node")])
def test_what_the_page_does_not_show_is_no_documented_field(kind: str, statement: str) -> None:
    """Resources of an allocation and of a node are observed only, also where a test asks for what is missing."""
    resources = shapes.Reply({"CPU": 1}, lambda told, name: KeyError(f"{told} {name}"))
    told = {flaw.statement for flaw in shapes.flaws(kind, {"Resources": resources})}
    assert told == {f"companion.{statement}.reply-has-observed-fields"}
    with pytest.raises(KeyError, match=rf"companion\.{statement}\.reply-has-observed-fields IOPS"):
        assert resources["IOPS"]
