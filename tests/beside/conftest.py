"""A mock that stands for the agent, and in whose replies a text can be put in place of another one."""

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.testing import running_mock
from tests.beside.playing import Pair
from tests.beside.servers import Server
from tests.served import serving


class Texts(dict[bytes, bytes]):
    """What is changed in bodies of replies: a text, and another of the same length."""


class Changing:
    """An application with those changes."""

    def __init__(self, app: Any, texts: Texts) -> None:
        self._app, self._texts = app, texts

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as the application does, with other texts."""

        async def changed(message: Any) -> None:
            body = message.get("body", b"")
            for old, new in self._texts.items():
                body = body.replace(old, new)
            await send({**message, "body": body} if body else message)

        await self._app(scope, receive, changed)


@pytest.fixture(scope="package")
def _agent() -> Iterator[tuple[str, Texts]]:
    texts = Texts()
    settings = Settings(nodes=0)
    app = create_app(settings)
    app.add_middleware(Changing, texts=texts)
    with serving(settings, app) as port:
        yield f"http://127.0.0.1:{port}", texts


@pytest.fixture
def texts(_agent: tuple[str, Texts]) -> Iterator[Texts]:
    """What the agent says in place of something else, in this test."""
    yield _agent[1]
    _agent[1].clear()


@pytest.fixture
def agent(_agent: tuple[str, Texts], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that stands for the agent; it collects garbage at once."""
    monkeypatch.setattr("tests.beside.servers._GARBAGE", 0)
    server = Server(_agent[0])
    yield server
    server.close()


@pytest.fixture(scope="package")
def _mock() -> Iterator[Any]:
    with running_mock(nodes=0) as mock:
        yield mock


@pytest.fixture
def pair(_mock: Any, agent: Server) -> Iterator[Pair]:
    """Two servers that are alike."""
    mock = Server(_mock.url)
    yield Pair(mock, agent, _mock.reset, alone=True)
    mock.close()
