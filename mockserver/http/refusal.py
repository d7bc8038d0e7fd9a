"""Requests that HTTP itself refuses, such as one with a bare space in its path, told to the application.

The protocol class answers them by itself, as Go's server does, and no endpoint sees them. The application hears of them
afterwards, so that the journal can show them: it gets a scope whose extension has a ``refusal``, and what it sends goes
nowhere.
"""

import re
from urllib.parse import quote_from_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.http.head import ASCII, PLAIN_FIELD, BadHead, Head
from mockserver.http.replies import CLOSE, TEXT
from mockserver.http.scope import extension_of

_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\n]*[^ \n]) HTTP/\d\.\d\r?\n")
"""A request line as far as it has to be right, so that one can tell what was asked for."""


def legible(text: bytes) -> Head | None:
    """Return what can be read of a head that was refused; None when its first line tells no method and no target."""
    line = _LINE.match(text)
    if line is None:
        return None
    path, _, query = line[2].partition(b"?")
    fields = [(name.lower(), value.rstrip(b" \t")) for name, value in PLAIN_FIELD.findall(text, line.end())]
    return Head(line[1].decode("ascii"), line[2], quote_from_bytes(path, safe=ASCII).encode(), query, (1, 1), fields)


def refused(bad: BadHead) -> bytes:
    """Return Go's answer to what it does not take; it has neither a Date nor a Content-Length."""
    head = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" % bad.status
    return head + bad.text


async def fail_expectation(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request that expects what Go does not know, which is anything but ``100-continue``."""
    await send({"type": "http.response.start", "status": 417, "headers": [CLOSE, (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def tell(app: ASGIApp, scope: Scope, bad: BadHead) -> None:
    """Tell an application of a request that was refused, and how."""
    status = int(bad.status[:3])

    async def refusal(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [TEXT, CLOSE]})
        await send({"type": "http.response.body", "body": bad.text})

    extension_of(scope).refusal = refusal
    await app(scope, _nothing, _nowhere)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _nowhere(_message: Message) -> None:
    pass
