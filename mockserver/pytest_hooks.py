"""The hook that the pytest plugin calls; other plugins implement it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest


def pytest_nomad_mock_journal(
    config: pytest.Config, user: str, conduct: str, entries: Sequence[Mapping[str, Any]]
) -> None:
    """Take the journal of a mock that a test, or the session, no longer uses.

    It is called only where ``conduct`` was asked for (``--nomad-mock-conduct``, the marker).

    Args:
        config: pytest's configuration.
        user: the node id of the test, or ``session``.
        conduct: ``report``, or the lowest level that fails the session: ``must``, ``should`` or ``may``.
        entries: the exchanges, as ``GET /__admin/journal?details=whole`` lists them.
    """
