"""A cluster on a manual clock."""

import pytest

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource


@pytest.fixture
def cluster() -> Cluster:
    """Return a region with one node."""
    ids = RandomSource(1)
    nodes = simulated_nodes(1, ids=ids, region="global", datacenter="dc1")
    return Cluster(region="global", clock=ManualClock(), ids=ids, nodes=nodes)


@pytest.fixture
def clock(cluster: Cluster) -> ManualClock:
    """Return the cluster's clock."""
    assert isinstance(cluster.clock, ManualClock)
    return cluster.clock
