"""Serve an application in a thread, as long as a ``with`` block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.server import AgentServer

_PATIENCE = 30
"""Seconds that a start or a stop may take."""


class NotStarted(RuntimeError):
    """The mock did not start; the log says why."""


@contextmanager
def in_thread(server: "AgentServer", listener: socket) -> Iterator[None]:
    """Serve on a listening socket, which is closed at the end, from a thread of its own.

    Raises:
        NotStarted: The server broke down while it started.
    """
    ready = threading.Event()
    server.on_ready = ready.set
    with listener:
        thread = threading.Thread(target=_serve, args=(server, listener, ready), name="nomad-mock", daemon=True)
        thread.start()
        try:
            if not ready.wait(_PATIENCE) or not server.started:
                raise NotStarted("the mock did not start")
            yield
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)


def _serve(server: "AgentServer", listener: socket, ready: threading.Event) -> None:
    try:
        server.run([listener])
    finally:
        ready.set()
