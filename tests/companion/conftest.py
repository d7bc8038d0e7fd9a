"""A mock with one node and a manual clock, in strict mode: every reply is checked against its description."""

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.asgi import ask, settle
from tests.builders import a_job


@pytest.fixture
def clock() -> ManualClock:
    """Return the clock of ``app``."""
    return ManualClock()


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
