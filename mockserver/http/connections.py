"""So many connections at once and no more: who comes then is told so, and the others are served as before.

Without a limit of its own a process comes to that of the system on open files, where it can't even say no.
"""

import asyncio
from contextlib import suppress

from starlette.types import Receive, Scope, Send

from mockserver.http.protocol import AgentProtocol

TOLD = 100
"""So many more connections than there may be get an answer, which says that they are too many; others get none."""

PATIENCE = 5.0
"""Seconds in which such a one has to come with its request."""

_OTHER_FILES = 64


class LimitedProtocol(AgentProtocol):
    """Serves ``limit`` connections, those on the ports of spaces included."""

    limit = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client has connected."""
        super().connection_made(transport)
        excess = len(self.connections) - self.limit
        if excess > TOLD:
            transport.abort()
        elif excess > 0:
            self.app = self._refuse_politely
            self.loop.call_later(PATIENCE, transport.close)

    async def _refuse_politely(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503, after the whole request: a client that still sends might not read what it is told."""
        while (await receive()).get("more_body", False):
            pass
        text = f"this mock serves {self.limit} connections at a time (--connection-limit): close some, or raise it"
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(text)),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})


def limited(limit: int) -> type[LimitedProtocol]:
    """A protocol that serves ``limit`` connections, or as many as this process may open files for."""
    with suppress(ImportError):  # Windows has no such limit
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft >= 0:
            limit = min(limit, soft - TOLD - _OTHER_FILES)
    return type("Limited", (LimitedProtocol,), {"limit": max(limit, 1)})


def make_room_for(limit: int) -> None:
    """Let this process open files for so many connections, as far as the system lets it."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = limit + TOLD + _OTHER_FILES
        if 0 <= soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
