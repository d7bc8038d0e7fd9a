"""How much a client asks of a server: pauses, repeated requests, connections, compression."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise

from contract_tests.conduct.conversation import Conversation
from contract_tests.conduct.exchange import Exchange
from contract_tests.conduct.judging import Evidence, broken, judges, kept
from contract_tests.durations import SECOND

_AT_ONCE = SECOND // 20
"""A reply within this time did not wait for anything."""

_PAUSE = SECOND // 50
"""A client that asks again sooner has not paused."""

_AT_ONCE_TEXT = f"within {_PAUSE * 1000 // SECOND} ms of each reply"

_ROW = 10
"""How many times in a row a client may ask for the same without a pause before it is a busy loop."""

_SOON = SECOND // 20
_RECONNECTS = 5
_TROUBLE = (429, 500, 502, 503, 504)
_CODING = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(;\s*q=(0(\.\d{0,3})?|1(\.0{0,3})?))?", re.IGNORECASE)


def _after(one: Exchange, other: Exchange) -> int | None:
    """Return the nanoseconds between the end of one exchange and the beginning of another."""
    return None if one.over is None else other.started - one.over


@judges("conduct.load.no-busy-loop")
def _no_busy_loop(conversation: Conversation) -> Evidence:
    for reads in conversation.resources.values():
        row: list[Exchange] = []
        for before, read in pairwise(reads):
            if not _found_the_same(before, read):
                row = []
            elif 0 <= (_after(before, read) or 0) < _PAUSE and (before.took or 0) < _AT_ONCE:
                row = row or [before]
                row.append(read)
            else:
                yield kept(f"{read} pauses after {before} had nothing new", before, read)
                row = []
            if len(row) == _ROW:
                text = (
                    f"{row[0]} and at least {_ROW - 1} more ask for the same {_AT_ONCE_TEXT}, and nothing had changed"
                )
                waits_for_0 = read.wait is not None and not read.asked_index
                yield broken(f"{text}; a query with index 0 never waits" if waits_for_0 else text, *row)


def _found_the_same(before: Exchange, read: Exchange) -> bool:
    """Return whether a client that asks again already knew that nothing had changed."""
    over = before.is_over_at(read.started)
    return over and before.index is not None and before.index == read.index and before.asked_index == read.asked_index


@judges("conduct.load.blocks-instead-of-polling")
def _blocks_instead_of_polling(conversation: Conversation) -> Evidence:
    for reads in conversation.resources.values():
        row: list[Exchange] = []
        for before, read in pairwise(reads):
            if read.asked_index:
                yield kept(f"{read} is a blocking query", read)
            row = [*(row or [before]), read] if _found_the_same(before, read) and not read.asked_index else []
            if len(row) == _ROW:
                yield broken(f"{row[0]} and at least {_ROW - 1} more poll, where one blocking query would do", *row)


def _repeats(conversation: Conversation) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield each exchange that repeats an earlier one, with the last of those that were over by then."""
    last: dict[tuple[str, str], Exchange] = {}
    for exchange in conversation:
        key = (exchange.method, exchange.target)
        before = last.get(key)
        if before is not None and exchange.repeats(before) and before.is_over_at(exchange.started):
            yield before, exchange
        last[key] = exchange


@judges("conduct.errors.back-off")
def _back_off(conversation: Conversation) -> Evidence:
    hasty: dict[int, Exchange] = {}
    for before, again in _repeats(conversation):
        if not _is_trouble(before):
            continue
        if (_after(before, again) or 0) >= _PAUSE:
            yield kept(f"{again} comes after a pause", before, again)
        elif first := hasty.get(before.number):
            text = f"{first} failed, and so did {before}; {again} asks once more {_AT_ONCE_TEXT}"
            yield broken(text, first, before, again)
        else:
            hasty[again.number] = before


def _is_trouble(exchange: Exchange) -> bool:
    return exchange.is_lost or exchange.status in _TROUBLE


@judges("conduct.errors.retry-after")
def _retry_after(conversation: Conversation) -> Evidence:
    for before, again in _repeats(conversation):
        wanted = _wanted_pause(before)
        if wanted is None:
            continue
        paused = _after(before, again) or 0
        if paused >= wanted - _PAUSE:
            yield kept(f"{again} comes as late as {before} wanted", before, again)
        else:
            text = f"{before} wanted a pause of {wanted / SECOND:g} s; {again} comes after {paused / SECOND:.2f} s"
            yield broken(text, before, again)


def _wanted_pause(exchange: Exchange) -> int | None:
    """Return how many nanoseconds a reply wants its client to stay away, None when it wants nothing."""
    text = exchange.reply_headers.get("retry-after", "") if exchange.status in (429, 503) else ""
    if text.isdecimal():
        return int(text) * SECOND
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    ended = datetime.fromtimestamp((exchange.ended or 0) / SECOND, UTC)
    return max(int((moment - ended).total_seconds() * SECOND), 0)


@judges("conduct.connection.is-reused")
def _connection_is_reused(conversation: Conversation) -> Evidence:
    came = [each for each in conversation if each.connection is not None]
    wasted = [(before, each) for before, each in pairwise(came) if _wastes_a_connection(before, each)]
    reused = [each for each in came if not each.opens_connection]
    if len(wasted) >= _RECONNECTS and len(wasted) > 10 * len(reused):
        shown = [each for _, each in wasted[:_ROW]]
        yield broken(f"{len(wasted)} requests came over a new connection each, while the last one was free", *shown)
    elif reused:
        yield kept(f"{reused[0]} came over a connection that was there", reused[0])


def _wastes_a_connection(before: Exchange, exchange: Exchange) -> bool:
    after = _after(before, exchange)
    kept_open = before.reply_headers.get("connection", "").lower() != "close" and not before.is_lost
    return exchange.opens_connection and kept_open and not before.faults and after is not None and 0 <= after < _SOON


@judges("conduct.compression.well-formed")
def _compression_is_well_formed(conversation: Conversation) -> Evidence:
    for exchange in conversation:
        text = exchange.headers.get("accept-encoding")
        if text is None:
            continue
        odd = [each for each in map(str.strip, text.split(",")) if each and not _CODING.fullmatch(each)]
        if odd:
            yield broken(f"{exchange} accepts the encoding {odd[0]!r}, which is malformed", exchange)
        else:
            yield kept(f"{exchange} accepts {text or 'no encoding'}", exchange)


@judges("conduct.compression.asked-for")
def _compression_is_asked_for(conversation: Conversation) -> Evidence:
    reads = [each for each in conversation if each.is_read]
    asked = [each for each in reads if "gzip" in each.headers.get("accept-encoding", "")]
    if asked:
        yield kept(f"{asked[0]} accepts gzip", asked[0])
    elif len(reads) >= _ROW:
        yield broken(f"none of {len(reads)} reads accepts gzip", *reads[:_ROW])
