"""Hold a reply back until it is complete, so that a fault can change it."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope

if TYPE_CHECKING:
    from mockserver.http.replies import Header


class HeldReply:
    """A reply that was not sent yet; an application sends it to ``send``.

    Attributes:
        status: the status code, None as long as there is no reply.
        headers: the header fields.
        body: the body, as it is compressed.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[Header] = []
        self.body = b""
        self._start: Message = {}

    @property
    def start(self) -> Message:
        """The message that begins the reply, as it came but with ``headers``."""
        return {**self._start, "headers": self.headers}

    async def send(self, message: Message) -> None:
        """Take the next part of the reply."""
        if message["type"] == "http.response.start":
            self._start = message
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


async def held(app: ASGIApp, scope: Scope, receive: Receive) -> HeldReply:
    """Return the complete reply of ``app``, which has no status when ``app`` did not reply."""
    reply = HeldReply()
    await app(scope, receive, reply.send)
    return reply
