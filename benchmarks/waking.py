"""Blocking queries: how soon thousands are answered, and what one costs while it waits."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import repeat

from benchmarks.client import Connection, Unexpected, answered, connect, request, run
from benchmarks.jobs import ids, register_body
from benchmarks.measurement import Measurement, compared, limited, progress, table
from benchmarks.processes import Server, constant, mock

_LIMIT = 1.0
"""Seconds within which everyone has to be answered."""

_MEMORY = 12.0
"""KiB of a waiting query and its connection."""

_PAGE = 4096
"""Less than this the system doesn't show."""

_OTHERS = 100
"""Connections that may be open beside those that wait."""

_PER_QUERY = 0.0003
"""Seconds for a query to arrive; nothing tells from outside that a server has seen it."""


def measure(*, rounds: int = 5, queries: int = 10_000) -> list[Measurement]:
    """All waiting on one job, and all on different jobs of which one is written.

    The peer is measured before and not in turns: a process may not have so many connections to both.
    """
    progress(f"waking: {queries:,} blocking queries")
    return run(_measure(rounds, queries))


async def _measure(rounds: int, queries: int) -> list[Measurement]:
    constants, idle = await _constant_answers(rounds, queries)
    one_woken, memory = await _on_different_jobs(rounds, queries)
    all_woken = await _on_one_job(rounds, queries)
    name = f"{queries:,} waiting queries"
    return [
        compared(f"{name} on one job, all woken", "s", all_woken, "as many constant answers", constants),
        limited(f"{name} on one job, all woken", "s", all_woken, _LIMIT),
        limited(f"{name} on different jobs, one woken", "s", one_woken, _LIMIT),
        limited(f"memory of one of {name}, with its connection", "KiB", [memory], _MEMORY),
        compared(f"memory of one of {name}, with its connection", "KiB", [memory], "idle connection", [idle]),
    ]


async def _on_different_jobs(rounds: int, queries: int) -> tuple[list[float], float]:
    """Seconds until one of them is answered, and KiB that each of them takes."""
    with _mock(queries) as server:
        jobs = await _registered(server, queries)
        (writer,) = await connect(server.port)
        asked = [await _blocking(writer, job) for job in jobs]
        bare = server.memory
        waiters = await connect(server.port, queries)
        waiting = await _wait(waiters, asked)
        memory = _each(server.memory - bare, queries)
        seconds = [await _seconds_until_one_woke(waiting, writer, jobs, position) for position in range(rounds)]
        for task in waiting:
            task.cancel()
        _close(*waiters, writer)
    return seconds, memory


async def _on_one_job(rounds: int, queries: int) -> list[float]:
    with _mock(queries) as server:
        (job,) = await _registered(server, 1)
        waiters, (writer,) = await connect(server.port, queries), await connect(server.port)
        seconds = [await _seconds_until_all_woke(waiters, writer, job) for _ in range(rounds)]
        _close(*waiters, writer)
    return seconds


async def _constant_answers(rounds: int, queries: int) -> tuple[list[float], float]:
    """Seconds of each round, and KiB of an idle connection."""
    with constant(1200) as peer:
        bare = peer.memory
        connections = await connect(peer.port, queries)
        await answered(connections, repeat(request("GET", "/"), queries))
        seconds = [await _seconds_for_all(connections) for _ in range(rounds)]
        idle = _each(peer.memory - bare, queries)
        _close(*connections)
    return seconds, idle


def _mock(queries: int) -> AbstractContextManager[Server]:
    return mock("--nodes", "0", "--connection-limit", str(queries + _OTHERS))


def _close(*connections: Connection) -> None:
    for connection in connections:
        connection.close()


def _each(grown: int, queries: int) -> float:
    return max(grown, _PAGE) / queries / 1024


async def _registered(server: Server, number: int) -> list[str]:
    jobs = list(ids("job", number))
    connections = await connect(server.port, 16)
    await answered(connections, (request("PUT", f"/v1/job/{job}", register_body(job)) for job in jobs))
    _close(*connections)
    return jobs


async def _blocking(reader: Connection, job: str) -> bytes:
    await answered([reader], iter([request("GET", f"/v1/job/{job}")]))
    return request("GET", f"/v1/job/{job}?index={reader.index}&wait=5m")


async def _wait(connections: Sequence[Connection], queries: Sequence[bytes]) -> list["asyncio.Task[None]"]:
    pairs = zip(connections, queries, strict=True)
    waiting = [asyncio.create_task(answered([connection], iter([query]))) for connection, query in pairs]
    await asyncio.sleep(0.05 + len(waiting) * _PER_QUERY)
    return waiting


async def _write(writer: Connection, job: str) -> float:
    started = time.perf_counter()
    await answered([writer], iter([request("PUT", f"/v1/job/{job}", register_body(job))]))
    return started


async def _seconds_until_all_woke(waiters: Sequence[Connection], writer: Connection, job: str) -> float:
    waiting = await _wait(waiters, [await _blocking(writer, job)] * len(waiters))
    _expect_answered(waiting, 0)
    started = await _write(writer, job)
    await asyncio.gather(*waiting)
    return time.perf_counter() - started


async def _seconds_until_one_woke(
    waiting: Sequence["asyncio.Task[None]"], writer: Connection, jobs: Sequence[str], position: int
) -> float:
    _expect_answered(waiting, position)
    started = await _write(writer, jobs[position])
    await waiting[position]
    seconds = time.perf_counter() - started
    _expect_answered(waiting, position + 1)
    return seconds


async def _seconds_for_all(connections: Sequence[Connection]) -> float:
    started = time.perf_counter()
    await answered(connections, repeat(request("GET", "/"), len(connections)))
    return time.perf_counter() - started


def _expect_answered(waiting: Sequence["asyncio.Task[None]"], number: int) -> None:
    answers = sum(task.done() for task in waiting)
    if answers != number:
        raise Unexpected(f"{answers} of {len(waiting)} waiting queries were answered instead of {number}")


if __name__ == "__main__":
    print(table(measure()))
