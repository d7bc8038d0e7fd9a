"""Requests per second: a cached read, a registration and a plan, each beside the constant application."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

from benchmarks.client import Connection, answered, connect, get, request, run
from benchmarks.jobs import plan_body, register_body, registrations
from benchmarks.measurement import Aim, Measurement, compared, progress, table
from benchmarks.processes import Server, constant, mock

_PEER = "constant application"
_JOB = "example"


def measure(*, rounds: int = 9, reads: int = 8000, writes: int = 2000, connections: int = 16) -> list[Measurement]:
    """Each ratio is the median of ``rounds`` in which mock and peer take turns with the same requests."""

    def measured(name: str, number: int, requests: Callable[[int], Iterator[bytes]], aim: Aim | None) -> Measurement:
        progress(f"throughput: {name}")
        with mock() as server:
            run(get(server.port, "PUT", f"/v1/job/{_JOB}", register_body(_JOB)))
            return run(_in_turns(server, name, [list(requests(number)) for _ in range(rounds + 1)], connections, aim))

    read = request("GET", f"/v1/job/{_JOB}")
    plan = request("PUT", f"/v1/job/{_JOB}/plan", plan_body(_JOB))
    return [
        measured("cached read, GET /v1/job/<ID>", reads, lambda number: repeat(read, number), Aim(at_least=0.6)),
        measured("register a new job, PUT /v1/job/<ID>", writes, _new_jobs(), None),
        measured("plan with Diff, PUT /v1/job/<ID>/plan", writes, lambda number: repeat(plan, number), None),
    ]


async def _in_turns(
    server: Server, name: str, rounds: Sequence[Sequence[bytes]], number: int, aim: Aim | None
) -> Measurement:
    size = len(await get(server.port, *_split(rounds[0][0])))
    with constant(size) as peer:
        ours, theirs = await connect(server.port, number), await connect(peer.port, number)
        rates, peer_rates = [], []
        cpu, started = time.process_time(), time.perf_counter()
        for requests in rounds:
            rates.append(await _rate(ours, requests))
            peer_rates.append(await _rate(theirs, requests))
        busy = (time.process_time() - cpu) / (time.perf_counter() - started)
        for connection in (*ours, *theirs):
            connection.close()
    progress(f"  the client was busy {busy:.0%} of the time")
    return compared(name, "requests/s", rates[1:], _PEER, peer_rates[1:], aim)  # the first round warms up


async def _rate(connections: list[Connection], requests: Sequence[bytes]) -> float:
    started = time.perf_counter()
    await answered(connections, iter(requests))
    return len(requests) / (time.perf_counter() - started)


def _new_jobs() -> Callable[[int], Iterator[bytes]]:
    generation = iter(range(sys.maxsize))
    return lambda number: registrations(f"job-{next(generation)}", number)


def _split(raw: bytes) -> tuple[str, str, bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    method, path, _ = head.decode().split(" ", 2)
    return method, path, body


if __name__ == "__main__":
    print(table(measure()))
