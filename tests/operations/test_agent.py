"""The regions of an agent."""

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.random_source import RandomSource
from mockserver.errors import Refused
from mockserver.operations.agent import Agent


def test_the_first_region_that_is_named_counts() -> None:
    """The region of the query counts before the body's and the local one; an unknown one is refused."""
    local, other = (Cluster(region=region, clock=ManualClock(), ids=RandomSource(1)) for region in ("global", "eu1"))
    agent = Agent(local, (other,))
    assert agent.regions == {"global": local, "eu1": other}
    assert agent.cluster() is agent.cluster("", "") is agent.cluster("", "global") is agent.local is local
    assert agent.cluster("", "eu1") is agent.cluster("eu1", "mars") is other
    with pytest.raises(Refused, match="No path to region"):
        agent.cluster("Global")
