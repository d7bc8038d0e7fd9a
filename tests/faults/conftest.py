"""A mock behind a real socket, and a client that meets its faults."""

from collections.abc import Iterator

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.testing import example_job, running_mock


@pytest.fixture(scope="session")
def server() -> Iterator[MockClient]:
    """Serve one mock for all tests of faults."""
    with running_mock(federate=["eu1"]) as mock:
        yield mock


@pytest.fixture
def mock(server: MockClient) -> MockClient:
    """Return a fresh world whose time stands still, with the job ``web`` running."""
    server.reset(seed=1, nodes=1, clock="manual")
    server.seed(example_job("web"))
    server.clock.advance("1s")
    return server


@pytest.fixture
def client(mock: MockClient) -> Iterator[httpx.Client]:
    """Return an ordinary HTTP client."""
    with httpx.Client(base_url=mock.url, timeout=10) as client:
        yield client
