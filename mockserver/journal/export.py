"""Export exchanges as JSON (``schemas/admin.json``) and as an HTTP Archive (HAR 1.2)."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mockserver.gostd.durations import MICROSECOND, MILLISECOND, SECOND
from mockserver.gostd.headers import canonical
from mockserver.journal.exchange import LONGEST_BODY, Exchange, Indexes, ObservedReply
from mockserver.journal.findings import findings_of, plain_reply, reply_headers
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import REDACTED, SECRETS, Redaction, unpacked
from mockserver.version import mock_version

if TYPE_CHECKING:
    from mockserver.http.replies import Header


def summary(entry: Exchange, regions: Iterable[str], redaction: Redaction | None = SECRETS) -> dict[str, Any]:
    """Return an exchange in short."""
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
        "freedoms": list(entry.freedoms),
        "connection": _connection(entry),
        "findings": {
            "request": [*map(told, findings.request)],
            "kinds": [finding.kind for finding in findings.request],
            "reply": [*map(told, findings.reply)],
        },
    }


def document(entry: Exchange, regions: Iterable[str], redaction: Redaction | None = SECRETS) -> dict[str, Any]:
    """Return an exchange with all details, and with secrets only where there is no ``redaction``."""
    request: dict[str, Any] = {"target": _target(entry, redaction)}
    request |= {"headers": headers_document(entry.headers, redaction)}
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
        "left": entry.left,
    }
    return summary(entry, regions, redaction) | {"request": request, "reply": reply, "wall": wall}


def timestamp(nanoseconds: int) -> str:
    """Return a time (Unix nanoseconds) as RFC 3339, in microseconds."""
    moment = datetime.fromtimestamp(nanoseconds // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds % SECOND // MICROSECOND:06d}Z"


def headers_document(headers: "Iterable[Header]", redaction: Redaction | None = SECRETS) -> list[dict[str, str]]:
    """Return the header fields in their order, with names as Go spells them."""
    fields = [(canonical(name).decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return [
        {"name": name, "value": value if redaction is None else redaction.header(name, value)} for name, value in fields
    ]


def body_document(body: bytes, size: int, redaction: Redaction | None = SECRETS, encoding: str = "") -> dict[str, Any]:
    """Return a body as text without its ``encoding``, or in base64 when it is no text."""
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


def _connection(entry: Exchange) -> dict[str, int] | None:
    origin = entry.origin
    return None if origin is None else {"number": origin.connection, "request": origin.number}


def _target(entry: Exchange, redaction: Redaction | None) -> str:
    """Return the target as it was sent; bytes that are no UTF-8 are replaced."""
    parts = (entry.raw_path, entry.raw_query) if entry.origin is None else (entry.origin.target,)
    path, mark, query = b"?".join(part for part in parts if part).decode("utf-8", "replace").partition("?")
    return path + mark + (query if redaction is None else redaction.query(query))


def _indexes(entry: Exchange, regions: Iterable[str]) -> dict[str, Any]:
    names = tuple(regions)
    return {
        "before": _named(names, entry.before),
        "after": None if entry.ended is None else _named(names, entry.after),
    }


def _named(regions: Sequence[str], indexes: Indexes) -> dict[str, int]:
    return dict(zip(regions, (indexes,) if isinstance(indexes, int) else indexes, strict=True))


_UNKNOWN = -1


def har(entries: Iterable[Exchange], *, scheme: str = "http", redaction: Redaction = SECRETS) -> dict[str, Any]:
    """Return the finished exchanges as an archive without secrets, at the machine's time.

    An exchange without a reply has the status 0. ``scheme`` is that of the addresses.
    """
    return archive([archived(entry, scheme, redaction) for entry in entries if entry.ended is not None])


def archive(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the archive of these entries, each as ``archived`` makes it."""
    creator = {"name": "nomad-mock", "version": mock_version()}
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def archived(entry: Exchange, scheme: str, redaction: Redaction) -> dict[str, Any]:
    """Return the entry of a finished exchange."""
    total = entry.wall_ended - entry.wall_started
    wait = (entry.wall_ended if entry.status is None else entry.wall_answered) - entry.wall_started
    return {
        "startedDateTime": timestamp(entry.wall_started),
        "time": total / MILLISECOND,
        "request": _request(entry, scheme, redaction),
        "response": _response(entry, redaction),
        "cache": {},
        "timings": {"send": 0, "wait": wait / MILLISECOND, "receive": (total - wait) / MILLISECOND},
        "comment": ", ".join((*entry.faults, *entry.freedoms)),
    }


def _request(entry: Exchange, scheme: str, redaction: Redaction) -> dict[str, Any]:
    request = request_of(entry)
    query = redaction.query(request.query)
    target = request.raw_path.decode("latin-1") + (f"?{query}" if query else "")
    shown = {
        "method": request.method,
        "url": f"{scheme}://{request.header('host') or 'localhost'}{target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers_document(entry.headers, redaction),
        "queryString": [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)],
        "headersSize": _UNKNOWN,
        "bodySize": entry.request_size,
    }
    if entry.request_size:
        mime_type = request.header("content-type") or "application/json"
        encoding = request.header("content-encoding") or ""
        text = body_document(entry.request_body, entry.request_size, redaction, encoding)["body"]
        shown["postData"] = {"mimeType": mime_type, "params": [], "text": text}
    return shown


def _response(entry: Exchange, redaction: Redaction) -> dict[str, Any]:
    answer = entry.answer
    headers = [] if answer is None else headers_document(answer.headers, redaction)
    size = 0 if answer is None else answer.size
    by_name = {header["name"].lower(): header["value"] for header in headers}
    plain = plain_reply(entry)
    sent = b"" if answer is None else answer.body
    body = body_document(sent, size, redaction, by_name.get("content-encoding", ""))
    content = {
        "size": max(len(plain), size),  # not all of a long body is kept
        "compression": max(len(plain) - size, 0),
        "mimeType": by_name.get("content-type", "x-unknown"),
        "text": body["body"],
    }
    if body["encoding"] == "base64":
        content["encoding"] = "base64"
    return {
        "status": entry.status or 0,
        "statusText": _reason(entry.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [{"name": name, "value": REDACTED} for name in SimpleCookie(_sent_cookies(answer))],
        "headers": headers,
        "content": content,
        "redirectURL": by_name.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": size,
    }


def _sent_cookies(answer: ObservedReply | None) -> str:
    headers = () if answer is None else answer.headers
    return next((value.decode("latin-1") for name, value in headers if name == b"set-cookie"), "")


def _reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
