"""A mock without a socket, on a manual clock."""

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.settings import Settings


@pytest.fixture
def clock() -> ManualClock:
    """Return the clock of ``app``."""
    return ManualClock()


@pytest.fixture
def app(clock: ManualClock) -> Starlette:
    """Return a lone server in strict mode, federated with a second region."""
    return create_app(Settings(nodes=0, federate=("eu1",), seed=1, clock=clock, strict=True))
