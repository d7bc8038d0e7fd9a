"""What a profile sets up in Hypothesis."""

import os
from pathlib import Path
from unittest.mock import Mock

import pytest

from contract_tests.suite import profiles


def test_a_user_without_a_home_keeps_no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user that is a number alone, as in a container, can check a server; one with a cache has the tables there."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert profiles._cache() == Path("/home/me/.cache/nomad-contract")
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError))
    assert profiles._cache() == Path(os.devnull, "nomad-contract")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert profiles._cache() == Path("/cache/nomad-contract")
