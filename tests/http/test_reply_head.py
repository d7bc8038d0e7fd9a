"""The head of a reply."""

from typing import Any

import pytest

from mockserver.http import reply_head as module
from mockserver.http.reply_head import reply_head

ASKED: dict[str, Any] = {"old": False, "for_head": False, "keep_alive": True}
TEXT = (b"content-type", b"text/plain")


def start(*headers: tuple[bytes, bytes], status: int = 200) -> dict[str, Any]:
    """Return the beginning of a reply."""
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


@pytest.mark.parametrize(
    ("begun", "asked", "text", "told"),
    [
        (start(TEXT), {}, b"200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n", (None, True, True)),
        (start((b"content-length", b"7")), {}, b"200 OK\r\nContent-Length: 7\r\n", (7, False, True)),
        (start(status=204), {}, b"204 No Content\r\n", (None, False, True)),
        (start(), {"for_head": True}, b"200 OK\r\n", (None, False, True)),
        (
            start((b"connection", b"Close")),
            {"for_head": True},
            b"200 OK\r\nConnection: Close\r\n",
            (None, False, False),
        ),
        (start(status=204), {"keep_alive": False}, b"204 No Content\r\nConnection: close\r\n", (None, False, False)),
        (start((b"x-a", b"1\r\n2")), {"for_head": True}, b"200 OK\r\nX-A: 1  2\r\n", (None, False, True)),
    ],
    ids=["chunked", "sized", "bodiless", "of HEAD", "says close", "closes", "no second line"],
)
def test_a_head_says_how_the_body_is_framed(
    begun: dict[str, Any], asked: dict[str, Any], text: bytes, told: tuple[int | None, bool, bool]
) -> None:
    """Status line, fields and framing are as Go writes them, however often they are asked for."""
    for _ in range(2):
        head = reply_head(begun, **{**ASKED, **asked})
        assert head.text == b"HTTP/1.1 " + text + b"\r\n"
        assert (head.length, head.chunked, head.keep_alive) == told


def test_an_old_client_gets_no_chunks() -> None:
    """A body of unknown length ends with the connection of HTTP/1.0."""
    head = reply_head(start(), **{**ASKED, "old": True})
    assert (head.text, head.chunked, head.keep_alive) == (b"HTTP/1.0 200 OK\r\n\r\n", False, False)


def test_a_long_head_is_not_remembered() -> None:
    """Only short heads take room: a client chooses how long a redirection is."""
    module._known.cache_clear()
    reply_head(start((b"location", b"/" * 2000)), **ASKED)
    assert module._known.cache_info().currsize == 0
    reply_head(start((b"location", b"/" * 20)), **ASKED)
    assert module._known.cache_info().currsize == 1
