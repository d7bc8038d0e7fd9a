"""Many jobs: what one costs in memory, and whether a request costs more the more there are.

Time is that of the processor, so what others do on the machine isn't in it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.asgi import call, settled
from benchmarks.jobs import ids, plan_body, register_body
from benchmarks.measurement import Aim, Measurement, compared, progress, table
from benchmarks.processes import in_fresh_process, resident
from mockserver.settings import Settings
from mockserver.worlds import Spaces, World

SIZES = (1_000, 10_000, 100_000)
_CHUNKS = 10


@dataclass
class Level:
    """What requests cost where there are ``jobs`` jobs: seconds for one, a value for each chunk of requests."""

    jobs: int
    memory: int = 0
    costs: dict[str, list[float]] = field(default_factory=dict)
    longest: float = 0
    """Seconds that the longest of all registrations since the level before took."""


def measure(*, sizes: Sequence[int] = SIZES, chunk: int = 100) -> list[Measurement]:
    """Costs at each of ``sizes`` beside those at the first; each is the median of ten chunks of requests."""
    return [one for nodes in (0, 1) for one in _with_nodes(nodes, sizes, chunk)]


def _with_nodes(nodes: int, sizes: Sequence[int], chunk: int) -> list[Measurement]:
    progress(f"scale: {sizes[-1]:,} jobs, --nodes {nodes}")
    few, *levels = in_fresh_process(_levels, nodes, tuple(sizes), chunk)
    first, last = levels[0], levels[-1]
    memory = (last.memory - few.memory) / (last.jobs - few.jobs) / 1024
    sent = len(register_body(next(ids("job", 1)))) / 1024
    found = [compared(f"memory of a registered job, --nodes {nodes}", "KiB", [memory], "its JSON", [sent])]
    for level in levels[1:]:
        for name, costs in level.costs.items():
            found.append(_cost(f"{name} among {level.jobs:,} jobs, --nodes {nodes}", costs, first.costs[name], first))
    longest, usual = last.longest * 1e6, median(last.costs["register"]) * 1e6
    found.append(compared(f"the longest pause of a register, --nodes {nodes}", "µs", [longest], "median", [usual]))
    return found


def _cost(name: str, costs: Sequence[float], before: Sequence[float], first: Level) -> Measurement:
    values, peers = [cost * 1e6 for cost in costs], [median(before) * 1e6] * len(costs)
    return compared(name, "µs", values, f"{first.jobs:,} jobs", peers, Aim(at_most=1.3))


def _levels(nodes: int, sizes: Sequence[int], chunk: int) -> list[Level]:
    return asyncio.run(_grow(nodes, sizes, chunk))


async def _grow(nodes: int, sizes: Sequence[int], chunk: int) -> list[Level]:
    world = Spaces(Settings(nodes=nodes)).default.world
    world.start()
    few = sizes[0] // 10  # what is allocated once only isn't a job's
    await _register(world, "before", few)
    levels = [Level(few, resident())]
    for size in sizes:
        wanted = size - levels[-1].jobs
        level = Level(size)
        level.longest = await _register(world, f"until-{size}", wanted)
        level.memory = resident()
        level.costs = await _costs(world, size, chunk)
        levels.append(level)
    world.close()
    return levels


async def _register(world: World, prefix: str, number: int) -> float:
    longest = 0.0
    for job_id in ids(prefix, number):
        started = time.process_time()
        await _registered(world, job_id)
        longest = max(longest, time.process_time() - started)
    return longest


async def _costs(world: World, size: int, chunk: int) -> dict[str, list[float]]:
    new = ids(f"measured-{size}", _CHUNKS * chunk)
    known = next(ids(f"until-{size}", 1))
    plan = plan_body(known)

    async def register() -> None:
        await _registered(world, next(new))

    async def read() -> None:
        _expect_200(await call(world, "GET", f"/v1/job/{known}"))

    async def planned() -> None:
        _expect_200(await call(world, "PUT", f"/v1/job/{known}/plan", plan))

    async def evaluations() -> None:
        _expect_200(await call(world, "GET", f"/v1/job/{known}/evaluations"))

    requests = {"register": register, "read": read, "read evaluations": evaluations, "plan": planned}
    return {name: [await _seconds(one, chunk) for _ in range(_CHUNKS)] for name, one in requests.items()}


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
