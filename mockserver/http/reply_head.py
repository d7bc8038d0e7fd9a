"""The head of a reply, written as Go's server writes it."""

import http
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from starlette.types import Message

from mockserver.caches import LONGEST, MOST
from mockserver.gostd.headers import canonical
from mockserver.http.replies import BODILESS, Header, HeadStyle

_LONGEST_NAME = 64
_PLAIN = HeadStyle()


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """The head of a reply, and what it says about the rest.

    Attributes:
        text: the status line and the header fields, as they are sent.
        length: the length of the body that is announced, None where none is.
        chunked: whether the body is sent in chunks.
        keep_alive: whether the connection stays open.
    """

    text: bytes
    length: int | None
    chunked: bool
    keep_alive: bool


def reply_head(start: Message, *, old: bool, for_head: bool, keep_alive: bool) -> ReplyHead:
    """Return the head for the beginning of a reply; what is short is remembered, because replies repeat themselves.

    Args:
        start: the beginning of a reply, as ASGI has it; its ``style``, where it has one, is a ``HeadStyle``.
        old: whether the request was one of HTTP/1.0.
        for_head: whether its method was HEAD.
        keep_alive: whether the connection may stay open.
    """
    status: int = start["status"]
    headers: tuple[Header, ...] = tuple(map(tuple, start["headers"]))
    style: HeadStyle | None = start.get("style")
    if style is None and sum(len(name) + len(value) for name, value in headers) <= LONGEST:
        return _known(status, headers, old, for_head, keep_alive)
    return _written(status, headers, old, for_head, keep_alive, style or _PLAIN)


def _written(
    status: int,
    headers: tuple[Header, ...],
    old: bool,
    for_head: bool,
    keep_alive: bool,
    style: HeadStyle = _PLAIN,
) -> ReplyHead:
    spelled = _speller(style)
    lines = [_status_line(status, old, style.phrase)]
    length, chunked, connection = None, False, False
    for name, value in headers:
        if name == b"content-length":
            length = int(value)
        elif name == b"transfer-encoding":
            chunked = True
        elif name == b"connection":
            connection = True
            if b"close" in value.lower():
                keep_alive = False
        if b"\n" in value or b"\r" in value:
            value = value.replace(b"\r", b" ").replace(b"\n", b" ")
        lines += (spelled(name), value, b"\r\n")
    if length is None and not chunked and status not in BODILESS and not for_head:
        chunked = not old
        if old:  # the end of the connection is the end of the body
            keep_alive = False
        else:
            lines += (spelled(b"transfer-encoding"), b"chunked\r\n")
    if not connection and keep_alive is old:
        lines += (spelled(b"connection"), b"keep-alive\r\n" if old else b"close\r\n")
    lines.append(b"\r\n")
    return ReplyHead(b"".join(lines), length, chunked, keep_alive)


_known = lru_cache(MOST)(_written)


@cache
def _status_line(status: int, old: bool, phrase: bytes | None) -> bytes:
    return b"HTTP/1.%d %d %b\r\n" % (0 if old else 1, status, _phrase(status).encode() if phrase is None else phrase)


_PHRASES = {
    413: "Request Entity Too Large",
    414: "Request URI Too Long",
    418: "I'm a teapot",
    422: "Unprocessable Entity",
}
"""Where Go's words for a status are not those of every Python."""


def _phrase(status: int) -> str:
    try:
        return _PHRASES.get(status) or http.HTTPStatus(status).phrase
    except ValueError:
        return f"status code {status}"


def _spelled(name: bytes) -> bytes:
    """Return the name of a header field as Go spells it, followed by a colon and a space."""
    return _known_name(name) if len(name) <= _LONGEST_NAME else _spell(name)


def _speller(style: HeadStyle) -> Callable[[bytes], bytes]:
    spelling = style.spelling
    return _spelled if spelling is None else lambda name: spelling(name) + b": "


def _spell(name: bytes) -> bytes:
    return canonical(name) + b": "


_known_name = lru_cache(1024)(_spell)
