"""One write for a reply's head and what follows it, as Go's buffered writer does it.

uvicorn writes the head and the body apart, and each write is a system call, by far the dearest part of a short
reply.
"""

import asyncio

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class GatheredReplies:
    """What a connection's replies write to: the head of each is held until the first part of its body, or its end."""

    __slots__ = ("_begun", "_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self._begun = False

    def write(self, data: bytes) -> None:
        """The head first, then parts of the body."""
        if self._begun:
            self._transport.write(self._head + data)
            self._head = b""
        elif data == _CONTINUE:  # no reply yet, and a client waits for it
            self._transport.write(data)
        else:
            self._head, self._begun = data, True

    def finish(self) -> None:
        """The reply is complete, the next one begins with a head."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""
        self._begun = False

    def close(self) -> None:
        """Close the connection once all is written."""
        self.finish()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is closed or about to be."""
        return self._transport.is_closing()
