"""The cap on connections."""

import resource
from contextlib import ExitStack

import httpx
import pytest

from mockserver.http import connections
from mockserver.settings import Settings
from mockserver.testing import running_mock
from tests.served import connect, read_all, read_until, serving

_ASKED = b"GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n"
_WRITES = b"PUT /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{"


def test_one_too_many_is_told_so() -> None:
    """A connection above the cap gets 503; the others go on, and there is room again when one closes."""
    with serving(Settings(connection_limit=2)) as port, ExitStack() as opened:
        first, second = (opened.enter_context(connect(port, _ASKED)) for _ in range(2))
        for one in (first, second):
            assert read_until(one, b"[]").startswith(b"HTTP/1.1 200")
        with pytest.raises(httpx.HTTPStatusError, match="503"), httpx.Client() as third:
            third.get(f"http://127.0.0.1:{port}/v1/jobs").raise_for_status()
        with connect(port, _WRITES) as writer:
            writer.sendall(b'"a"}')
            answer = read_all(writer)
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert answer.endswith(
            b"this mock serves 2 connections at a time (--connection-limit): close some, or raise it"
        )
        first.sendall(_ASKED)
        assert read_until(first, b"[]").startswith(b"HTTP/1.1 200")
        second.close()
        first.sendall(_ASKED)
        assert read_until(first, b"[]").startswith(b"HTTP/1.1 200")
        with connect(port, _ASKED) as again:
            assert read_until(again, b"[]").startswith(b"HTTP/1.1 200")


def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection just above the cap has a while to send its request; those far above are closed at once."""
    monkeypatch.setattr(connections, "TOLD", 1)
    monkeypatch.setattr(connections, "PATIENCE", 0.01)
    with serving(Settings(connection_limit=1)) as port, connect(port, _ASKED) as first:
        read_until(first, b"[]")
        with connect(port) as silent:
            assert silent.recv(1) == b""
        monkeypatch.setattr(connections, "PATIENCE", 10)
        with connect(port) as second, connect(port) as third:
            assert third.recv(1) == b""
            second.sendall(_ASKED)
            assert read_all(second).startswith(b"HTTP/1.1 503")


def test_the_ports_of_spaces_count() -> None:
    """Connections to the ports of spaces count for the cap."""
    with running_mock(connection_limit=2) as mock:
        other = mock.create_space()
        with httpx.Client() as here, httpx.Client() as there:
            assert here.get(f"{mock.url}/v1/jobs").status_code == 200
            assert there.get(f"{other.url}/v1/jobs").status_code == 200
            assert httpx.get(f"{mock.url}/v1/jobs").status_code == 503


def test_the_system_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cap is lower where the process may open few files, and the process asks for more first."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: asked[-1] if asked else (256, 1024))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert connections.limited(10_000).limit == 256 - connections.TOLD - 64
    connections.make_room_for(10_000)
    assert asked == [(1024, 1024)]
    connections.make_room_for(500)
    assert len(asked) == 1
    assert connections.limited(10).limit == 10
