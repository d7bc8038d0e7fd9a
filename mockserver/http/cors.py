"""Let pages from other origins read the replies, which a real agent does not do."""

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from mockserver.origins import ANY


def shared(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    """Return ``app`` for pages from these origins, too; without origins it is ``app`` itself.

    A browser's preflight is answered here, so the application never sees it. Cookies and HTTP authentication are not
    allowed; a token in a header is.
    """
    if not origins:
        return app
    return CORSMiddleware(app, allow_origins=origins, allow_methods=[ANY], allow_headers=[ANY], expose_headers=[ANY])
