"""Exchanges as an HTTP Archive (HAR 1.2), which browsers' tools and proxies read."""

from collections.abc import Iterable
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from mockserver.journal.document import body_document, headers_document, timestamp
from mockserver.journal.entry import Answer, Entry
from mockserver.journal.findings import plain_reply
from mockserver.journal.journal import request_of
from mockserver.journal.secrets import REDACTED, SECRETS, Redaction
from mockserver.version import mock_version

_MILLISECOND = 1_000_000
_UNKNOWN = -1


def har(entries: Iterable[Entry], *, scheme: str = "http", redaction: Redaction = SECRETS) -> dict[str, Any]:
    """The exchanges that are over, at the machine's time; secrets are left out, for archives are handed on.

    An exchange without an answer has the status 0. ``scheme`` is that of the addresses.
    """
    return archive([archived(entry, scheme, redaction) for entry in entries if entry.ended is not None])


def archive(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The archive of these entries, each as ``archived`` makes it."""
    creator = {"name": "nomad-mock", "version": mock_version()}
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def archived(entry: Entry, scheme: str, redaction: Redaction) -> dict[str, Any]:
    """One exchange that is over."""
    total = entry.wall_ended - entry.wall_started
    wait = (entry.wall_ended if entry.status is None else entry.wall_answered) - entry.wall_started
    return {
        "startedDateTime": timestamp(entry.wall_started),
        "time": total / _MILLISECOND,
        "request": _request(entry, scheme, redaction),
        "response": _response(entry, redaction),
        "cache": {},
        "timings": {"send": 0, "wait": wait / _MILLISECOND, "receive": (total - wait) / _MILLISECOND},
        "comment": ", ".join(entry.faults),
    }


def _request(entry: Entry, scheme: str, redaction: Redaction) -> dict[str, Any]:
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


def _response(entry: Entry, redaction: Redaction) -> dict[str, Any]:
    answer = entry.answer
    headers = [] if answer is None else headers_document(answer.headers, redaction)
    size = 0 if answer is None else answer.size
    by_name = {header["name"].lower(): header["value"] for header in headers}
    plain = plain_reply(entry)
    sent = b"" if answer is None else answer.body
    body = body_document(sent, size, redaction, by_name.get("content-encoding", ""))
    content = {
        "size": max(len(plain), size),  # of a long body not all is kept
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


def _sent_cookies(answer: Answer | None) -> str:
    headers = () if answer is None else answer.headers
    return next((value.decode("latin-1") for name, value in headers if name == b"set-cookie"), "")


def _reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
