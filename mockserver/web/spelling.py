"""Header names on the wire as Go's server spells them: ``X-Nomad-Index``, not ``x-nomad-index``.

ASGI wants lower-case names, and uvicorn lowers them once more as it writes. So this stands between the two,
and hands over names that stay as they are.
"""

from functools import cache

from mockserver.web.reply import Application, Message, Receive, Scope, Send

_FRAMING = frozenset((b"content-length", b"transfer-encoding", b"connection"))


class _Name(bytes):
    """A name that can't be lowered."""

    __slots__ = ()

    def lower(self) -> bytes:
        return self


class _FramingName(_Name):
    """A name that the server still recognises by its lower-case form."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return bytes.lower(self) == other

    __hash__ = bytes.__hash__


def spelled(app: Application) -> Application:
    """``app`` with the header names of its replies in Go's spelling, for uvicorn."""

    async def with_spelling(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_spelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(_spelled(name), value) for name, value in message["headers"]]
            await send(message)

        await app(scope, receive, send_spelled)

    return with_spelling


@cache
def _spelled(name: bytes) -> bytes:
    kind = _FramingName if name in _FRAMING else _Name
    return kind(b"-".join(part.capitalize() for part in name.split(b"-")))
