"""Exchanges of a journal as text: a line for each, and below it what was found about it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.gostd.durations import MILLISECOND
from mockserver.gostd.fmt import duration


def exchange_lines(exchanges: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines about exchanges, whole ones or in short, in their order."""
    for exchange in exchanges:
        query = f"?{exchange['query']}" if exchange["query"] else ""
        yield f"#{exchange['number']} {exchange['method']} {exchange['path']}{query} -> {_outcome(exchange)}"
        for side in ("request", "reply"):
            for finding in exchange["findings"][side]:
                yield f"    !! {side}: {finding}"


def _outcome(exchange: Mapping[str, Any]) -> str:
    notes = [f"fault {name}" for name in exchange["faults"]] + list(exchange["freedoms"])
    if exchange["duration"] is not None and exchange["duration"] >= MILLISECOND:
        notes.insert(0, duration(exchange["duration"] // MILLISECOND * MILLISECOND))
    status = "waits for its answer" if exchange["pending"] else exchange["status"] or "no answer"
    return f"{status} ({', '.join(notes)})" if notes else str(status)
