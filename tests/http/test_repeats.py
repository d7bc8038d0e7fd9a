"""Requests that are the same as earlier ones, byte for byte, are answered again without asking the endpoint."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.app import create_app
from mockserver.client import MockClient
from mockserver.example_jobs import example_job
from mockserver.http.repeats import LONGEST_ANSWER, LONGEST_HEAD, MOST, Repeats
from mockserver.http.scope import Origin
from mockserver.settings import Settings
from mockserver.vary import Vary
from mockserver.worlds import Spaces, World
from mockserver.worlds.router import _repeat
from tests.served import connect, serving

PATHS = ("web", "web/summary", "web/evaluations", "web/allocations", "no-such", "no-such/evaluations")


@dataclass
class Mock:
    """A served mock, and how often its endpoint was asked."""

    app: Starlette
    port: int
    control: MockClient
    connection: socket.socket
    asked: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The world of the default space."""
        world: World = self.app.state.spaces.default.world
        return world

    def watch_endpoint(self) -> None:
        """Count from now on how often the endpoint of the present world is asked."""
        endpoint = self.world.journal.endpoint

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.asked.append(scope["path"])
            await endpoint(scope, receive, send)

        self.world.journal.endpoint = counted

    def read(
        self, path: str, *headers: str, connection: socket.socket | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, header fields and body of a read."""
        connection = connection or self.connection
        fields = "".join(f"{header}\r\n" for header in headers)
        connection.sendall(f"GET /v1/job/{path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode())
        reply = HTTPResponse(connection)
        reply.begin()
        return reply.status, dict(reply.headers), reply.read()

    def read_twice(self, path: str, *headers: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
        """Read twice, so that what comes a third time may be answered again; return the second reply."""
        self.read(path, *headers, **more)
        return self.read(path, *headers, **more)


@contextmanager
def served(settings: Settings, app: Starlette | None = None) -> Iterator[Mock]:
    """Serve a mock with a job ``web``."""
    app = app or create_app(settings)
    with serving(settings, app) as port, connect(port) as connection:
        mock = Mock(app, port, MockClient(f"http://127.0.0.1:{port}"), connection)
        mock.control.seed(example_job("web"))
        mock.watch_endpoint()
        yield mock


@pytest.fixture
def mock() -> Iterator[Mock]:
    """A mock whose clock stands still."""
    with served(Settings(speed=0)) as mock:
        yield mock


@pytest.mark.parametrize("path", PATHS)
def test_the_same_read_is_answered_again(mock: Mock, path: str) -> None:
    """The third reply is the second one, over any connection, and the endpoint was asked twice."""
    first = mock.read(path)
    for _ in range(2):
        assert mock.read(path) == first
    with connect(mock.port) as other:
        assert mock.read(path, connection=other) == first
    assert len(mock.asked) == 2


@pytest.mark.parametrize("path", PATHS)
def test_a_change_is_seen(mock: Mock, path: str) -> None:
    """After anything has changed in the state, the endpoint is asked again."""
    mock.read_twice(path)
    mock.control.seed(example_job("other"))
    mock.read(path)
    assert len(mock.asked) == 3


def test_another_date_is_sent(mock: Mock) -> None:
    """A reply of another second has another Date."""
    _, before, _ = mock.read_twice("web")
    mock.control.clock.advance("1s")
    _, after, _ = mock.read("web")
    assert before["Date"] != after["Date"]


def test_another_request_is_another(mock: Mock) -> None:
    """A header field that differs makes another request: this one is compressed."""
    mock.read_twice("web")
    _, headers, _ = mock.read("web", "Accept-Encoding: gzip")
    assert headers["Content-Encoding"] == "gzip"


def test_the_journal_has_each_exchange(mock: Mock) -> None:
    """Each of them has its number, its connection and the whole exchange."""
    for _ in range(3):
        mock.read("web")
    first, second, third = list(mock.world.journal)[-3:]
    assert [first.number, second.number, third.number] == [first.number + step for step in range(3)]
    assert first.origin is not None
    assert third.origin is not None
    assert (third.origin.connection, third.origin.number) == (first.origin.connection, first.origin.number + 2)
    assert first.answer is not None
    assert third.answer is not None
    for part in ("status", "headers", "body", "size"):
        assert getattr(third.answer, part) == getattr(first.answer, part)
    for part in ("method", "raw_path", "raw_query", "headers", "size", "before", "after", "status", "faults"):
        assert getattr(third, part) == getattr(first, part)
    assert third.ended is not None
    assert third.wall_started <= third.wall_ended
    assert third.started >= first.started
    assert mock.world.journal.bytes == sum(each.size for each in mock.world.journal)


def test_who_waits_for_requests_hears_of_each(mock: Mock) -> None:
    """A wait for three requests ends with the third, though it is the same as the others."""
    mock.read_twice("web")
    mock.read("web")
    assert len(mock.control.requests.wait(3, path="/v1/job/web")) == 3


def test_nothing_is_kept_where_there_is_no_journal() -> None:
    """Without a journal a read is answered again, too."""
    with served(Settings(speed=0, journal_limit=0)) as mock:
        first = mock.read_twice("web")
        mock.world.agent.local.state.job = None  # type: ignore[assignment, method-assign]  # whoever asks, breaks
        assert mock.read("web") == first
        assert len(mock.world.journal) == 0


def test_a_fault_is_met(mock: Mock) -> None:
    """A fault that was added after the first reply is met, and once it is gone the reply is as before."""
    first = mock.read_twice("web")
    number = mock.control.fault("status", status=503, body="later")
    assert mock.read("web")[0] == 503
    mock.control.faults.remove(number)
    assert mock.read("web") == first


def test_a_waiting_query_waits_again(mock: Mock) -> None:
    """A query that waited until its time was up waits again; one whose index is old does not."""
    status, headers, _ = mock.read("web")
    assert status == 200
    index = int(headers["X-Nomad-Index"])
    for _ in range(2):
        mock.connection.sendall(f"GET /v1/job/web?index={index}&wait=1ms HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        mock.control.requests.wait(path="/v1/job/web", query={"wait": "1ms"})
        while not len(mock.world.endpoint.waiting):
            pass
        mock.control.clock.advance("1s")
        reply = HTTPResponse(mock.connection)
        reply.begin()
        reply.read()
    assert len(mock.asked) == 3
    for _ in range(3):
        mock.read(f"web?index={index - 1}&wait=1s")
    assert len(mock.asked) == 5


def test_a_fresh_world_answers_for_itself(mock: Mock) -> None:
    """After a reset the job is gone, and what was kept is forgotten."""
    assert mock.read_twice("web")[0] == 200
    mock.control.reset()
    assert mock.read("web")[0] == 404


def test_each_space_answers_for_itself(mock: Mock) -> None:
    """The header and the port of a space lead to it, and to nothing once it is dropped."""
    space = mock.control.create_space("mine")
    header = "X-Nomad-Mock-Space: mine"
    assert (mock.read_twice("web")[0], mock.read_twice("web", header)[0]) == (200, 404)
    with connect(int(space.address.rsplit(":", 1)[1])) as own:
        assert mock.read_twice("web", connection=own)[0] == 404
        space.seed(example_job("web"))
        assert mock.read_twice("web", connection=own)[0] == 200
    assert mock.read_twice("web", header)[0] == 200
    mock.control.drop_space("mine")
    assert b"does not exist" in mock.read("web", header)[2]


def test_another_application_is_asked(mock: Mock) -> None:
    """An application in the place of a world's own answers each request."""
    mock.read_twice("web")
    app, asked = mock.world.app, 0

    async def other(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal asked
        asked += 1
        await app(scope, receive, send)

    mock.world.app = other
    mock.read("web")
    mock.read("web")
    assert asked == 2


def test_what_is_due_happens_first() -> None:
    """Where the clock stands still and something is due, a read waits for that like any other."""
    spaces = Spaces(Settings(speed=0))
    world = spaces.default.world
    origin = Origin(1, 1, b"/")
    assert _repeat(spaces.default, world, lambda _: True, origin)
    world.clock.call_later(0, lambda: None)
    assert not _repeat(spaces.default, world, lambda _: True, origin)


def test_indexes_that_go_back_are_seen(mock: Mock) -> None:
    """A state whose indexes went back and came up to the same number again is another."""
    state = mock.world.agent.local.state
    before = state.edition
    state.rewind(1)
    state.pass_index()
    assert state.index == before[1]
    assert not state.is_at(before)


class _Layer:
    """Middleware that says on each reply that it was there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.seen = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen += 1
        await self._app(scope, receive, send)


@pytest.mark.parametrize(
    "settings", [Settings(speed=0, vary=Vary(7, frozenset(("json.key-order",)))), Settings(speed=0, cors=("http://a",))]
)
def test_what_varies_is_made_each_time(settings: Settings) -> None:
    """A mock that varies, or that answers by the page that asks, makes each reply."""
    with served(settings) as mock:
        journal = mock.world.journal
        mock.read_twice("web")
        number = journal._newest
        mock.read("web")
        assert len(mock.asked) == (0 if settings.vary else 3)
        assert journal._newest == number + 1


def test_middleware_sees_each_request() -> None:
    """An application with middleware of its own is asked each time."""
    settings = Settings(speed=0)
    app = create_app(settings)
    app.add_middleware(_Layer)
    with served(settings, app) as mock:
        mock.read_twice("web")
        mock.read("web")
        assert len(mock.asked) == 3


def test_what_is_kept_is_bounded() -> None:
    """Neither long heads nor long answers nor what came once are kept, and the oldest make room."""
    repeats = Repeats()

    def came(head: bytes, answer: bytes, times: int = 2) -> None:
        for _ in range(times):
            repeats.keep(head, b"/", answer, lambda _: True)

    for head, answer in ((b"h" * (LONGEST_HEAD + 1), b"a"), (b"h", b"a" * (LONGEST_ANSWER + 1))):
        came(head, answer)
        assert repeats.find(head) is None
    came(b"once", b"a", times=1)
    assert repeats.find(b"once") is None
    for number in range(MOST + 1):
        came(b"%d" % number, b"a")
    assert repeats.find(b"0") is None
    assert repeats.find(b"1") is not None
    for number in range(MOST):
        came(b"%d" % number, b"a" * LONGEST_ANSWER)
    assert repeats.find(b"%d" % (MOST // 2)) is None
    assert repeats.find(b"%d" % (MOST - 1)) is not None
