"""Serve an application with uvicorn, so that it looks like an agent on the wire and stops at once."""

import asyncio
import importlib
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any
from weakref import WeakSet

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from mockserver.bus import SpaceChanged
from mockserver.http.connections import limited
from mockserver.http.repeats import Repeats
from mockserver.settings import Settings
from mockserver.worlds import World

_BACKLOG = 4096

LOADING = "nomad-mock loads"
"""The name of the thread on which ``load_late`` runs."""

_LATE = ("anyio._backends._asyncio", "croniter", "jsonschema_rs")
"""What the first stream of events, the first periodic job and the first check need; loading it takes 50 to 100 ms."""


def load_late() -> None:
    """Load what a start does not need, so that the first request that needs it is not slow."""
    for module in _LATE:
        importlib.import_module(module)


class AgentServer(uvicorn.Server):
    """A uvicorn server that says when it listens, opens ports for spaces, and answers waiting queries when it stops."""

    def __init__(self, app: Starlette, settings: Settings, on_ready: Callable[[], None] = lambda: None) -> None:
        self._repeats = WeakSet[Repeats]()
        is_bare = app.router.default is app.state.agents and not app.user_middleware
        super().__init__(
            _config(app, settings, self._repeats_of_a_port(), app.state.agents)
            if is_bare
            else _config(app, settings, None)
        )
        self._app = app
        self._settings = settings
        self.on_ready = on_ready
        app.state.spaces.listen = self._listen_for
        app.state.spaces.bus.listen(SpaceChanged, self._forget_repeats)

    @property
    def default_world(self) -> World:
        """The world that answers when no space is named."""
        world: World = self._app.state.spaces.default.world
        return world

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call ``on_ready``."""
        await super().startup(sockets)
        if self.started:
            self.on_ready()
            threading.Thread(target=load_late, name=LOADING, daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the waiting queries, then stop."""
        self._app.state.spaces.close()
        await super().shutdown(sockets)

    def _repeats_of_a_port(self) -> Repeats:
        """Return what keeps the answers of a port where nothing stands in front of the worlds that may change them."""
        repeats = Repeats()
        self._repeats.add(repeats)
        return repeats

    def _forget_repeats(self, _change: SpaceChanged) -> None:
        """Let go of answers, and of the worlds that gave them: one of them is over."""
        for repeats in self._repeats:
            repeats.clear()

    async def _listen_for(self, space: str, port: int) -> asyncio.Server:
        """Listen on another port, which leads to one space."""
        served = _config(self._app.state.front.bound_to(space), self._settings, self._repeats_of_a_port())
        served.load()
        state = {**self.lifespan.state}
        connection: Callable[..., asyncio.Protocol] = served.http_protocol_class

        def protocol() -> asyncio.Protocol:
            return connection(served, self.server_state, state)

        listener = listen(self._settings.host, port)
        server = await asyncio.get_running_loop().create_server(protocol, sock=listener, ssl=served.ssl)
        # The sockets of dropped spaces are closed.
        self.servers[:] = [*(each for each in self.servers if each.is_serving()), server]
        return server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Stop at SIGINT and SIGTERM; uvicorn would raise the signal again after a clean end."""
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on this address (port 0: any free one).

    ``::`` listens on IPv4, too. Raises ``OSError`` when the address is taken.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG, dualstack_ipv6=both)


def _config(app: ASGIApp, settings: Settings, repeats: Repeats | None, agents: ASGIApp | None = None) -> uvicorn.Config:
    return config(
        app,
        limited(settings.connection_limit, repeats, agents),
        lifespan="on",
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


def config(app: ASGIApp, protocol: type[asyncio.Protocol], **more: Any) -> uvicorn.Config:
    """Return how uvicorn serves an application with this protocol class: with nothing of its own on the wire."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,  # the endpoint writes it as an agent does
        timeout_keep_alive=120,
        timeout_graceful_shutdown=1,
        **more,
    )
