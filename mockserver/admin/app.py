"""The control plane as an application: its routes come from its description."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mockserver.admin import (
    about,
    clock,
    conduct,
    dashboard,
    events,
    faults,
    jobs,
    journal,
    nodes,
    rules,
    spaces,
    state,
    tasks,
)
from mockserver.admin.call import Call, Problem, no_space, refusal, reply
from mockserver.admin.guard import Guard
from mockserver.admin.reading import read_body_as_json, read_query
from mockserver.errors import AgentError
from mockserver.http.scope import Disconnected, extension_of
from mockserver.off_loop import apart
from mockserver.openapi import Control, ControlOperation, load_control
from mockserver.settings import Settings
from mockserver.worlds import ADMIN, Spaces, UnknownSpace
from nomad_contract_spelling import meant, shown

_log = logging.getLogger("mockserver")

_HANDLERS: Mapping[str, about.Handler] = {
    **about.HANDLERS,
    **clock.HANDLERS,
    **conduct.HANDLERS,
    **events.HANDLERS,
    **faults.HANDLERS,
    **journal.HANDLERS,
    **nodes.HANDLERS,
    **rules.HANDLERS,
    **jobs.HANDLERS,
    **spaces.HANDLERS,
    **state.HANDLERS,
    **tasks.HANDLERS,
}
"""What does an operation, by the operation's ID."""

_NO_CONTENT = 204
_SEE = f"see GET {ADMIN}/openapi.json for what there is"


def create_admin(worlds: Spaces, settings: Settings) -> ASGIApp:
    """Make the control plane of all these worlds; the scope of a request says which space it is about."""
    control = load_control()
    paths: dict[str, dict[str, ControlOperation]] = {}
    for operation in control.operations.values():
        paths.setdefault(operation.path, {})[operation.method] = operation
    # the ID of a job may have slashes
    routes = [
        Route(path.replace("{job}", "{job:path}"), _Endpoint(worlds, control, methods))
        for path, methods in paths.items()
    ]
    app = Starlette(routes=[*routes, *dashboard.routes(worlds)], exception_handlers={404: _not_found})
    app.router.redirect_slashes = False
    return Guard(app, settings, worlds)


async def _not_found(request: Request, _error: Exception) -> Response:
    path: str = request.scope["path"]
    known = (operation.path for operation in load_control().operations.values())
    return refusal(Problem(404, f"there is nothing at {shown(path)}{meant(path, known)}", _SEE))


class _Endpoint:
    """All methods of one path."""

    def __init__(self, worlds: Spaces, control: Control, methods: Mapping[str, ControlOperation]) -> None:
        self._spaces = worlds
        self._control = control
        self._methods = methods

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        operation = self._methods.get(request.method)
        if operation is None:
            allowed = ", ".join(self._methods)
            problem = Problem(
                405, f"{request.method} is not possible at {shown(request.scope['path'])}", f"use {allowed}"
            )
            return refusal(problem, {"Allow": allowed})
        try:
            call = await self._call(operation, request)
            await call.world.caught_up()
            await call.world.clock.at_rest()
            result = await _HANDLERS[operation.id](call)
        except Problem as problem:
            return refusal(problem)
        except Disconnected:
            return Response(status_code=400)  # the client has left
        except UnknownSpace as unknown:
            return refusal(no_space(unknown, self._spaces))
        except AgentError as error:  # in an agent's words
            return refusal(Problem(400, error.text, "correct what was sent; nothing was changed"))
        except Exception as bug:
            _log.exception("a bug of the control plane: %s %s", request.method, request.url.path)
            text = f"a bug of the control plane: {type(bug).__name__}: {bug}"
            return refusal(Problem(500, text, "please report it with what the mock logged"))
        if isinstance(result, Response):
            return result
        if operation.status == _NO_CONTENT:
            return Response(status_code=204)
        return await apart(result, partial(reply, operation.status, result))

    async def _call(self, operation: ControlOperation, request: Request) -> Call:
        space = self._spaces[extension_of(request.scope).space]
        query = read_query(self._control, operation, request)
        body = await read_body_as_json(self._control, operation, request)
        return Call(self._spaces, space, request.path_params, query, body, request.headers, request.receive)
