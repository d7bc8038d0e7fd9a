"""Notice when the client of a request leaves while the request waits."""

import asyncio
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from starlette.types import Receive

from mockserver.http.scope import Extension


@runtime_checkable
class Watched(Protocol):
    """A connection that tells by itself when its client leaves."""

    def tell_when_gone(self, call: Callable[[], None]) -> bool:
        """Call ``call`` when the client of the present request is gone; False where that can't be told."""
        ...


def when_gone(receive: Receive, extension: Extension, call: Callable[[], None]) -> Callable[[], None]:
    """Call ``call`` when the client of a request is gone; the returned function is to be called when it is answered.

    Thousands of requests may wait, so the connection itself is asked to tell it: a task for each that waits for ASGI's
    message takes 2 KiB. Where there is no such connection, there is a task.
    """
    transport = extension.transport
    connection: object = None if transport is None else transport.get_protocol()
    if isinstance(connection, Watched) and connection.tell_when_gone(call):
        return _nothing_to_do  # the connection forgets it with the request
    task = asyncio.create_task(_wait(receive, call))

    def stop() -> None:
        task.cancel()

    return stop


def _nothing_to_do() -> None:
    pass


async def _wait(receive: Receive, call: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    call()
