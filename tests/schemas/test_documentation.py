"""The page's samples, stored as they stand there, and checked against the reply schemas."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from tests.schemas.catalogue import ROOT, SECTIONS, at_pointer, complaints, evidence, load, operations, validator


def _section(name: str) -> dict[str, Any]:
    document: dict[str, Any] = load(f"documentation/{name}.json")
    return document


def _lines(name: str) -> list[str]:
    return (ROOT / "documentation" / f"{name}.txt").read_text("utf-8").splitlines()


def _edited(name: str) -> list[str]:
    lines: list[str | None] = list(_lines(name))
    for edit in _section(name)["edits"]:
        lines[edit["line"] - 1] = edit["becomes"]
    return [line for line in lines if line is not None]


@pytest.mark.parametrize("section", SECTIONS)
def test_the_sample_is_the_text_with_its_edits(section: str) -> None:
    """A sample is the page's text with its edited lines; a text without edits is valid as it stands."""
    assert json.loads("\n".join(_edited(section))) == _section(section)["sample"]


@pytest.mark.parametrize("section", [name for name in SECTIONS if _section(name)["edits"]])
def test_edits_do_only_what_they_say(section: str) -> None:
    """An edit drops only an elision, the comma before a closing bracket, or a bracket that closes nothing."""
    lines = _lines(section)
    with pytest.raises(json.JSONDecodeError):
        json.loads("\n".join(lines))
    for edit in _section(section)["edits"]:
        line, becomes = edit["was"], edit["becomes"]
        assert lines[edit["line"] - 1] == line
        for reason in edit["why"].split(", "):
            if reason == "stray bracket":
                assert (line, becomes) == ("]", None)
                continue
            changed = _dropped_elision(line) if reason == "elision" else line.removesuffix(",")
            assert changed != line
            line = changed
        assert becomes == line or edit["why"] == "stray bracket"


def _dropped_elision(line: str) -> str | None:
    return None if line == "..." else line.replace("[...]", "[]")


@pytest.mark.parametrize("section", SECTIONS)
def test_only_commas_before_closing_brackets_are_dropped(section: str) -> None:
    """Each dropped comma is followed, elisions apart, by a closing bracket."""
    dropped = {edit["line"] for edit in _section(section)["edits"] if "trailing comma" in edit["why"]}
    lines = [(number, line) for number, line in enumerate(_lines(section), 1) if line != "..."]
    pairs = pairwise(lines)
    assert dropped == {number for (number, line), (_, after) in pairs if line.endswith(",") and after[0] in "}]"}


@pytest.mark.parametrize("section", SECTIONS)
def test_only_a_bracket_that_closes_nothing_is_dropped(section: str) -> None:
    """A dropped bracket does not match the innermost open one."""
    strays = {edit["line"] for edit in _section(section)["edits"] if edit["why"] == "stray bracket"}
    unmatched, opened = set(), []
    for number, line in enumerate(_lines(section), 1):
        for bracket in re.sub(r'"[^"]*"', "", line):
            if bracket in "{[":
                opened.append({"{": "}", "[": "]"}[bracket])
            elif bracket in "}]" and opened[-1] == bracket:
                opened.pop()
            elif bracket in "}]":
                unmatched.add(number)
    assert strays == unmatched
    assert opened == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_elision_is_named(section: str) -> None:
    """For each ``...`` of the text there is a pointer to the list or object that it shortened."""
    elisions = _section(section)["elisions"]
    assert len(elisions) == "\n".join(_lines(section)).count("...")
    for pointer in elisions:
        assert isinstance(at_pointer(_section(section)["sample"], pointer), list | dict)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_sample_fits_the_documented_part_of_its_schema(section: str) -> None:
    """A sample fits the documented part of its schema, except for what is listed with it."""
    document = _section(section)
    wrong = complaints(validator(document["schema"], strict=True, section=section), document["sample"])
    for pointer in document["elisions"]:
        assert wrong.pop(pointer, "[] has less than 1 item") == "[] has less than 1 item"
    assert set(wrong) == {one["at"] for one in document["contradictions"]}
    for one in document["contradictions"]:
        assert at_pointer(document["sample"], one["at"]) == one["page"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_documented_property_is_in_the_schema(section: str) -> None:
    """Every name in a sample is a property that the schema calls documented there."""
    document = _section(section)
    for owner, name in evidence(document["schema"], document["sample"]):
        schema = load(owner)["properties"][name]
        assert schema["x-source"] == "documented"
        assert f"documentation/{section}" in schema["x-seen"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_names_the_reply_schema_of_its_operation(section: str) -> None:
    """A sample's schema is that of its operation's 200 reply."""
    document = _section(section)
    for method in document["method"].split(" or "):
        operation = operations()[f"{method} {document['url'].replace('<ID>', '{jobID}')}"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        assert load("openapi.json")["components"]["schemas"][schema.rpartition("/")[2]]["$ref"] == document["schema"]
        waits = any(parameter["$ref"].endswith("/index") for parameter in operation["parameters"])
        assert waits == document["blocking"]
