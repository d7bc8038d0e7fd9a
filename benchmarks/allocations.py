"""Many allocations: what it costs to place one more, to queue for room, and to export and import all of it.

Time is that of the processor, so what others do on the machine isn't in it. The garbage collector is set as the
command ``nomad-mock`` sets it.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import orjson
from starlette.applications import Starlette

from benchmarks.asgi import call, settled
from benchmarks.jobs import ids, register_body
from benchmarks.measurement import Aim, Measurement, compared, limited, progress, table
from benchmarks.processes import in_fresh_process, resident
from mockserver import gc_pauses
from mockserver.app import create_app
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from mockserver.worlds import Spaces, World
from mockserver.worlds.world import create_world
from tests.asgi import ask
from tests.stalls.jobs import a_group, a_job, a_task, large_nodes
from tests.stalls.loop import MeasuredLoop

_NODES = 20
_COUNT = 10
"""Allocations of a job."""
_CHUNKS = 10
_LONGEST_TURN = 0.05
_EXPORT_LIMIT = 2.0


def measure(
    *,
    jobs: int = 2_000,
    few: int = 100,
    waiting: int = 98_000,
    queue: int = 1_000,
    chunk: int = 10,
    worlds: int = 1_000,
) -> list[Measurement]:
    """Costs among ``jobs`` jobs that run and ``waiting`` that wait, in turns with those of a world with ``few``."""
    progress(f"allocations: {jobs * _COUNT:,} of {jobs:,} jobs, beside {waiting:,} jobs that wait")
    return in_fresh_process(_on_a_measured_loop, jobs, few, waiting, queue, chunk, worlds)


def _on_a_measured_loop(*sizes: int) -> list[Measurement]:
    with gc_pauses.short(), asyncio.Runner(loop_factory=MeasuredLoop) as runner:
        return runner.run(_measured(*sizes))


async def _measured(jobs: int, few: int, waiting: int, queue: int, chunk: int, worlds: int) -> list[Measurement]:
    """Measure worlds first: the memory that later ones leave to the process would hide what they take."""
    fresh = await _fresh_worlds(worlds)
    return [*await _placement(jobs, few, waiting, chunk), *await _queues(queue), *await _state(jobs), *fresh]


async def _placement(jobs: int, few: int, waiting: int, chunk: int) -> list[Measurement]:
    many, little = _world(_NODES), _world(_NODES)
    for job_id in ids("waits", waiting):
        await _put(many, job_id, register_body(job_id))
    numbers = count()
    for world, number in ((many, jobs), (little, few)):
        for _ in range(number):
            await _placed(world, next(numbers))
    loop = _loop()
    loop.longest = 0.0
    costs: list[float] = []
    few_costs: list[float] = []
    for _ in range(_CHUNKS):
        costs.append(await _seconds(lambda: _placed(many, next(numbers)), chunk))
        few_costs.append(await _seconds(lambda: _placed(little, next(numbers)), chunk))
    plans, few_plans = [], []
    for _ in range(_CHUNKS):
        plans.append(await _seconds(lambda: _planned(many, next(numbers)), chunk))
        few_plans.append(await _seconds(lambda: _planned(little, next(numbers)), chunk))
    turn = loop.longest
    loop.longest = 0.0
    await many.advance(2 * SECOND)
    await asyncio.sleep(0)  # so that the turn in which the last of it happened is over, and counts
    label, beside = f"a job of {_COUNT} among {jobs * _COUNT:,} allocations", f"among {few * _COUNT:,}"
    return [
        compared(f"register and place {label}", "µs", _micro(costs), beside, _micro(few_costs), Aim(at_most=1.2)),
        compared(f"plan {label}", "µs", _micro(plans), beside, _micro(few_plans), Aim(at_most=1.2)),
        limited("the longest turn of the event loop meanwhile", "s", [turn], _LONGEST_TURN),
        limited(f"the longest turn while all {jobs * _COUNT:,} start", "s", [loop.longest], _LONGEST_TURN),
    ]


async def _queues(queue: int) -> list[Measurement]:
    long, short = await _queue(queue), await _queue(max(queue // 10, 1))
    name = f"each of {queue:,} batch jobs that wait for room for five"
    return [compared(name, "µs", _micro([long]), f"of {max(queue // 10, 1):,}", _micro([short]))]


async def _queue(length: int) -> float:
    world = _world(1)
    task = a_task("t", Config={"command": "sleep", "args": ["1"]}, Resources={"CPU": 2 * 10**6, "MemoryMB": 10})
    started = time.process_time()
    for number in range(length):
        await _put(world, f"j{number:06}", _body(a_job(a_group("g", Tasks=[task]), ID=f"j{number:06}", Type="batch")))
    await world.advance(10 * length * SECOND)
    return (time.process_time() - started) / length


async def _state(jobs: int) -> list[Measurement]:
    app = create_app(Settings(speed=0, nodes=large_nodes(_NODES)))
    async with app.router.lifespan_context(app):
        for number in range(jobs):
            job = _job(number)
            await _asked(app, "PUT", f"/v1/job/{job['ID']}", {"Job": job})
        await _asked(app, "POST", "/__admin/clock/advance", {"duration": "2s"})
        loop = _loop()
        loop.longest = 0.0
        started = time.process_time()
        state = await _asked(app, "GET", "/__admin/state")
        exported = time.process_time()
        document = orjson.loads(state)
        again = time.process_time()
        del document
        await _asked(app, "PUT", "/__admin/state", state)
        imported = time.process_time()
    label = f"a state of {jobs:,} jobs and {jobs * _COUNT:,} allocations"
    reading = [again - exported]
    return [
        limited(f"export of {label}, {len(state) / 2**20:,.0f} MiB", "s", [exported - started], _EXPORT_LIMIT),
        limited(f"import of {label}", "s", [imported - again], _EXPORT_LIMIT),
        compared("the same", "s", [imported - again], "orjson reads it", reading),
    ]


async def _fresh_worlds(number: int) -> list[Measurement]:
    worlds = [await _answering() for _ in range(10)]
    before, started = resident(), time.process_time()
    worlds += [await _answering() for _ in range(number)]
    seconds, memory = time.process_time() - started, resident() - before
    for world in worlds:
        world.close()
    return [
        limited(f"one of {number:,} fresh worlds", "ms", [seconds / number * 1e3], 1.0),
        limited(f"memory of one of {number:,} fresh worlds", "KiB", [max(memory, 4096) / number / 1024], 200.0),
    ]


async def _answering() -> World:
    world = create_world(Settings())
    world.start()
    await call(world, "GET", "/v1/job/none")
    return world


def _world(nodes: int) -> World:
    world = Spaces(Settings(nodes=large_nodes(nodes), speed=0)).default.world
    world.start()
    return world


def _loop() -> MeasuredLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, MeasuredLoop)
    return loop


def _job(number: int) -> dict[str, Any]:
    return a_job(a_group("g", count=_COUNT), ID=f"runs-{number:07}", Name=f"runs-{number:07}")


def _body(job: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"Job": job, **more}).encode()


async def _placed(world: World, number: int) -> None:
    job = _job(number)
    await _put(world, job["ID"], _body(job))


async def _planned(world: World, number: int) -> None:
    job = _job(number)
    await _put(world, f"{job['ID']}/plan", _body(job, Diff=True))


async def _put(world: World, path: str, body: bytes) -> None:
    status = await call(world, "PUT", f"/v1/job/{path}", body)
    if status != 200:
        raise RuntimeError(f"a request was answered with {status}")
    await settled(world)
    await asyncio.sleep(0)  # the next request has a turn of its own, as on a connection


async def _asked(app: Starlette, method: str, path: str, body: Any = b"") -> bytes:
    response = await ask(app, method, path, body, host="localhost")
    if response.status != 200:
        raise RuntimeError(f"a request was answered with {response.status}")
    return response.body


async def _seconds(one: Callable[[], Awaitable[None]], number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        await one()
    return (time.process_time() - started) / number


def _micro(seconds: list[float]) -> list[float]:
    return [each * 1e6 for each in seconds]


if __name__ == "__main__":
    print(table(measure()))
