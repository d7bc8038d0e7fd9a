"""Route each request to the control plane or to a world."""

import time
from contextlib import suppress
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.http.replies import Dates, send_reply, text_reply
from mockserver.http.scope import Origin, Repeatable, extension_of
from mockserver.worlds.spaces import DEFAULT, HEADER, Space, Spaces, UnknownSpace
from mockserver.worlds.world import World
from nomad_contract_spelling import advice, shown

ADMIN = "/__admin"
"""The control plane's paths begin so; no Nomad serves them."""


class Router:
    """Hands each request to the world it means, or to ``admin`` when there is one.

    An agent's world is that of the space named ``bound``, for a port of its own; else that of the space which the
    header ``X-Nomad-Mock-Space`` names; else the default one. The control plane follows the header on every port,
    so that the dashboard of one port can show all spaces.
    """

    def __init__(self, spaces: Spaces, admin: ASGIApp | None = None, bound: str | None = None) -> None:
        self._spaces = spaces
        self._admin = admin
        self._bound = bound
        self._dates = Dates(time.time_ns)

    def bound_to(self, space: str) -> "Router":
        """Return a router for the port of one space."""
        return Router(self._spaces, self._admin, space)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; one that was refused before it came here is only noted."""
        refusal = extension_of(scope).refusal
        if refusal is not None:
            await self._note(scope, receive, send, refusal)
            return
        if self._admin is not None and is_admin(scope["path"]):
            extension_of(scope).space = _named(scope) or self._bound or DEFAULT
            await self._admin(scope, receive, send)
            return
        try:
            space = self._chosen(scope)
        except UnknownSpace as unknown:
            reply = text_reply(404, self._explain(str(unknown)))
            await send_reply(send, scope, reply, self._dates.header(), compress=False)
            return
        world = space.world
        if not world.clock.speed and world.is_behind:
            await world.caught_up()
        await world.app(scope, receive, send)
        extension = extension_of(scope)
        repeat = extension.repeat
        if repeat is not None:
            extension.repeat = partial(_repeat, space, world, repeat) if _is_served(space, world) else None

    async def _note(self, scope: Scope, receive: Receive, send: Send, refusal: ASGIApp) -> None:
        with suppress(UnknownSpace):
            world = self._chosen(scope).world
            if not is_admin(scope["path"]):
                await world.journal(scope, receive, send, refusal)

    def _chosen(self, scope: Scope) -> Space:
        name = self._bound or _named(scope)
        return self._spaces.default if name is None else self._spaces[name]

    def _explain(self, name: str) -> str:
        known = advice(name, (space.name for space in self._spaces))
        return f"this request is for a space {shown(name)!r} that does not exist; {known}"


def _repeat(space: Space, world: World, repeat: Repeatable, origin: Origin) -> bool:
    """Let a world answer again, if the same request would still come to it and find it up to date."""
    return _is_served(space, world) and not world.is_behind and repeat(origin)


def _is_served(space: Space, world: World) -> bool:
    """Whether requests to a space come to this world, and to nothing that stands in the place of its journal."""
    return space.world is world and not space.is_over and world.app is world.journal


def _named(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == HEADER:
            return str(value, "latin-1")
    return None


def is_admin(path: str) -> bool:
    """Whether a path belongs to the control plane."""
    return path.startswith(ADMIN) and path[len(ADMIN) :][:1] in ("", "/")
