"""Many worlds in one process."""

import asyncio

import pytest
from starlette.applications import Starlette

from mockserver.admin import spaces
from mockserver.testing import example_job
from tests.admin.conftest import Control
from tests.asgi import ask, begin, settle

pytestmark = pytest.mark.anyio


async def test_a_space_is_a_world_of_its_own(control: Control, app: Starlette) -> None:
    """One job ID in two spaces is two jobs, and the header chooses the space."""
    made = await control("POST", "/spaces", {"name": "a", "settings": {"nodes": 3, "seed": 7}})
    assert (made.status, made.json["port"], made.json["settings"]["nodes"]) == (201, None, 3)
    await control("POST", "/jobs", example_job("j"), x_nomad_mock_space="a")
    assert (await ask(app, "GET", "/v1/job/j", x_nomad_mock_space="a")).status == 200
    assert (await ask(app, "GET", "/v1/job/j")).status == 404
    assert len((await control("GET", "/nodes", x_nomad_mock_space="a")).json) == 3
    assert [each["name"] for each in (await control("GET", "/spaces")).json] == ["default", "a"]
    assert (await control("GET", "/spaces/a")).json["indexes"]["global"] > 9


async def test_a_dropped_space_keeps_nobody_waiting(control: Control, app: Starlette) -> None:
    """Dropping a space answers the queries that wait in it; later requests for it are refused."""
    name = (await control("POST", "/spaces")).json["name"]
    task = asyncio.create_task(ask(app, "GET", "/v1/job/a?index=5", x_nomad_mock_space=name))
    await settle()
    assert not task.done()
    assert (await control("DELETE", f"/spaces/{name}")).status == 204
    assert (await task).status == 404
    gone = await ask(app, "GET", "/v1/job/a", x_nomad_mock_space=name)
    said = f"this request is for a space '{name}' that does not exist; there are: default"
    assert (gone.status, gone.text) == (404, said)


async def test_a_space_may_be_dropped_while_its_world_is_made(control: Control) -> None:
    """A reset finds no space when it was dropped meanwhile, and leaves no second world behind."""
    await control("POST", "/spaces", {"name": "a"})
    reset = asyncio.ensure_future(control("POST", "/reset", {"nodes": 100}, x_nomad_mock_space="a"))
    dropped = await control("DELETE", "/spaces/a")
    answer = await reset
    assert (dropped.status, answer.status) == (204, 404)
    assert answer.json["error"] == "there is no space 'a'"


async def test_two_spaces_of_one_name_are_not_made_at_once(control: Control) -> None:
    """Of two simultaneous requests for a space of one name, one is refused."""
    answers = await asyncio.gather(*(control("POST", "/spaces", {"name": "a"}) for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [201, 400]
    assert [each["name"] for each in (await control("GET", "/spaces")).json] == ["default", "a"]


async def test_a_reset_puts_a_fresh_world_there(control: Control, app: Starlette) -> None:
    """A reset makes a fresh world, with the settings of the start or other ones, and answers waiting queries."""
    await control("POST", "/jobs", example_job("j"))
    _, waiting = begin(app, "GET", "/v1/job/x?index=99")
    await settle()
    assert (await control("POST", "/reset", {"nodes": 2, "region": "r1", "federate": []})).json["indexes"] == {"r1": 7}
    await settle()
    assert waiting.done()
    assert (await ask(app, "GET", "/v1/job/j")).status == 404
    assert (await control("POST", "/reset")).json["indexes"] == {"global": 5, "eu1": 5}


async def test_the_same_seed_begins_the_same_world(control: Control) -> None:
    """Worlds of one seed have the same nodes, down to their IDs."""
    first = (await control("GET", "/nodes")).json
    await control("POST", "/reset")
    assert (await control("GET", "/nodes")).json == first
    await control("POST", "/reset", {"seed": 2})
    assert (await control("GET", "/nodes")).json != first


async def test_nodes_of_a_world_can_be_described(control: Control) -> None:
    """The nodes of a new space can be given one by one."""
    await control("POST", "/reset", {"nodes": [{"Name": "big"}, {"Name": "small"}], "clock": "real", "speed": 3})
    assert [each["node"]["Name"] for each in (await control("GET", "/nodes")).json] == ["big", "small"]
    assert (await control("GET", "/settings")).json["nodes"] is None
    assert (await control("GET", "/clock")).json["mode"] == "scaled"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/spaces", {"name": "default"}, 409, "there is a space 'default' already"),
        ("POST", "/spaces", {"name": "a b"}, 400, "not as described"),
        ("POST", "/spaces", {"port": 0}, 409, "cannot listen on port 0: this application is not served by nomad-mock"),
        ("POST", "/spaces", {"settings": {"region": "eu1"}}, 400, "name a region twice"),
        ("POST", "/reset", {"clock": "manual", "speed": 2}, 400, "a manual clock has no speed"),
        ("POST", "/reset", {"nodes": [{"Name": "n"}, {"Name": "n"}]}, 400, "'n' is the name of nodes/0, too"),
        ("POST", "/reset", {"seed": 1e300}, 400, "1e+300 is a number of more than 40 digits"),
        ("POST", "/reset", {"vary": 4.0, "region": "eu1"}, 400, "name a region twice"),
        ("DELETE", "/spaces/default", b"", 409, "the default space can't be dropped"),
        ("DELETE", "/spaces/x", b"", 404, "there is no space 'x'"),
        ("GET", "/spaces/x", b"", 404, "there is no space 'x'"),
    ],
)
async def test_what_cannot_be_is_refused(
    control: Control, method: str, path: str, body: object, status: int, said: str
) -> None:
    """Settings that make no world are refused, and no space is added."""
    answer = await control(method, path, body)
    assert answer.status == status
    assert said in answer.json["error"]
    assert len((await control("GET", "/spaces")).json) == 1


async def test_there_is_a_limit(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of spaces is limited, so a test suite that never drops any gets an error."""
    monkeypatch.setattr(spaces, "_MOST", 1)
    assert (await control("POST", "/spaces")).status == 409


async def test_on_a_port_of_its_own_the_header_chooses_for_the_control_plane_only(
    control: Control, app: Starlette
) -> None:
    """On a space's own port, the header chooses a space for the control plane, but never for a client of the agent."""
    await control("POST", "/spaces", {"name": "a"})
    await control("POST", "/jobs", example_job("j"), x_nomad_mock_space="a")
    bound = app.state.front.bound_to("a")
    names = {}
    for header in ({}, {"x_nomad_mock_space": "default"}):
        names[len(header)] = (await ask(bound, "GET", "/__admin/health", host="localhost", **header)).json["space"]
        assert (await ask(bound, "GET", "/v1/job/j", **header)).status == 200
    assert names == {0: "a", 1: "default"}
    assert (await control("GET", "/health")).json["space"] == "default"


@pytest.mark.parametrize("path", ["/nodes", "/ui/agent/v1/jobs"])
async def test_a_control_plane_asked_of_no_space_says_so(app: Starlette, path: str) -> None:
    """A request for a space that does not exist gets an error, but only from who may use the control plane."""
    lost = {"x_nomad_mock_space": "gone"}
    answer = await ask(app, "GET", f"/__admin{path}", host="localhost", **lost)
    assert (answer.status, answer.json["error"]) == (404, "there is no space 'gone'")
    assert (await ask(app, "GET", f"/__admin{path}", host="evil.example", **lost)).status == 403
