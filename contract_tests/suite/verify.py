"""The verifiers that tests assert with: each names its statement and shows expected against actual."""

from collections.abc import Callable, Iterable
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.findings import NotOffered
from contract_tests.oracle import shapes
from contract_tests.words import At, Place, data, shortened, written


def equal(statement: str, exchange: Exchange, actual: object, expected: object) -> None:
    """Require that a value is what the statement promises."""
    that(statement, exchange, _same(actual, expected), expected, actual)


UNCHANGED = "common.consistency.unchanged-is-the-same"


def same(statement: str, exchange: Exchange, type_: str, actual: object, expected: object) -> None:
    """Require that two replies of a type agree in all that the page binds; beyond that ``UNCHANGED`` binds them."""
    equal(statement, exchange, shapes.documented(type_, actual), shapes.documented(type_, expected))
    equal(UNCHANGED, exchange, actual, expected)


def that(statement: str, exchange: Exchange, holds: bool, expected: object, actual: object) -> None:
    """Require a condition; ``expected`` and ``actual`` explain it to a person."""
    if holds:
        exchange.ledger.holds(statement)
    else:
        failed = actual is False and not exchange.ok  # what was asked of the reply: nothing, because it is an error
        exchange.ledger.violated(statement, expected, exchange.gist if failed else actual, exchange)


def ok(statement: str, exchange: Exchange) -> Exchange:
    """Require the answer 200 and return the exchange; another answer ends the test at any level."""
    if not exchange.ok:
        raise exchange.ledger.finding(statement, "status 200", exchange.gist, exchange)
    exchange.ledger.holds(statement)
    return exchange


def refused(statement: str, exchange: Exchange, status: int, text: str | Callable[[str], bool]) -> None:
    """Require an error of this status and exactly this text, or a text for which the function is true."""
    fits = text(exchange.text) if callable(text) else exchange.text == text
    expected = f"status {status}: {text if isinstance(text, str) else text.__doc__ or 'its text'}"
    that(statement, exchange, exchange.status == status and fits, expected, exchange.gist)


def missing(statement: str, exchange: Exchange) -> None:
    """Require the answer for a job that does not exist."""
    that(statement, exchange, exchange.status == 404, "status 404: job not found", exchange.gist)


def ended(statement: str, exchange: Exchange) -> None:
    """Require the answer for a job that was deregistered: none, or a stopped one, for servers since 0.6 keep it."""
    kept = exchange.json if exchange.ok and isinstance(exchange.json, dict) else {}
    over = exchange.status == 404 or kept.get("Status") == "dead" or kept.get("Stop") is True
    that(statement, exchange, over, "no such job, or one that has ended", exchange.gist)


def grows(statement: str, exchange: Exchange, before: int, after: int) -> None:
    """Require that an index moved forward."""
    that(statement, exchange, after > before, f"an index greater than {before}", after)


def alike(statement: str, exchange: Exchange, differences: Iterable[tuple[Place, object, object]]) -> None:
    """Require that a comparison found no differences; each is (place, expected, actual)."""
    no_differences(exchange, ((statement, *one) for one in differences), [statement])


def no_differences(
    exchange: Exchange, differences: Iterable[tuple[str, Place, object, object]], compared: Iterable[str]
) -> None:
    """Require that a comparison found no differences.

    Args:
        exchange: has the reply that was compared.
        differences: each is (statement, place, expected, actual), the gravest first.
        compared: the statements that something in the reply was held against.
    """
    ledger = exchange.ledger
    noted = [
        ledger.note(statement, At(place, expected), At(place, actual), exchange)
        for statement, place, expected, actual in differences
    ]
    for statement in set(compared) - {one.statement for one in noted}:
        ledger.holds(statement)
    for one in noted:
        if ledger.fails(one.statement):
            raise ledger.raising(one)


def listed(statement: str, exchange: Exchange, count: int | None = None) -> list[Any]:
    """Require a list, of ``count`` items unless that is None, and return it."""
    items = ok(statement, exchange).json
    if not isinstance(items, list) or count not in (None, len(items)):
        raise exchange.ledger.finding(statement, "a list" + (f" of {count}" if count else ""), exchange.gist, exchange)
    return items


def shaped(statement: str, exchange: Exchange, kind: str, value: object) -> None:
    """Require that a value, with all objects in it, has the shape of this kind."""
    sound = True
    for flaw in shapes.flaws(kind, value):
        if flaw.statement:
            sound = False
            exchange.ledger.violated(statement, flaw.wanted, flaw.found, exchange)
        else:
            exchange.ledger.adds(written(flaw.place), shortened(data(flaw.actual), 200))
    if sound:
        exchange.ledger.holds(statement)


def offered(exchange: Exchange, what: str) -> None:
    """Skip the test when the server does not have what an optional helper asks for.

    Raises:
        NotOffered: The status is 404, 405 or 501.
    """
    if exchange.status in (404, 405, 501):
        raise NotOffered(f"the server does not offer {what}: {exchange.gist}")


def _same(actual: Any, expected: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(_same(dict.get(actual, key), expected[key]) for key in expected)
    return bool(actual == expected)
