"""Reading request bodies."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message

from mockserver.http import requests
from mockserver.http.requests import BodyTooLarge, BrokenBody, buffered, read_body
from mockserver.http.scope import Disconnected, extension_of

pytestmark = pytest.mark.anyio


def _sends(*messages: Message) -> Callable[[], Awaitable[Message]]:
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    return receive


def _part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def _scope(*lengths: bytes) -> dict[str, Any]:
    return {"headers": [(b"host", b"x"), *((b"content-length", length) for length in lengths)]}


async def test_parts_are_joined() -> None:
    """The body is read to its end and joined."""
    assert await read_body(_scope(b"4"), _sends(_part(b"ab"), {"type": "http.request", "body": b"cd"})) == b"abcd"


async def test_a_client_that_leaves_has_no_request() -> None:
    """A request whose client left before its body was complete is dropped."""
    with pytest.raises(Disconnected):
        await read_body(_scope(), _sends(_part(b"ab"), {"type": "http.disconnect"}))


async def test_an_announced_length_above_the_limit_is_refused_at_once() -> None:
    """A length above the limit is refused without reading the body."""
    with pytest.raises(BodyTooLarge, match="67108864 bytes"):
        await read_body(_scope(b"67108865"), _sends())


async def test_a_body_that_grows_above_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunked body is refused once it exceeds the limit; a malformed length counts as none."""
    monkeypatch.setattr(requests, "LIMIT", 3)
    assert await read_body(_scope(b"x"), _sends(_part(b"abc", more=False))) == b"abc"
    with pytest.raises(BodyTooLarge) as refused:
        await read_body(_scope(), _sends(_part(b"ab"), _part(b"cd")))
    assert refused.value.status == 413


async def test_a_body_that_breaks_off_is_left_to_who_wants_it() -> None:
    """Looking into a body ahead of the endpoint does not change what the endpoint makes of it."""
    scope: dict[str, Any] = {"headers": []}
    extension_of(scope).broken_body = "unexpected EOF"
    body, receive = await buffered(scope, _sends(_part(b"ab", more=False)))
    assert body == b""
    with pytest.raises(BrokenBody, match="unexpected EOF"):
        await read_body(scope, receive)
