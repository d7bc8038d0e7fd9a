"""A cluster, and whole mocks in strict mode, which check every reply against its description; on a manual clock."""

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.asgi import ask, settle
from tests.builders import a_job


@pytest.fixture
def clock() -> ManualClock:
    """Return the clock of ``cluster`` or ``app``."""
    return ManualClock()


@pytest.fixture
def cluster(clock: ManualClock) -> Cluster:
    """Return a region with one node."""
    ids = RandomSource(1)
    nodes = simulated_nodes(1, ids=ids, region="global", datacenter="dc1")
    return Cluster(region="global", clock=clock, ids=ids, nodes=nodes)


@pytest.fixture
def app(clock: ManualClock) -> Starlette:
    """Return an agent that is server and node, federated with a second region."""
    mock = create_app(Settings(federate=("eu1",), seed=1, clock=clock, strict=True))
    mock.state.spaces.default.world.start()
    return mock


@pytest.fixture
def lone_server() -> Starlette:
    """Return an agent without a node."""
    return create_app(Settings(nodes=0, seed=1, clock=ManualClock(), strict=True))


@pytest.fixture
async def running(app: Starlette, clock: ManualClock) -> dict[str, str]:
    """Return the IDs of the node, the evaluation and the allocation of the running job ``web``."""
    assert (await ask(app, "PUT", "/v1/jobs", {"Job": a_job(ID="web")})).status == 200
    await settle()
    clock.advance(2 * SECOND)
    (allocation,) = (await ask(app, "GET", "/v1/job/web/allocations")).json
    assert allocation["ClientStatus"] == "running"
    return {"N": allocation["NodeID"], "E": allocation["EvalID"], "A": allocation["ID"]}
