"""The same seed and a manual clock give the same bytes twice."""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockserver.client import MockClient
from mockserver.testing import example_job, running_mock
from tests.faults.asking import Meanwhile

ROOT = Path(__file__).parents[2]

_REQUESTS = [
    b"PUT /v1/job/new HTTP/1.1\r\nHost: mock\r\nContent-Length: %d\r\n\r\n%s",
    b"GET /v1/job/new HTTP/1.1\r\nHost: mock\r\nAccept-Encoding: gzip\r\n\r\n",
    b"GET /v1/job/new/allocations?stale HTTP/1.1\r\nHost: mock\r\n\r\n",
    b"PUT /v1/job/new/evaluate HTTP/1.1\r\nHost: mock\r\nContent-Length: 0\r\n\r\n",
    b"GET /v1/evaluations HTTP/1.1\r\nHost: mock\r\n\r\n",
    b"GET /v1/jobs?index=1&wait=2s HTTP/1.1\r\nHost: mock\r\n\r\n",
    b"DELETE /v1/job/web HTTP/1.1\r\nHost: mock\r\n\r\n",
]


def _exchanged(mock: MockClient) -> list[bytes]:
    """Return everything that came over the wire, connection by connection."""
    return list(_exchanges(mock))


def _exchanges(mock: MockClient) -> Iterator[bytes]:
    mock.reset(seed=11, clock="manual", nodes=2)
    mock.seed(example_job("web", count=2))
    mock.clock.advance("1s")
    mock.tasks.rule({"exit_code": 1}, times=3, job="web")
    mock.faults.preset("flaky-network")
    mock.faults.preset("leader-dies", match={"path": "/v1/job/web"})
    mock.faults.add("latency", distribution="normal", mean="1s", deviation="300ms", every=5)
    mock.faults.add("drop", reset=True, probability=0.2)
    mock.faults.add("dribble", bytes=50, pause="10ms", probability=0.3)
    mock.faults.add("stale-follower", lag=4)
    body = json.dumps({"Job": example_job("new", Type="batch")}).encode()
    for request in _REQUESTS * 3:
        raw = request % (len(body), body) if b"%d" in request else request
        count = len(mock.requests())
        asked = Meanwhile(lambda raw=raw: _raw(mock, raw))  # type: ignore[misc]  # mypy can't infer such a lambda
        mock.requests.wait(count + 1)
        mock.clock.advance("10s")
        yield asked.result()


def _raw(mock: MockClient, request: bytes) -> bytes:
    """Return what comes until the reply is complete or the connection ends."""
    parts = urlsplit(mock.url)
    came = b""
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request.replace(b"Host:", b"Connection: close\r\nHost:"))
        with contextlib.suppress(ConnectionResetError):
            while data := connection.recv(65536):
                came += data
    return came


def test_everything_is_the_same_the_second_time(mock: MockClient) -> None:
    """Dates, UUIDs, delays, and where connections break are the same in a second run."""
    first, second = _exchanged(mock), _exchanged(mock)
    assert first == second
    assert len({len(answer) for answer in first}) > 5
    assert any(answer == b"" for answer in first)


def test_spaces_that_run_at_the_same_time_are_the_same(mock: MockClient) -> None:
    """Two spaces that run beside a third, different one behave alike."""
    alone = _exchanged(mock)
    first, second, third = (mock.create_space() for _ in range(3))
    third.reset(seed=99, clock="manual")
    beside = []
    for one, other in zip(_exchanges(first), _exchanges(second), strict=True):
        beside.append((one, other))
        third.seed(example_job(f"job-{len(beside)}", count=3))
        third.clock.advance("7s")
    assert beside == [(answer, answer) for answer in alone]
    for space in (first, second, third):
        space.drop_space()


@pytest.mark.slow
def test_another_process_gives_the_same() -> None:
    """Another process gives the same bytes: nothing depends on the order of a set."""
    program = (
        "import hashlib; from mockserver.testing import running_mock; from tests.faults import test_repeatable as t\n"
        "with running_mock() as mock: print(hashlib.sha256(b''.join(t._exchanged(mock))).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"}
    other = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=environment, text=True)
    with running_mock() as mock:
        assert hashlib.sha256(b"".join(_exchanged(mock))).hexdigest() == other.strip()
