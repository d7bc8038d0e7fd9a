"""The first to see a request: is it for the control plane, or for the agent of which world?"""

import time

from mockserver.web.reply import Application, Dates, Receive, Scope, Send, send_reply, text_reply
from mockserver.worlds.spaces import HEADER, Space, Spaces, UnknownSpace

ADMIN = "/__admin"
"""The control plane's paths begin so; no Nomad serves them."""

SPACE = "nomad_mock_space"
"""Under this key the control plane finds in a scope the space that a request is about."""


class Front:
    """Hands each request to the world it means, or to ``admin`` when there is one.

    The world is that of ``space``, where the front of a port of its own is bound to one; else that of the
    space which the header ``X-Nomad-Mock-Space`` names; else the default one.
    """

    def __init__(self, spaces: Spaces, admin: Application | None = None, space: Space | None = None) -> None:
        self._spaces = spaces
        self._admin = admin
        self._space = space
        self._dates = Dates(time.time_ns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            space = self._space or self._chosen(scope)
        except UnknownSpace as unknown:
            reply = text_reply(404, self._explain(str(unknown)))
            await send_reply(send, scope, reply, self._dates.header(), compress=False)
            return
        if self._admin is not None and is_admin(scope["path"]):
            scope[SPACE] = space
            await self._admin(scope, receive, send)
        else:
            await space.world.app(scope, receive, send)

    def _chosen(self, scope: Scope) -> Space:
        for name, value in scope["headers"]:
            if name == HEADER:
                return self._spaces[value.decode("latin-1")]
        return self._spaces.default

    def _explain(self, name: str) -> str:
        known = ", ".join(space.name for space in self._spaces)
        return f"X-Nomad-Mock-Space names a space {name!r} that does not exist; there are: {known}"


def is_admin(path: str) -> bool:
    """Whether a path belongs to the control plane."""
    return path.startswith(ADMIN) and path[len(ADMIN) :][:1] in ("", "/")
