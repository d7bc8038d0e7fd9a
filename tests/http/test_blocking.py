"""Blocking queries, on a manual clock."""

import asyncio

import pytest
from starlette.applications import Starlette

from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from tests.asgi import Answer, Exchange, NoAnswer, ask, begin, settle
from tests.builders import a_job

pytestmark = pytest.mark.anyio


async def _register(app: Starlette, job_id: str) -> int:
    answer = await ask(app, "PUT", f"/v1/job/{job_id}", {"Job": a_job(ID=job_id)})
    await settle()
    assert answer.status == 200
    return answer.index


async def _waiting(app: Starlette, target: str) -> tuple[Exchange, asyncio.Task[Answer]]:
    exchange, task = begin(app, "GET", target)
    await settle()
    assert not task.done()
    return exchange, task


async def test_without_an_index_nothing_waits(app: Starlette) -> None:
    """``wait`` without an index does not block."""
    assert (await ask(app, "GET", "/v1/job/x?wait=10s")).status == 404
    assert (await ask(app, "GET", "/v1/job/x?wait=10s&index=0")).status == 404


async def test_a_smaller_index_is_answered_at_once(app: Starlette) -> None:
    """A query with an index below the present one is answered at once."""
    index = await _register(app, "a")
    assert (await ask(app, "GET", f"/v1/job/a/evaluations?index={index - 1}")).status == 200


@pytest.mark.parametrize("path", ["new", "new/summary"])
async def test_a_missing_job_is_awaited(app: Starlette, path: str) -> None:
    """A query of a missing job wakes when that job is created, at the index of the creation."""
    await _register(app, "other")
    known = (await ask(app, "GET", f"/v1/job/{path}")).index
    _, task = await _waiting(app, f"/v1/job/{path}?index={known}")
    await _register(app, "another")
    assert not task.done()
    created = await _register(app, "new")
    answer = await task
    assert (answer.status, answer.index) == (200, created - 1)


async def test_deletion_wakes_with_not_found(app: Starlette) -> None:
    """A query wakes with 404 when its job is deleted."""
    await _register(app, "a")
    known = (await ask(app, "GET", "/v1/job/a")).index
    _, task = await _waiting(app, f"/v1/job/a?index={known}")
    await ask(app, "DELETE", "/v1/job/a")
    answer = await task
    assert (answer.status, answer.text) == (404, "job not found")
    assert answer.index > known


async def test_waking_is_case_sensitive(app: Starlette, clock: ManualClock) -> None:
    """A query of another spelling of the ID is not woken; at timeout it answers what it saw last."""
    await _register(app, "newb")
    known = (await ask(app, "GET", "/v1/job/NEWB")).index
    _, task = await _waiting(app, f"/v1/job/NEWB?index={known}&wait=10s")
    await _register(app, "newb")
    assert not task.done()
    clock.advance(11 * SECOND)
    answer = await task
    assert (answer.status, answer.index, answer.json["ModifyIndex"]) == (200, known, known)


async def test_a_woken_query_that_is_not_past_the_index_sleeps_on(app: Starlette, clock: ManualClock) -> None:
    """A query with an index from the future waits for the timeout, then has the real index."""
    await _register(app, "a")
    _, task = await _waiting(app, "/v1/job/a?index=1000&wait=20s")
    again = await _register(app, "a")
    assert not task.done()
    clock.advance(22 * SECOND)
    answer = await task
    assert (answer.status, answer.index) == (200, again - 1)


@pytest.mark.parametrize(
    ("wait", "seconds"), [("", 300), ("&wait=0s", 300), ("&wait=-5s", 300), ("&wait=1h", 300), ("&wait=16s", 16)]
)
async def test_how_long_a_query_waits(app: Starlette, clock: ManualClock, wait: str, seconds: int) -> None:
    """A query waits five minutes by default and at most, and up to a sixteenth more."""
    _, task = await _waiting(app, f"/v1/job/a/allocations?index=1{wait}")
    clock.advance(seconds * SECOND - 1)
    await settle()
    assert not task.done()
    clock.advance(seconds * SECOND // 16 + 1)
    assert (await task).json == []


async def test_a_query_sees_the_change_that_woke_it(app: Starlette) -> None:
    """A woken query runs before the scheduler does, so it shows the job as it was registered."""
    await _register(app, "a")
    known = (await ask(app, "GET", "/v1/job/a/evaluations")).index
    _, task = await _waiting(app, f"/v1/job/a/evaluations?index={known}")
    await ask(app, "PUT", "/v1/job/a/evaluate")
    assert [each["Status"] for each in (await task).json].count("pending") == 1


async def test_a_client_that_leaves_is_forgotten(app: Starlette) -> None:
    """After its client left, nothing of a query is kept or sent."""
    exchange, task = await _waiting(app, "/v1/job/a?index=5")
    assert (
        len(app.state.spaces.default.world.endpoint.waiting)
        == len(app.state.spaces.default.world.agent.local.state.watchers)
        == 1
    )
    exchange.disconnect()
    await asyncio.wait([task])
    assert (
        len(app.state.spaces.default.world.endpoint.waiting)
        == len(app.state.spaces.default.world.agent.local.state.watchers)
        == 0
    )
    assert exchange.sent == []
    assert isinstance(task.exception(), NoAnswer)


async def test_a_stopping_server_lets_nobody_wait(app: Starlette) -> None:
    """When the server stops, waiting queries answer what they saw last; later ones are answered at once."""
    _, task = await _waiting(app, "/v1/job/a?index=5")
    app.state.spaces.default.world.endpoint.waiting.release()
    assert (await task).status == 404
    assert (await ask(app, "GET", "/v1/job/a?index=5")).status == 404
