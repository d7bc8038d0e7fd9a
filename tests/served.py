"""Mocks behind real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.server import AgentServer, listen
from mockserver.settings import Settings


@contextmanager
def serving(settings: Settings, app: Starlette | None = None, **config: Any) -> Iterator[int]:
    """Serve a mock in a thread, and yield the port; ``app`` is a changed application, ``config`` more of uvicorn's."""
    ready = threading.Event()
    server = AgentServer(app or create_app(settings), settings, ready.set)
    for name, value in config.items():
        setattr(server.config, name, value)
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert ready.wait(10)
        yield port
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


def connect(port: int, *parts: bytes) -> socket.socket:
    """Return a connection over which ``parts`` were sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    for part in parts:
        connection.sendall(part)
    return connection


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """Return all that comes until it ends with ``end`` or the server closes."""
    received = b""
    while not received.endswith(end) and (data := connection.recv(65536)):
        received += data
    return received


def read_all(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes."""
    received = b""
    while data := connection.recv(65536):
        received += data
    return received
