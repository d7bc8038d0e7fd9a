"""The agent itself: its configuration, its members, and the operations on it."""

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.operations.agent import advertised_host, http_address
from mockserver.settings import Settings
from tests.asgi import ask, settle
from tests.builders import a_job

pytestmark = pytest.mark.anyio


async def test_an_agent_says_that_it_is_0_5_4(app: Starlette) -> None:
    """Configuration, member and statistics agree with each other."""
    answer = await ask(app, "GET", "/v1/agent/self")
    config, member, stats = (answer.json[part] for part in ("config", "member", "stats"))
    assert (config["Version"], config["Region"], config["Ports"]["HTTP"]) == ("0.5.4", "global", 4646)
    assert (member["Name"], member["Tags"]["build"]) == ("nomad-mock.global", "0.5.4")
    assert member["Port"] == config["Ports"]["Serf"]
    assert stats["nomad"]["leader_addr"] == f"127.0.0.1:{member['Tags']['port']}"
    assert stats["nomad"]["known_regions"] == "2"
    assert "X-Nomad-Index" not in answer.headers


async def test_a_lone_server_is_no_client(app: Starlette, lone_server: Starlette) -> None:
    """A server without a node has no client statistics and no list of servers."""
    with_node = (await ask(app, "GET", "/v1/agent/self")).json
    without = (await ask(lone_server, "GET", "/v1/agent/self")).json
    assert "client" in with_node["stats"]
    assert "client" not in without["stats"]
    assert not without["config"]["Client"]["Enabled"]
    for method in ("GET", "PUT"):
        answer = await ask(lone_server, method, "/v1/agent/servers")
        assert (answer.status, answer.text) == (501, "Invalid method")


async def test_every_region_has_a_server(app: Starlette) -> None:
    """All servers are members of one pool, and each leads its own region."""
    members = (await ask(app, "GET", "/v1/agent/members")).json
    assert members["ServerRegion"] == "global"
    for member in members["Members"]:
        region, port = member["Tags"]["region"], member["Tags"]["port"]
        assert (await ask(app, "GET", f"/v1/status/leader?region={region}")).json == f"127.0.0.1:{port}"
        assert (await ask(app, "GET", f"/v1/status/peers?region={region}")).json == [f"127.0.0.1:{port}"]
    assert (await ask(app, "GET", "/v1/regions?region=nowhere")).json == ["eu1", "global"]


async def test_the_servers_of_a_node_can_be_changed(app: Starlette) -> None:
    """Addresses without a port get the usual one; one valid address is enough."""
    assert (await ask(app, "GET", "/v1/agent/servers")).json == ["127.0.0.1:4647"]
    answer = await ask(app, "PUT", "/v1/agent/servers?address=10.0.0.1&address=10.0.0.2:99&address=10.0.0.3:rpc")
    assert (answer.status, answer.raw, answer.headers.get("Content-Type")) == (200, b"", None)
    assert {*(await ask(app, "GET", "/v1/agent/servers")).json} == {"10.0.0.1:4647", "10.0.0.2:99"}
    refused = await ask(app, "POST", "/v1/agent/servers?address=10.0.0.1:rpc")
    assert (refused.status, refused.text) == (400, "1 error(s) occurred:\n\n* address tcp/rpc: unknown port")
    assert len((await ask(app, "GET", "/v1/agent/servers")).json) == 2


async def test_the_servers_of_a_node_come_in_any_order() -> None:
    """The servers come in another order each time, for a node asks them by turns."""
    app = create_app(Settings(clock=ManualClock(), seed=1))
    await ask(app, "PUT", "/v1/agent/servers?address=127.0.0.1:1&address=127.0.0.1:2&address=127.0.0.1:2")
    orders = {tuple((await ask(app, "GET", "/v1/agent/servers")).json) for _ in range(20)}
    assert orders == {tuple(f"127.0.0.1:{port}" for port in ports) for ports in ((1, 2, 2), (2, 1, 2), (2, 2, 1))}


async def test_a_heartbeat_brings_a_regions_own_servers_back() -> None:
    """A heartbeat restores the region's own servers, whatever was set meanwhile."""
    clock = ManualClock()
    app = create_app(Settings(clock=clock))
    await ask(app, "PUT", "/v1/agent/servers?address=10.0.0.1")
    assert (await ask(app, "GET", "/v1/agent/servers")).json == ["10.0.0.1:4647"]
    clock.advance(10 * SECOND)
    assert (await ask(app, "GET", "/v1/agent/servers")).json == ["127.0.0.1:4647"]


@pytest.mark.parametrize(
    ("query", "joined", "error"),
    [
        ("address=127.0.0.1:4648", 1, ""),
        ("address=127.0.0.1", 1, ""),
        ("address=127.0.0.1:4650&address=nobody", 1, ""),
        (
            "address=127.0.0.1:1",
            0,
            "1 error(s) occurred:\n\n* Failed to join 127.0.0.1: dial tcp 127.0.0.1:1: connect: connection refused",
        ),
        ("address=nobody", 0, "1 error(s) occurred:\n\n* Failed to resolve nobody: lookup nobody: no such host"),
    ],
)
async def test_joining(app: Starlette, query: str, joined: int, error: str) -> None:
    """Only servers of the agent's own regions can be joined, and one that answers is enough."""
    assert (await ask(app, "PUT", f"/v1/agent/join?{query}")).json == {"error": error, "num_joined": joined}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/v1/agent/join", "missing address to join"),
        ("/v1/agent/servers", "missing server address"),
        ("/v1/agent/force-leave", "missing node to force leave"),
    ],
)
async def test_what_is_missing_is_told(app: Starlette, path: str, text: str) -> None:
    """A missing parameter is a bad request."""
    answer = await ask(app, "PUT", path)
    assert (answer.status, answer.text) == (400, text)


async def test_a_server_can_be_forced_to_leave(app: Starlette) -> None:
    """A server that is not there counts as gone already."""
    assert (await ask(app, "PUT", "/v1/agent/force-leave?node=x")).status == 200


@pytest.mark.usefixtures("running")
async def test_summaries_are_counted_again(app: Starlette) -> None:
    """Reconciling keeps the counts of allocations and forgets children, as an agent does."""
    before = (await ask(app, "GET", "/v1/job/web/summary")).json
    answer = await ask(app, "PUT", "/v1/system/reconcile/summaries")
    assert (answer.status, answer.raw) == (200, b"")
    after = await ask(app, "GET", "/v1/job/web/summary")
    assert after.json == {**before, "Children": None, "ModifyIndex": after.index}
    assert after.index > before["ModifyIndex"]


async def test_children_are_counted_after_a_reconciliation(app: Starlette) -> None:
    """After a reconciliation, children are counted from zero."""
    parameterized = {"MetaOptional": None, "MetaRequired": None, "Payload": ""}
    await ask(app, "PUT", "/v1/jobs", {"Job": a_job(ID="p", Type="batch", ParameterizedJob=parameterized)})
    await ask(app, "PUT", "/v1/system/reconcile/summaries")
    assert (await ask(app, "PUT", "/v1/job/p/dispatch", {})).status == 200
    await settle()
    children = (await ask(app, "GET", "/v1/job/p/summary")).json["Children"]
    assert children["Pending"] + children["Running"] == 1


@pytest.mark.usefixtures("running")
async def test_garbage_is_collected_right_after_the_answer(app: Starlette) -> None:
    """Garbage collection happens right after its reply."""
    await ask(app, "DELETE", "/v1/job/web")
    await settle()
    assert len((await ask(app, "GET", "/v1/evaluations")).json) == 2
    assert (await ask(app, "PUT", "/v1/system/gc")).raw == b""
    await settle()
    assert len((await ask(app, "GET", "/v1/evaluations")).json) == 0
    assert (await ask(app, "PUT", "/v1/system/gc?region=nowhere")).text == "No path to region"


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "127.0.0.1:1"), ("::", "127.0.0.1:1"), ("::1", "[::1]:1"), ("nomad", "nomad:1"), ("", ":1")],
)
def test_what_others_are_told(host: str, address: str) -> None:
    """An agent that listens on all addresses tells others one that can be reached."""
    assert http_address(host, 1) == address
    assert advertised_host(host) in address


async def test_nodes_answer_where_the_agent_does() -> None:
    """A node's HTTP address is the mock's, so a client that asks the node finds the mock."""
    app = create_app(Settings(host="0.0.0.0", port=1234, strict=True))
    (node,) = (await ask(app, "GET", "/v1/nodes")).json
    assert (await ask(app, "GET", f"/v1/node/{node['ID']}")).json["HTTPAddr"] == "127.0.0.1:1234"
