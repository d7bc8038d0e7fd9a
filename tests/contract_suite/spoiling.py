"""A mock whose replies are spoiled on their way to the client, one thing at a time."""

import json
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx

from contract_tests.client.http import Client, Received, Request

Send: TypeAlias = Callable[[httpx.Request], httpx.Response]
Spoil: TypeAlias = Callable[[httpx.Request, Send], httpx.Response]


class Spoiling(Client):
    """Sends requests as they are, and returns what ``spoil`` makes of them and of their replies."""

    def __init__(self, address: str, spoil: Spoil) -> None:
        super().__init__(address, {})
        self._address = address
        self._transport = httpx.HTTPTransport()
        self._spoil = spoil

    def send(self, request: Request, seconds: float, **_: object) -> Received:
        """Answer a request."""
        headers = {"Accept-Encoding": "identity", **request.headers}
        content = iter([request.body]) if "Transfer-Encoding" in headers else request.body
        times = {"timeout": httpx.Timeout(seconds).as_dict()}
        asked = httpx.Request(
            request.method, f"{self._address}{request.target}", headers=headers, content=content, extensions=times
        )
        reply = self._spoil(asked, self._read)
        return Received(reply.status_code, reply.headers, reply.read())

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self._transport.close()

    def _read(self, request: httpx.Request) -> httpx.Response:
        reply = self._transport.handle_request(request)
        reply.read()
        return reply


def untouched(request: httpx.Request, send: Send) -> httpx.Response:
    """Spoil nothing."""
    return send(request)


def answering(
    path: str, status: int = 0, text: str | None = None, headers: dict[str, str | None] | None = None
) -> Spoil:
    """Change status, body or headers (None removes one) of every reply whose path matches all of ``path``."""

    def change(reply: httpx.Response) -> httpx.Response:
        return _reply(reply, text.encode() if text is not None else reply.content, status, headers or {})

    return _on(path, change)


def editing(path: str, edit: Callable[[Any], Any]) -> Spoil:
    """Change the JSON of every reply of 200 whose path matches: in place, or by returning something else."""

    def change(reply: httpx.Response) -> httpx.Response:
        if reply.status_code != 200:
            return reply
        value = edit(json.loads(reply.content))
        return _reply(reply, json.dumps(value, separators=(",", ":")).encode())

    return _on(path, change)


def asking(name: str, spoil: Spoil) -> Spoil:
    """Spoil the replies to requests with a query parameter of this name only."""
    return lambda request, send: spoil(request, send) if name in request.url.params else send(request)


def forgetting(path: str, name: str) -> Spoil:
    """Drop a query parameter of every request whose path matches."""

    def spoil(request: httpx.Request, send: Send) -> httpx.Response:
        if re.fullmatch(path, request.url.path):
            request = httpx.Request(
                request.method, request.url.copy_remove_param(name), headers=request.headers, stream=request.stream
            )
        return send(request)

    return spoil


def registering(edit: Callable[[Any], None]) -> Spoil:
    """Change the body of every registration at ``/v1/jobs``."""

    def spoil(request: httpx.Request, send: Send) -> httpx.Response:
        if request.url.path == "/v1/jobs" and request.content:
            body = json.loads(request.content)
            edit(body)
            request = httpx.Request(request.method, request.url, json=body)
        return send(request)

    return spoil


def remembering(path: str) -> Spoil:
    """Show in a list whatever was ever in it."""
    seen: dict[str, Any] = {}

    def edit(items: list[Any]) -> list[Any]:
        seen.update({item["ID"]: item for item in items})
        return list(seen.values())

    return editing(path, edit)


def swallowing(path: str) -> Spoil:
    """Answer 200 without sending the request."""

    def spoil(request: httpx.Request, send: Send) -> httpx.Response:
        return httpx.Response(200) if re.fullmatch(path, request.url.path) else send(request)

    return spoil


def each(change: Callable[[Any], object]) -> Callable[[list[Any]], list[Any]]:
    """Return an edit of every item of a list."""

    def edit(items: list[Any]) -> list[Any]:
        for item in items:
            change(item)
        return items

    return edit


def put(*path: str, value: object) -> Callable[[Any], Any]:
    """Return an edit that sets a member of an object, or of one inside it."""

    def edit(whole: Any) -> Any:
        inner = whole
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        return whole

    return edit


def drop(name: str) -> Callable[[Any], Any]:
    """Return an edit that removes a member of an object."""

    def edit(whole: Any) -> Any:
        del whole[name]
        return whole

    return edit


def _on(path: str, change: Callable[[httpx.Response], httpx.Response]) -> Spoil:
    def spoil(request: httpx.Request, send: Send) -> httpx.Response:
        reply = send(request)
        return change(reply) if re.fullmatch(path, request.url.path) else reply

    return spoil


def _reply(
    reply: httpx.Response, content: bytes, status: int = 0, headers: dict[str, str | None] | None = None
) -> httpx.Response:
    kept = {name.lower(): value for name, value in reply.headers.items()}
    kept.pop("content-length", None)
    kept.pop("transfer-encoding", None)
    changed = kept | {name.lower(): value for name, value in (headers or {}).items()}
    present = {name: value for name, value in changed.items() if value is not None}
    return httpx.Response(status or reply.status_code, headers=present, content=content)
