"""The dashboard: its files, and requests to the agent that the journal does not see and faults do not affect."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from mockserver.admin.call import Problem, no_space, refusal
from mockserver.http.scope import extension_of
from mockserver.worlds import ADMIN, Spaces, UnknownSpace
from nomad_contract_spelling import shown

UI = f"{ADMIN}/ui"
"""Where the dashboard is."""

_NEAR = (ADMIN, f"{ADMIN}/", f"{UI}/")
"""What people type who look for it."""

_AGENT = f"{UI}/agent"
"""Before a path of the agent: its answer for the dashboard."""

_WRITTEN = f"{_AGENT}/v1/job/"
"""What the dashboard can write there: jobs."""

_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_INDEX = "index.html"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    type: str
    tag: str


def is_file(path: str) -> bool:
    """Whether this path belongs to a file of the dashboard. They are the same for everybody and tell no secret."""
    return path == UI or path in _NEAR or (path.startswith(f"{UI}/") and path[len(UI) + 1 :] in _files())


def routes(spaces: Spaces) -> list[BaseRoute]:
    """Return the routes of the dashboard's files, and of the agent behind ``ui/agent``."""
    return [
        Route(UI, _file),
        *(Route(path, _lead_there) for path in _NEAR),
        Route(f"{_AGENT}/{{path:path}}", _Agent(spaces)),
        Route(f"{UI}/{{name}}", _file),
    ]


@lru_cache(1)
def _files() -> Mapping[str, _File]:
    folder = Path(__file__).with_name("ui")
    return {path.name: _read(path) for path in folder.iterdir() if path.suffix in _TYPES}


def _read(path: Path) -> _File:
    content = path.read_bytes()
    return _File(content, _TYPES[path.suffix], f'"{hashlib.sha256(content).hexdigest()[:16]}"')


async def _lead_there(_request: Request) -> Response:
    return RedirectResponse(UI, 302)


async def _file(request: Request) -> Response:
    file = _files().get(request.path_params.get("name", _INDEX))
    if file is None:
        return refusal(Problem(404, f"the dashboard has no {shown(request.scope['path'])}", f"it begins at {UI}"))
    headers = {**_HEADERS, "ETag": file.tag}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.type)


class _Agent:
    """What the dashboard asks of the agent: to see what is there, and to force, dispatch, evaluate and plan jobs."""

    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        allowed = ("GET", "PUT") if scope["path"].startswith(_WRITTEN) else ("GET",)
        if scope["method"] not in allowed:
            problem = Problem(405, "the dashboard reads here, and writes jobs", "ask the agent itself")
            await refusal(problem, {"Allow": ", ".join(allowed)})(scope, receive, send)
            return
        try:
            space = self._spaces[extension_of(scope).space]
        except UnknownSpace as unknown:
            await refusal(no_space(unknown, self._spaces))(scope, receive, send)
            return
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        inner = {**scope, "path": scope["path"][len(_AGENT) :], "raw_path": raw_path[len(_AGENT) :]}
        await space.world.endpoint(inner, receive, send)
