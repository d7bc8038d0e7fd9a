"""Fixtures of the client's tests."""

from pathlib import Path

import pytest

from mockserver import pytest_options

ROOT = Path(__file__).parents[2]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run pytest without other plugins, and without settings from outside."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    for option in pytest_options.OPTIONS:
        monkeypatch.delenv(option.variable, raising=False)
