"""Nodes are drained, evaluated, taken down and brought back."""

import pytest
from starlette.applications import Starlette

from mockserver.cluster.clock import ManualClock
from mockserver.cluster.cluster import Cluster
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.asgi import Answer, ask, settle
from tests.builders import a_job

pytestmark = pytest.mark.anyio


def _cluster(app: Starlette) -> Cluster:
    cluster: Cluster = app.state.spaces.default.world.agent.local
    return cluster


async def _later(clock: ManualClock, seconds: int = 2) -> None:
    await settle()
    clock.advance(seconds * SECOND)
    await settle()


async def _drain(app: Starlette, node_id: str, enable: str) -> Answer:
    return await ask(app, "PUT", f"/v1/node/{node_id}/drain?enable={enable}")


async def test_a_drained_node_gives_its_work_away(app: Starlette, running: dict[str, str], clock: ManualClock) -> None:
    """A drain evaluates the node's jobs; without another node they wait until it ends."""
    answer = await _drain(app, running["N"], "true")
    assert answer.json["NodeModifyIndex"] == answer.json["Index"] == answer.index
    assert answer.json["EvalCreateIndex"] == answer.index + 1
    await _later(clock)
    (evaluation_id,) = answer.json["EvalIDs"]
    evaluation = (await ask(app, "GET", f"/v1/evaluation/{evaluation_id}")).json
    assert (evaluation["TriggeredBy"], evaluation["NodeID"]) == ("node-update", running["N"])
    assert (evaluation["NodeModifyIndex"], evaluation["JobModifyIndex"]) == (answer.index, 0)
    stopped = (await ask(app, "GET", f"/v1/allocation/{running['A']}")).json
    assert (stopped["DesiredStatus"], stopped["DesiredDescription"]) == ("stop", "alloc is being migrated")
    await _drain(app, running["N"], "0")
    await _later(clock)
    statuses = [each["ClientStatus"] for each in (await ask(app, "GET", "/v1/job/web/allocations")).json]
    assert sorted(statuses) == ["complete", "running"]


async def test_a_drain_that_changes_nothing_evaluates_all_the_same(app: Starlette, running: dict[str, str]) -> None:
    """A drain that changes nothing evaluates the jobs, at index 0."""
    answer = await _drain(app, running["N"], "false")
    assert (answer.index, answer.json["NodeModifyIndex"], len(answer.json["EvalIDs"])) == (0, 0, 1)


async def test_a_node_without_work_has_nothing_to_evaluate(app: Starlette) -> None:
    """For a node without work no evaluation is created."""
    (node,) = (await ask(app, "GET", "/v1/nodes")).json
    drained = (await _drain(app, node["ID"], "true")).json
    assert (drained["EvalIDs"], drained["EvalCreateIndex"]) == (None, 0)
    evaluated = (await ask(app, "POST", f"/v1/node/{node['ID']}/evaluate")).json
    assert (evaluated["EvalIDs"], evaluated["Index"]) == (None, 0)


async def test_an_evaluated_node_tells_of_the_servers(app: Starlette, running: dict[str, str]) -> None:
    """The reply to an evaluation is what a node gets for its heartbeat."""
    answer = await ask(app, "PUT", f"/v1/node/{running['N']}/evaluate")
    assert answer.json["EvalCreateIndex"] == answer.json["Index"] == answer.index
    assert (answer.json["NumNodes"], answer.json["LeaderRPCAddr"]) == (1, "127.0.0.1:4647")
    assert [server["RPCAdvertiseAddr"] for server in answer.json["Servers"]] == ["127.0.0.1:4647"]


async def test_system_jobs_are_evaluated_with_every_node(
    app: Starlette, running: dict[str, str], clock: ManualClock
) -> None:
    """System jobs are evaluated once, after the jobs with work on the node."""
    await ask(app, "PUT", "/v1/jobs", {"Job": a_job(ID="everywhere", Type="system")})
    await _later(clock)
    answer = await ask(app, "PUT", f"/v1/node/{running['N']}/evaluate")
    evaluations = [(await ask(app, "GET", f"/v1/evaluation/{each}")).json for each in answer.json["EvalIDs"]]
    assert sorted(each["JobID"] for each in evaluations) == ["everywhere", "web"]


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        ("{N}/drain", 400, "missing enable value"),
        ("{N}/drain?enable=", 400, "missing enable value"),
        ("{N}/drain?enable=yes", 400, "invalid enable value"),
        ("x/drain?enable=yes", 400, "invalid enable value"),
        ("x/drain?enable=1", 500, "node lookup failed: index error: UUID must be 36 characters"),
        ("x/drain?enable=1&region=nowhere", 500, "No path to region"),
        ("{A}/drain?enable=1", 500, "node not found"),
        ("{A}/evaluate", 500, "node not found"),
        ("x/evaluate", 500, "node lookup failed: index error: UUID must be 36 characters"),
        ("{N}/evaluate?region=eu1", 500, "node not found"),
    ],
)
async def test_refusals(app: Starlette, running: dict[str, str], target: str, status: int, text: str) -> None:
    """Refusals have an agent's texts, and ``enable`` is checked first."""
    answer = await ask(app, "PUT", f"/v1/node/{target.format(**running)}")
    assert (answer.status, answer.text) == (status, text)


async def test_work_of_a_node_that_goes_down_is_lost(
    app: Starlette, running: dict[str, str], clock: ManualClock
) -> None:
    """Lost work is placed again when the node is back, which reports nothing about what it ran before."""
    cluster = _cluster(app)
    finish(cluster.nodes.set_status(running["N"], "down"))
    await _later(clock)
    lost = (await ask(app, "GET", f"/v1/allocation/{running['A']}")).json
    assert (lost["ClientStatus"], lost["DesiredStatus"]) == ("lost", "stop")
    assert finish(cluster.nodes.set_status(running["N"], "down")).evaluation_ids == ()
    finish(cluster.nodes.set_status(running["N"], "ready"))
    await _later(clock)
    statuses = {each["ID"]: each["ClientStatus"] for each in (await ask(app, "GET", "/v1/allocations")).json}
    assert sorted(statuses.values()) == ["lost", "running"]
    assert statuses[running["A"]] == "lost"


async def test_garbage_collection_forgets_nodes_that_are_down(
    app: Starlette, running: dict[str, str], clock: ManualClock
) -> None:
    """A node that is down is collected once it has no live allocation."""
    finish(_cluster(app).nodes.set_status(running["N"], "down"))
    await _later(clock)
    assert (await ask(app, "PUT", "/v1/system/gc")).status == 200
    await _later(clock)
    assert (await ask(app, "GET", "/v1/nodes")).json == []
    assert (await ask(app, "GET", f"/v1/node/{running['N']}")).status == 404
