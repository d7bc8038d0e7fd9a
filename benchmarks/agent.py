"""What each kind of request costs the server, beside a real Nomad 0.5.4, where ``nomad`` of that version is on PATH."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.client import Connection, Unexpected, answered, connect, get, request, run
from benchmarks.jobs import ids, plan_body, register_body
from benchmarks.measurement import Aim, Measurement, compared, progress, table
from benchmarks.processes import Server, free_port, mock
from benchmarks.throughput import unlike

VERSION = "0.5.4"
_PEER = f"a real {VERSION} agent"
_JOB = "example"
_PATIENCE = 60.0
_SETTLED = 0.3
"""Seconds in which a server does what follows from a write; its processor time counts, too."""


@dataclass(frozen=True)
class Kind:
    """Requests of one kind: ``make`` makes so many; ``at_most`` is the aim, of an agent's processor time."""

    name: str
    make: Callable[[int], Iterator[bytes]]
    at_most: float
    writes: bool = False


class Agent(Server):
    """An agent, whose work is done by many threads."""

    @property
    def cpu(self) -> float:
        """Seconds of processor time that all its threads have used so far."""
        threads = Path(f"/proc/{self.process_id}/task").glob("*/schedstat")
        return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9


def program() -> str | None:
    """Return the path of ``nomad`` when it is of the version that the mock is like."""
    found = shutil.which("nomad")
    if found is None:
        return None
    told = subprocess.run([found, "version"], capture_output=True, check=False, text=True).stdout
    return found if f"v{VERSION}" in told else None


@contextmanager
def agent(nomad: str) -> Iterator[Server]:
    """An agent in development mode on ports of its own."""
    with TemporaryDirectory() as folder:
        http, rpc, serf = (free_port() for _ in range(3))
        config = Path(folder) / "agent.hcl"
        config.write_text(
            f"""
            bind_addr = "127.0.0.1"
            data_dir = "{folder}/data"
            ports {{ http = {http} rpc = {rpc} serf = {serf} }}
            client {{ options {{ "driver.raw_exec.enable" = "1" }} }}
            """,
            "utf-8",
        )
        started, command = time.perf_counter(), [nomad, "agent", "-dev", "-config", str(config)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                asyncio.run(_answering(http))
                yield Agent(http, process.pid, time.perf_counter() - started)
            finally:
                process.terminate()


async def _answering(port: int) -> None:
    """Wait until an agent leads its region and knows its own node.

    Raises:
        TimeoutError: It takes too long.
    """
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        with suppress(OSError, Unexpected):  # nobody listens yet, or nobody leads
            if b'"ready"' in await get(port, "GET", "/v1/nodes"):
                return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"no agent on port {port}")


def measure(*, rounds: int = 9, reads: int = 1500, writes: int = 200, connections: int = 16) -> list[Measurement]:
    """Mock and agent take turns with the same requests; without an agent there is nothing to measure."""
    nomad = program()
    if nomad is None:
        progress(f"agent: no nomad {VERSION} on PATH, left out")
        return []
    with agent(nomad) as theirs, mock("--nodes", "1") as ours:
        return run(_all(ours, theirs, rounds, reads, writes, connections))


def kinds() -> list[Kind]:
    """Return what is measured: reads, plans and writes of the page's example."""
    path, new = f"/v1/job/{_JOB}", count()
    plan = plan_body(_JOB)

    def register(number: int) -> Iterator[bytes]:
        names = ids(f"job-{next(new)}", number)
        return (request("PUT", f"/v1/job/{name}", register_body(name)) for name in names)

    def plans(number: int) -> Iterator[bytes]:
        images = range(first := number * next(new), first + number)
        return (request("PUT", f"{path}/plan", plan.replace(b':2"', b':%d"' % image)) for image in images)

    def again(raw: bytes) -> Callable[[int], Iterator[bytes]]:
        return lambda number: repeat(raw, number)

    read = request("GET", path)
    return [
        Kind("the same read again, job", again(read), 1.15),
        Kind("the same read again, summary", again(request("GET", f"{path}/summary")), 1.15),
        Kind("the same read again, evaluations", again(request("GET", f"{path}/evaluations")), 1.15),
        Kind("the same read again, allocations", again(request("GET", f"{path}/allocations")), 1.15),
        Kind("a read that no other request is like, job", lambda number: unlike(read, number), 1.15),
        Kind("the same plan with Diff again", again(request("PUT", f"{path}/plan", plan)), 1.0, writes=True),
        Kind("plan with Diff, another image each time", plans, 1.0, writes=True),
        Kind("register a new job", register, 0.35, writes=True),
        Kind("register the same job again", again(request("PUT", path, register_body(_JOB))), 0.35, writes=True),
    ]


async def _all(
    ours: Server, theirs: Server, rounds: int, reads: int, writes: int, connections: int
) -> list[Measurement]:
    for server in (ours, theirs):
        await get(server.port, "PUT", f"/v1/job/{_JOB}", register_body(_JOB))
    await asyncio.sleep(_SETTLED)
    measurements = []
    for kind in kinds():
        progress(f"agent: {kind.name}")
        mine, others = await connect(ours.port, connections), await connect(theirs.port, connections)
        taken, peer_taken = [], []
        for _ in range(rounds + 1):
            requests = list(kind.make(writes if kind.writes else reads))
            taken.append(await _seconds(ours, mine, requests, kind))
            peer_taken.append(await _seconds(theirs, others, requests, kind))
        for connection in (*mine, *others):
            connection.close()
        name = f"{kind.name}, processor time"
        measurements.append(
            compared(name, "µs", taken[1:], _PEER, peer_taken[1:], Aim(at_most=kind.at_most))  # the first warms up
        )
    return measurements


async def _seconds(server: Server, connections: list[Connection], requests: Sequence[bytes], kind: Kind) -> float:
    before = server.cpu
    await answered(connections, iter(requests))
    if kind.writes:
        await asyncio.sleep(_SETTLED)
    return (server.cpu - before) / len(requests) * 1e6


if __name__ == "__main__":
    print(table(measure()))
