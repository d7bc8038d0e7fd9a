"""Report data with every outcome in it."""

from typing import Any

EXCHANGE: dict[str, Any] = {
    "request": {
        "method": "PUT",
        "target": "/v1/job/x",
        "headers": {"Accept": "*/*"},
        "body": '{"Job":{"ID":"<b>x</b>"}}',
    },
    "reply": {"status": 200, "headers": {"X-Nomad-Index": "12"}, "body": "not JSON", "milliseconds": 3.2},
    "curl": "curl -si -X PUT http://server:4646/v1/job/x",
}
FAILURE: dict[str, Any] = {"expected": "an index above 12", "actual": "12", "exchange": EXCHANGE}
STATEMENTS: list[dict[str, Any]] = [
    {"id": "job.query.a", "section": "Query a job", "level": "MUST", "outcome": "pass"},
    {
        "id": "job.query.b",
        "section": "Query a job",
        "level": "SHOULD",
        "outcome": "fail",
        "failure": FAILURE,
        "page": "The page says it of query.",
    },
    {"id": "job.plan.c", "section": "Plan", "level": "MUST", "outcome": "skip", "reason": "no <placement>"},
    {"id": "job.plan.d", "section": "Plan", "level": "MAY", "outcome": "error", "reason": "the suite's fault"},
    {
        "id": "job.plan.e",
        "section": "Plan",
        "level": "SHOULD",
        "outcome": "not selected",
        "difference": {"expected": "400", "actual": "500", "exchange": None},
    },
]


def a_report(address: str = "http://server:4646", **known: Any) -> dict[str, Any]:
    """Return a report on a server that breaks one statement."""
    statements = [{"source": "documentation", "text": f"Says {each['id']}.", **each} for each in STATEMENTS]
    return {
        "report": 1,
        "suite": "0.1.0",
        "created": "2026-01-02T03:04:05+00:00",
        "target": {"address": address, "version": "0.5.4", "region": "global"},
        "settings": {"profile": "default", "level": "SHOULD", "seed": "1", "only": [], "placement": False},
        "seconds": 60.5,
        "totals": {"pass": 1, "fail": 1, "skip": 1, "not selected": 1, "error": 1, "differences": 1},
        "statements": statements,
        "additions": [{"what": "Job.Namespace", "example": '"default"'}],
    } | known
