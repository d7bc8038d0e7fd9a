"""Send a file that a client follows, frame by frame."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from mockserver.gostd.durations import SECOND
from mockserver.http.blocking import Client, WaitingQueries
from mockserver.http.rendering import render
from mockserver.operations.file_stream import FileStream, Frame

if TYPE_CHECKING:
    from mockserver.operations.results import Query

_HEARTBEAT: Frame = {}
"""A frame that only says that the connection lives."""


async def parts(follow: FileStream, waiting: WaitingQueries, client: Client) -> AsyncIterator[bytes]:
    """Yield the frames of a followed file until the file or the client is gone, or the server stops.

    A heartbeat follows each second without a frame. Raises ``Disconnected`` when the client leaves.
    """
    latest = follow.read()
    for frame in follow.frames(latest.body):
        yield _written(frame, follow)
    while follow.goes_on and latest.body is not None:
        query: Query = {"index": max(latest.index, 1), "wait": SECOND}
        latest = await waiting.answer(follow.read, query, follow.cluster, client)
        if waiting.released:
            return
        sent = False
        for frame in follow.frames(latest.body):
            sent = True
            yield _written(frame, follow)
        if not sent:
            yield _written(_HEARTBEAT, follow)


def _written(frame: Frame, follow: FileStream) -> bytes:
    return follow.data(frame) if follow.plain else render(frame)
