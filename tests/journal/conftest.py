"""A mock in this process, with its control plane."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import Answer, ask

Ask: TypeAlias = Callable[..., Awaitable[Answer]]


@pytest.fixture
def settings() -> Settings:
    """Return settings with a manual clock."""
    return Settings(seed=1, speed=0)


@pytest.fixture
def app(settings: Settings) -> Starlette:
    """Return the mock."""
    return create_app(settings)


@pytest.fixture
def agent(app: Starlette) -> Ask:
    """Return a function that asks the agent."""

    async def call(method: str, target: str, body: Any = b"", **headers: str) -> Answer:
        return await ask(app, method, target, body, **headers)

    return call


@pytest.fixture
def control(app: Starlette) -> Ask:
    """Return a function that asks the control plane."""

    async def call(method: str, path: str, body: Any = b"") -> Answer:
        return await ask(app, method, f"/__admin{path}", body, host="localhost")

    return call
