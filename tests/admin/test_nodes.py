"""Nodes under the control of a user."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.testing import example_job
from tests.admin.conftest import Control
from tests.asgi import ask

pytestmark = pytest.mark.anyio

FIRST = "global-dc1-1"
ID = "cce7fefa-b305-dad9-6b0c-6194da6084e4"


async def _allocations(app: Starlette) -> list[tuple[str, str, str]]:
    found = (await ask(app, "GET", "/v1/job/a/allocations")).json
    return [(each["DesiredStatus"], each["ClientStatus"], each["DesiredDescription"]) for each in found]


async def _running(control: Control, **fields: Any) -> None:
    await control("POST", "/jobs", example_job("a", **fields))
    await control("POST", "/clock/advance", {"duration": "1s"})


async def _triggers(app: Starlette) -> list[tuple[str, str]]:
    evaluations = sorted((await ask(app, "GET", "/v1/job/a/evaluations")).json, key=lambda each: each["CreateIndex"])
    return [(each["TriggeredBy"], each["Status"]) for each in evaluations]


async def test_nodes_are_listed_with_their_load(control: Control) -> None:
    """The list says what runs on each node, and how much that uses."""
    await _running(control)
    [node] = (await control("GET", "/nodes")).json
    assert node["node"]["Name"] == FIRST
    assert [(each["JobID"], each["ClientStatus"]) for each in node["allocations"]] == [("a", "running")]
    assert node["used"] == {"CPU": 100, "MemoryMB": 32, "DiskMB": 300, "IOPS": 0}
    assert (await control("GET", f"/nodes/{node['node']['ID']}")).json == node


async def test_work_of_a_node_that_goes_down_is_lost_and_placed_elsewhere(control: Control, app: Starlette) -> None:
    """Work of a node that goes down is lost and placed elsewhere, by the evaluation that a real server makes."""
    await _running(control)
    await control("POST", "/nodes", {})
    down = (await control("POST", f"/nodes/{FIRST}/down")).json
    assert (down["node"]["Status"], len(down["evaluations"])) == ("down", 1)
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert sorted(await _allocations(app)) == [
        ("run", "running", ""),
        ("stop", "lost", "alloc is lost since its node is down"),
    ]
    assert await _triggers(app) == [("job-register", "complete"), ("node-update", "complete")]


async def test_a_drained_node_lets_go_and_takes_again(control: Control, app: Starlette) -> None:
    """Work of a drained node is blocked when there is no other node, and comes back when the drain ends."""
    await _running(control)
    assert (await control("POST", f"/nodes/{FIRST}/drain", {"enable": True})).json["node"]["Drain"] is True
    await control("POST", "/clock/advance", {"duration": "10s"})
    assert await _allocations(app) == [("stop", "complete", "alloc is being migrated")]
    assert (await _triggers(app))[-1] == ("node-update", "blocked")
    await control("POST", f"/nodes/{FIRST}/drain", {"enable": False})
    await control("POST", "/clock/advance", {"duration": "10s"})
    assert ("run", "running", "") in await _allocations(app)


async def test_blocked_work_is_placed_when_a_node_grows(control: Control, app: Starlette) -> None:
    """Blocked work is placed when a node registers again with more room, or comes back."""
    await control("PATCH", f"/nodes/{FIRST}", {"Resources": {"CPU": 50}})
    await _running(control)
    assert await _allocations(app) == []
    await control("PATCH", f"/nodes/{FIRST}", {"Resources": {"CPU": 500}})
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert await _allocations(app) == [("run", "running", "")]


async def test_a_node_comes_back(control: Control, app: Starlette) -> None:
    """A node that is ready again takes the work that waited."""
    await control("POST", f"/nodes/{FIRST}/down")
    await _running(control)
    assert await _triggers(app) == [("job-register", "complete"), ("job-register", "blocked")]
    assert (await control("POST", f"/nodes/{FIRST}/up")).json["node"]["Status"] == "ready"
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert await _allocations(app) == [("run", "running", "")]


async def test_a_node_that_is_down_can_change(control: Control) -> None:
    """A change of a node that is down evaluates its jobs: a server sees it registering."""
    await _running(control)
    await control("POST", f"/nodes/{FIRST}/down")
    assert len((await control("PATCH", f"/nodes/{FIRST}", {"NodeClass": "x"})).json["evaluations"]) == 1
    await control("POST", f"/nodes/{FIRST}/up")
    assert (await control("PATCH", f"/nodes/{FIRST}", {"NodeClass": "y"})).json["evaluations"] == []


async def test_a_removed_node_is_gone(control: Control, app: Starlette) -> None:
    """A removed node is no longer listed, and what it ran is lost."""
    await _running(control)
    assert len((await control("DELETE", f"/nodes/{FIRST}")).json["evaluations"]) == 1
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert (await control("GET", "/nodes")).json == []
    assert [(wish, status) for wish, status, _ in await _allocations(app)] == [("stop", "lost")]


async def test_anything_about_a_node_can_change(control: Control) -> None:
    """A change keeps what it does not name, null removes a value, and the computed class is computed again."""
    before = (await control("GET", f"/nodes/{FIRST}")).json["node"]
    change = {
        "Name": "n",
        "NodeClass": "big",
        "Datacenter": "dc2",
        "Attributes": {"kernel.version": "5.4", "driver.docker": None},
        "Meta": {"rack": "r1"},
        "Reserved": {"Networks": [{"Device": "lo", "IP": "127.0.0.1", "ReservedPorts": [22]}]},
    }
    node = (await control("PATCH", f"/nodes/{FIRST}", change)).json["node"]
    assert (node["Name"], node["NodeClass"], node["Datacenter"]) == ("n", "big", "dc2")
    assert (node["Attributes"]["kernel.version"], node["Attributes"]["arch"]) == ("5.4", "amd64")
    assert "driver.docker" not in node["Attributes"]
    assert node["Attributes"]["unique.hostname"] == "n"
    assert node["Reserved"]["CPU"] == 0
    assert node["Reserved"]["Networks"][0]["ReservedPorts"] == [{"Label": "", "Value": 22}]
    assert node["ComputedClass"] != before["ComputedClass"]
    assert node["CreateIndex"] == before["CreateIndex"] < node["ModifyIndex"]
    node = (await control("PATCH", "/nodes/n", {"Meta": {"rack": None}, "Drivers": ["exec"]})).json["node"]
    assert node["Meta"] == {}
    assert [name for name in node["Attributes"] if name.startswith("driver.")] == ["driver.exec"]


async def test_a_servers_node_joins(control: Control) -> None:
    """A node as a server answers it keeps its ID, which is that of one node only."""
    assert (await control("POST", "/nodes", {"ID": ID, "CreateIndex": 1})).json[0]["ID"] == ID
    again = await control("POST", "/nodes", {"ID": ID})
    assert (again.status, again.json["error"]) == (409, f"there is a node '{ID}' already")


async def test_nodes_join_with_names_of_their_own(control: Control) -> None:
    """Nodes without a name get free ones."""
    added = (await control("POST", "/nodes", [{}, {"Name": "x", "Datacenter": "dc9"}, {"Datacenter": "dc9"}])).json
    assert [node["Name"] for node in added] == ["global-dc1-2", "x", "global-dc9-1"]


async def test_a_node_has_not_too_many_attributes(control: Control) -> None:
    """Attributes are limited in one change and in all changes together; what goes beyond changes nothing."""
    some, more = ({f"{letter}{number}": "1" for number in range(600)} for letter in "ab")
    assert (await control("PATCH", f"/nodes/{FIRST}", {"Meta": some})).status == 200
    refused = await control("PATCH", f"/nodes/{FIRST}", {"Meta": more})
    assert (refused.status, refused.json["error"]) == (400, "Meta: the node would have 1200, the limit is 1000")
    assert (await control("PATCH", f"/nodes/{FIRST}", {"Meta": {f"c{n}": "1" for n in range(1_001)}})).status == 400
    assert (await control("GET", f"/nodes/{FIRST}")).json["node"]["Meta"] == some


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "/nodes/x", b"", 404, "there is no node 'x'"),
        ("POST", "/nodes", {"Name": FIRST}, 409, f"there is a node '{FIRST}' already"),
        ("POST", "/nodes", [{"Name": "a"}, {"Name": "a"}], 400, "'a' is the name of nodes/0, too"),
        ("POST", "/nodes", [{"ID": ID}, {"ID": ID}], 400, f"'{ID}' is the ID of nodes/0, too"),
        ("POST", "/nodes", {"Reserved": {"Networks": [{"IP": "x"}]}}, 400, '"x" is not an IP address'),
        ("PATCH", f"/nodes/{FIRST}", {"Reserved": {"Networks": [{"IP": "x"}]}}, 400, '"x" is not an IP address'),
        ("PATCH", f"/nodes/{FIRST}", {}, 400, "not as described"),
    ],
)
async def test_what_is_no_node_is_refused(
    control: Control, method: str, path: str, body: object, status: int, said: str
) -> None:
    """A malformed node is refused, and nothing changes."""
    before = (await control("GET", "/nodes")).json
    answer = await control(method, path, body)
    assert answer.status == status
    assert said in "\n".join([answer.json["error"], *answer.json["findings"]])
    assert (await control("GET", "/nodes")).json == before


async def test_a_name_can_be_taken_only_once(control: Control) -> None:
    """Neither a new node nor a change may take the name of another node."""
    await control("POST", "/nodes", {"Name": "x"})
    assert (await control("PATCH", "/nodes/x", {"Name": FIRST})).status == 409
    assert (await control("PATCH", "/nodes/x", {"Name": "x"})).status == 200
