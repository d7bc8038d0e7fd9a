"""Read request bodies, hold replies back, and reach the connection of a request."""

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from mockserver.errors import AgentError, BadRequest
from mockserver.http.cycle import BROKEN, HALF_CLOSED
from mockserver.http.replies import Receive, Scope
from mockserver.openapi.weight import DENSEST, LIGHT

if TYPE_CHECKING:
    from mockserver.http.replies import Application, Header, Message


LIMIT = 64 * 1024 * 1024
"""The longest request body in bytes. A real agent has no limit; the mock's memory has."""


class BodyTooLarge(AgentError):
    """More bytes than may come (413)."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"request body is larger than {limit} bytes, the limit of this mock")


class BodyTooDense(AgentError):
    """A JSON body that would take too much memory once it is read (413)."""

    status = 413

    def __init__(self) -> None:
        super().__init__(
            f"request body has more brackets and commas than a body of its length may have: reading it would take more"
            f" than {DENSEST} times its length in memory, the limit of this mock for bodies above {LIGHT} bytes"
        )


class BrokenBody(BadRequest):
    """A body that does not come as HTTP has it, in the words of Go's reader (400)."""


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read_body(scope: Scope, receive: Receive, limit: int | None = None) -> bytes:
    """The whole body, up to ``limit`` bytes or ``LIMIT``; raises ``BodyTooLarge`` and ``Disconnected``."""
    limit = LIMIT if limit is None else limit
    if _announced_length(scope) > limit:
        raise BodyTooLarge(limit)
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        if BROKEN in message:
            raise BrokenBody(message[BROKEN])
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _announced_length(scope: Scope) -> int:
    length: bytes = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else 0


async def buffered(scope: "Scope", receive: "Receive") -> "tuple[bytes, Receive]":
    """The body of a request, and a ``receive`` that gives it once more and then goes on with the real one.

    Raises ``BodyTooLarge``, ``Disconnected``.
    """
    body = await read_body(scope, receive)
    return body, replayed(body, receive)


def replayed(body: bytes, receive: "Receive") -> "Receive":
    """A ``receive`` that begins with this body."""
    given = False

    async def again() -> "Message":
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class Held:
    """A reply that was not sent yet: take ``send`` for it."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[Header] = []
        self.body = b""

    async def send(self, message: "Message") -> None:
        """Take the next part."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


async def held(app: "Application", scope: "Scope", receive: "Receive") -> Held:
    """The reply of ``app``, when it is complete; one without a status when there was none."""
    reply = Held()
    await app(scope, receive, reply.send)
    return reply


CONNECTION = "nomad_mock_connection"
"""Under this key a request's scope has the transport of its connection, when it came over one."""

_AT_ONCE = struct.pack("ii", 1, 0)


async def cut(scope: "Scope", receive: "Receive", *, reset: bool = False) -> None:
    """Close the connection, after what was sent is on its way; with ``reset`` at once and with TCP's RST.

    Raises ``Disconnected`` for a request that did not come over a connection, for there this is all that can be
    done.
    """
    transport: asyncio.Transport | None = scope.get(CONNECTION)
    if transport is None:
        raise Disconnected
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    else:
        transport.close()
    await gone(receive)


async def gone(receive: "Receive") -> None:
    """Wait until the client has gone, or sends no more, which nobody does who waits for something."""
    while (await receive())["type"] not in ("http.disconnect", HALF_CLOSED):
        pass
