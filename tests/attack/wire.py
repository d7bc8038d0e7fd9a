"""The mock behind a real socket, and clients that send it bytes."""

import asyncio
import re
from dataclasses import dataclass

from starlette.applications import Starlette

from mockserver.server import AgentServer, listen
from mockserver.settings import Settings
from tests.attack.steps import Wire

_QUIET = 0.02
"""After so many seconds without a byte nothing more is awaited."""
_PATIENCE = 5
_BRIEF = 0.2
"""Seconds that a repeated read is waited for once one was held up, which a fault may do to all that follow."""
_MOST = 1 << 24
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)", re.IGNORECASE)
_DATE = re.compile(rb"\r\ndate: [^\r]*", re.IGNORECASE)
_ASKED = b"GET /v1/status/leader HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@dataclass
class Served:
    """A server on the running loop."""

    server: AgentServer
    task: "asyncio.Task[None]"
    port: int
    reads: int = 0
    patience: float = _PATIENCE

    async def stop(self) -> None:
        """Stop the server."""
        self.server.should_exit = True
        await self.task

    async def send(self, step: Wire) -> bytes:
        """Send these bytes and return the reply."""
        return await self._exchange(step.pieces, shut=step.shut, patience=_QUIET)

    async def leader(self) -> bytes:
        """Return the reply that a correct client gets."""
        return await self._exchange((_ASKED,), shut=False, patience=_PATIENCE)

    async def repeated(self, target: str) -> tuple[bytes, bytes, bytes]:
        """Return three replies to a read; of its requests only the second one is new, by a field without meaning.

        The first and the third may be answered without asking again, but not otherwise than the second.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=_MOST)
        replies = []
        try:
            self.reads += 1
            for field in (b"", b"X-Read: %d\r\n" % self.reads, b""):
                writer.write(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n" % (target.encode(), field))
                async with asyncio.timeout(self.patience):
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = _LENGTH.search(head)
                    body = await (reader.readexactly(int(length[1])) if length else reader.readuntil(_LAST_CHUNK))
                replies.append(_DATE.sub(b"", head) + body)
        except TimeoutError:
            self.patience = _BRIEF  # a fault holds the connection, which it may
            return b"", b"", b""
        except (OSError, EOFError):
            return b"", b"", b""  # a fault cuts it
        finally:
            writer.close()
        first, second, third = replies
        return first, second, third

    async def _exchange(self, pieces: tuple[bytes, ...], *, shut: bool, patience: float) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        received = b""
        try:
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)
            if shut:
                writer.write_eof()
            while data := await asyncio.wait_for(reader.read(65_536), patience):
                received += data
        except (TimeoutError, OSError):
            pass  # it waits for more, or has cut the connection, which it may
        finally:
            writer.close()
        return received


async def served(app: Starlette, settings: Settings) -> Served:
    """Serve on a free port, with the application's lifespan around it."""
    ready = asyncio.Event()
    server = AgentServer(app, settings, ready.set)
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    task = asyncio.ensure_future(server.serve([listener]))
    await asyncio.wait_for(ready.wait(), 10)
    return Served(server, task, port)
