"""Nothing is answered before it is stored."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from mockserver.storage import StorageError
from mockserver.storage.gate import Gate

SCOPE: Scope = {"type": "http", "method": "GET", "path": "/", "http_version": "1.1", "headers": []}
PARTS: list[Message] = [
    {"type": "http.response.start", "status": 200, "headers": []},
    {"type": "http.response.body", "body": b"one", "more_body": True},
    {"type": "http.response.body", "body": b"two"},
]


async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer in parts."""
    for part in PARTS:
        await send(part)


def told(flush: Callable[[], None], log: list[Message | str]) -> None:
    """Ask through a gate; ``log`` gets what the client was sent."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        log.append(message)

    async def store() -> None:
        flush()

    asyncio.run(Gate(application, store)(SCOPE, receive, send))


def test_every_part_waits_for_the_storage() -> None:
    """Every part of a stream waits until the changes before it are stored."""
    log: list[Message | str] = []
    told(lambda: log.append("stored"), log)
    assert log == ["stored", PARTS[0], "stored", PARTS[1], "stored", PARTS[2]]


def failing(after: int) -> Callable[[], None]:
    """Return a flush that fails from the given call on."""
    calls = iter(range(100))

    def flush() -> None:
        if next(calls) >= after:
            raise StorageError("cannot write x: disk is full")

    return flush


def test_what_can_not_be_stored_is_answered_with_an_error() -> None:
    """When storing fails, the client gets one error in plain text and nothing of the reply."""
    log: list[Any] = []
    told(failing(after=0), log)
    start, body = log
    assert (start["status"], body["body"]) == (500, b"cannot write x: disk is full")
    assert (b"content-type", b"text/plain; charset=utf-8") in start["headers"]


def test_a_reply_under_way_is_cut_off() -> None:
    """When storing fails in the middle of a reply, the client sees that it is incomplete."""
    log: list[Message | str] = []
    with pytest.raises(StorageError):
        told(failing(after=2), log)
    assert log == PARTS[:2]
