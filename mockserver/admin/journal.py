"""The journal: exchanges with clients."""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.clock import duration_of
from mockserver.admin.faults import number_of
from mockserver.admin.matches import need_spelt
from mockserver.gostd.durations import SECOND
from mockserver.journal import Journal, Matcher
from mockserver.journal.exchange import Exchange
from mockserver.journal.expectation import Expectation, verdict
from mockserver.journal.export import archive, archived, document, summary
from mockserver.journal.journal import of_each
from mockserver.journal.secrets import Redaction
from nomad_contract_spelling import shown

_LONGEST = 600
"""Seconds that a request may wait for others."""


async def list_all(call: Call) -> list[dict[str, Any]]:
    """List exchanges, in short or with all their details."""
    if call.query.get("details") == "whole":
        return await whole(call)
    return await _summaries(call, await _selected(call))


async def whole(call: Call) -> list[dict[str, Any]]:
    """Return the exchanges that the query asks for, with all their details."""
    regions, redaction = tuple(_journal(call).regions), _redaction(call)
    return await _each(await _selected(call), lambda entry: document(entry, regions, redaction))


async def get(call: Call) -> dict[str, Any]:
    """Return one exchange.

    Raises:
        Problem: It is not kept.
    """
    journal = _journal(call)
    entry = journal.get(number_of(call))
    if entry is None:
        kept = [each.number for each in journal]
        advice = f"kept are {kept[0]} to {kept[-1]}" if kept else "the journal is empty"
        raise Problem(404, f"there is no exchange {shown(call.path['number'])}", advice)
    redaction = None if call.query.get("secrets") == "shown" else _redaction(call)
    (told,) = await _each([entry], lambda each: document(each, journal.regions, redaction))
    return told


async def count(call: Call) -> dict[str, int]:
    """Return how many exchanges there are, and how many there can be."""
    journal = _journal(call)
    return {
        "count": len(await _selected(call)),
        "limit": journal.limit,
        "bytes": journal.bytes,
        "largest": journal.largest,
    }


async def export(call: Call) -> dict[str, Any]:
    """Return the exchanges as an HTTP Archive."""
    scheme = "http" if call.world.settings.tls_cert is None else "https"
    over = [entry for entry in await _selected(call) if entry.ended is not None]
    redaction = _redaction(call)
    return archive(await _each(over, lambda entry: archived(entry, scheme, redaction)))


async def search(call: Call) -> list[dict[str, Any]]:
    """List the exchanges whose request matches."""
    return await _summaries(call, await _journal(call).matching(_matcher(call), after=_after(call)))


async def wait(call: Call) -> dict[str, Any]:
    """Return matching exchanges, when enough of them have arrived."""
    wanted = int(call.body.get("count", 1))
    seconds = min(duration_of(call.body.get("timeout", "10s")) / SECOND, _LONGEST)
    arriving = _journal(call).wait(_matcher(call), wanted, after=_after(call), seconds=seconds)
    found = await call.unless_gone(arriving)
    return {"met": len(found) >= wanted, "count": len(found), "exchanges": await _summaries(call, found)}


async def verify(call: Call) -> dict[str, Any]:
    """Return whether an expectation is met."""
    need_spelt(call.body.get("match", {}))
    return await verdict(_journal(call), Expectation.read(call.body), after=_after(call))


async def clear(call: Call) -> None:
    """Forget all exchanges."""
    _journal(call).clear()


def _journal(call: Call) -> Journal:
    journal = call.world.journal
    if journal.limit == 0:
        raise Problem(409, "this world keeps no journal", "start the mock with a --journal-limit above 0")
    return journal


def _redaction(call: Call) -> Redaction:
    return Redaction(env=call.query.get("env") == "redacted")


def _matcher(call: Call) -> Matcher:
    match = call.body.get("match", {})
    need_spelt(match)
    return Matcher.read(match)


def _after(call: Call) -> int:
    return int(call.body.get("after", 0))


async def _summaries(call: Call, entries: list[Exchange]) -> list[dict[str, Any]]:
    regions = tuple(call.world.journal.regions)
    return await _each(entries, lambda entry: summary(entry, regions))


async def _each(entries: list[Exchange], tell: Callable[[Exchange], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the document of each exchange."""
    return await of_each(entries, tell, lambda entry: [entry.request_body, entry.answer and entry.answer.body])


async def _selected(call: Call) -> list[Exchange]:
    """Return the exchanges that the query asks for."""
    match = {name: call.query[name] for name in ("method", "path", "operation") if name in call.query}
    need_spelt(match, "query ")
    matcher = Matcher.read(match)
    found = await _journal(call).matching(matcher, after=call.query.get("after", 0))
    status = call.query.get("status")
    if status is not None:
        found = [entry for entry in found if entry.ended is not None and (entry.status or 0) == status]
    limit = call.query.get("limit")
    return found if limit is None else found[max(len(found) - limit, 0) :]


HANDLERS: Mapping[str, Handler] = {
    "list-exchanges": list_all,
    "get-exchange": get,
    "count-exchanges": count,
    "export-har": export,
    "search-journal": search,
    "wait-for-requests": wait,
    "verify-requests": verify,
    "clear-journal": clear,
}
