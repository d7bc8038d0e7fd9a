"""The companion operations, which the page does not have."""

import re
from typing import Any

import pytest

from tests.schemas.catalogue import all_operations, companions, load, operations, resolve


@pytest.mark.parametrize("name", companions())
def test_a_companion_is_visible_as_one(name: str) -> None:
    """A companion is marked as observed, so that the page's own contract stays visible."""
    operation = companions()[name]
    assert operation["x-source"] == "observed"
    assert operation["x-seen"] == ["agent"]
    assert operation["summary"]
    assert operation["description"]


def test_no_operation_of_the_page_is_a_companion() -> None:
    """Every operation on a single job is on the page."""
    assert {one["x-source"] for one in operations().values()} == {"documented"}
    assert len(companions()) > 30


@pytest.mark.parametrize("name", all_operations())
def test_an_operation_has_the_tag_of_its_subject(name: str) -> None:
    """Each operation has one tag, which is declared and fits into a file name: generators make a module of each."""
    (tag,) = all_operations()[name]["tags"]
    assert tag in {one["name"] for one in load("openapi.json")["tags"]}
    assert tag.isalpha()


def test_put_and_post_do_the_same_where_both_are_there() -> None:
    """PUT and POST differ only in their operationId; the system endpoints refuse POST."""
    for name, put in companions().items():
        if name.startswith("PUT "):
            post = companions().get(name.replace("PUT", "POST"))
            assert post == {**put, "operationId": f"{put['operationId']}ByPost"} or "/v1/system/" in name


def test_operation_ids_are_unique() -> None:
    """No two operations share an operationId."""
    ids = [operation["operationId"] for operation in all_operations().values()]
    assert len(ids) == len(set(ids))


def test_the_parameters_of_a_path_are_declared() -> None:
    """Each name in braces is a path parameter of each operation: Swagger UI follows no reference that stands above."""
    for name, operation in all_operations().items():
        declared = [_resolved(one) for one in operation["parameters"]]
        assert [one["name"] for one in declared if one["in"] == "path"] == re.findall(r"\{(\w+)\}", name)
    assert not [item for item in load("openapi.json")["paths"].values() if "parameters" in item]


def test_what_waits_has_the_headers_of_a_read() -> None:
    """Operations that wait answer with an index; elsewhere the parameter is only checked."""
    for name, operation in companions().items():
        headers = operation["responses"].get("200", {}).get("headers", {})
        if "X-Nomad-KnownLeader" in headers:
            assert {"index", "wait", "stale", "region"} <= _parameters(operation), name
            assert "X-Nomad-Index" in headers


def _parameters(operation: dict[str, Any]) -> set[str]:
    return {_resolved(one)["name"] for one in operation["parameters"]}


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    target: dict[str, Any] = resolve("openapi.json", parameter["$ref"])[1]
    return target
