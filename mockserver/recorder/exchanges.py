"""Exchanges as a recording keeps them."""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.gostd.headers import canonical
from mockserver.http.replies import Header
from mockserver.journal.secrets import LEFT_OUT, SECRETS, Redaction

JSON = dict[str, Any]

_FRAMING = frozenset(("host", "content-length", "connection", "transfer-encoding"))
"""What every request carries, or what only concerns one connection."""

_DEEPEST = 100
"""Levels of a value that is kept as JSON beside its text. What is deeper is kept as text only."""


class Body:
    """A body as it comes; of one that is longer than ``limit`` bytes only the length is kept."""

    __slots__ = ("_parts", "limit", "size")

    def __init__(self, limit: int, content: bytes = b"") -> None:
        self.limit = limit
        self.size = 0
        self._parts: list[bytes] = []
        self.add(content)

    def add(self, part: bytes) -> None:
        """Take what comes next."""
        self.size += len(part)
        if self.size <= self.limit:
            self._parts.append(part)
        else:
            self._parts.clear()

    @property
    def content(self) -> bytes | None:
        """All of it; None where only the length is kept."""
        return b"".join(self._parts) if self.size <= self.limit else None


@dataclass(slots=True, eq=False)
class Recorded:
    """One exchange; times are seconds since the recording began. ``status`` is None when there was no answer."""

    method: str
    path: bytes
    query: bytes
    request_headers: Sequence[Header]
    request_body: Body
    began: float
    body: Body
    ended: float = 0
    status: int | None = None
    headers: Sequence[Header] = ()
    error: str = ""
    during: "list[Recorded]" = field(default_factory=list)

    def request(self, redaction: Redaction = SECRETS) -> JSON:
        """Return what was sent."""
        headers = _shown(self.request_headers, redaction)
        return {
            "method": self.method,
            "path": self.path.decode("latin-1"),
            "query": redaction.query(self.query.decode("latin-1")),
            "headers": {name: value for name, value in headers.items() if name.lower() not in _FRAMING},
            **_body(self.request_body, headers.get("Content-Encoding", ""), redaction),
        }

    def response(self, redaction: Redaction = SECRETS) -> JSON:
        """Return what was answered."""
        headers = {name: value for name, value in _shown(self.headers, redaction).items() if name.lower() != "date"}
        encoding = headers.get("Content-Encoding", "")
        body = {"body": None} if self.status is None else _body(self.body, encoding, redaction)
        if self.status is not None and not self.body.size:
            body = {"body": ""}
        answer = {
            "status": self.status,
            "headers": headers,
            **body,
            "json": _json(body["body"]),
            "elapsed_ms": round((self.ended - self.began) * 1000),
        }
        return answer | ({"error": self.error} if self.error else {})


def _body(body: Body, encoding: str, redaction: Redaction) -> JSON:
    """Return a body as text, or in base64 where it is not text; and a note where nothing of it can be shown."""
    if not body.size:
        return {"body": None}
    content = body.content
    if content is None:
        return {"body": None, "body_note": f"left out: it has {body.size} bytes, and {body.limit} are kept"}
    text = redaction.body(content, encoding)
    if text is None:
        return {"body": None, "body_base64": base64.b64encode(content).decode()}
    return {"body": None, "body_note": text} if text == LEFT_OUT else {"body": text}


def _shown(headers: Sequence[Header], redaction: Redaction) -> dict[str, str]:
    """Header fields by name; the values of one that comes several times are one value, as HTTP has it."""
    shown: dict[str, str] = {}
    for raw, value in headers:
        name = canonical(raw).decode("latin-1")
        text = redaction.header(name, value.decode("latin-1"))
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def _json(text: str | None) -> Any:
    """Return the JSON in a text; None where it is not JSON that every reader of a recording can read again."""
    try:
        value = json.loads(text or "", parse_constant=_refuse, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if _is_shallow(value, _DEEPEST) else None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _is_shallow(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    members = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in members)
