"""Exchanges as JSON (``Exchange`` and ``ExchangeSummary`` in ``schemas/admin.json``)."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.journal.entry import LONGEST_BODY, Entry, Indexes
from mockserver.journal.findings import findings_of, plain_reply
from mockserver.journal.journal import request_of

if TYPE_CHECKING:
    from mockserver.web.reply import Header

_MILLION = 1_000_000
_THOUSAND = 1_000


def summary(entry: Entry, regions: Iterable[str]) -> dict[str, Any]:
    """An exchange in short."""
    request = request_of(entry)
    findings = findings_of(entry)
    return {
        "number": entry.number,
        "time": timestamp(entry.started),
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "operation": request.operation_name,
        "target": request.target,
        "pending": entry.ended is None,
        "status": entry.status,
        "duration": None if entry.ended is None else entry.ended - entry.started,
        "index": _indexes(entry, regions),
        "faults": list(entry.faults),
        "findings": {"request": list(findings.request), "reply": list(findings.reply)},
    }


def document(entry: Entry, regions: Iterable[str]) -> dict[str, Any]:
    """An exchange with everything there is of it."""
    request = {"headers": headers_document(entry.headers)}
    request |= body_document(entry.request_body, entry.request_size)
    answer, reply = entry.answer, None
    if answer is not None:
        reply = {"status": answer.status, "headers": headers_document(answer.headers)}
        reply |= body_document(plain_reply(entry), answer.size)
    wall = {
        "started": timestamp(entry.wall_started),
        "wait": None if answer is None else entry.wall_answered - entry.wall_started,
        "duration": None if entry.ended is None else entry.wall_ended - entry.wall_started,
    }
    return summary(entry, regions) | {"request": request, "reply": reply, "wall": wall}


def timestamp(nanoseconds: int) -> str:
    """A Unix time as RFC 3339, in microseconds."""
    moment = datetime.fromtimestamp(nanoseconds // (_THOUSAND * _MILLION), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds // _THOUSAND % _MILLION:06d}Z"


def headers_document(headers: "Iterable[Header]") -> list[dict[str, str]]:
    """Header fields in their order; names as Go spells them."""
    return [{"name": _spelled(name), "value": value.decode("latin-1")} for name, value in headers]


def body_document(body: bytes, size: int) -> dict[str, Any]:
    """A body as text, or in base64 when it is none."""
    cut = {"size": size, "truncated": size > LONGEST_BODY}
    try:
        return {"body": body.decode(), "encoding": "utf-8", **cut}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "encoding": "base64", **cut}


def _spelled(name: bytes) -> str:
    return "-".join(part.capitalize() for part in name.decode("latin-1").split("-"))


def _indexes(entry: Entry, regions: Iterable[str]) -> dict[str, Any]:
    names = tuple(regions)
    return {
        "before": _named(names, entry.before),
        "after": None if entry.ended is None else _named(names, entry.after),
    }


def _named(regions: Sequence[str], indexes: Indexes) -> dict[str, int]:
    return dict(zip(regions, (indexes,) if isinstance(indexes, int) else indexes, strict=True))
