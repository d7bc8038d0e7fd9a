"""What uvicorn's HTTP parser makes of a request, brought nearer to what Go's server makes of it.

llhttp knows a fixed list of verbs and refuses bytes above 0x7f in a path; a real agent takes any verb
(``FOO /v1/job/<ID>/summary`` is answered, observed) and any byte. So the first line of a request is
repaired before the parser sees it. And it stops reading at a request to upgrade the protocol, where Go reads
on (Java's client asks for HTTP/2 with every first request, a body behind it), so that request goes unseen.
"""

import asyncio
import re
from typing import Any, cast
from urllib.parse import quote_from_bytes

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.web.connection import CONNECTION
from mockserver.web.gathering import GatheredReplies
from mockserver.web.spelling import spelled

LARGEST_HEAD = 1_048_576 + 4096
"""Go's limit for a request line with its headers, in bytes; beyond it the answer is 431 (observed)."""

_BAD_REQUEST = b"400 Bad Request"

_STAND_IN = b"PATCH"
"""A verb that the parser knows, and which means nothing on any path of the agent."""

_KNOWN = frozenset((b"GET", b"PUT", b"POST", b"DELETE", b"HEAD", b"OPTIONS", b"PATCH", b"TRACE"))
_VERB = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ")
_LONGEST_VERB = 64
_HOST = re.compile(rb"[!$%&'()*+,\-.0-9:;=A-Z\[\]_a-z~]*")
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)


class AgentProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a wider idea of a request line, Go's spelling, and its texts for what isn't HTTP."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = spelled(self.app)
        self._verb: bytes | None = None
        self._between_requests = True
        self._head_size: int | None = 0
        self._refusal = _BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client has connected."""
        super().connection_made(transport)
        self._replies = GatheredReplies(transport)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, with the request line repaired."""
        if self._between_requests:
            data = self._repaired(data)
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > LARGEST_HEAD:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between_requests = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is complete: give it back its own verb before anybody looks.

        Raises ``ValueError`` for a head that Go's server refuses; the parser then asks for ``send_400_response``.
        """
        if (flaw := self._flaw_of_host()) is not None:
            self._refusal = _BAD_REQUEST + flaw
            raise ValueError(flaw)
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.transport = cast("asyncio.Transport", self._replies)
        cast("dict[str, Any]", self.scope)[CONNECTION] = self.transport
        self._head_size = None
        if self._verb is not None:
            self.scope["method"] = self._verb.decode("ascii")
            self._verb = None

    def on_message_complete(self) -> None:
        """It is complete, and what comes next is another one."""
        self._between_requests = True
        self._head_size = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """A reply is complete."""
        self._replies.finish()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - Go has one text for all of it
        """Not HTTP: Go's answer has neither a Date nor a Content-Length."""
        self._refuse(self._refusal)

    def shutdown(self) -> None:
        """The server stops: don't wait for the rest of a request that is still coming in."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and cycle.more_body:
            self.transport.close()
        else:
            super().shutdown()

    def _repaired(self, data: bytes) -> bytes:
        match = _VERB.match(data, 0, _LONGEST_VERB)
        if match is not None and match[1] not in _KNOWN:
            self._verb = match[1]
            data = _STAND_IN + data[match.end() - 1 :]
        if b"pgrade:" in data:
            head, end, body = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(b"\r\nX-Not-Upgraded:", head) + end + body
        if not data.isascii():
            line, newline, rest = data.partition(b"\n")
            data = line if line.isascii() else quote_from_bytes(line, safe=bytes(range(0x80))).encode("ascii")
            data += newline + rest
        return data

    def _flaw_of_host(self) -> bytes | None:
        """What is wrong with the header Host, as Go's server ends its refusal of it (observed)."""
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) == 1:
            return None if _HOST.fullmatch(hosts[0]) else b": malformed Host header"
        if hosts:
            return b""
        return b": missing required Host header" if self.parser.get_http_version() == "1.1" else None

    def _refuse(self, status: bytes) -> None:
        head = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" % status
        self.transport.write(head + status)
        self.transport.close()
