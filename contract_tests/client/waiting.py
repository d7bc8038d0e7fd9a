"""Time as clients see it: the server's clock, and waiting for a change, whoever makes it."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

from contract_tests.client.exchange import Exchange
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import Query
from contract_tests.findings import NotOffered
from contract_tests.oracle import shapes

_MOST_ROUNDS = 50
"""How often a query is sent anew whose answer says the same."""


def for_change(
    nomad: Nomad, read: str, job_id: str, before: Exchange, query: Query | None = None
) -> Callable[[], Exchange]:
    """Send a query that waits for something newer than ``before``; return a function that gives what came of it.

    An answer is no guarantee of a change, and lists have the index of a table of all jobs: an answer that says the same
    is followed by the next query, as a client does it, until one says something else or does not come soon.
    """
    index = max(before.index, 1)
    waiter = nomad.later(read, job_id, {"index": index, "wait": nomad.long_wait, **(query or {})})

    def woken() -> Exchange:
        newest = index
        found = waiter.result()
        for _ in range(_MOST_ROUNDS):
            if not nomad.came_soon(found) or not found.ok or found.index < newest or _differ(read, found, before):
                break
            newest = found.index
            found = nomad.read(read, job_id, {"index": newest, "wait": nomad.long_wait, **(query or {})})
        return found

    return woken


def _differ(read: str, one: Exchange, other: Exchange) -> bool:
    """Return whether two answers of a read differ in what the page binds."""
    type_ = shapes.READS[read]
    return bool(shapes.documented(type_, one.json) != shapes.documented(type_, other.json))


def told_time(exchange: Exchange) -> datetime:
    """Return the server's time by the Date header of a reply.

    Raises:
        NotOffered: The reply has no readable Date, so the test is skipped.
    """
    told = exchange.reply_headers.get("Date", "")
    try:
        return parsedate_to_datetime(told)
    except (TypeError, ValueError):
        raise NotOffered(f"the server does not tell its time: Date {told!r}") from None
