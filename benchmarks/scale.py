"""Many jobs: what one costs in memory, and whether a request costs more the more there are.

Time is that of the processor, so what others do on the machine isn't in it. The garbage collector is set as the
command ``nomad-mock`` sets it.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.asgi import call, settled
from benchmarks.jobs import ids, plan_body, register_body
from benchmarks.measurement import Aim, Measurement, compared, progress, table
from benchmarks.processes import in_fresh_process, resident
from mockserver import gc_pauses
from mockserver.settings import Settings
from mockserver.worlds import Spaces, World

SIZES = (1_000, 10_000, 100_000)
_CHUNKS = 10


@dataclass
class Level:
    """What was found where there are ``jobs`` jobs.

    ``costs`` has by kind of request the seconds for one, chunk by chunk; ``few_costs`` the same for a world with
    few jobs, in turns.
    """

    jobs: int
    memory: int = 0
    costs: dict[str, list[float]] = field(default_factory=dict)
    few_costs: dict[str, list[float]] = field(default_factory=dict)
    average: float = 0
    """Seconds for one of all the registrations since the level before, with every pause of the garbage collector."""
    few_average: float = 0
    longest: float = 0
    """Seconds that the longest of them took."""


def measure(*, sizes: Sequence[int] = SIZES, chunk: int = 100) -> list[Measurement]:
    """Costs at each of ``sizes`` but the first, in turns with those of another world that has the first.

    Each is the median of ten chunks of requests.
    """
    return [one for nodes in (0, 1) for one in _with_nodes(nodes, sizes, chunk)]


def _with_nodes(nodes: int, sizes: Sequence[int], chunk: int) -> list[Measurement]:
    progress(f"scale: {sizes[-1]:,} jobs, --nodes {nodes}")
    start, *levels = in_fresh_process(_levels, nodes, tuple(sizes), chunk)
    last = levels[-1]
    memory = (last.memory - start.memory) / (last.jobs - start.jobs) / 1024
    sent = len(register_body(next(ids("job", 1)))) / 1024
    found = [compared(f"memory of a registered job, --nodes {nodes}", "KiB", [memory], "its JSON", [sent])]
    for level in levels:
        for name in level.costs:
            costs, few = ([cost * 1e6 for cost in of[name]] for of in (level.costs, level.few_costs))
            label = f"{name} among {level.jobs:,} jobs, --nodes {nodes}"
            found.append(compared(label, "µs", costs, f"{sizes[0]:,} jobs", few, Aim(at_most=1.3)))
    average, few_average = last.average * 1e6, last.few_average * 1e6
    label = f"register on average, growing to {last.jobs:,} jobs, --nodes {nodes}"
    found.append(compared(label, "µs", [average], f"growing to {sizes[0]:,}", [few_average], Aim(at_most=1.3)))
    longest, usual = last.longest * 1e6, median(last.costs["register"]) * 1e6
    found.append(compared(f"the longest pause of a register, --nodes {nodes}", "µs", [longest], "median", [usual]))
    return found


def _levels(nodes: int, sizes: Sequence[int], chunk: int) -> list[Level]:
    with gc_pauses.short():
        return asyncio.run(_grow(nodes, sizes, chunk))


async def _grow(nodes: int, sizes: Sequence[int], chunk: int) -> list[Level]:
    world = _world(nodes)
    await _register(world, "first", sizes[0])  # what is allocated once only isn't a job's
    levels = [Level(sizes[0], resident())]
    for size in sizes[1:]:
        level = Level(size)
        level.average, level.longest = await _register(world, f"until-{size}", size - levels[-1].jobs)
        level.memory = resident()
        few = _world(nodes)
        level.few_average, _ = await _register(few, "first", sizes[0])
        await _measure_costs(level, world, few, chunk)
        few.close()
        levels.append(level)
    world.close()
    return levels


def _world(nodes: int) -> World:
    world = Spaces(Settings(nodes=nodes)).default.world
    world.start()
    return world


async def _measure_costs(level: Level, many: World, few: World, chunk: int) -> None:
    ours, others = _requests(many, f"measured-{level.jobs}"), _requests(few, f"measured-{level.jobs}")
    for name in ours:
        pairs = [(await _seconds(ours[name], chunk), await _seconds(others[name], chunk)) for _ in range(_CHUNKS)]
        level.costs[name], level.few_costs[name] = [one for one, _ in pairs], [other for _, other in pairs]


async def _register(world: World, prefix: str, number: int) -> tuple[float, float]:
    """Seconds for one job on average, and for the slowest."""
    total = longest = 0.0
    for job_id in ids(prefix, number):
        started = time.process_time()
        await _registered(world, job_id)
        taken = time.process_time() - started
        total, longest = total + taken, max(longest, taken)
    return total / number, longest


def _requests(world: World, prefix: str) -> dict[str, Callable[[], Awaitable[None]]]:
    new = ids(prefix, sys.maxsize)
    known = next(ids("first", 1))
    plan = plan_body(known)

    async def register() -> None:
        await _registered(world, next(new))

    async def read() -> None:
        _expect_200(await call(world, "GET", f"/v1/job/{known}"))

    async def planned() -> None:
        _expect_200(await call(world, "PUT", f"/v1/job/{known}/plan", plan))

    async def evaluations() -> None:
        _expect_200(await call(world, "GET", f"/v1/job/{known}/evaluations"))

    return {"register": register, "read": read, "read evaluations": evaluations, "plan": planned}


async def _seconds(one: Callable[[], Awaitable[None]], number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        await one()
    return (time.process_time() - started) / number


async def _registered(world: World, job_id: str) -> None:
    _expect_200(await call(world, "PUT", f"/v1/job/{job_id}", register_body(job_id)))
    await settled(world)


def _expect_200(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"a request was answered with {status}")


if __name__ == "__main__":
    print(table(measure()))
