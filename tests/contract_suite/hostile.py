"""Servers whose replies have no bounds: a mock, some of whose replies never end or are far larger than they look."""

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.served import serving

Answer: TypeAlias = Callable[[Send], Awaitable[None]]

JSON = (b"content-type", b"application/json")


def _packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()


_BOMB = _packed(1000)


class Hostile:
    """Answers matching requests in its own way, all others as the mock does."""

    def __init__(self, app: ASGIApp, pattern: str, answer: Answer) -> None:
        self.app = app
        self.pattern = re.compile(pattern)
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and self.pattern.fullmatch(f"{scope['method']} {scope['path']}"):
            await self.answer(send)
        else:
            await self.app(scope, receive, send)


@contextmanager
def hostile(pattern: str, answer: Answer) -> Iterator[str]:
    """Serve such a mock, and yield its address."""
    app = create_app(Settings())
    app.add_middleware(Hostile, pattern=pattern, answer=answer)
    with serving(Settings(), app) as port:
        yield f"http://127.0.0.1:{port}"


async def endless(send: Send) -> None:
    """Send a list that goes on for gigabytes, as fast as it is read."""
    await _start(send)
    await _part(send, b"[0")
    for _ in range(100_000):
        await _part(send, b", 0" * 10_000)
        await asyncio.sleep(0)


async def trickling(send: Send) -> None:
    """Send white space, one byte after the other, always soon enough for a client that waits for the next one."""
    await _start(send)
    for _ in range(200):
        await _part(send, b" ")
        await asyncio.sleep(0.05)


async def bomb(send: Send) -> None:
    """Send a megabyte that unpacks to a gigabyte."""
    await _start(send, (b"content-encoding", b"gzip"))
    await _part(send, _BOMB, more=False)


async def deep(send: Send) -> None:
    """Send lists in lists, 100,000 of them."""
    await _start(send)
    await _part(send, b"[" * 100_000 + b"]" * 100_000, more=False)


async def wide(send: Send) -> None:
    """Send millions of objects in a few megabytes."""
    await _start(send)
    await _part(send, b"[" + b"{}," * 4_000_000 + b"{}]", more=False)


async def _start(send: Send, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [JSON, *headers]})


async def _part(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def refusing(send: Send) -> None:
    """Refuse whatever is asked for."""
    await send({"type": "http.response.start", "status": 500, "headers": []})
    await _part(send, b"no", more=False)
