"""A mock whose replies vary, asked by a client that shows what was on the wire."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.testing import running_mock

Varied: TypeAlias = Callable[..., MockClient]
"""Makes a fresh world that varies by these freedoms; further settings by name."""


@pytest.fixture(scope="package")
def server() -> Iterator[MockClient]:
    """One mock for all tests."""
    with running_mock() as mock:
        yield mock


@pytest.fixture(scope="package")
def varied(server: MockClient) -> Varied:
    """Makes a fresh world in which only these freedoms are used, on a clock that stands still."""

    def vary(*freedoms: str, seed: int = 1, weather: Any = False, replies: Any = None, **settings: Any) -> MockClient:
        document = {"seed": seed, "freedoms": list(freedoms), "weather": weather, "replies": replies}
        server.reset(**{"seed": 1, "nodes": 1, "clock": "manual", "strict": True, "vary": document, **settings})
        return server

    return vary


@pytest.fixture
def client(server: MockClient) -> Iterator[httpx.Client]:
    """A client as people use it."""
    with httpx.Client(base_url=server.url, timeout=10) as client:
        yield client
