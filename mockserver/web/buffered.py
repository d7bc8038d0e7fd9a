"""Requests that are read before the application reads them, and replies that are held back."""

from typing import TYPE_CHECKING

from mockserver.web.request_body import read_body

if TYPE_CHECKING:
    from mockserver.web.reply import Application, Header, Message, Receive, Scope


async def buffered(scope: "Scope", receive: "Receive") -> "tuple[bytes, Receive]":
    """The body of a request, and a ``receive`` that gives it once more and then goes on with the real one.

    Raises ``BodyTooLarge``, ``Disconnected``.
    """
    body = await read_body(scope, receive)
    return body, replayed(body, receive)


def replayed(body: bytes, receive: "Receive") -> "Receive":
    """A ``receive`` that begins with this body."""
    given = False

    async def again() -> "Message":
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class Held:
    """A reply that was not sent yet: take ``send`` for it."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[Header] = []
        self.body = b""

    async def send(self, message: "Message") -> None:
        """Take the next part."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


async def held(app: "Application", scope: "Scope", receive: "Receive") -> Held:
    """The reply of ``app``, when it is complete; one without a status when there was none."""
    reply = Held()
    await app(scope, receive, reply.send)
    return reply
