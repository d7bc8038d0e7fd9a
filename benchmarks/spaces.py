"""Many spaces in one process: what one costs, and whether one under load takes more than its share."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence

from benchmarks.client import Connection, answered, connect, get, request, run
from benchmarks.jobs import ids, register_body
from benchmarks.measurement import Aim, Measurement, compared, limited, progress, table
from benchmarks.processes import Server, mock

_MOST = 999
"""Spaces that may be made beside the default one."""


def measure(*, spaces: int = _MOST, busy: int = 20, rounds: int = 5, requests: int = 200) -> list[Measurement]:
    """Spaces that each answer a request; and ``busy`` of them, each asked by clients of its own at the same time."""
    progress(f"spaces: {spaces:,} in one process, {busy} under load")
    with mock("--nodes", "1") as server:
        return run(_measure(server, spaces, busy, rounds, requests))


async def _measure(server: Server, spaces: int, busy: int, rounds: int, requests: int) -> list[Measurement]:
    names = [f"space-{number}" for number in range(spaces)]
    bare = server.memory
    for name in names:
        await get(server.port, "POST", "/__admin/spaces", json.dumps({"name": name}).encode())
        await _ask(server.port, [_in_space(request("GET", "/v1/nodes"), name)])
    memory = (server.memory - bare) / spaces
    alone, together, slowest = [], [], []
    for number in range(rounds + 1):
        prepared = [list(_writes(f"r{number}", name, requests)) for name in names[:busy]]
        alone.append((await _finished(server, prepared[:1]))[0])
        each = await _finished(server, [list(_writes(f"s{number}", name, requests)) for name in names[:busy]])
        together.append(max(each) / min(busy, spaces))
        slowest.append((max(each), sum(each) / len(each)))
    label = f"{requests:,} registrations in one space, all answered"
    return [
        limited(f"memory of one of {spaces:,} spaces that answered a request", "KiB", [memory / 1024], 200.0),
        compared(f"{label}, its share while {busy} do so", "s", together[1:], "alone", alone[1:], Aim(at_most=1.2)),
        compared(
            f"the slowest of {busy} spaces under the same load",
            "s",
            [most for most, _ in slowest[1:]],
            "their mean",
            [mean for _, mean in slowest[1:]],
            Aim(at_most=1.2),
        ),
    ]


async def _finished(server: Server, requests: Sequence[Sequence[bytes]]) -> list[float]:
    """Send the requests of each space over two connections of its own; the seconds until each space was done."""
    connections = [await connect(server.port, 2) for _ in requests]
    started = time.perf_counter()

    async def one(own: list[Connection], asked: Sequence[bytes]) -> float:
        await answered(own, iter(asked))
        return time.perf_counter() - started

    done = await asyncio.gather(*map(one, connections, requests))
    for own in connections:
        for connection in own:
            connection.close()
    return list(done)


def _writes(prefix: str, space: str, number: int) -> Iterator[bytes]:
    for name in ids(prefix, number):
        yield _in_space(request("PUT", f"/v1/job/{name}", register_body(name)), space)


def _in_space(raw: bytes, space: str) -> bytes:
    return raw.replace(b"\r\n", f"\r\nX-Nomad-Mock-Space: {space}\r\n".encode(), 1)


async def _ask(port: int, requests: Sequence[bytes]) -> None:
    (connection,) = await connect(port)
    await answered([connection], iter(requests))
    connection.close()


if __name__ == "__main__":
    print(table(measure()))
