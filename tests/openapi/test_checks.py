"""Strict mode: recorded replies are as described, and every kind of deviation is reported."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mockserver.openapi import Contract, load_contract
from mockserver.openapi.checks import SchemaChecks
from mockserver.openapi.documents import Documents
from mockserver.openapi.operation import Operation
from tests.each import each

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
Reached = tuple[str, dict[str, Any], dict[str, Any]]


def exchanges() -> list[Reached]:
    """Return all recorded requests that reached an operation, with their names and replies."""
    found: list[Reached] = []
    for file in sorted(RECORDINGS.glob("*.json")):
        for step in json.loads(file.read_text("utf-8"))["steps"]:
            for number, one in enumerate([step, *step.get("during", [])]):
                request, response = one["request"], one["response"]
                reached = response["status"] not in {None, 405} and response["body"] != "400 Bad Request"
                if reached and request["path"].startswith("/v1/job/"):
                    found.append((f"{file.stem}-{step['step']}-{number}", request, response))
    return found


@each(exchanges(), lambda exchange: exchange[0])
def test_recorded_replies_are_as_described(exchange: Reached) -> None:
    """The description fits every recorded reply."""
    _, request_sent, response = exchange
    found = load_contract().find(request_sent["method"], unquote(request_sent["path"]))
    assert found is not None
    operation = found[0]
    body = response["body"] if response["json"] is None else response["json"]
    assert load_contract().findings(operation, response["status"], response["headers"], body) == []


@pytest.fixture(scope="module")
def reply() -> tuple[Operation, dict[str, str], dict[str, Any]]:
    """Return a correct reply to a registration."""
    step = json.loads((RECORDINGS / "register-minimal.json").read_text("utf-8"))["steps"][0]
    operation = load_contract().operations["registerJob"]
    return operation, step["response"]["headers"], step["response"]["json"]


def test_a_file_is_made_ready_once() -> None:
    """However many checks read a file, what is checked of it is made once."""
    whole = []

    def meant(schema: Any) -> Any:
        whole.append(schema)
        return schema

    documents = Documents(RECORDINGS.parents[2] / "schemas")
    checks = SchemaChecks(documents, meant)
    for name in ("Clock", "Duration", "Drain"):
        list(checks.findings_at("admin.json", f"/components/schemas/{name}", {}, "body"))
    assert whole.count(documents.load("admin.json")) == 1


def findings(reply: Any, status: int = 200, without: str = "", headers: Any = None, **changes: Any) -> list[str]:
    """Return the findings about the correct reply with some changes."""
    operation, good_headers, body = reply
    changed = {name: value for name, value in {**good_headers, **(headers or {})}.items() if name != without}
    return load_contract().findings(operation, status, changed, {**body, **changes})


def test_a_good_reply(reply: Any) -> None:
    """A correct reply has no findings, in whatever letter case its headers are."""
    operation, headers, body = reply
    assert findings(reply) == []
    assert load_contract().findings(operation, 200, {k.upper(): v for k, v in headers.items()}, body) == []


def test_an_undocumented_status(reply: Any) -> None:
    """An undocumented status is one finding and ends the check."""
    assert findings(reply, status=418) == ["status 418 is not documented"]


def test_a_missing_header(reply: Any) -> None:
    """A missing required header is named."""
    assert findings(reply, without="X-Nomad-Index") == ["header X-Nomad-Index is missing"]


def test_a_header_that_does_not_read_as_it_should(reply: Any) -> None:
    """Header values are checked against their schemas."""
    (finding,) = findings(reply, headers={"X-Nomad-Index": "soon"})
    assert finding.startswith("header X-Nomad-Index: ")


def test_another_content_type(reply: Any) -> None:
    """A body of an undocumented content type is not checked."""
    assert findings(reply, headers={"Content-Type": "text/html; charset=utf-8"}) == [
        "content type text/html is not documented"
    ]


def test_a_wrong_type_in_the_body(reply: Any) -> None:
    """A wrong type is reported with its place and the reason."""
    (finding,) = findings(reply, EvalID=7)
    assert finding.startswith("body/EvalID: 7 is not a text")


def test_an_unknown_property(reply: Any) -> None:
    """An unknown property of a closed object is a finding."""
    (finding,) = findings(reply, Surprise=1)
    assert "Surprise" in finding


def test_small_descriptions(tmp_path: Path) -> None:
    """Status classes, defaults, bodies without a schema, closed objects and references with an $id are supported."""
    (tmp_path / "openapi.json").write_text(json.dumps(SMALL))
    (tmp_path / "thing.json").write_text(json.dumps(THING))
    contract = Contract(tmp_path)
    (operation,) = contract.operations.values()
    assert contract.findings(operation, 404, {"Kind": "any"}, "gone") == []
    assert contract.findings(operation, 500, {}, "anything") == []
    assert contract.findings(operation, 200, {"Count": "3"}, [{"a": 1}, {}]) == []
    assert len(contract.findings(operation, 200, {"Count": "3"}, [{"a": 1}, {"b": 1}, {"a": ""}])) == 2


def test_texts_that_are_no_unicode(tmp_path: Path) -> None:
    """Names and texts with lone surrogates are checked as a reply shows them, whatever describes them."""
    schema = {"type": "object", "properties": {"a": {"pattern": "^\ufffd$"}, "n": {"type": "integer"}}}
    (tmp_path / "openapi.json").write_text(json.dumps(schema))
    checks = SchemaChecks(Documents(tmp_path))
    odd = {"\ud800": {"\udfff": 1}, "a": "\udc00"}
    assert list(checks.findings_at("openapi.json", "", odd, "body")) == []
    (finding,) = checks.findings_at("openapi.json", "", odd | {"n": "\ud800"}, "body")
    assert finding.startswith("body/n")


THING = {"$id": "https://example.org/thing", "x-closed": True, "properties": {"a": {"type": "integer"}}}
SMALL = {
    "paths": {
        "/v1/job/{id}": {
            "get": {
                "operationId": "get",
                "x-nomad-operation": "query",
                "responses": {
                    "200": {
                        "headers": {"Count": {"required": True, "schema": {"type": "integer"}}, "Note": {}},
                        "content": {"application/json": {"schema": {"items": {"$ref": "thing.json"}}}},
                    },
                    "4XX": {"headers": {"Kind": {"schema": {"type": "string"}}, "Note": {}}},
                    "default": {"description": "whatever"},
                },
            }
        }
    }
}
