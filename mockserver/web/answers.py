"""Replies to what is neither a blocking read nor a write to a job: plain JSON, files, and files that are followed."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from mockserver.cluster.clock import SECOND
from mockserver.operations.alloc_dir import Follow, Frame
from mockserver.operations.results import Answer, Content
from mockserver.web.render import render
from mockserver.web.reply import JSON, Header, Reply, content_type, index_header

if TYPE_CHECKING:
    from mockserver.operations.results import Query
    from mockserver.web.blocking import WaitingQueries
    from mockserver.web.reply import Receive

_HEARTBEAT: Frame = {}
"""A frame that only says that the connection lives."""


def reply_to(answer: Answer | Content, *, pretty: bool) -> Reply:
    """The reply; nothing at all has no type either."""
    if isinstance(answer, Content):
        return Reply(200, answer.data, (content_type(answer.data),) if answer.data else ())
    index: tuple[Header, ...] = () if answer.index is None else (index_header(answer.index),)
    if answer.body is None:
        return Reply(200, b"", index)
    return Reply(200, render(answer.body, pretty=pretty), (JSON, *index))


async def parts(follow: Follow, waiting: "WaitingQueries", receive: "Receive") -> AsyncIterator[bytes]:
    """What a followed file has, piece by piece, until it is gone, the client is, or the server stops.

    Each second without anything a heartbeat tells that the connection lives. Raises ``Disconnected``.
    """
    latest = follow.read()
    for frame in follow.frames(latest.body):
        yield _written(frame, follow)
    while follow.goes_on and latest.body is not None:
        query: Query = {"index": max(latest.index, 1), "wait": SECOND}
        latest = await waiting.answer(follow.read, query, follow.cluster, receive)
        if waiting.released:
            return
        sent = False
        for frame in follow.frames(latest.body):
            sent = True
            yield _written(frame, follow)
        if not sent:
            yield _written(_HEARTBEAT, follow)


def _written(frame: Frame, follow: Follow) -> bytes:
    return follow.data(frame) if follow.plain else render(frame)
