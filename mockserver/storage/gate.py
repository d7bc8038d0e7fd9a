"""Between an application and its clients: nothing is told that is not stored."""

import time

from mockserver.storage.database import StorageError
from mockserver.storage.keeper import Keeper
from mockserver.web.reply import Application, Dates, Message, Receive, Scope, Send, send_reply, text_reply


class Gate:
    """Stores what changed before any part of any reply goes out, be it of a write or of a read that shows it.

    When that fails, the client gets a 500 that says why, and can't know what became of its write: it is done,
    and stored as soon as that is possible again.
    """

    def __init__(self, app: Application, keeper: Keeper) -> None:
        self._app = app
        self._keeper = keeper
        self._dates = Dates(time.time_ns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_refused = False

        async def send_stored(message: Message) -> None:
            nonlocal is_refused
            if is_refused:
                return
            try:
                self._keeper.flush()
            except StorageError as error:
                if message["type"] != "http.response.start":  # too late for another answer: the connection breaks
                    raise
                is_refused = True
                await send_reply(send, scope, text_reply(500, str(error)), self._dates.header(), compress=False)
            else:
                await send(message)

        await self._app(scope, receive, send_stored)
