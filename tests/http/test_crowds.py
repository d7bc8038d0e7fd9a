"""Crowds of waiting queries: what one of them takes, and how many are woken in one turn of the event loop."""

import asyncio
import socket
import struct

import pytest
from starlette.applications import Starlette
from uvicorn.server import ServerState

from mockserver.http import blocking
from mockserver.http.protocol import AgentProtocol
from mockserver.server import config
from tests.asgi import ask, begin, settle
from tests.builders import a_job

pytestmark = pytest.mark.anyio


async def test_a_crowd_is_woken_in_portions(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more queries than fit into one turn of the loop are answered in it; all are in the end."""
    monkeypatch.setattr(blocking, "_AT_ONCE", 3)
    await ask(app, "PUT", "/v1/job/other", {"Job": a_job(ID="other")})
    await settle()
    known = (await ask(app, "GET", "/v1/job/new")).index
    tasks = [begin(app, "GET", f"/v1/job/new?index={known}")[1] for _ in range(8)]
    await settle()
    answered = []
    writing = asyncio.create_task(ask(app, "PUT", "/v1/job/new", {"Job": a_job(ID="new")}))
    while not all(task.done() for task in tasks):
        before = sum(task.done() for task in tasks)
        await asyncio.sleep(0)
        answered.append(sum(task.done() for task in tasks) - before)
    await writing
    assert [number for number in answered if number] == [3, 3, 2]
    assert {task.result().status for task in tasks} == {200}


async def test_a_query_that_waits_is_one_task(app: Starlette) -> None:
    """The connection itself tells that the client of a waiting query left; no task waits for that."""
    loop, served = asyncio.get_running_loop(), config(app, AgentProtocol, lifespan="off")
    server = await loop.create_server(lambda: AgentProtocol(served, ServerState(), {}), "127.0.0.1", 0)
    waiting = app.state.spaces.default.world.endpoint.waiting
    before = len(asyncio.all_tasks())
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"GET /v1/job/x?index=5 HTTP/1.1\r\nHost: x\r\n\r\n")
    while not waiting:
        await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before + 1
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()  # with a reset: a client that only sends no more may still read
    while waiting:
        await asyncio.sleep(0)
    server.close()
