"""The mock's own extension of a request's ASGI scope, and the connection that it leads to."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from starlette.types import ASGIApp, Receive, Scope

if TYPE_CHECKING:
    from mockserver.http.replies import SentReply

HALF_CLOSED = "http.half_closed"
"""The type of the message that an application receives when the client sends no more but may still read."""

_NAME = "nomad_mock"
_AT_ONCE = struct.pack("ii", 1, 0)


class Disconnected(Exception):
    """The client went away before its request was complete."""


@dataclass(slots=True)
class Origin:
    """Where a request came from, and whether its client waited for the reply.

    Attributes:
        connection: the number of its connection; later ones are higher.
        number: how many requests have come over this connection, this one included.
        target: the target of the request line as it was sent.
        left: machine time (Unix nanoseconds) at which the client closed the connection, or its sending side, before
            it had the whole reply; 0 while it has not.
    """

    connection: int
    number: int
    target: bytes
    left: int = 0


Repeatable: TypeAlias = Callable[[Origin], bool]
"""Takes where the same request came from. Takes note of the request and returns True while the answer is the same;
returns False, having done nothing, when it may be another."""


@dataclass(slots=True)
class Extension:
    """What the parts of the mock tell each other about one request.

    Attributes:
        transport: the request's connection; None for a request that did not come over one.
        broken_body: why the rest of the request body can't be read, "" while it can.
        space: the name of the space that a request to the control plane is about.
        faults: the names of the faults that the request met.
        sent: what the endpoint sent.
        freedoms: the ids of the freedoms that the request met before it was answered.
        number: the number of the request within its world, from 1 on; 0 while the journal has not seen it.
        origin: where the request came from; None for a request that did not come over a connection.
        refusal: sends the answer that HTTP itself gave to the request, which then may only be noted; None for others.
        before_commit: what a checked registration waits for before it is stored; None when it is stored at once.
        unchanged: whether the endpoint would send the same bytes again; None where that can't be told.
        repeat: answers the same request again for the whole application; None where it can't.
    """

    transport: asyncio.Transport | None = None
    broken_body: str = ""
    space: str = ""
    faults: tuple[str, ...] = ()
    sent: "SentReply | None" = None
    freedoms: tuple[str, ...] = ()
    number: int = 0
    origin: Origin | None = None
    refusal: ASGIApp | None = None
    before_commit: Callable[[], Awaitable[None]] | None = None
    unchanged: Callable[[], bool] | None = None
    repeat: Repeatable | None = None


def extended(transport: asyncio.Transport, origin: Origin) -> dict[str, Extension]:
    """Return the ``extensions`` of the scope of a request that came over this connection."""
    return {_NAME: Extension(transport, origin=origin)}


def extension_of(scope: Scope) -> Extension:
    """Return the mock's extension of a scope, which is added to a scope without one."""
    extensions = scope.get("extensions")
    if extensions is None:
        extensions = scope["extensions"] = {}
    extension: Extension | None = extensions.get(_NAME)
    if extension is None:
        extension = extensions[_NAME] = Extension()
    return extension


async def cut(scope: Scope, receive: Receive, *, reset: bool = False) -> None:
    """Close the connection once everything was sent; with ``reset``, drop it at once with TCP's RST.

    Raises:
        Disconnected: when the request did not come over a connection, where nothing else can be done.
    """
    transport = extension_of(scope).transport
    if transport is None:
        raise Disconnected
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    else:
        transport.close()
    await gone(receive)


async def gone(receive: Receive) -> None:
    """Wait until the client leaves, or closes its sending side, which no client does that waits for a reply."""
    while (await receive())["type"] not in ("http.disconnect", HALF_CLOSED):
        pass
