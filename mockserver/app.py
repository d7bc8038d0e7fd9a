"""``create_app``: a whole mock as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.types import ASGIApp

from mockserver.admin import create_admin
from mockserver.settings import Settings
from mockserver.worlds import Router, Spaces

if TYPE_CHECKING:
    from mockserver.storage import Keeper


def create_app(settings: Settings | None = None) -> Starlette:
    """Return an agent as ``settings`` describe it; its clusters live as long as the application's lifespan.

    ``app.state.spaces`` has its worlds: ``spaces.default.world`` is the one that answers by default;
    ``app.state.front`` hands requests to them. ``app.state.agents`` is the front with what stores its changes; while
    nothing else stands in front of that, a server may repeat its answers. Raises ``LoadError`` for job files that a
    real agent would refuse, ``OSError`` and ``ValueError`` for a bad file of nodes, ``StorageError`` (an ``OSError``)
    for a data directory that can't be used.
    """
    settings = settings or Settings()
    spaces, keeper = (Spaces(settings), None) if settings.data_dir is None else _kept(settings, settings.data_dir)
    front = Router(spaces, create_admin(spaces, settings) if settings.admin else None)
    app = _Agent(lifespan=_lifespan)
    app.state.agents = front if keeper is None else keeper.gate(front)
    # a route "/" would miss "*", and cost every request a regular expression
    app.router.default = app.state.agents
    app.router.redirect_slashes = False
    app.state.spaces = spaces
    app.state.front = front
    app.state.keeper = keeper
    return app


class _Agent(Starlette):
    """Without Starlette's error pages: this application has its own texts for exceptions."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the router behind the middleware that was added with ``add_middleware``."""
        app: ASGIApp = self.router
        for layer, arguments, named in reversed(self.user_middleware):
            app = layer(app, *arguments, **named)
        return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    keeper = app.state.keeper
    app.state.spaces.default.world.start()
    if keeper is not None:
        keeper.start()
    yield
    app.state.spaces.close()
    if keeper is not None:
        keeper.close()


def _kept(settings: Settings, directory: Path) -> "tuple[Spaces, Keeper]":
    from mockserver.storage import Keeper, open_world  # without a data directory no SQLite is loaded

    opened = open_world(directory, settings)
    spaces = Spaces(settings, opened.world)
    keeper = Keeper(opened, spaces.default, settings)
    spaces.before_close = keeper.finish
    return spaces, keeper
