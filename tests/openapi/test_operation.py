"""Decoding queries and bodies by the real description."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.gostd.numbers import Float64
from mockserver.openapi import Operation, load_contract
from tests.each import each

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
READ = {"index": 0, "wait": 0, "stale": False, "pretty": False, "region": ""}
WRITE = {"pretty": False, "region": ""}


def operation(method: str, suffix: str = "") -> Operation:
    """Return the operation on the job ``x``."""
    return found_at(method, "/v1/job/x" + suffix)


def found_at(method: str, path: str) -> Operation:
    """Return the operation of this path."""
    found = load_contract().find(method, path)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("one", "defaults"),
    [
        (operation("GET"), READ),
        (operation("GET", "/allocations"), {**READ, "all": False}),
        (operation("GET", "/evaluations"), READ),
        (operation("GET", "/summary"), READ),
        (operation("PUT"), WRITE),
        (operation("DELETE"), WRITE),
        (operation("POST", "/dispatch"), WRITE),
    ],
    ids=lambda value: value.id if isinstance(value, Operation) else "",
)
def test_defaults(one: Operation, defaults: dict[str, Any]) -> None:
    """Every declared parameter has a value, also for an empty query and one without declared names."""
    assert one.query("") == one.query(b"unknown=1") == defaults
    assert one.reads == ("index" in defaults)


def test_a_query_is_decoded() -> None:
    """Each parameter is decoded in its own way, and its first value counts."""
    query = operation("GET", "/allocations").query("index=7&index=x&wait=1m&stale&pretty=0&region=eu&all=t")
    assert query == {"index": 7, "wait": 60 * 10**9, "stale": True, "pretty": False, "region": "eu", "all": True}


def test_the_defaults_of_an_operation_are_not_handed_out() -> None:
    """Changing one decoded query leaves the next one alone."""
    operation("GET").query("")["index"] = 5
    assert operation("GET").query("") == READ


def test_a_bad_wait_comes_before_a_bad_index() -> None:
    """Of two mistakes in a query, the wait is told first, wherever it stands."""
    with pytest.raises(BadRequest, match=r"^Invalid wait time$"):
        operation("GET").query("index=x&wait=x")
    with pytest.raises(BadRequest, match=r"^Invalid index$"):
        operation("GET").query("index=x&wait=1s")


def test_writes_look_at_neither() -> None:
    """Writes check neither index nor wait."""
    assert operation("DELETE").query("index=abc&wait=abc") == WRITE


@pytest.mark.parametrize("suffix", ["/evaluate", "/periodic/force", "/allocations"])
def test_a_body_nobody_asked_for(suffix: str) -> None:
    """Operations without a request body do not read one."""
    method = "GET" if suffix == "/allocations" else "PUT"
    assert operation(method, suffix).decode(b"nonsense") is None


def test_every_field_is_there() -> None:
    """A decoded job has all fields at all levels, whatever was sent."""
    decoded = operation("PUT").decode(b'{"job": {"id": "x", "TaskGroups": [{"Tasks": [{"Config": {"n": 1}}]}]}}')
    assert decoded is not None
    job = decoded["Job"]
    assert (decoded["EnforceIndex"], decoded["JobModifyIndex"], decoded["Region"]) == (False, 0, "")
    assert {**load_contract().zero("submitted-job"), "ID": "x", "TaskGroups": job["TaskGroups"]} == job
    assert job["Update"] == {"Stagger": 0, "MaxParallel": 0}
    config = job["TaskGroups"][0]["Tasks"][0]["Config"]
    assert (config, type(config["n"])) == ({"n": 1.0}, Float64)


def steps() -> list[tuple[str, dict[str, Any]]]:
    """Return all recorded requests that an agent read and answered, with their names."""
    found: list[tuple[str, dict[str, Any]]] = []
    for file in sorted(RECORDINGS.glob("*.json")):
        for step in json.loads(file.read_text("utf-8"))["steps"]:
            if step["request"]["path"].startswith("/v1/job/") and step["response"]["status"] not in {None, 405}:
                found.append((f"{file.stem}-{step['step']}", step))
    return found


HANDLERS = ("Job must be specified", "Job ID does not match", "400 Bad Request")
"""Refusals that come after decoding, or before it is clear which operation is meant."""


@each(steps(), lambda named: named[0])
def test_recorded_requests(named: tuple[str, dict[str, Any]]) -> None:
    """Exactly the recorded refusals come from queries and bodies; every other recorded request is read."""
    request, response = named[1]["request"], named[1]["response"]
    one = found_at(request["method"], request["path"])
    refusal = None
    try:
        one.query(request["query"])
        one.decode((request["body"] or "").encode())
    except BadRequest as raised:
        refusal = raised.text
    refused = response["status"] == 400 and not response["body"].startswith(HANDLERS)
    assert refusal == (response["body"] if refused else None)


@given(st.binary() | st.text('{}[]",:\\JobID0eTask null').map(str.encode))
def test_any_body_is_decoded_or_refused(body: bytes) -> None:
    """Any body is decoded with every field, or raises BadRequest."""
    for one in (operation("PUT"), operation("PUT", "/plan"), operation("PUT", "/dispatch")):
        try:
            decoded = one.decode(body)
        except BadRequest:
            continue
        assert decoded is not None
        assert {"Region"} < decoded.keys()


def test_a_body_that_comes_again_is_decoded_once() -> None:
    """From the second time on the same body has the same meaning, the very same object."""
    decode = load_contract().operations["registerJob"].decode
    first, second, third = (decode(b'{"Job": {"ID": "comes-again"}}') for _ in range(3))
    assert first == second
    assert second is third
