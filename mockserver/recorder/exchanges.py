"""Exchanges as a recording keeps them."""

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.journal.secrets import SECRETS
from mockserver.web.reply import Header

JSON = dict[str, Any]

_FRAMING = frozenset(("host", "content-length", "connection", "transfer-encoding"))
"""What every request carries, or what only concerns one connection."""


@dataclass(slots=True)
class Recorded:
    """One exchange; times are seconds since the recording began. ``status`` is None when there was no answer."""

    method: str
    path: bytes
    query: bytes
    request_headers: Sequence[Header]
    request_body: bytes
    began: float
    ended: float = 0
    status: int | None = None
    headers: Sequence[Header] = ()
    body: bytes = b""
    error: str = ""
    during: "list[Recorded]" = field(default_factory=list)

    @property
    def request(self) -> JSON:
        """What was sent."""
        body = self.request_body.decode("utf-8", "replace")
        headers = _shown(self.request_headers)
        return {
            "method": self.method,
            "path": self.path.decode("latin-1"),
            "query": self.query.decode("latin-1"),
            "headers": {name: value for name, value in headers.items() if name.lower() not in _FRAMING},
            "body": SECRETS.body(self.request_body) if body else None,
        }

    @property
    def response(self) -> JSON:
        """What was answered."""
        text = None if self.status is None else SECRETS.body(self._plain)
        headers = {name: value for name, value in _shown(self.headers).items() if name.lower() != "date"}
        answer = {
            "status": self.status,
            "headers": headers,
            "body": text,
            "json": _json(text),
            "elapsed_ms": round((self.ended - self.began) * 1000),
        }
        return answer | ({"error": self.error} if self.error else {})

    @property
    def _plain(self) -> bytes:
        if (b"content-encoding", b"gzip") not in [(name.lower(), value) for name, value in self.headers]:
            return self.body
        try:
            return gzip.decompress(self.body)
        except (OSError, EOFError, zlib.error):
            return self.body


def spelled(name: bytes) -> str:
    """A header's name as Go spells it."""
    return "-".join(part.capitalize() for part in name.decode("latin-1").split("-"))


def _shown(headers: Sequence[Header]) -> dict[str, str]:
    return {spelled(name): SECRETS.header(spelled(name), value.decode("latin-1")) for name, value in headers}


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return None
