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
from mockserver.journal.secrets import REDACTED, redacted_body, redacted_header
from mockserver.version import mock_version

_MILLISECOND = 1_000_000
_UNKNOWN = -1


def har(entries: Iterable[Entry], *, scheme: str = "http") -> dict[str, Any]:
    """The exchanges that are over, at the machine's time; secrets are left out, for archives are handed on.

    An exchange without an answer has the status 0. ``scheme`` is that of the addresses.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "nomad-mock", "version": mock_version()},
            "entries": [_entry(entry, scheme) for entry in entries if entry.ended is not None],
        }
    }


def _entry(entry: Entry, scheme: str) -> dict[str, Any]:
    total = entry.wall_ended - entry.wall_started
    wait = (entry.wall_ended if entry.status is None else entry.wall_answered) - entry.wall_started
    return {
        "startedDateTime": timestamp(entry.wall_started),
        "time": total / _MILLISECOND,
        "request": _request(entry, scheme),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": wait / _MILLISECOND, "receive": (total - wait) / _MILLISECOND},
        "comment": ", ".join(entry.faults),
    }


def _request(entry: Entry, scheme: str) -> dict[str, Any]:
    request = request_of(entry)
    target = request.raw_path.decode("latin-1") + (f"?{request.query}" if request.query else "")
    shown = {
        "method": request.method,
        "url": f"{scheme}://{request.header('host') or 'localhost'}{target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.headers),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(request.query, keep_blank_values=True)
        ],
        "headersSize": _UNKNOWN,
        "bodySize": entry.request_size,
    }
    if entry.request_size:
        mime_type = request.header("content-type") or "application/json"
        text = redacted_body(body_document(entry.request_body, entry.request_size)["body"])
        shown["postData"] = {"mimeType": mime_type, "params": [], "text": text}
    return shown


def _response(entry: Entry) -> dict[str, Any]:
    answer = entry.answer
    headers = [] if answer is None else _headers(answer.headers)
    size = 0 if answer is None else answer.size
    by_name = {header["name"].lower(): header["value"] for header in headers}
    plain = plain_reply(entry)
    body = body_document(plain, len(plain))
    content = {
        "size": max(len(plain), size),  # of a long body not all is kept
        "compression": max(len(plain) - size, 0),
        "mimeType": by_name.get("content-type", "x-unknown"),
        "text": redacted_body(body["body"]),
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


def _headers(headers: Any) -> list[dict[str, str]]:
    return [
        {"name": one["name"], "value": redacted_header(one["name"], one["value"])} for one in headers_document(headers)
    ]


def _reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
