"""A whole world as one document."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from mockserver.admin.about import Handler
from mockserver.admin.call import Call, Problem
from mockserver.admin.clock import clock_document
from mockserver.worlds import DocumentError, document_of, world_of


async def export(call: Call) -> Response:
    """The world; on one line, for it may be large."""
    return Response(json.dumps(await document_of(call.world)) + "\n", media_type="application/json")


async def restore(call: Call) -> dict[str, Any]:
    """The world of a document in place of the present one."""
    try:
        world = world_of(call.body, call.world.settings)
    except DocumentError as error:
        raise Problem(400, "the document contradicts itself", "nothing was changed", error.findings) from None
    call.space.replace(world, "imported")
    jobs = {region: sum(1 for _ in cluster.state.jobs()) for region, cluster in world.agent.regions.items()}
    return {"regions": jobs, "clock": clock_document(world.clock)}


HANDLERS: Mapping[str, Handler] = {"export-state": export, "import-state": restore}
