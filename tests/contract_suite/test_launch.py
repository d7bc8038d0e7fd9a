"""The mock that the suite starts itself."""

import sys
from unittest.mock import create_autospec

import httpx
import pytest

from contract_tests import plugin
from contract_tests.client.identity import Unreachable
from contract_tests.suite import launch, run


def test_it_listens_until_the_block_ends() -> None:
    """The mock answers with both regions, and is gone after the block."""
    with launch.Mock() as mock:
        address = mock.address
        assert httpx.get(f"{address}/v1/regions").json() == ["eu1", "global"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/v1/regions")


def test_a_mock_that_does_not_start_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mock that ends instead of listening is reported in one line."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with launch.Mock() as mock, pytest.raises(Unreachable, match="did not start: it said nothing"):
        _ = mock.address


def test_it_ends_with_a_run_that_cannot_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mock that was started early does not outlive an error before the run."""
    started: list[launch.Mock] = []

    def fail(_: pytest.Config, mock: launch.Mock) -> None:
        assert mock.address
        started.append(mock)
        raise ZeroDivisionError

    config = create_autospec(pytest.Config, instance=True, args=["contract_tests"])
    config.getoption.return_value = None
    monkeypatch.setattr(plugin, "_is_of_the_suite", lambda *_: True)
    monkeypatch.setattr(run, "Run", fail)
    with pytest.raises(ZeroDivisionError):
        plugin.pytest_configure(config)
    assert started[0]._process.returncode is not None
    with started[0]:
        pass  # to end it again does nothing
