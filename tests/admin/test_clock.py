"""The world's clock under the control of a user."""

import asyncio
import time
from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from mockserver.testing import example_job
from mockserver.worlds.world import create_world
from tests.admin.conftest import Control
from tests.asgi import Exchange, ask, begin, settle

pytestmark = pytest.mark.anyio


async def test_time_stands_still_until_it_is_moved(control: Control) -> None:
    """A manual clock stands still, and is told in nanoseconds and as a date."""
    clock = (await control("GET", "/clock")).json
    assert (clock["mode"], clock["speed"], clock["time"]) == ("manual", 0, "2017-07-14T02:40:00Z")
    moved = (await control("POST", "/clock/advance", {"duration": "1m30s"})).json
    assert moved["now"] - clock["now"] == 90_000_000_000
    assert moved["time"] == "2017-07-14T02:41:30Z"


async def test_what_falls_due_has_happened_when_the_answer_comes(control: Control, app: Starlette) -> None:
    """When an advance is answered, the pending job runs and the query that waited for it has its reply."""
    await control("POST", "/jobs", example_job("a"))
    await settle()
    known = (await ask(app, "GET", "/v1/job/a/allocations")).index
    _, waiting = begin(app, "GET", f"/v1/job/a/allocations?index={known}")
    await settle()
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert waiting.done()
    assert [each["ClientStatus"] for each in (await waiting).json] == ["running"]


async def test_every_step_wakes_who_waits_for_it(control: Control, app: Starlette) -> None:
    """A query woken in the middle of an advance shows the state of that moment, not that of the end."""
    batch = example_job("b", Type="batch")
    batch["TaskGroups"][0]["Tasks"][0]["Config"] = {"command": "sleep", "args": ["5"]}
    await control("POST", "/jobs", batch)
    await settle()
    known = (await ask(app, "GET", "/v1/job/b/summary")).index
    _, waiting = begin(app, "GET", f"/v1/job/b/summary?index={known}")
    await settle()
    await control("POST", "/clock/advance", {"duration": "1m"})
    assert (await waiting).json["Summary"]["g"]["Running"] == 1
    assert (await ask(app, "GET", "/v1/job/b/summary")).json["Summary"]["g"]["Complete"] == 1


async def test_one_can_jump_from_event_to_event(control: Control) -> None:
    """The clock can be moved to the next event, until nothing is planned any more."""
    assert (await control("POST", "/clock/advance-to-next-event")).json["happened"] is False
    await control("POST", "/jobs", example_job("a"))
    steps = 0
    while (await control("GET", "/tasks")).json == [] or (await control("GET", "/tasks")).json[0]["next"]:
        assert (await control("POST", "/clock/advance-to-next-event")).json["happened"]
        steps += 1
    assert 1 <= steps < 10


@pytest.mark.parametrize(
    ("body", "mode", "speed"),
    [({"mode": "real"}, "real", 1), ({"mode": "scaled", "speed": 60}, "scaled", 60), ({"mode": "manual"}, "manual", 0)],
)
async def test_time_can_pass_in_another_way(control: Control, body: dict[str, object], mode: str, speed: float) -> None:
    """A change of speed takes effect from the present moment on."""
    before = (await control("GET", "/clock")).json["now"]
    clock = (await control("PUT", "/clock", body)).json
    assert (clock["mode"], clock["speed"]) == (mode, speed)
    assert before <= clock["now"] < before + 60_000_000_000


async def test_a_scaled_clock_runs_what_is_planned(control: Control, app: Starlette) -> None:
    """On a fast clock, five minutes of waiting pass in a moment."""
    await control("PUT", "/clock", {"mode": "scaled", "speed": 100_000})
    answer = await asyncio.wait_for(ask(app, "GET", "/v1/job/a?index=9"), 5)
    assert answer.status == 404


@pytest.mark.parametrize("duration", ["99999999h", "1s2"])
async def test_time_has_limits(control: Control, duration: str) -> None:
    """A time that no clock can show is refused, and the clock stays where it was."""
    before = (await control("GET", "/clock")).json
    assert (await control("POST", "/clock/advance", {"duration": duration})).status == 400
    assert (await control("GET", "/clock")).json == before


def _every_second(job_id: str) -> dict[str, Any]:
    """Return a job that is launched every second."""
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "* * * * * * *", "ProhibitOverlap": False}
    return example_job(job_id, Type="batch", Periodic=periodic)


async def test_time_moves_over_so_many_launches_at_most(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """An advance over too many launches is refused before it begins; the span that the refusal names is accepted."""
    monkeypatch.setattr("mockserver.admin.clock.MOST_LAUNCHES", 10)
    await control("POST", "/jobs", _every_second("often"))
    before = (await control("GET", "/clock")).json
    refused = await control("POST", "/clock/advance", {"duration": "30s"})
    assert refused.status == 400
    assert "job 'often' alone 30 times" in refused.json["error"]
    assert refused.json["help"].startswith("advance by 10s at a time")
    assert (await control("GET", "/clock")).json["now"] == before["now"]
    assert (await control("POST", "/clock/advance", {"duration": "10s"})).status == 200


async def test_so_much_happens_in_one_advance_at_most(
    control: Control, app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An advance with too many actions stops half-way, and the next call goes on from there."""
    monkeypatch.setattr("mockserver.worlds.world.MOST_STEPS", 20)
    monkeypatch.setattr("mockserver.slices.SLICE", 0)
    start = (await control("GET", "/clock")).json["now"]
    await control("POST", "/jobs", _every_second("often"))
    stopped = await control("POST", "/clock/advance", {"duration": "60s"})
    reached = (await control("GET", "/clock")).json["now"]
    assert stopped.status == 409
    assert f"{(start + 60 * SECOND - reached) // SECOND} seconds before its goal" in stopped.json["error"]
    assert stopped.json["help"].startswith("call it again to go on from there")
    assert start < reached < start + 60 * SECOND
    assert (await ask(app, "GET", "/v1/jobs?prefix=often/")).json
    await control("DELETE", "/jobs/often")
    monkeypatch.undo()
    assert (await control("POST", "/clock/advance", {"duration": "60s"})).json["now"] == reached + 60 * SECOND


async def test_an_advance_ends_when_its_client_leaves(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its client leaves, an advance stops where it got to, and others can move the clock."""
    monkeypatch.setattr("mockserver.slices.SLICE", 0)
    world = app.state.spaces.default.world
    await ask(app, "POST", "/__admin/jobs", _every_second("often"), host="localhost")
    start = world.clock.now()
    body = b'{"duration": "1h"}'
    exchange = Exchange(app, "POST", "/__admin/clock/advance", body, {"host": "localhost"})
    advancing = asyncio.create_task(exchange.run())
    while world.clock.now() < start + 2 * SECOND:
        await asyncio.sleep(0)
    exchange.disconnect()
    assert (await advancing).status == 400
    reached = world.clock.now()
    assert start < reached < start + 3600 * SECOND
    assert not world.moving
    await settle()
    assert world.clock.now() == reached


@pytest.mark.parametrize("jump", [-3600, 3600])
async def test_a_machine_whose_clock_is_set_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    """When the machine's clock jumps an hour back or ahead, waits and planned actions keep their time."""
    app = create_app(Settings(speed=1000))
    world = app.state.spaces.default.world
    world.start()
    _, waiting = begin(app, "GET", "/v1/job/x?index=9&wait=10s")
    happened = asyncio.Event()
    world.clock.call_later(20 * SECOND, happened.set)
    await settle()
    before = world.clock.now()
    real, real_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: real_ns() + jump * SECOND)
    assert before <= world.clock.now() < before + 1800 * SECOND
    assert (await asyncio.wait_for(waiting, 10)).status == 404
    await asyncio.wait_for(happened.wait(), 10)
    world.close()


async def test_a_request_finds_done_what_those_before_it_caused(app: Starlette, control: Control) -> None:
    """On a manual clock, a request sees everything done that earlier requests caused at once, however soon it comes."""
    job = example_job("web", count=3)
    written = (await ask(app, "PUT", "/v1/job/web", {"Job": job})).json
    assert (await ask(app, "GET", f"/v1/evaluation/{written['EvalID']}")).json["Status"] == "complete"
    node = (await control("GET", "/nodes")).json[0]["node"]["Name"]
    await control("POST", f"/nodes/{node}/down")
    statuses = [each["ClientStatus"] for each in (await ask(app, "GET", "/v1/job/web/allocations")).json]
    assert statuses == ["lost"] * 3
    await control("POST", f"/nodes/{node}/up")
    assert len((await control("GET", f"/nodes/{node}")).json["allocations"]) == 3


async def test_what_is_late_when_time_stops_still_happens() -> None:
    """What was due before the clock stopped still happens; otherwise every request would wait for it."""
    world = create_world(Settings())
    world.start()
    happened: list[int] = []
    for _ in range(2):
        world.clock.call_later(1, lambda: happened.append(world.clock.now()))
    while world.clock.now() < (world.clock.next_event() or 0):
        pass
    await world.change_speed(0)
    assert (len(happened), world.is_behind) == (2, False)


async def test_nobody_waits_for_what_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request is answered even when an action plans itself again without end."""
    monkeypatch.setattr("mockserver.worlds.world._PATIENCE", 5)
    app = create_app(Settings(speed=0))
    world = app.state.spaces.default.world
    world.start()
    turns: list[None] = []

    def again() -> None:
        turns.append(None)
        world.clock.call_later(0, again)

    again()
    assert (await ask(app, "GET", "/v1/jobs")).status == 200
    assert 1 < len(turns) < 10
    world.close()
