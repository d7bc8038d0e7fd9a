"""Between an application and its clients: nothing is told that is not stored."""

import time
from collections.abc import Callable

from mockserver.http.replies import Application, Dates, Message, Receive, Scope, Send, send_reply, text_reply
from mockserver.storage.database import StorageError


class Gate:
    """Calls ``flush``, which stores what changed, before any part of a reply goes out, be it of a write or a read.

    When that raises ``StorageError``, the client gets a 500 that says why, and can't know what became of its
    write: it is done, and stored as soon as that is possible again.
    """

    def __init__(self, app: Application, flush: Callable[[], None]) -> None:
        self._app = app
        self._flush = flush
        self._dates = Dates(time.time_ns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_refused = False

        async def send_stored(message: Message) -> None:
            nonlocal is_refused
            if is_refused:
                return
            try:
                self._flush()
            except StorageError as error:
                if message["type"] != "http.response.start":  # too late for another answer: the connection breaks
                    raise
                is_refused = True
                await send_reply(send, scope, text_reply(500, str(error)), self._dates.header(), compress=False)
            else:
                await send(message)

        await self._app(scope, receive, send_stored)
