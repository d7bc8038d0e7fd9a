"""Ask a mock from an event loop of asyncio without blocking it."""

import asyncio
import http.client
import io
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from mockserver.client.answer import answering


async def exchange(
    url: str, method: str, target: str, headers: Mapping[str, str], body: bytes, tls: ssl.SSLContext | None, wait: float
) -> tuple[int, bytes]:
    """Send one request and return the status and body of the reply; who is cancelled hangs up.

    A mock that does not answer raises ``NoMock``, one that takes longer than ``wait`` seconds ``TimeoutError``.
    """
    parts = urlsplit(url)
    trusted = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
    fields = {"Host": parts.netloc, "Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join([f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in fields.items())])
    with answering(url, wait):
        async with asyncio.timeout(wait):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=trusted)
            try:
                writer.write(f"{head}\r\n".encode("latin-1") + body)
                answer = await reader.read()
            finally:
                writer.close()
        return _read(answer)


class _Received:
    """Bytes that came, where ``http.client`` expects a socket."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def makefile(self, *_: object) -> io.BytesIO:
        """Return the bytes as a file."""
        return io.BytesIO(self._received)


def _read(answer: bytes) -> tuple[int, bytes]:
    response = http.client.HTTPResponse(_Received(answer))  # type: ignore[arg-type]  # it asks for no more than makefile
    response.begin()
    return response.status, response.read()
