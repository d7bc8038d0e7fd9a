"""The whole mock, made from settings."""

import json
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock, SteeredClock
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.asgi import ask, settle
from tests.builders import a_group, a_job, a_task

pytestmark = pytest.mark.anyio


def test_the_default_is_one_node_in_real_time() -> None:
    """The default is one node in real time, as with ``agent -dev``."""
    local = create_app().state.spaces.default.world.agent.local
    assert (local.region, len(list(local.state.nodes()))) == ("global", 1)
    assert isinstance(local.clock, SteeredClock)


def test_nodes_come_from_a_file(tmp_path: Path) -> None:
    """The nodes of a file replace the simulated ones."""
    path = tmp_path / "nodes.json"
    path.write_text(json.dumps([{"Name": "n1"}, {"Name": "n2"}]), "utf-8")
    local = create_app(Settings(nodes=path)).state.spaces.default.world.agent.local
    assert sorted(node["Name"] for node in local.state.nodes()) == ["n1", "n2"]


async def test_the_same_seed_gives_the_same_run() -> None:
    """The same seed gives the same IDs."""
    answers = []
    for _ in range(2):
        app = create_app(Settings(seed=7, clock=ManualClock(), strict=True))
        await ask(app, "PUT", "/v1/job/j", {"Job": a_job()})
        app.state.spaces.default.world.agent.local.clock.advance(SECOND)
        answers.append((await ask(app, "GET", "/v1/job/j/allocations")).json)
    assert answers[0] == answers[1] != []


async def test_the_mock_driver_is_taken_on_request() -> None:
    """The mock driver is known, and runs tasks, only when it was asked for, as in test builds of Nomad."""
    job = a_job(a_group(a_task(Driver="mock_driver", Config={"run_for": "1s"})))
    for mock_driver, status, placed in ((False, 500, 0), (True, 200, 1)):
        clock = ManualClock()
        app = create_app(Settings(mock_driver=mock_driver, clock=clock, strict=True))
        assert (await ask(app, "PUT", "/v1/job/j", {"Job": job})).status == status
        clock.advance(SECOND)
        assert len((await ask(app, "GET", "/v1/job/j/allocations")).json) == placed


async def test_loaded_jobs_are_registered_when_the_application_starts(tmp_path: Path) -> None:
    """Loaded jobs are registered by the lifespan protocol, for an ordinary client to read."""
    path = tmp_path / "job.json"
    path.write_text(json.dumps(a_job(ID="loaded")), "utf-8")
    app = create_app(Settings(load=(path,), clock=ManualClock(), strict=True))
    assert (await ask(app, "GET", "/v1/job/loaded")).status == 404
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://m") as client:
        await settle()
        answer = await client.get("/v1/job/loaded")
        assert (answer.status_code, answer.json()["Status"]) == (200, "running")


async def test_layers_can_be_put_around_it() -> None:
    """Middleware can be added as to any Starlette application; the last one added sees a request first."""
    seen = []

    class Layer:
        def __init__(self, inner: ASGIApp, name: str) -> None:
            self.inner = inner
            self.name = name

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(self.name)
            await self.inner(scope, receive, send)

    app = create_app(Settings(clock=ManualClock()))
    app.add_middleware(Layer, name="inner")
    app.add_middleware(Layer, name="outer")
    assert (await ask(app, "GET", "/v1/job/unknown")).status == 404
    assert seen == ["outer", "inner"]
