"""A client that speaks ASGI to an application, so that a test controls every byte of the path."""

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message


@dataclass
class Answer:
    """One reply; header names in their usual spelling."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> bytes:
        """The body without its compression."""
        return gzip.decompress(self.raw) if self.headers.get("Content-Encoding") == "gzip" else self.raw

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def index(self) -> int:
        """X-Nomad-Index."""
        return int(self.headers["X-Nomad-Index"])


class NoAnswer(Exception):
    """The application sent no reply."""


class Exchange:
    """One request under way; ``disconnect`` ends it from the client's side."""

    def __init__(self, app: Starlette, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> None:
        path, _, query = target.encode("latin-1").partition(b"?")
        self._scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path.decode("latin-1"),
            "raw_path": path,
            "query_string": query,
            "http_version": "1.1",
            "root_path": "",
            "scheme": "http",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        self._app = app
        self._body: bytes | None = body
        self._gone = asyncio.Event()
        self.sent: list[Message] = []

    async def run(self) -> Answer:
        """Let the application answer the request."""
        await self._app(self._scope, self._receive, self._send)
        if not self.sent:
            raise NoAnswer
        start, *bodies = self.sent
        headers = {name.decode().title(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], headers, b"".join(message["body"] for message in bodies))

    def disconnect(self) -> None:
        """Leave without waiting for the reply."""
        self._gone.set()

    async def _receive(self) -> Message:
        if self._body is None:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


async def ask(app: Starlette, method: str, target: str, body: Any = b"", **headers: str) -> Answer:
    """Send a request; a body that is not bytes is sent as JSON, and ``_`` in header names means ``-``."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await Exchange(app, method, target, data, named).run()


def begin(app: Starlette, method: str, target: str) -> tuple[Exchange, asyncio.Task[Answer]]:
    """Send a request that may have to wait."""
    exchange = Exchange(app, method, target, b"", {})
    return exchange, asyncio.create_task(exchange.run())


async def settle(turns: int = 20) -> None:
    """Let the event loop do all that is due now."""
    for _ in range(turns):
        await asyncio.sleep(0)
