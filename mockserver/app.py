"""``create_app``: a whole mock as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp

from mockserver.admin import create_admin
from mockserver.settings import Settings
from mockserver.worlds import Front, Spaces


def create_app(settings: Settings | None = None) -> Starlette:
    """An agent as ``settings`` describe it; its clusters live as long as the application's lifespan.

    ``app.state.spaces`` has its worlds: ``spaces.default.world`` is the one that answers by default;
    ``app.state.front`` hands requests to them. Raises ``LoadError`` for job files that a real agent would
    refuse, ``OSError`` and ``ValueError`` for a bad file of nodes.
    """
    settings = settings or Settings()
    spaces = Spaces(settings)
    front = Front(spaces, create_admin(spaces, settings) if settings.admin else None)
    app = _Agent(lifespan=_lifespan)
    app.router.default = front  # a route "/" would miss "*", and cost every request a regular expression
    app.router.redirect_slashes = False
    app.state.spaces = spaces
    app.state.front = front
    return app


class _Agent(Starlette):
    """Without Starlette's layers that make pages of exceptions: what answers here has its own texts for them."""

    def build_middleware_stack(self) -> ASGIApp:
        """Only what was added with ``add_middleware``."""
        app: ASGIApp = self.router
        for layer, arguments, named in reversed(self.user_middleware):
            app = layer(app, *arguments, **named)
        return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.spaces.default.world.start()
    yield
    app.state.spaces.close()
