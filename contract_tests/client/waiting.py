"""Time as clients see it: the server's clock, and waiting for a change, whoever makes it."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

from contract_tests.client.exchange import Exchange
from contract_tests.client.nomad import Nomad
from contract_tests.findings import NotOffered


def for_change(nomad: Nomad, read: str, job_id: str, before: Exchange) -> Callable[[], Exchange]:
    """Send a query that waits for something newer than ``before``; return a function that gives what came of it.

    Lists have the index of a table of all jobs, so on a busy cluster an answer may be newer and say the same: then
    the query is sent anew from there, until the answer says something else or does not come soon.
    """
    index = max(before.index, 1)
    waiter = nomad.later(read, job_id, {"index": index, "wait": nomad.long_wait})

    def woken() -> Exchange:
        newest = index
        found = waiter.result(timeout=nomad.target.timeout)
        while found.seconds < nomad.soon and found.index > newest and found.ok and found.json == before.json:
            newest = found.index
            found = nomad.read(read, job_id, {"index": newest, "wait": nomad.long_wait})
        return found

    return woken


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
