"""The recordings of a real agent fit the schemas."""

import re
from typing import Any

import pytest

from tests.each import each
from tests.schemas.catalogue import (
    Exchange,
    body_schema,
    complaints,
    exchanges,
    load,
    may_be_null,
    resolve,
    sent,
    validator,
)

NOT_FROM_NOMAD = {"/v1/job/p%q": "Go's HTTP server refuses the escape before Nomad sees the request"}
"""Requests that never reached the agent's handlers."""

UNDESCRIBED = {None: "the handler crashed and the connection was closed", 301: "Go's router cleans the path"}
"""Statuses that are no answer of an operation."""

ANSWERED = [
    one
    for one in exchanges()
    if one.response["status"] not in UNDESCRIBED and one.request["path"] not in NOT_FROM_NOMAD
]
ACCEPTED = [one for one in ANSWERED if one.response["status"] == 200 and "requestBody" in one.operation]


def _label(one: Exchange) -> str:
    return f"{one.scenario}:{one.request['method']}"


def _response(one: Exchange) -> dict[str, Any]:
    response = one.operation["responses"][str(one.response["status"])]
    resolved: dict[str, Any] = resolve("openapi.json", response["$ref"])[1] if "$ref" in response else response
    return resolved


def test_there_is_something_to_check() -> None:
    """The recordings cover every operation and every described status."""
    assert len(ANSWERED) > 400
    assert len(ACCEPTED) > 150
    assert len({one.operation["x-nomad-operation"] for one in ANSWERED}) == 10
    assert {one.response["status"] for one in ANSWERED} == {200, 400, 404, 500}


@each([one for one in ANSWERED if one.response["status"] == 200], _label)
def test_a_recorded_reply_fits_its_schema(one: Exchange) -> None:
    """A recorded 200 reply fits its schema, without unknown properties where the shape is fixed."""
    file = body_schema(_response(one)["content"])
    assert complaints(validator(file, strict=True), one.response["json"]) == {}


@each(ANSWERED, _label)
def test_recorded_headers_fit_the_description(one: Exchange) -> None:
    """A recorded reply has the described status, content type and exactly the described X-Nomad headers."""
    response = _response(one)
    headers = {name.lower(): value for name, value in one.response["headers"].items()}
    assert headers.get("content-type", "text/plain; charset=utf-8") in response["content"]
    described = {name.lower() for name in response["headers"]}
    assert {name for name in headers if name.startswith("x-nomad")} == described - {"vary"}
    assert headers["vary"] == load("openapi.json")["components"]["headers"]["Vary"]["schema"]["const"]
    assert all(re.fullmatch("[0-9]+", headers[name]) for name in described & {"x-nomad-index", "x-nomad-lastcontact"})


@pytest.mark.slow
@each(ACCEPTED, _label)
def test_an_accepted_body_fits_its_schema(one: Exchange) -> None:
    """A body that the agent accepted, decoded as the agent does, fits the request schema."""
    content, body = one.operation["requestBody"]["content"], sent(one)
    assert complaints(validator(body_schema(content)), body) == {} or (body is None and may_be_null(content))


@each([one for one in ANSWERED if one.operation["operationId"] == "queryJob"], _label)
def test_an_answered_job_can_be_submitted(one: Exchange) -> None:
    """An answered job fits the schema of a submitted one, except for a dispatched payload."""
    job = one.response["json"]
    if job is not None:
        wrong = complaints(validator("requests/register-request.json"), {"Job": job})
        assert set(wrong) == ({"/Job/Payload"} if job["Payload"] else set())


REFUSED_BY_RELATIONS = {
    "register-check-index-conflict": "depends on the stored job",
    "region-write-request-field": "depends on the regions there are",
    "register-invalid-duplicate-groups": "names are unique",
    "register-invalid-duplicate-tasks": "names are unique",
    "register-invalid-logs": "logs fit the disk",
    "register-invalid-logs-disk": "logs fit the disk",
    "register-invalid-periodic": "a cron expression",
    "register-invalid-restart-policy": "attempts fit the interval",
    "register-invalid-parameterized": "required and optional keys differ",
    "register-invalid-constraint": "a regular expression",
    "register-invalid-artifact": "a path that stays inside",
    "register-invalid-service": "names are unique, ports exist",
    "register-invalid-vault": "depends on the server having Vault",
    "region-unknown": "depends on the regions there are",
}
"""Scenarios in which an agent refuses a job for reasons that JSON Schema cannot express."""

REFUSED = [
    one
    for one in ANSWERED
    if one.response["status"] == 500 and one.operation["x-nomad-operation"] in {"register", "plan"}
]


@each(REFUSED, _label)
def test_a_refused_job_breaks_its_schema(one: Exchange) -> None:
    """A job that the agent refused does not fit the request schema, unless a relation was the reason."""
    file = body_schema(one.operation["requestBody"]["content"])
    assert complaints(validator(file), sent(one)) or one.scenario in REFUSED_BY_RELATIONS


def test_no_exception_is_needless() -> None:
    """Every excepted scenario has a refused job that fits the request schema."""
    fitting = {
        one.scenario
        for one in REFUSED
        if not complaints(validator(body_schema(one.operation["requestBody"]["content"])), sent(one))
    }
    assert set(REFUSED_BY_RELATIONS) == fitting
