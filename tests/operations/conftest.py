"""A cluster on a standing clock."""

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.ids import Ids
from mockserver.cluster.nodes import simulated_nodes


@pytest.fixture
def cluster() -> Cluster:
    """One region with one node."""
    ids = Ids(1)
    nodes = simulated_nodes(1, ids=ids, region="global", datacenter="dc1")
    return Cluster(region="global", clock=ManualClock(), ids=ids, nodes=nodes)


@pytest.fixture
def clock(cluster: Cluster) -> ManualClock:
    """The cluster's clock, to move."""
    assert isinstance(cluster.clock, ManualClock)
    return cluster.clock
