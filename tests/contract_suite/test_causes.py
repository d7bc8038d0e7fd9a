"""What to mend first: the few causes that explain most failures."""

from typing import Any

import pytest

from contract_tests.suite.reports.causes import causes, told

BODIES = {"evaluations": "[]\n", "plan": "{}", "query": "<a>"}
"""The body of a reply, by operation."""


def failing(
    statement: str, operation: str, expected: str, actual: str, status: int | None = 200, **more: Any
) -> dict[str, Any]:
    """Return the entry of a statement that does not hold."""
    request = {"method": "GET", "target": "/v1/job/x?region=global", "headers": {}, "body": more.pop("body", "")}
    reply: dict[str, Any] = {"status": status, "headers": {}, "body": BODIES.get(operation, "…"), "milliseconds": 1.0}
    exchange = {"operation": operation, "request": request, "reply": reply, "curl": "curl"}
    finding = {"expected": expected, "actual": actual, "exchange": exchange if operation else None}
    entry = {"id": statement, "level": "MUST", "section": "s", "source": "d", "text": f"Text of {statement}."}
    return {**entry, "outcome": "fail", "failure": finding, **more}


def titles(*entries: dict[str, Any]) -> list[str]:
    """Return the titles of the causes in a report of these statements."""
    return [cause.title for cause in causes({"statements": list(entries)})]


@pytest.mark.parametrize(
    ("operation", "expected", "actual", "status", "title"),
    [
        ("plan", "status 200", "status 500: no\nway", 500, "PUT /v1/job/<ID>/plan answers 500: no way"),
        ("allocations", "a list", "status 404: ", 404, "GET /v1/job/<ID>/allocations answers 404"),
        ("query", "status 200", "the connection was closed", None, "GET /v1/job/<ID> gets no answer"),
        ("", "an answer to GET /v1/job/nomad-contract-1-x?a", "ReadTimeout", None, "GET /v1/job/<ID> gets no answer"),
        ("evaluations", "the evaluation x", "[]", 200, "GET /v1/job/<ID>/evaluations answers []"),
        ("query", "an answer", "none within 4 s", None, "GET /v1/job/<ID> gets no answer"),
        ("query", "an answer with an end", "16 MiB", None, "GET /v1/job/<ID> gets no answer with an end"),
        ("query", "a JSON body", "status 200: <a> (x)", 200, "GET /v1/job/<ID> answers no JSON: <a>"),
        ("plan", "Diff: an object", "Diff: no such field", 200, "PUT /v1/job/<ID>/plan answers {}"),
        ("query", "Vary: x", "Vary: no such header", 200, "replies have no header Vary"),
        ("query", "Content-Type: x", "Content-Type: y", 200, "replies have another header Content-Type"),
        ("query", "Meta: a map of strings", "Meta: 5", 200, "GET /v1/job/<ID>: Meta has another type"),
        ("query", "a.b[0].Meta.k: 1", "a.b[0].Meta.k: no such field", 200, "GET /v1/job/<ID>: k is missing"),
        ("query", 'Env."b c": 1', 'Env."b c": 2', 200, "GET /v1/job/<ID>: Env has another value"),
        ("query", 'Region: "global"', "Region: 6", 200, "GET /v1/job/<ID>: Region has another type"),
        ("query", 'Region: "global"', "Region: null", 200, "GET /v1/job/<ID>: Region has another value"),
        ("companion", "2", "3", 200, "does not hold: Text of job.a."),
    ],
)
def test_a_cause_is_told_in_words(operation: str, expected: str, actual: str, status: int | None, title: str) -> None:
    """The operation as the page names it, and what it does."""
    assert titles(failing("job.a", operation, expected, actual, status)) == [title]


def test_failures_of_one_cause_are_one() -> None:
    """Whatever was expected, and whatever IDs and numbers are in the error."""
    same = [
        failing("job.a", "plan", "status 200", "status 500: job nomad-contract-1-job-000001 at 7", 500),
        failing("job.b", "plan", "status 500: other", "status 500: job nomad-contract-1-job-000002 at 8", 500),
        failing("job.c", "plan", "status 200", "not reached: job.a did not hold: status 500: job x at 9", 500),
    ]
    assert len(titles(*same)) == 2
    assert len(titles(same[0], failing("job.b", "summary", "status 200", "status 500: job 1", 500))) == 2


def test_what_explains_most_comes_first() -> None:
    """Statements that were not reached count for what kept the run from them."""
    skip = {"level": "MUST", "outcome": "skip", "reason": "not reached: job.a did not hold"}
    entries = [
        failing("job.b", "query", "Meta: 1", "Meta: 2", body="xx", level="SHOULD"),
        failing("job.c", "query", "Meta: 1", "Meta: 2", body="xxx"),
        failing("job.d", "query", "Meta: 1", "Meta: 2", body="x" * 10),
        failing("job.a", "plan", "status 200", "status 500", 500),
        *({"id": f"job.e{number}", **skip} for number in range(3)),
    ]
    first, second = causes({"statements": entries})
    assert (len(first.failing), first.unreached) == (1, ["job.e0", "job.e1", "job.e2"])
    assert second.example["id"] == "job.c"
    assert told([first, second], 2) == "2 causes explain 4 of 4 failures and 3 not reached"
    assert told([first, second], 1) == "1 of 2 causes explain 1 of 4 failures and 3 not reached"


def test_fields_of_another_type_everywhere_have_one_cause() -> None:
    """Where three operations have such fields, it is how replies are written; two may be two faults."""
    names = {"query": "Meta", "register": "Index", "deregister": "Index", "allocations": "Name", "force": "EvalID"}
    entries = [
        failing(f"job.{operation}", operation, f"x.{name}: a string", f"x.{name}: 7")
        for operation, name in names.items()
    ]
    skipped = {"id": "job.e", "level": "MUST", "outcome": "skip", "reason": "not reached: job.query did not hold"}
    (found,) = causes({"statements": [*entries, skipped]})
    assert found.title == "replies have fields of another type: Meta, Index, Name and 1 more"
    assert (len(found.failing), found.unreached) == (5, ["job.e"])
    assert len(titles(*entries[:2])) == 2


def test_the_example_of_a_cause_was_asked() -> None:
    """A request that was not sent, because others like it got no reply, shows nothing."""
    entries = [
        failing("job.a", "query", "an answer", "not asked, because 3 such requests before got no whole reply", None),
        failing("job.b", "query", "an answer", "no whole reply within 5 s", None, body="xx"),
    ]
    (found,) = causes({"statements": entries})
    assert found.example["id"] == "job.b"


def test_the_example_of_a_cause_was_waited_for() -> None:
    """A reply without an end shows more than one that was given up at once, and both have one cause."""
    entries = [
        failing("job.a", "query", "an answer", "no whole reply within 0.25 s", None),
        failing("job.b", "query", "an answer with an end", "the reply has more than 16 MiB", None, body="xx"),
    ]
    assert titles(*entries) == ["GET /v1/job/<ID> gets no answer with an end"]


def test_missing_headers_are_one_cause() -> None:
    """How replies get their headers is one thing to mend."""
    entries = [
        failing(f"job.{name}", "query", f"{name}: x", f"{name}: no such header") for name in ("Vary", "X-Nomad-A")
    ]
    assert titles(*entries) == ["replies have no header Vary, X-Nomad-A"]


def test_another_view_of_an_error_is_of_its_cause() -> None:
    """What a statement finds wrong in a reply that is the error of another finding has that one's cause."""
    error = failing("job.a", "plan", "status 200", "status 500: not\nimplemented", 500)
    error["failure"]["exchange"]["reply"]["body"] = "not implemented"
    view = failing("job.b", "plan", "an indented object", "not implemented", 500)
    view["failure"]["exchange"]["reply"]["body"] = "not implemented"
    assert titles(error, view) == ["PUT /v1/job/<ID>/plan answers 500: not implemented"]
    assert titles(view) == ["does not hold: Text of job.b."]
