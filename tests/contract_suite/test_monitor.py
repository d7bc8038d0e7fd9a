"""What the monitor notes about single exchanges."""

from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.suite.monitor import watch
from tests.contract_suite.made import exchange

READ = {
    "X-Nomad-Index": "5",
    "X-Nomad-KnownLeader": "true",
    "X-Nomad-LastContact": "0",
    "Content-Type": "application/json",
    "Vary": "Accept-Encoding",
}
WRITE = {"X-Nomad-Index": "5", "Content-Type": "application/json", "Vary": "Accept-Encoding"}
ERROR = {"Content-Type": "text/plain; charset=utf-8", "Vary": "Accept-Encoding"}
COUNTS = dict.fromkeys(("Complete", "Failed", "Lost", "Queued", "Running", "Starting"), 0)
SUMMARY = {
    "Children": {"Dead": 0, "Pending": 0, "Running": 0},
    "CreateIndex": 1,
    "JobID": "x",
    "ModifyIndex": 5,
    "Summary": {"z": COUNTS, "a": COUNTS},
}
REGISTERED = {
    "EvalCreateIndex": 5,
    "EvalID": "e",
    "Index": 5,
    "JobModifyIndex": 4,
    "KnownLeader": False,
    "LastContact": 0,
}


def noted(done: Exchange) -> set[str]:
    """Return the ids of the statements that an exchange was found to violate."""
    watch(done)
    return set(done.ledger.take()[1])


def without(headers: dict[str, str], name: str) -> dict[str, str]:
    """Return the headers without one."""
    return {key: value for key, value in headers.items() if key != name}


def test_a_sound_exchange_is_noted_for_nothing() -> None:
    """Nothing is noted about sound reads, writes and errors, nor about the order of a summary's groups."""
    assert noted(exchange("summary", SUMMARY, headers=READ)) == set()
    assert noted(exchange("register", REGISTERED, method="PUT", headers=WRITE)) == set()
    assert noted(exchange("evaluations", [], headers=READ)) == set()
    assert noted(exchange("query", raw=b"job not found", status=404, headers={**READ, **ERROR})) == set()
    assert noted(exchange("plan", raw=b"EOF", status=400, method="PUT", headers=ERROR)) == set()
    assert noted(exchange("query", raw=b"", status=None)) == set()


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        ("common.blocking.index-header", {"headers": without(READ, "X-Nomad-Index")}),
        ("common.blocking.index-header", {"headers": {**READ, "X-Nomad-Index": "x"}}),
        ("common.headers.known-leader", {"headers": {**READ, "X-Nomad-KnownLeader": "yes"}}),
        ("common.headers.last-contact", {"headers": without(READ, "X-Nomad-LastContact")}),
        ("common.headers.vary", {"headers": without(READ, "Vary")}),
        ("common.headers.json-content-type", {"headers": {**READ, "Content-Type": "text/plain"}}),
        ("job.summary.reply-is-json", {"headers": READ, "raw": b"{"}),
        ("job.summary.reply-has-documented-fields", {"headers": READ, "reply": {**SUMMARY, "JobID": 5}}),
        ("common.replies.sorted-keys", {"headers": READ, "reply": {"Summary": {}, **SUMMARY}}),
        ("common.pretty.off-is-compact", {"headers": READ, "raw": b'{"Children": 1}'}),
    ],
)
def test_a_flaw_of_a_read_is_noted(statement: str, parts: dict[str, Any]) -> None:
    """A missing or wrong header, and a body that is no JSON or malformed, are noted."""
    assert statement in noted(exchange("summary", **{"reply": SUMMARY, **parts}))


def test_a_flaw_of_a_write_is_noted() -> None:
    """A missing index, and headers that only reads have, are noted."""
    missing = exchange("register", REGISTERED, method="PUT", headers=without(WRITE, "X-Nomad-Index"))
    assert noted(missing) == {"common.headers.index-on-writes"}
    more = exchange("register", REGISTERED, method="PUT", headers=READ)
    assert noted(more) == {"common.headers.writes-say-no-leader"}


def test_a_flaw_of_an_error_is_noted() -> None:
    """An index on an error, JSON instead of text, and a newline at the end are noted."""
    wrong = {"X-Nomad-Index": "5", "Content-Type": "application/json", "Vary": "Accept-Encoding"}
    done = exchange("plan", raw=b'{"error":1}\n', status=500, method="PUT", headers=wrong)
    statements = {"common.headers.none-on-errors", "common.errors.plain-text", "common.errors.bare-text"}
    assert noted(done) == statements


def test_lists_are_lists() -> None:
    """An object or null in place of a list is noted."""
    assert "job.evaluations.reply-is-a-list" in noted(exchange("evaluations", None, headers=READ))
    assert noted(exchange("allocations", [{}], headers=READ)) == {
        "job.allocations.reply-has-documented-fields",
        "job.allocations.reply-has-observed-fields",
    }


def test_additions_are_remembered() -> None:
    """A field unknown to the contract is reported as an addition, and differs from 0.5.4."""
    done = exchange("summary", {**SUMMARY, "Zone": "here"}, headers=READ)
    watch(done)
    _, violations, additions = done.ledger.take()
    assert (list(violations), additions) == (["common.replies.no-additions"], {"Summary.Zone": '"here"'})
