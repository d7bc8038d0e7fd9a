"""Tell clients nothing that is not stored."""

import time
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.http.replies import Dates, send_reply, text_reply
from mockserver.storage.state_file import StorageError


class Gate:
    """Waits for ``store``, which stores what changed, before any part of a reply goes out, be it of a write or a read.

    When that raises ``StorageError``, the client gets a 500 that says why, and can't know what became of its
    write: it is done, and stored as soon as that is possible again.
    """

    def __init__(self, app: ASGIApp, store: Callable[[], Awaitable[None]]) -> None:
        self._app = app
        self._store = store
        self._dates = Dates(time.time_ns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_refused = False

        async def send_stored(message: Message) -> None:
            nonlocal is_refused
            if is_refused:
                return
            try:
                await self._store()
            except StorageError as error:
                if message["type"] != "http.response.start":  # too late for another answer: the connection breaks
                    raise
                is_refused = True
                await send_reply(send, scope, text_reply(500, str(error)), self._dates.header(), compress=False)
            else:
                await send(message)

        await self._app(scope, receive, send_stored)
