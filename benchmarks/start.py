"""From the start of the process to the first answer, and a fresh state in a running process."""

import asyncio
import time

from benchmarks.asgi import call, settled
from benchmarks.jobs import ids, register_body
from benchmarks.measurement import Measurement, compared, limited, progress, table
from benchmarks.processes import mock, run_to_end
from mockserver.settings import Settings
from mockserver.worlds import Spaces

_LIMIT = 0.5
"""Seconds from the start of the process to its first answer."""

_PEER = "python -c 'import uvicorn, starlette'"


def measure(*, rounds: int = 9, jobs: int = 100) -> list[Measurement]:
    """A new process beside one that only imports the libraries; a new world beside a new process."""
    progress("start: first answer and fresh state")
    starts, imports, resets = [], [], []
    for _ in range(rounds):
        with mock() as server:
            starts.append(server.first_answer)
        imports.append(run_to_end("-c", "import uvicorn, starlette"))
        resets.append(asyncio.run(_fresh_state(jobs)))
    return [
        compared("process start to first answer", "s", starts, _PEER, imports),
        limited("process start to first answer", "s", starts, _LIMIT),
        compared(f"a fresh state in place of one with {jobs:,} jobs", "s", resets, "a new process", starts),
    ]


async def _fresh_state(jobs: int) -> float:
    spaces = Spaces(Settings())
    space = spaces.default
    space.world.start()
    for job_id in ids("job", jobs):
        await call(space.world, "PUT", f"/v1/job/{job_id}", register_body(job_id))
    await settled(space.world)
    started = time.perf_counter()
    space.reset()
    status = await call(space.world, "GET", f"/v1/job/{next(ids('job', 1))}")
    seconds = time.perf_counter() - started
    spaces.close()
    if status != 404:
        raise RuntimeError(f"the state isn't fresh: {status}")
    return seconds


if __name__ == "__main__":
    print(table(measure()))
