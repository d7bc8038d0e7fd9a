"""What a node reports about its resources."""

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.asgi import ask, settle

pytestmark = pytest.mark.anyio


async def test_the_machine_is_idle(app: Starlette, clock: ManualClock) -> None:
    """The host's use is that of an idle machine, for any method, with numbers as Go prints them."""
    clock.advance(90 * SECOND)
    answer = await ask(app, "DELETE", "/v1/client/stats")
    assert [core["Idle"] for core in answer.json["CPU"]] == [100] * 4
    assert b'"Idle":1E+02' in answer.body
    assert (answer.json["Uptime"], answer.json["Timestamp"]) == (90, clock.now())
    assert answer.json["Memory"]["Free"] == answer.json["Memory"]["Total"] > 0
    assert answer.json["DiskStats"][0]["UsedPercent"] == 50


async def test_attributes_may_say_anything(clock: ManualClock) -> None:
    """Numbers are told as far as a node's attributes have some, and never more cores than a machine has."""
    words = {"memory.totalbytes": "(?i)x", "cpu.numcores": "9" * 9, "unique.storage.bytesfree": "-7"}
    agent = create_app(Settings(nodes=({"Name": "n", "Attributes": words},), clock=clock, strict=True))
    answer = (await ask(agent, "GET", "/v1/client/stats")).json
    assert (answer["Memory"]["Total"], answer["DiskStats"][0]["Available"], len(answer["CPU"])) == (0, 0, 1_024)


async def test_a_running_task_uses_nothing(app: Starlette, running: dict[str, str], clock: ManualClock) -> None:
    """A running task is measured and uses nothing; a task that is over is not measured."""
    target = f"/v1/client/allocation/{running['A']}/stats"
    for query in ("", "?task=t"):
        answer = (await ask(app, "GET", target + query)).json
        assert list(answer["Tasks"]) == ["t"]
        assert (answer["ResourceUsage"]["MemoryStats"]["RSS"], answer["Timestamp"]) == (0, clock.now())
    await ask(app, "DELETE", "/v1/job/web")
    await settle()
    clock.advance(SECOND)
    over = (await ask(app, "GET", target)).json
    assert (over["Tasks"], over["Timestamp"], over["ResourceUsage"]["CpuStats"]["Measured"]) == ({}, 0, None)


@pytest.mark.parametrize(
    ("rest", "status", "text"),
    [
        ("{A}/stats?task=x", 500, 'allocation "{A}" has no task "x"'),
        ("{E}/stats", 500, 'unknown allocation ID "{E}"'),
        ("a/b/stats", 404, "resource not found"),
        ("{A}", 404, "resource not found"),
        ("{A}/gc/now", 404, "resource not found"),
    ],
)
async def test_refusals(app: Starlette, running: dict[str, str], rest: str, status: int, text: str) -> None:
    """Refusals have an agent's texts."""
    answer = await ask(app, "GET", f"/v1/client/allocation/{rest.format(**running)}")
    assert (answer.status, answer.text) == (status, text.format(**running))


@pytest.mark.parametrize(
    "path",
    ["stats", "allocation/x/stats", "allocation/x", "fs/ls/x", "fs/ls/", "fs/cat/x", "fs/logs/x", "fs/x"],
)
async def test_an_agent_without_a_node(lone_server: Starlette, path: str) -> None:
    """An agent without a node refuses all requests about its client."""
    answer = await ask(lone_server, "GET", f"/v1/client/{path}")
    assert (answer.status, answer.text) == (500, "node is not running a Nomad Client")
