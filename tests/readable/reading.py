"""Reading all that a mock knows: from itself, from its exported state, and from the next process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import Answer, ask, settle
from tests.storage.region import differences

STRICT = Settings(seed=3, speed=0, nodes=2, strict=True)
Request: TypeAlias = tuple[str, str, Any]
"""Method, target and body."""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Starlette]:
    """Serve a mock."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


async def answer(app: Starlette, request: Request) -> tuple[int, int, Any]:
    """Return a mock's reply to a request."""
    method, path, body = request
    got = await ask(app, method, path, body, host="localhost")
    assert got.status < 500 or not got.text.startswith("a bug of the mock"), (request, got.text)
    await settle()
    return got.status, int(got.headers.get("X-Nomad-Index", 0)), _content(got)


def _content(got: Answer) -> Any:
    try:
        return got.json
    except ValueError:
        return got.text


async def everything(app: Starlette) -> dict[str, Any]:
    """Return all that can be read of a mock."""
    read: dict[str, Any] = {}
    for table, one in (
        ("jobs", "job"),
        ("evaluations", "evaluation"),
        ("allocations", "allocation"),
        ("nodes", "node"),
    ):
        got = read[table] = await answer(app, ("GET", f"/v1/{table}", b""))
        assert got[0] == 200, got
        for item in got[2]:
            path = f"/v1/{one}/{quote(item['ID'], safe='/')}"
            tails = {"job": ["", "/summary", "/allocations", "/evaluations"], "node": ["", "/allocations"]}
            for tail in tails.get(one, [""]):
                read[path + tail] = await answer(app, ("GET", path + tail, b""))
                assert read[path + tail][0] == 200, (path + tail, read[path + tail])
    for path in ("/__admin/nodes", "/__admin/tasks", "/__admin/tasks/rules", "/__admin/clock"):
        read[path] = await answer(app, ("GET", path, b""))
    return read


async def waiting(app: Starlette, read: dict[str, Any]) -> dict[str, "asyncio.Task[Answer]"]:
    """Start a blocking query for each object that was read."""
    return {
        path: asyncio.create_task(ask(app, "GET", f"{path}?index={index}"))
        for path, (_, index, _) in read.items()
        if path.startswith("/v1")
    }


async def read_again(directory: Path, before: Sequence[Request], after: Sequence[Request] = ()) -> dict[str, Any]:
    """Check that a mock, its exported state and the next process give the same replies, also as time goes on.

    Returns what was read, by path: status, index and body.
    """
    kept = replace(STRICT, data_dir=directory)
    async with running(kept) as app:
        for request in before:
            await answer(app, request)
        read = await everything(app)
        exported = await answer(app, ("GET", "/__admin/state", b""))
        assert exported[0] == 200, exported
        read = await everything(app)
    async with AsyncExitStack() as stack:
        imported = await stack.enter_async_context(running(STRICT))
        taken = await answer(imported, ("PUT", "/__admin/state", exported[2]))
        assert taken[0] == 200, taken
        restarted = await stack.enter_async_context(running(kept))
        for app in (imported, restarted):
            again = await everything(app)
            assert not differences(again, read)
        waits = [await waiting(app, read) for app in (imported, restarted)]
        await settle(100)
        for request in [*after, ("POST", "/__admin/clock/advance", {"duration": "6m"})]:
            answers = [await answer(app, request) for app in (imported, restarted)]
            assert not differences(answers[0], answers[1]), request
            await settle(100)
            for path, first in waits[0].items():
                second = waits[1][path]
                assert first.done() == second.done(), path
                assert not first.done() or _content(first.result()) == _content(second.result())
        assert not differences(await everything(imported), await everything(restarted))
        for each in (*waits[0].values(), *waits[1].values()):
            each.cancel()
    return read
