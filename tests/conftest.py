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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with the modules that take long, so that none is left alone with one at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not {"slow", "browser"}.intersection(mark.name for mark in item.iter_markers()))
