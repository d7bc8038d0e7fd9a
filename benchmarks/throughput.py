"""Requests per second: reads, a registration and a plan, each beside the constant application."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

from benchmarks.client import Connection, answered, connect, get, request, run
from benchmarks.jobs import plan_body, register_body, registrations
from benchmarks.measurement import Aim, Measurement, compared, progress, table
from benchmarks.processes import Protocol, Server, constant, mock

_PEERS: dict[Protocol, str] = {"uvicorn": "constant application", "mock": "constant, with the mock's protocol class"}
_JOB = "example"


def measure(*, rounds: int = 21, reads: int = 3000, writes: int = 400, connections: int = 16) -> list[Measurement]:
    """Each ratio is the median of ``rounds`` in which mock and peer take turns with the same requests."""
    read = request("GET", f"/v1/job/{_JOB}")
    others = [request("GET", f"/v1/job/{_JOB}/{part}") for part in ("evaluations", "summary")]
    plan = request("PUT", f"/v1/job/{_JOB}/plan", plan_body(_JOB))
    new = _new_jobs()
    kinds: list[tuple[str, Callable[[], Iterator[bytes]], Protocol, Aim | None]] = [
        ("the same read again, GET /v1/job/<ID>", lambda: repeat(read, reads), "uvicorn", Aim(at_least=0.8)),
        ("the same read again, GET /v1/job/<ID>", lambda: repeat(read, reads), "mock", Aim(at_least=0.8)),
        ("the same read again, /evaluations", lambda: repeat(others[0], reads), "uvicorn", Aim(at_least=0.8)),
        ("the same read again, /summary", lambda: repeat(others[1], reads), "uvicorn", Aim(at_least=0.8)),
        ("read, no request like another, GET /v1/job/<ID>", lambda: unlike(read, reads), "uvicorn", None),
        ("plan with Diff, PUT /v1/job/<ID>/plan", lambda: repeat(plan, writes), "uvicorn", None),
        ("register a new job, PUT /v1/job/<ID>", lambda: new(writes), "uvicorn", None),
    ]
    measurements: list[Measurement] = []
    with mock() as server:
        run(get(server.port, "PUT", f"/v1/job/{_JOB}", register_body(_JOB)))
        for name, requests, protocol, aim in kinds:
            progress(f"throughput: {name}, beside {_PEERS[protocol]}")
            prepared = [list(requests()) for _ in range(rounds + 1)]
            measurements += run(_in_turns(server, name, prepared, connections, protocol, aim))
    return measurements


async def _in_turns(
    server: Server, name: str, rounds: Sequence[Sequence[bytes]], number: int, protocol: Protocol, aim: Aim | None
) -> tuple[Measurement, Measurement]:
    """One measurement by the clock on the wall, one by the processor time of the servers."""
    size = len(await get(server.port, *_split(rounds[0][0])))
    with constant(size, protocol) as peer:
        ours, theirs = await connect(server.port, number), await connect(peer.port, number)
        taken, peer_taken = [], []
        cpu, started = time.process_time(), time.perf_counter()
        for requests in rounds:
            taken.append(await _taken(server, ours, requests))
            peer_taken.append(await _taken(peer, theirs, requests))
        busy = (time.process_time() - cpu) / (time.perf_counter() - started)
        for connection in (*ours, *theirs):
            connection.close()
    progress(f"  the client was busy {busy:.0%} of the time")
    rates, cpu_rates = zip(*taken[1:], strict=True)  # the first round warms up
    peer_rates, peer_cpu_rates = zip(*peer_taken[1:], strict=True)
    return (
        compared(name, "requests/s", rates, _PEERS[protocol], peer_rates, aim),
        compared(f"{name}, by CPU time", "requests/CPU s", cpu_rates, _PEERS[protocol], peer_cpu_rates, aim),
    )


async def _taken(server: Server, connections: list[Connection], requests: Sequence[bytes]) -> tuple[float, float]:
    cpu, started = server.cpu, time.perf_counter()
    await answered(connections, iter(requests))
    return len(requests) / (time.perf_counter() - started), len(requests) / (server.cpu - cpu)


def unlike(read: bytes, number: int) -> Iterator[bytes]:
    """Return requests that ask for the same and differ in a header field, so that each is read anew."""
    head = read.removesuffix(b"\r\n")
    return (b"%bX-Request-Id: %d\r\n\r\n" % (head, each) for each in range(number))


def _new_jobs() -> Callable[[int], Iterator[bytes]]:
    generation = iter(range(sys.maxsize))
    return lambda number: registrations(f"job-{next(generation)}", number)


def _split(raw: bytes) -> tuple[str, str, bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    method, path, _ = head.decode().split(" ", 2)
    return method, path, body


if __name__ == "__main__":
    print(table(measure()))
