"""``python -m tests.mutants.serve NAME --port 0``: serve the mock with one deviation, as the mock itself is served."""

import sys
from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette

import mockserver.app
from mockserver import cli
from mockserver.settings import Settings
from tests.mutants.catalogue import CATALOGUE
from tests.mutants.mutant import Application, Breakage, Scope

UNBROKEN = "unbroken"
"""The name under which the mock is served as it is."""


def broken_app(breakage: Breakage, app: Starlette) -> Starlette:
    """Return ``app`` with the mutant's middleware around it; each request reaches what is broken."""
    for middleware in (_asked_each_time, *breakage.middleware) if breakage.changes else ():
        app.router.default = middleware(app.router.default)
    return app


def _asked_each_time(app: Application) -> Application:
    """Stand in front of the mock, which then answers no request again without asking for the answer."""

    async def asked(scope: Scope, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return asked


def break_mock(name: str) -> Breakage:
    """Break the mock of this process; raises ``KeyError`` when there is no mutant of this name."""
    breakage = Breakage()
    if name != UNBROKEN:
        CATALOGUE[name].apply(breakage)
    return breakage


def main(arguments: Sequence[str]) -> int:
    """Serve a mutant until SIGINT or SIGTERM; the arguments after its name are those of ``nomad-mock``."""
    if not arguments or arguments[0] not in (UNBROKEN, *CATALOGUE):
        sys.stderr.write("usage: python -m tests.mutants.serve NAME [nomad-mock options]\n")
        return 2
    name, *options = arguments
    breakage = break_mock(name)
    whole = mockserver.app.create_app

    def create_app(settings: Settings | None = None) -> Starlette:
        return broken_app(breakage, whole(settings))

    breakage.replace(mockserver.app, "create_app", create_app)
    return cli.main(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
