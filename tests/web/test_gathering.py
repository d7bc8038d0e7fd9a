"""How a reply becomes one write."""

import asyncio
from typing import cast

import pytest

from mockserver.web.gathering import GatheredReplies


class _Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


@pytest.fixture
def wire() -> _Wire:
    """Where all goes in the end."""
    return _Wire()


@pytest.fixture
def replies(wire: _Wire) -> GatheredReplies:
    """What the replies of a connection write to."""
    return GatheredReplies(cast("asyncio.Transport", wire))


def test_a_head_goes_with_the_first_part_of_its_body(wire: _Wire, replies: GatheredReplies) -> None:
    """Later parts go at once, and the next reply starts with a head again."""
    for data in (b"head,", b"first", b"second"):
        replies.write(data)
    replies.finish()
    replies.write(b"next head,")
    replies.write(b"body")
    assert wire.written == [b"head,first", b"second", b"next head,body"]


def test_a_head_alone_goes_when_the_reply_is_complete(wire: _Wire, replies: GatheredReplies) -> None:
    """A reply to HEAD has no body."""
    replies.write(b"head")
    assert wire.written == []
    replies.finish()
    assert wire.written == [b"head"]


def test_an_empty_body_lets_the_head_go(wire: _Wire, replies: GatheredReplies) -> None:
    """So an application that streams can send its head before it has anything to say."""
    replies.write(b"head")
    replies.write(b"")
    assert wire.written == [b"head"]


def test_the_permission_to_continue_is_not_held(wire: _Wire, replies: GatheredReplies) -> None:
    """The client sends its body only then, and the reply is made from that."""
    replies.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    replies.write(b"head,")
    replies.write(b"body")
    assert wire.written == [b"HTTP/1.1 100 Continue\r\n\r\n", b"head,body"]


def test_closing_writes_what_is_held(wire: _Wire, replies: GatheredReplies) -> None:
    """And closes the connection."""
    assert not replies.is_closing()
    replies.write(b"head")
    replies.close()
    assert wire.written == [b"head"]
    assert replies.is_closing()
