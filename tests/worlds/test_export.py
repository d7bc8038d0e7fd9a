"""A world is exported as it is in one moment, while it goes on."""

import asyncio
import json
import time
from typing import Any

import pytest
from starlette.types import Message

from mockserver.app import create_app
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from mockserver.slices import finish
from mockserver.worlds import document_of
from mockserver.worlds.snapshot import saving
from mockserver.worlds.state_json import encode
from mockserver.worlds.world import World, create_world
from tests.asgi import Exchange, ask, settle
from tests.builders import a_group, a_job, a_task

MANUAL = Settings(speed=0, seed=1, nodes=3)


class _SlowReader(Exchange):
    """A client that reads nothing behind the beginning of a reply before it is told to."""

    def __init__(self, *request: Any) -> None:
        super().__init__(*request)
        self.go_on = asyncio.Event()

    async def _send(self, message: Message) -> None:
        await super()._send(message)
        await self.go_on.wait()


def _busy_world() -> World:
    """Tasks that run, that fail, that end, and that have yet to start."""
    world = create_world(MANUAL)
    local = world.agent.local
    fails = a_task(Name="fails", Config={"command": "/bin/false"})
    local.register(a_job(a_group(a_task(), fails, Count=4), ID="failing", Name="failing"))
    local.register(a_job(a_group(Count=6), ID="web", Name="web"))
    world.clock.advance(7 * SECOND)
    local.register(a_job(a_group(Count=5), ID="young", Name="young"))
    world.clock.advance(10_000_000)
    return world


@pytest.mark.parametrize("done", [0, 1, 5, 14])
def test_what_changes_meanwhile_is_not_exported(done: int) -> None:
    """Wherever the export is when jobs go, come and change, and when their tasks do."""
    world = _busy_world()
    expected = encode(finish(saving(world)))
    steps = saving(world)
    for _ in range(done):
        next(steps)
    local = world.agent.local
    local.deregister("web")
    local.register(a_job(a_group(Count=2), ID="young", Name="young"))
    for task in list(local.tasks())[::2]:
        if task.is_running:
            task.finish(1)
    world.clock.advance(3 * SECOND)
    next(steps)
    world.clock.advance(3600 * SECOND)
    local.register(a_job(ID="late", Name="late"))
    world.clock.advance(SECOND)
    assert encode(finish(steps)) == expected


def test_an_export_that_is_given_up_is_forgotten() -> None:
    """Nothing is kept for it any more."""
    world = _busy_world()
    steps = saving(world)
    next(steps)
    del steps
    assert encode(finish(saving(world))) == encode(finish(saving(world)))
    assert all(each() is None for each in world.agent.local._client._savings)


def test_two_exports_at_once_are_of_two_moments() -> None:
    """Each has its own."""
    world = _busy_world()
    before = encode(finish(saving(world)))
    first = saving(world)
    next(first)
    world.clock.advance(3 * SECOND)
    after = encode(finish(saving(world)))
    second = saving(world)
    next(second)
    world.clock.advance(3 * SECOND)
    assert (encode(finish(first)), encode(finish(second))) == (before, after)
    assert before != after


def test_a_clock_by_hand_stands_still() -> None:
    """However often the world is exported."""

    async def work() -> tuple[int, int, Any]:
        world = _busy_world()
        world.clock.run()
        before = world.clock.now()
        document = await document_of(world)
        return before, world.clock.now(), document

    before, after, document = asyncio.run(work())
    assert before == after == document["clock"]["now"]


def test_a_real_clock_goes_on_with_the_machine() -> None:
    """It shows the machine's time during the export and after it."""

    async def work() -> None:
        app = create_app(Settings(speed=1, nodes=1))
        async with app.router.lifespan_context(app):
            clock = app.state.spaces.default.world.clock

            def ahead() -> tuple[int, int]:
                """By how much, at least and at most, the clock is ahead of the machine's monotonic one."""
                before, now, after = time.monotonic_ns(), clock.now(), time.monotonic_ns()
                return now - after, now - before

            least, most = ahead()
            for _ in range(3):
                before = clock.now()
                state = (await ask(app, "GET", "/__admin/state", host="localhost")).json
                assert before <= state["clock"]["now"] <= clock.now()
                now_least, now_most = ahead()
                assert now_least <= most
                assert least <= now_most

    asyncio.run(work())


def test_writes_and_time_do_not_wait_for_an_export() -> None:
    """They are answered while the client has read only the beginning, and are not in what it reads."""

    async def work() -> None:
        app = create_app(MANUAL)
        async with app.router.lifespan_context(app):
            assert (await ask(app, "PUT", "/v1/job/web", {"Job": a_job(a_group(Count=9), ID="web")})).status == 200
            await ask(app, "POST", "/__admin/clock/advance", {"duration": "5s"}, host="localhost")
            expected = (await ask(app, "GET", "/__admin/state", host="localhost")).text
            export = _SlowReader(app, "GET", "/__admin/state", b"", {"host": "localhost"})
            answer = asyncio.ensure_future(export.run())
            await settle(100)
            assert (len(export.sent), answer.done()) == (1, False)
            assert (await ask(app, "PUT", "/v1/job/new", {"Job": a_job(ID="new")})).status == 200
            assert (await ask(app, "DELETE", "/v1/job/web")).status == 200
            await ask(app, "POST", "/__admin/clock/advance", {"duration": "5s"}, host="localhost")
            export.go_on.set()
            assert (await answer).text == expected

    asyncio.run(work())


def test_an_export_is_one_line() -> None:
    """It is JSON that any reader takes."""

    async def work() -> str:
        app = create_app(MANUAL)
        async with app.router.lifespan_context(app):
            return (await ask(app, "GET", "/__admin/state", host="localhost")).text

    text = asyncio.run(work())
    assert text.count("\n") == 1
    assert json.loads(text)["format"] == "nomad-mock-state"
