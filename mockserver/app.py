"""``create_app``: a whole mock as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from mockserver.settings import Settings
from mockserver.worlds import Front, Spaces


def create_app(settings: Settings | None = None) -> Starlette:
    """An agent as ``settings`` describe it; its clusters live as long as the application's lifespan.

    ``app.state.spaces`` has its worlds: ``spaces.default.world`` is the one that answers by default. Raises
    ``LoadError`` for job files that a real agent would refuse, ``OSError`` and ``ValueError`` for a bad
    file of nodes.
    """
    spaces = Spaces(settings or Settings())
    app = Starlette(lifespan=_lifespan)
    app.router.default = Front(spaces)  # a route "/" would miss "*", and cost every request a regular expression
    app.router.redirect_slashes = False
    app.state.spaces = spaces
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.spaces.default.world.start()
    yield
    app.state.spaces.close()
