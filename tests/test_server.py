"""The mock behind a socket."""

import asyncio
import gc
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.client import MockClient
from mockserver.server import AgentServer, listen
from mockserver.settings import Settings
from mockserver.testing import example_job, running_mock
from tests.served import connect, read_all, read_until, serving

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]

_WAITS = b"GET /v1/job/x?index=9 HTTP/1.1\r\nHost: x\r\n\r\n"
_HALF = b"PUT /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
_ADVANCE = (
    b"POST /__admin/clock/advance HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b'Content-Length: 19\r\n\r\n{"duration": "10m"}'
)
_DONE = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_stopping_server_keeps_nobody_waiting() -> None:
    """A stopping server answers waiting queries and closes half requests and idle connections at once."""
    with serving(Settings(nodes=0), timeout_graceful_shutdown=3600) as port:
        idle = connect(port, _DONE)
        assert read_until(idle, b"job not found").startswith(b"HTTP/1.1 404 ")
        waiting = [connect(port, _WAITS) for _ in range(20)]
        half = connect(port, _HALF)
        with connect(port, _DONE) as last:
            read_until(last, b"job not found")
    for connection in waiting:
        assert read_until(connection, b"job not found").startswith(b"HTTP/1.1 404 ")
    assert (idle.recv(1), half.recv(1)) == (b"", b"")
    for connection in (idle, half, *waiting):
        connection.close()


def test_ipv6_is_listened_on_together_with_ipv4() -> None:
    """``::`` listens on IPv4 and IPv6."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with listen("::", 0) as listener, connect(listener.getsockname()[1]) as client:
        assert client.getpeername()[0] == "127.0.0.1"


def test_a_taken_address_is_an_error() -> None:
    """Two servers can't listen on one port."""
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="Address already in use"):
        listen("127.0.0.1", first.getsockname()[1])


def test_a_signal_ends_an_advance_of_the_clock() -> None:
    """A signal ends the process in the middle of an advance, and its client is answered."""
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--clock", "manual"]
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "* * * * * * *", "ProhibitOverlap": False}
    job = example_job("often", Type="batch", Periodic=periodic)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1].removesuffix("/__admin/ui")
            mock = MockClient(url)
            mock.seed(job)
            with mock.events() as events, connect(int(url.rpartition(":")[2]), _ADVANCE) as client:
                next(event for event in events if event.kind == "clock" and "until" in event.data)
                process.send_signal(signal.SIGTERM)
                assert process.wait(10) == 0
                read_all(client)
        finally:
            process.kill()


def test_a_dropped_space_leaves_nothing_behind() -> None:
    """Dropped spaces leave nothing behind, however many there were, and their ports can be used again."""
    with running_mock() as mock:
        stays = mock.create_space("stays")
        ports = set()
        for _ in range(5):
            space = mock.create_space()
            ports.add(space.get_space()["port"])
            space.drop_space()
        again = mock.create_space(port=ports.pop())
        assert again.health()["space"] == again.space
        assert stays.health()["space"] == "stays"
        server = _server_of(mock)
        assert len(server.servers) == 3


def _server_of(mock: MockClient) -> AgentServer:
    """Return the server that serves a mock of this process."""
    port = int(mock.url.rpartition(":")[2])
    found = (each for each in gc.get_objects() if isinstance(each, AgentServer))
    return next(each for each in found if each.started and any(_port(one) == port for one in each.servers))


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1]) if server.sockets else 0


_LOADS = """
import sys, threading
from mockserver.server import LOADING
from mockserver.settings import Settings
from tests.served import serving

with serving(Settings(nodes=0)):
    loading = [each for each in threading.enumerate() if each.name == LOADING]
    while any(each.ident is None for each in loading):  # one that is just being started can't be joined yet
        pass
    [each.join() for each in loading]
    assert {"anyio._backends._asyncio", "croniter", "jsonschema_rs"} <= sys.modules.keys()
"""


def test_what_is_needed_late_is_loaded_after_the_start() -> None:
    """Libraries that are needed late are loaded on a thread after the start, so that no request waits for them."""
    subprocess.run([sys.executable, "-c", _LOADS], check=True, timeout=60, cwd=Path(__file__).parents[1])
