"""Reading a request body, up to a limit."""

from mockserver.errors import AgentError, BadRequest
from mockserver.openapi.weight import DENSEST, LIGHT
from mockserver.web.exchange import BROKEN
from mockserver.web.reply import Receive, Scope

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
