"""From the start of the process to the first answer, and a fresh state in a running process."""

import asyncio
import os
import time

from benchmarks.asgi import call, settled
from benchmarks.jobs import ids, register_body
from benchmarks.measurement import Aim, Measurement, compared, limited, progress, table
from benchmarks.processes import mock, run_to_end
from mockserver.settings import Settings
from mockserver.worlds import Spaces

_LIMIT = 0.5
"""Seconds from the start of the process to its first answer."""

_IMPORTS = "import uvicorn, starlette.applications, socket; socket.create_server(('127.0.0.1', 0))"
"""What a server of the same libraries does at least."""

_PLUGIN = "nomad_contract_pytest"
"""What pytest does in each run where the package is installed."""


def measure(*, rounds: int = 15, jobs: int = 100) -> list[Measurement]:
    """A new process beside one that only imports the libraries; a new world beside a new process.

    A start before all rounds sees that the modules are compiled, as they are where the package was installed.
    """
    progress("start: first answer and fresh state")
    starts, costs, imports, resets, bare, plugged = [], [], [], [], [], []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(rounds + 1):
        with mock(environment=environment) as server:
            starts.append(server.first_answer)
            costs.append(server.cpu)
        imports.append(run_to_end("-c", _IMPORTS, environment=environment))
        resets.append(asyncio.run(_fresh_state(jobs)))
        bare.append(run_to_end("-c", "import pytest", environment=environment))
        plugged.append(run_to_end("-c", f"import pytest, {_PLUGIN}", environment=environment))
    del starts[0], costs[0], imports[0], resets[0], bare[0], plugged[0]
    return [
        limited("process start to first answer", "s", starts, _LIMIT),
        compared("the same, processor time", "s", costs, "uvicorn, Starlette and a socket", imports, Aim(at_most=1.2)),
        compared(
            "import of pytest and the plugin, processor time", "s", plugged, "import of pytest", bare, Aim(at_most=1.05)
        ),
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
    await space.reset(space.settings)
    status = await call(space.world, "GET", f"/v1/job/{next(ids('job', 1))}")
    seconds = time.perf_counter() - started
    spaces.close()
    if status != 404:
        raise RuntimeError(f"the state isn't fresh: {status}")
    return seconds


if __name__ == "__main__":
    print(table(measure()))
