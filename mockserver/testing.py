"""A running mock inside a test run, for any test framework.

::

    from mockserver.testing import running_mock

    with running_mock(nodes=2, clock="manual") as mock:
        client_under_test(mock.url)
        mock.clock.advance("10s")

The mock listens on a real socket and serves from a thread of its own. Starting it costs some 0.1 s the first time
and stopping it 0.2 s, so start one and give each test a fresh world (``reset``) or a space of its own
(``create_space``): that costs milliseconds. pytest's fixtures do so (``mockserver.pytest_plugin``).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from socket import socket
from typing import Any

from mockserver.client import MockClient
from mockserver.example_jobs import example_job
from mockserver.gostd.urls import host_port
from mockserver.in_thread import NotStarted, in_thread

_PORTS = range(65536)

__all__ = ["NotStarted", "example_job", "running_mock"]


@contextmanager
def running_mock(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    load: Path | str | Sequence[Path | str] = (),
    admin_token: str | None = None,
    connection_limit: int = 10_000,
    **world: Any,
) -> Iterator[MockClient]:
    """Run a mock as long as the ``with`` block, and give a client that controls it.

    Args:
        host: the address to listen on.
        port: the port, 0 for any free one.
        load: a file or a folder to begin with, or several: jobs (JSON or HCL), nodes, or a whole state.
        admin_token: the token that the control plane asks for.
        connection_limit: how many connections are served at a time.
        world: ``region``, ``datacenter``, ``federate``, ``nodes`` (how many, a list of them, or a ``Path``), ``seed``,
            ``strict``, ``mock_driver``, ``vary``, ``cors``, ``clock`` ("real", "manual") and ``speed``, as for
            ``MockClient.reset``.

    A server that breaks down while it starts raises ``NotStarted``, a port that is taken and an unreadable file raise
    ``OSError``.

    Raises:
        ValueError: The settings fit no mock.
    """
    # these imports cost 0.2 s; importing this module should cost nothing
    from mockserver.app import create_app
    from mockserver.server import AgentServer
    from mockserver.worlds import settings_of

    if port not in _PORTS:
        raise ValueError(f"{port} is not a port, 0 to {_PORTS[-1]}")
    nodes = {"nodes": world.pop("nodes")} if isinstance(world.get("nodes"), Path) else {}
    settings = settings_of(
        world,
        host=host,
        port=port,
        load=tuple(map(Path, [load] if isinstance(load, Path | str) else load)),
        admin_token=admin_token,
        connection_limit=connection_limit,
        **nodes,
    )
    with _listening(host, port) as listener:
        port = listener.getsockname()[1]
        settings = replace(settings, port=port)  # the agent tells its clients its address
        with in_thread(AgentServer(create_app(settings), settings), listener):
            yield MockClient(f"http://{host_port(host, port)}", token=admin_token)


def _listening(host: str, port: int) -> socket:
    """Return a socket that listens.

    Raises:
        OSError: Nobody can listen there.
    """
    from mockserver.server import listen

    try:
        return listen(host, port)
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {host_port(host, port)}: {error.strerror}") from None
