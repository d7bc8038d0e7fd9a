"""Entries of a journal, made by hand."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

_START = datetime(2026, 11, 29, tzinfo=UTC)
_MS = 1_000_000


def entry(
    number: int,
    target: str,
    *,
    at: float,
    took: float | None = 1,
    method: str = "GET",
    operation: str | None = "query",
    name: str = "web",
    status: int | None = 200,
    index: int | None = None,
    left: float | None = None,
    speed: float = 1,
    connection: int = 1,
    request: int = 2,
    body: Any = None,
    reply: Any = None,
    headers: dict[str, str] | None = None,
    reply_headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return an entry; times are milliseconds, and the clock of the world runs ``speed`` times as fast."""
    path, _, query = target.partition("?")
    given = {"X-Nomad-Index": str(index)} if index is not None else {}
    sent = "" if body is None else json.dumps(body)
    text = {"encoding": "utf-8", "truncated": False}
    wall = None if took is None else int(took * _MS)
    return {
        "number": number,
        "time": _START.isoformat(),
        "method": method,
        "path": path,
        "query": query,
        "operation": operation,
        "target": name,
        "pending": took is None,
        "status": status,
        "duration": None if wall is None else int(wall * speed),
        "index": {"before": {"global": 1}, "after": {"global": 1}},
        "faults": [],
        "connection": {"number": connection, "request": request},
        "findings": {"request": [], "kinds": [], "reply": []},
        "request": {
            "target": target,
            "headers": _fields({"Content-Length": str(len(sent))} | (headers or {})),
            "body": sent,
            "size": len(sent),
            **text,
        },
        "reply": None
        if status is None
        else {
            "status": status,
            "headers": _fields(given | (reply_headers or {})),
            "body": json.dumps(reply),
            "size": 1,
            **text,
        },
        "wall": {
            "started": (_START + timedelta(milliseconds=at)).isoformat(),
            "wait": wall,
            "duration": wall,
            "left": None if left is None else int(left * _MS),
        },
    }


def _fields(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]
