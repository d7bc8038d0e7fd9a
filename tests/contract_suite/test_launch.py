"""The mock that the suite starts itself."""

import sys

import httpx
import pytest

from contract_tests.client.identity import Unreachable
from contract_tests.suite import launch


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
