"""Cap concurrent connections: further clients get a 503, and the others are served as before.

Without a cap the process runs into the system's limit on open files, where it can't even answer 503.
"""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.http.protocol import AgentProtocol
from mockserver.http.repeats import Repeats

TOLD = 100
"""How many connections above the limit get a 503; further ones are closed without a reply."""

PATIENCE = 5.0
"""Seconds that a connection above the limit has to send its request."""

_OTHER_FILES = 64


class LimitedProtocol(AgentProtocol):
    """Serves ``limit`` connections, including those on the ports of spaces."""

    limit = 0
    notes_refused = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection; mark one above the limit to be refused."""
        super().connection_made(transport)
        excess = len(self.connections) - self.limit
        if excess > TOLD:
            transport.abort()
        elif excess > 0:
            self.app, self.repeats = self._refuse_politely, None
            self.loop.call_later(PATIENCE, transport.close)

    async def _refuse_politely(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503 once the whole request was read: a client that still sends might not read the reply."""
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


def limited(limit: int, repeats: Repeats | None = None, agents: ASGIApp | None = None) -> type[LimitedProtocol]:
    """Return a protocol that serves ``limit`` connections, or fewer where the process may not open as many files.

    Its connections share ``repeats``, and ask ``agents`` where that is given.
    """
    with suppress(ImportError):  # Windows has no such limit
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft >= 0:
            limit = min(limit, soft - TOLD - _OTHER_FILES)
    return type("Limited", (LimitedProtocol,), {"limit": max(limit, 1), "repeats": repeats, "agents": agents})


def make_room_for(limit: int) -> None:
    """Raise the limit on open files of this process to ``limit`` connections, where the system allows it."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = limit + TOLD + _OTHER_FILES
        if 0 <= soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
