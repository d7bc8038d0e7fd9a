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

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockserver.client import MockClient
from mockserver.example_jobs import example_job

__all__ = ["NotStarted", "example_job", "running_mock"]

_PATIENCE = 30
"""Seconds that a start or a stop may take."""


class NotStarted(RuntimeError):
    """The mock did not start; the log says why."""


@contextmanager
def running_mock(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    load: Sequence[Path] = (),
    admin_token: str | None = None,
    connection_limit: int = 10_000,
    **world: Any,
) -> Iterator[MockClient]:
    """Run a mock as long as the ``with`` block, and give a client that controls it.

    Args:
        host: the address to listen on.
        port: the port, 0 for any free one.
        load: files of jobs or of a whole state.
        admin_token: the token that the control plane asks for.
        connection_limit: how many connections are served at a time.
        world: ``region``, ``datacenter``, ``federate``, ``nodes`` (how many, or a list of them), ``seed``,
            ``strict``, ``mock_driver``, ``vary``, ``clock`` ("real", "manual") and ``speed``, as for
            ``MockClient.reset``.

    Raises:
        NotStarted: The server broke down while it started.

    Settings that fit no mock raise ``ValueError``; a port that is taken and an unreadable file raise ``OSError``.
    """
    # these imports cost 0.2 s; importing this module should cost nothing
    from mockserver.app import create_app
    from mockserver.server import AgentServer, listen
    from mockserver.worlds import settings_of

    settings = settings_of(
        world, host=host, port=port, load=tuple(load), admin_token=admin_token, connection_limit=connection_limit
    )
    app = create_app(settings)
    ready = threading.Event()
    server = AgentServer(app, settings, ready.set)
    with listen(host, port) as listener:
        thread = threading.Thread(target=_serve, args=(server, listener, ready), name="nomad-mock", daemon=True)
        thread.start()
        try:
            if not ready.wait(_PATIENCE) or not server.started:
                raise NotStarted("the mock did not start")
            shown = f"[{host}]" if ":" in host else host
            yield MockClient(f"http://{shown}:{listener.getsockname()[1]}", token=admin_token)
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)


def _serve(server: Any, listener: Any, ready: threading.Event) -> None:
    try:
        server.run([listener])
    finally:
        ready.set()
