"""Everything that happens, as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

from starlette.responses import StreamingResponse

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.events import Event, Events
from nomad_contract_spelling import shown

_HEARTBEAT = 15
"""Seconds after which a silent stream says that it lives."""

_BEGUN = ": from now on\n\n"
_ALIVE = ": alive\n\n"


async def stream(call: Call) -> StreamingResponse:
    """Stream events until the client leaves or the world ends.

    Raises:
        Problem: The number to go on from can't be read.
    """
    text, after = call.headers.get("last-event-id"), call.query.get("after")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        wanted = "leave out Last-Event-ID, or send the id of the last event"
        raise Problem(400, f"{shown(text)!r} is not the number of an event", wanted)
    events = _written(call.world.events, int(text) if text else after)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _written(events: Events, after: int | None) -> AsyncIterator[str]:
    async with aclosing(events.stream(after)) as stream:
        coming = asyncio.ensure_future(anext(stream))
        yield _BEGUN
        try:
            while True:
                done, _ = await asyncio.wait([coming], timeout=_HEARTBEAT)
                if not done:
                    yield _ALIVE
                    continue
                try:
                    event = coming.result()
                except StopAsyncIteration:
                    return
                yield _text(event)
                coming = asyncio.ensure_future(anext(stream))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def _text(event: Event) -> str:
    return f"id: {event.number}\nevent: {event.kind}\ndata: {event.json}\n\n"


HANDLERS: Mapping[str, Handler] = {"stream-events": stream}
