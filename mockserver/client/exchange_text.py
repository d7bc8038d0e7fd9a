"""Exchanges of a journal as text: a line for each, and below it what was found about it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from mockserver.gostd.durations import MILLISECOND
from mockserver.gostd.fmt import duration

_LONGEST = 300
"""Characters of a line."""
_ERRORS = 400
"""From this status on the text of a reply says what is wrong."""


def exchange_lines(exchanges: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines about whole exchanges in their order; the same request with the same end comes once in a row."""
    for (request, notes, end, *findings), row in groupby(exchanges, _parts):
        first, *others = row
        if others:
            notes = (*notes, f"{len(others) + 1} times, to #{others[-1]['number']}")
        elif first["duration"] is not None and first["duration"] >= MILLISECOND:
            notes = (duration(first["duration"] // MILLISECOND * MILLISECOND), *notes)
        status, text = end
        beside = f" ({', '.join(notes)})" if notes else ""
        yield _cut(f"#{first['number']} {request} -> {status}{beside}{text and f': {text}'}")
        yield from findings


def _parts(exchange: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what was asked, what the mock did about it, how it ended, and the lines about what was found."""
    notes = (*(f"fault {name}" for name in exchange["faults"]), *exchange["freedoms"])
    findings = (f"    !! {side}: {each}" for side in ("request", "reply") for each in exchange["findings"][side])
    request = f"{exchange['method']} {exchange['request']['target']}"
    return (request, notes, _end(exchange), *map(_cut, findings))


def _end(exchange: Mapping[str, Any]) -> tuple[str, str]:
    """Return the status, and the text of an error."""
    if exchange["pending"]:
        return "waits for its answer", ""
    reply = exchange["reply"]
    if reply is None:
        return "no answer", ""
    told = reply["status"] >= _ERRORS and reply["encoding"] == "utf-8"
    return str(reply["status"]), _printable(reply["body"]) if told else ""


def _printable(text: str) -> str:
    """Return a text in one line, without characters that a terminal would obey."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in " ".join(text.split()))


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
