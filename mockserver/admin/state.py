"""A whole world as one document."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from starlette.responses import Response, StreamingResponse

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.clock import clock_document
from mockserver.off_loop import apart
from mockserver.slices import Turn
from mockserver.worlds import DocumentError, document_of, world_of, written

_PIECE = 64 * 1024
_FEW = 200


async def export(call: Call) -> Response:
    """Export the world as it is now: on one line, since it may be large, and in pieces, so that no request waits."""
    document = await document_of(call.world)
    return StreamingResponse(_pieces(document), media_type="application/json")


async def _pieces(document: dict[str, Any]) -> AsyncIterator[bytes]:
    turn, gathered, size = Turn(), list[bytes](), 0
    for piece in written(document):
        gathered.append(piece)
        size += len(piece)
        if size >= _PIECE or turn.is_over:
            yield b"".join(gathered)
            gathered, size = [], 0
            await asyncio.sleep(0)
            turn = Turn()
    yield b"".join([*gathered, b"\n"])
    for region in document["regions"]:
        await _let_go(region["clients"]["allocations"])


async def _let_go(objects: list[Any]) -> None:
    """Forget objects that nobody else has; to do it at once would take Python long."""
    while objects:
        del objects[-_FEW:]
        await asyncio.sleep(0)


async def restore(call: Call) -> dict[str, Any]:
    """Put the world of a document in place of the present one.

    Raises:
        Problem: The document contradicts itself.
    """
    try:
        world = await apart(call.body, partial(world_of, call.body, call.world.settings, checked=True))
    except DocumentError as error:
        raise Problem(400, "the document contradicts itself", "nothing was changed", error.findings) from None
    call.space.replace(world, "imported")
    jobs = {region: sum(1 for _ in cluster.state.jobs()) for region, cluster in world.agent.regions.items()}
    return {"regions": jobs, "clock": clock_document(world.clock)}


HANDLERS: Mapping[str, Handler] = {"export-state": export, "import-state": restore}
