"""Fixtures of all tests."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio, as the mock runs."""
    return "asyncio"


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start programs without measuring their coverage, which takes half of their time: other tests measure the same."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
