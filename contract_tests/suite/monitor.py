"""Checks of what holds for every exchange, run on each exchange that any test makes."""

import re
from typing import Any

from contract_tests.client.exchange import Exchange, unreadable
from contract_tests.client.json_body import TEXT
from contract_tests.oracle import shapes
from contract_tests.words import data, shortened, written

KINDS = {
    "query": "Job",
    "summary": "Summary",
    "register": "Registered",
    "evaluate": "Evaluated",
    "deregister": "Deregistered",
    "dispatch": "Dispatched",
    "force": "Forced",
    "plan": "Plan",
}
LISTS = {"allocations": "Allocation", "evaluations": "Evaluation"}
LIST_REPLIES = {
    "allocations": "job.allocations.reply-is-a-list",
    "evaluations": "job.evaluations.reply-is-a-list",
}
READS = {"query", "summary", "allocations", "evaluations"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def watch(exchange: Exchange) -> None:
    """Note every universal statement that an exchange breaks or confirms; nothing is raised.

    The companion endpoints are no part of the page's contract: their own chapter looks at all of what they answer.
    """
    if exchange.status is None or exchange.method == "HEAD" or exchange.operation == "companion":
        return
    _headers(exchange)
    if exchange.ok and exchange.operation in KINDS | LISTS:
        _success(exchange)
    elif exchange.status >= 400:
        _error(exchange)


def check(exchange: Exchange, statement: str, holds: bool, expected: object, actual: object) -> None:
    """Note that a statement held or did not."""
    if holds:
        exchange.ledger.holds(statement)
    else:
        exchange.ledger.note(statement, expected, actual, exchange)


def _headers(exchange: Exchange) -> None:
    headers = exchange.reply_headers
    index = headers.get("X-Nomad-Index", "")
    leader, contact = headers.get("X-Nomad-KnownLeader"), headers.get("X-Nomad-LastContact")
    read = exchange.operation in READS and exchange.method == "GET"
    absent = read and exchange.status == 404 and exchange.operation in ("query", "summary")
    decimal, found = "X-Nomad-Index: a decimal number", _header("X-Nomad-Index", index)
    if absent and not index.isdigit():
        exchange.ledger.note("common.blocking.index-of-the-missing", decimal, found, exchange)
    if read and exchange.ok:
        check(exchange, "common.blocking.index-header", index.isdigit(), decimal, found)
    if read and (exchange.ok or absent):
        expected, known = "X-Nomad-KnownLeader: true or false", leader in ("true", "false")
        check(exchange, "common.headers.known-leader", known, expected, _header("X-Nomad-KnownLeader", leader))
        expected, fits = "X-Nomad-LastContact: a number of milliseconds", (contact or "").isdigit()
        check(exchange, "common.headers.last-contact", fits, expected, _header("X-Nomad-LastContact", contact))
    elif exchange.ok and exchange.operation in KINDS and not read and exchange.method in ("PUT", "POST", "DELETE"):
        if exchange.operation != "summary":
            check(exchange, "common.headers.index-on-writes", index.isdigit(), decimal, found)
            nothing = leader is None and contact is None
            expected, both = "neither X-Nomad-KnownLeader nor X-Nomad-LastContact", f"{leader} and {contact}"
            check(exchange, "common.headers.writes-say-no-leader", nothing, expected, both)
    elif exchange.status and exchange.status >= 400:
        names = [name for name in headers if name.lower().startswith("x-nomad-")]
        check(exchange, "common.headers.none-on-errors", not names, "no X-Nomad header", ", ".join(names))
    vary = headers.get("Vary", "")
    if exchange.operation in KINDS | LISTS and exchange.status in (200, 404, 500):
        varies = "accept-encoding" in vary.lower()
        check(exchange, "common.headers.vary", varies, "Vary: Accept-Encoding", _header("Vary", vary))


def _header(name: str, value: str | None) -> str:
    """Return a header of a reply in words."""
    return f"{name}: {value}" if value else f"{name}: no such header"


def _success(exchange: Exchange) -> None:
    content = exchange.reply_headers.get("Content-Type", "")
    check(
        exchange,
        "common.headers.json-content-type",
        content == "application/json",
        "Content-Type: application/json",
        _header("Content-Type", content),
    )
    parsed = []
    with exchange.ledger.going_on():
        parsed.append(exchange.json)
    if not parsed:
        return
    (value,) = parsed
    exchange.ledger.holds(unreadable(exchange.operation))
    _shape(exchange, value)
    if "pretty" not in exchange.target:
        compact = b"\n" not in exchange.reply_body and b'": ' not in TEXT.sub(b'""', exchange.reply_body)
        check(exchange, "common.pretty.off-is-compact", compact, "one line without spaces", exchange.text[:200])
    check(exchange, "common.replies.sorted-keys", _sorted(value), "keys in alphabetical order", "another order")


def _shape(exchange: Exchange, value: Any) -> None:
    kind = (KINDS | LISTS)[exchange.operation]
    if exchange.operation in LISTS:
        statement = LIST_REPLIES[exchange.operation]
        check(exchange, statement, isinstance(value, list), "a list, empty when there is none", exchange.text[:200])
        values = value if isinstance(value, list) else []
    else:
        values = [value]
    broken, more, met = set(), [], set[str]()
    for flaw in (flaw for one in values for flaw in shapes.flaws(kind, one, met=met)):
        if flaw.statement:
            broken.add(flaw.statement)
            exchange.ledger.note(flaw.statement, flaw.wanted, flaw.found, exchange)
        else:
            more.append(written(flaw.place))
            exchange.ledger.adds(more[-1], shortened(data(flaw.actual), 200))
    check(exchange, "common.replies.no-additions", not more, "nothing but the known fields", more[:10])
    for statement in {one for kind in met for one in shapes.STATEMENTS[kind]} - broken:
        exchange.ledger.holds(statement)


def _error(exchange: Exchange) -> None:
    content = exchange.reply_headers.get("Content-Type", "")
    if exchange.operation not in KINDS | LISTS or "gzip" in exchange.headers.get("Accept-Encoding", ""):
        return
    if not exchange.text.replace("\n", "").isprintable():
        return  # the server guesses the type from the text, and an odd one in it (from the request) changes the guess
    plain = content == "text/plain; charset=utf-8"
    expected = "Content-Type: text/plain; charset=utf-8"
    check(exchange, "common.errors.plain-text", plain, expected, _header("Content-Type", content))
    bare = bool(exchange.text) and not exchange.text.endswith("\n") and not exchange.text.startswith(("{", "["))
    check(exchange, "common.errors.bare-text", bare, "the bare error text, no newline after it", exchange.text[:200])


FREE_MAPS = {
    *("Meta", "Env", "Config", "GetterOptions", "Summary", "TaskStates", "QueuedAllocations", "ClassEligibility"),
    *("FailedTGAllocs", "DesiredTGUpdates", "Updates", "Scores", "NodesAvailable", "ClassFiltered"),
    *("ConstraintFiltered", "ClassExhausted", "DimensionExhausted"),
}
"""Maps with keys of the user's or the cluster's choosing: their order says nothing."""


def _sorted(value: Any) -> bool:
    if isinstance(value, list):
        return all(_sorted(item) for item in value)
    if not isinstance(value, dict):
        return True
    if list(value) != sorted(value):
        return False
    return all(_sorted_member(name, item) for name, item in value.items())


def _sorted_member(name: str, item: Any) -> bool:
    if name == "Config" or not (name in FREE_MAPS and isinstance(item, dict)):
        return name == "Config" or _sorted(item)
    return all(_sorted(inner) for inner in item.values())
