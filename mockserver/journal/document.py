"""Exchanges as JSON (``Exchange`` and ``ExchangeSummary`` in ``schemas/admin.json``)."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.journal.entry import LONGEST_BODY, Entry, Indexes
from mockserver.journal.findings import findings_of, reply_headers
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import SECRETS, Redaction, unpacked

if TYPE_CHECKING:
    from mockserver.http.replies import Header

_MILLION = 1_000_000
_THOUSAND = 1_000


def summary(entry: Entry, regions: Iterable[str], redaction: Redaction | None = SECRETS) -> dict[str, Any]:
    """An exchange in short."""
    request = request_of(entry)
    findings = findings_of(entry)
    told = (lambda text: text) if redaction is None else redaction.text
    return {
        "number": entry.number,
        "time": timestamp(entry.started),
        "method": request.method,
        "path": request.path,
        "query": request.query if redaction is None else redaction.query(request.query),
        "operation": request.operation_name,
        "target": request.target,
        "pending": entry.ended is None,
        "status": entry.status,
        "duration": None if entry.ended is None else entry.ended - entry.started,
        "index": _indexes(entry, regions),
        "faults": list(entry.faults),
        "findings": {"request": [*map(told, findings.request)], "reply": [*map(told, findings.reply)]},
    }


def document(entry: Entry, regions: Iterable[str], redaction: Redaction | None = SECRETS) -> dict[str, Any]:
    """An exchange with everything there is of it, secrets only where there is no ``redaction``."""
    request = {"headers": headers_document(entry.headers, redaction)}
    encoding = request_of(entry).header("content-encoding") or ""
    request |= body_document(entry.request_body, entry.request_size, redaction, encoding)
    answer, reply = entry.answer, None
    if answer is not None:
        reply = {"status": answer.status, "headers": headers_document(answer.headers, redaction)}
        encoding = reply_headers(entry).get("content-encoding", "")
        reply |= body_document(answer.body, answer.size, redaction, encoding)
    wall = {
        "started": timestamp(entry.wall_started),
        "wait": None if answer is None else entry.wall_answered - entry.wall_started,
        "duration": None if entry.ended is None else entry.wall_ended - entry.wall_started,
    }
    return summary(entry, regions, redaction) | {"request": request, "reply": reply, "wall": wall}


def timestamp(nanoseconds: int) -> str:
    """A Unix time as RFC 3339, in microseconds."""
    moment = datetime.fromtimestamp(nanoseconds // (_THOUSAND * _MILLION), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds // _THOUSAND % _MILLION:06d}Z"


def headers_document(headers: "Iterable[Header]", redaction: Redaction | None = SECRETS) -> list[dict[str, str]]:
    """Header fields in their order; names as Go spells them."""
    fields = [(_spelled(name), value.decode("latin-1")) for name, value in headers]
    return [
        {"name": name, "value": value if redaction is None else redaction.header(name, value)} for name, value in fields
    ]


def body_document(body: bytes, size: int, redaction: Redaction | None = SECRETS, encoding: str = "") -> dict[str, Any]:
    """A body as text without its ``encoding``, or in base64 when it is none."""
    cut = {"size": size, "truncated": size > LONGEST_BODY}
    text = _text(body, encoding) if redaction is None else redaction.body(body, encoding)
    if text is not None:
        return {"body": text, "encoding": "utf-8", **cut}
    plain, whole = unpacked(body, encoding)
    return {"body": base64.b64encode(plain if whole else body).decode(), "encoding": "base64", **cut}


def _text(body: bytes, encoding: str) -> str | None:
    plain, whole = unpacked(body, encoding)
    try:
        return plain.decode() if whole else None
    except UnicodeDecodeError:
        return None


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
