"""Access to the control plane.

A web page from elsewhere must not be able to use it through a browser on this machine: neither with a form or a script
(a foreign ``Origin`` that the setting ``cors`` does not name), nor by a name that was made to point here (DNS
rebinding: a foreign ``Host``). Addresses are allowed as hosts, for no page can be served from an address of this
machine. A client with the token may use any name. The dashboard's files are for everybody: they ask for the token.
"""

import hmac
import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.admin.call import Problem, refusal
from mockserver.admin.dashboard import is_file
from mockserver.http.cors import shared
from mockserver.http.scope import extension_of
from mockserver.settings import Settings
from mockserver.worlds import DEFAULT, Spaces
from nomad_contract_spelling import shown

_BEARER = "bearer "


class Guard:
    """Lets a request through to ``app``, or refuses it."""

    def __init__(self, app: ASGIApp, settings: Settings, spaces: Spaces) -> None:
        self._app = app
        self._spaces = spaces
        self._token = settings.admin_token
        self._hosts = {"localhost", settings.host.lower(), *(host.lower() for host in settings.admin_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the origins are those of the world that it is about."""
        await shared(self._answer, self._origins(scope))(scope, receive, send)

    def _origins(self, scope: Scope) -> Collection[str]:
        name = extension_of(scope).space
        return self._spaces[name if name in self._spaces else DEFAULT].world.settings.cors

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._problem(HTTPConnection(scope))
        if problem is None:
            await self._app(scope, receive, send)
        else:
            headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
            await refusal(problem, headers)(scope, receive, send)

    def _problem(self, request: HTTPConnection) -> Problem | None:
        host = request.headers.get("host", "")
        if not self._token and not self._is_known(host):
            advice = "use an address or localhost, or start the mock with --admin-host for this name or --admin-token"
            return Problem(403, f"the control plane is not served under the name {shown(host)!r}", advice)
        origin = request.headers.get("origin")
        if origin is not None and _authority(origin) != host.lower() and origin not in self._origins(request.scope):
            advice = "use it from its own pages, or start the mock with --cors and this origin"
            return Problem(403, f"a page from {shown(origin)!r} may not use the control plane", advice)
        if self._token and not self._is_authorized(request.headers.get("authorization", "")) and not _is_page(request):
            advice = "send the header Authorization: Bearer with the token of --admin-token"
            return Problem(401, "the control plane needs a token", advice)
        return None

    def _is_known(self, host: str) -> bool:
        name = _name_in(host)
        return name in self._hosts or _is_address(name)

    def _is_authorized(self, authorization: str) -> bool:
        scheme, token = authorization[: len(_BEARER)], authorization[len(_BEARER) :]
        return scheme.lower() == _BEARER and hmac.compare_digest(token.encode(), (self._token or "").encode())


def _name_in(host: str) -> str:
    """Return the name or address in a ``Host``; "" where it has none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # half an IPv6 address
        return ""


def _authority(origin: str) -> str | None:
    """Return the authority of an ``Origin``, to compare with the ``Host``; None where it has none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _is_page(request: HTTPConnection) -> bool:
    return request.scope["method"] == "GET" and is_file(request.scope["path"])


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
