"""The connection that a request came over, for who wants to do to it what no reply can."""

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from mockserver.web.exchange import HALF_CLOSED
from mockserver.web.request_body import Disconnected

if TYPE_CHECKING:
    from mockserver.web.reply import Receive, Scope

CONNECTION = "nomad_mock_connection"
"""Under this key a request's scope has the transport of its connection, when it came over one."""

_AT_ONCE = struct.pack("ii", 1, 0)


async def cut(scope: "Scope", receive: "Receive", *, reset: bool = False) -> None:
    """Close the connection, after what was sent is on its way; with ``reset`` at once and with TCP's RST.

    Raises ``Disconnected`` for a request that did not come over a connection, for there this is all that can be
    done.
    """
    transport: asyncio.Transport | None = scope.get(CONNECTION)
    if transport is None:
        raise Disconnected
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    else:
        transport.close()
    await gone(receive)


async def gone(receive: "Receive") -> None:
    """Wait until the client has gone, or sends no more, which nobody does who waits for something."""
    while (await receive())["type"] not in ("http.disconnect", HALF_CLOSED):
        pass
