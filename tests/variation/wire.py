"""A client that sees every byte of a reply."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedRWPair
from urllib.parse import urlsplit


@dataclass(frozen=True)
class WireReply:
    """A reply as it came: its head, with names as they were spelt, and its body with the frame around it."""

    head: bytes
    framed: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.head + self.framed

    @property
    def lines(self) -> list[bytes]:
        """The lines of the head."""
        return self.head.split(b"\r\n")[:-2]

    @property
    def fields(self) -> dict[bytes, bytes]:
        """The header fields by lower-case name."""
        pairs = (line.split(b": ", 1) for line in self.lines[1:])
        return {name.lower(): value for name, value in pairs}


class Wire:
    """A connection that is kept, and opened anew after a reply that closes it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), int(parts.port or 0))
        self._file = self._opened()

    def ask(self, method: str, target: str, body: bytes = b"", **headers: str) -> WireReply:
        """Send one request and return its reply."""
        fields = {"Host": "mock", **headers, **({"Content-Length": str(len(body))} if body else {})}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self._file.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body)
        self._file.flush()
        reply = self._reply()
        if b"close" in reply.fields.get(b"connection", b""):
            self.close()
            self._file = self._opened()
        return reply

    def close(self) -> None:
        """End the connection."""
        self._file.close()

    def _opened(self) -> BufferedRWPair:
        with socket.create_connection(self._address, timeout=10) as connection:
            return connection.makefile("rwb")  # keeps the connection open until it is closed itself

    def _reply(self) -> WireReply:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._file.readline()
            assert line
            head += line
        fields = WireReply(head, b"", b"").fields
        if b"content-length" in fields:
            body = self._file.read(int(fields[b"content-length"]))
            return WireReply(head, body, body)
        assert fields[b"transfer-encoding"] == b"chunked"
        framed = body = b""
        size = -1
        while size != 0:
            line = self._file.readline()
            size = int(line, 16)
            chunk = self._file.read(size + 2)
            framed += line + chunk
            body += chunk[:-2]
        return WireReply(head, framed, body)


@contextmanager
def wired(url: str) -> Iterator[Wire]:
    """Give a connection for the length of a ``with`` block."""
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()
