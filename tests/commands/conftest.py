"""A mock that the commands are used on, one for all tests; each begins in a fresh world."""

from collections.abc import Iterator

import pytest

from mockserver.client import MockClient
from mockserver.testing import running_mock


@pytest.fixture(scope="session")
def _served() -> Iterator[MockClient]:
    with running_mock(clock="manual") as mock:
        yield mock


@pytest.fixture
def mock(_served: MockClient, monkeypatch: pytest.MonkeyPatch) -> MockClient:
    """Return a mock with one node, on a manual clock; ``NOMAD_ADDR`` names it."""
    _served.reset(clock="manual", seed=1)
    monkeypatch.setenv("NOMAD_ADDR", _served.address)
    for name in ("NOMAD_MOCK_SPACE", "NOMAD_MOCK_ADMIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return _served
