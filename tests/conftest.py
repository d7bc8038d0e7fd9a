"""Fixtures of all tests."""

import functools
import gc
import os
import sys
from collections.abc import Generator, Iterator
from unittest import mock

import httpx
import pytest
from hypothesis import settings

from tests import properties

settings.load_profile(properties.FEW)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the tests start hundreds of programs: each would compile all it loads
# For each client httpx loads the certificates of all authorities, which takes longer than most tests.
mock.patch("httpx._transports.default.create_ssl_context", functools.cache(httpx.create_ssl_context)).start()

_HOW_TO_MEASURE = pytest.StashKey[str | None]()


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio, as the mock runs."""
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave modules and tests out of each search for garbage, which takes a tenth of the processor time with them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Let tests start programs whose coverage is not measured, which takes half of their time."""
    session.config.stash[_HOW_TO_MEASURE] = os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture
def measured(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start programs whose coverage is measured: what only they run is covered by the tests that ask for this."""
    if configuration := pytestconfig.stash.get(_HOW_TO_MEASURE, None):
        monkeypatch.setenv("COVERAGE_PROCESS_CONFIG", configuration)


@pytest.fixture
def untraced() -> Iterator[None]:
    """Leave the test itself out of the measured coverage: it runs for long what shorter tests cover."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with the modules that take long, so that none is left alone with one at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not {"slow", "browser"}.intersection(mark.name for mark in item.iter_markers()))
