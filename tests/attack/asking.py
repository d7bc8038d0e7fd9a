"""One request to an application in the same process, as uvicorn would hand it over."""

import asyncio
from typing import Any
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message

from mockserver.http.scope import extension_of
from tests.attack.steps import Request
from tests.attack.verdicts import Reply


class Asking:
    """A request under way; what the application sent can be read at any time."""

    def __init__(self, app: ASGIApp, request: Request) -> None:
        self.request = request
        self._gone = asyncio.Event()
        self._pieces = _pieces(request.body, request.pieces)
        self._reply = Reply(0, {}, b"")
        self.is_whole = False
        """Whether all of the answer came: a client that leaves gets a part of it."""
        self._scope = _scope(request)
        self.task = asyncio.ensure_future(app(self._scope, self._receive, self._send))

    @property
    def reply(self) -> Reply:
        """Return what was answered so far."""
        return self._reply

    @property
    def has_met_a_fault(self) -> bool:
        """Return whether a fault spoilt the answer, even one that is over by now."""
        return bool(extension_of(self._scope).faults)

    def leave(self) -> None:
        """Leave, as a client that goes away."""
        self._gone.set()

    async def _receive(self) -> Message:
        if not self._pieces:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self._pieces.pop(0), "more_body": bool(self._pieces)}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]}
            self._reply = Reply(message["status"], headers, b"")
        else:
            reply = self._reply
            self._reply = Reply(reply.status, reply.headers, reply.body + message.get("body", b""))
            self.is_whole = not message.get("more_body", False)


def _pieces(body: bytes, number: int) -> list[bytes]:
    size = max(1, -(-len(body) // number))
    return [body[start : start + size] for start in range(0, len(body), size)] or [b""]


def _scope(request: Request) -> dict[str, Any]:
    raw_path, _, query = quote(request.target, safe="/%{}:?;=&+.,~!@$'()*[]|\\\"<>^`").encode("ascii").partition(b"?")
    headers = [(name.encode("latin-1", "replace"), value.encode("utf-8", "replace")) for name, value in request.headers]
    if request.body and not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", b"%d" % len(request.body)))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "method": request.method,
        "path": unquote(raw_path.decode("ascii")),
        "raw_path": raw_path,
        "query_string": query,
        "http_version": "1.1",
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 4646),
        "client": ("127.0.0.1", 50_000),
        "headers": headers,
    }
