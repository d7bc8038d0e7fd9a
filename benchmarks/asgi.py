"""A world without sockets: for what is to be measured in one process."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from mockserver.worlds import World


async def call(world: World, method: str, path: str, body: bytes = b"") -> int:
    """One request to a world; the status of its answer."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(b"content-length", b"%d" % len(body))],
    }
    status = 0

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    await world.app(scope, receive, send)
    return status


async def settled(world: World) -> None:
    """Let everything happen that is due by now, such as the scheduling of what was registered."""
    while (when := world.clock.next_event()) is not None and when <= world.clock.now():
        await asyncio.sleep(0)
