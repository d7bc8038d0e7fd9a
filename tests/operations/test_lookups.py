"""Reading jobs, evaluations, allocations and nodes: lists and single objects."""

import pytest
from starlette.applications import Starlette

from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.slices import finish
from tests.asgi import ask, begin, settle
from tests.builders import a_job

pytestmark = pytest.mark.anyio

LISTS = ["/v1/jobs", "/v1/evaluations", "/v1/allocations"]


@pytest.mark.parametrize("path", LISTS)
async def test_a_fresh_agent_has_nothing(app: Starlette, path: str) -> None:
    """A fresh agent has empty lists at index 0, in every region."""
    for query in ("", "?region=eu1"):
        answer = await ask(app, "GET", path + query)
        assert (answer.status, answer.json, answer.index) == (200, [], 0)
        assert answer.headers["X-Nomad-Knownleader"] == "true"


@pytest.mark.usefixtures("running")
async def test_jobs_are_listed_with_their_summaries(app: Starlette) -> None:
    """A list of jobs has stubs with their summaries."""
    await ask(app, "POST", "/v1/jobs", {"Job": a_job(ID="Api")})
    api, web = (await ask(app, "GET", "/v1/jobs")).json
    assert (api["ID"], web["ID"], web["Status"], web["Type"]) == ("Api", "web", "running", "service")
    assert web["JobSummary"]["Summary"]["g"]["Running"] == 1
    assert web["JobSummary"] == (await ask(app, "GET", "/v1/job/web/summary")).json


@pytest.mark.usefixtures("running")
async def test_a_prefix_of_job_ids_may_have_any_case(app: Starlette) -> None:
    """A prefix of job IDs matches in any letter case."""
    assert [job["ID"] for job in (await ask(app, "GET", "/v1/jobs?prefix=WE")).json] == ["web"]
    assert (await ask(app, "GET", "/v1/jobs?prefix=x")).json == []


async def test_ids_are_compared_letter_by_letter(app: Starlette) -> None:
    """A sigma at the end of an ID is the small letter of its capital, and not the letter that ends words."""
    await ask(app, "POST", "/v1/jobs", {"Job": a_job(ID="\u0391\u03a3")})
    assert (await ask(app, "GET", "/v1/job/%CE%B1%CF%83")).json["ID"] == "\u0391\u03a3"
    assert (await ask(app, "GET", "/v1/job/%CE%B1%CF%82")).status == 404
    assert [job["ID"] for job in (await ask(app, "GET", "/v1/jobs?prefix=%CE%B1%CF%83")).json] == ["\u0391\u03a3"]


async def test_an_evaluation_and_its_allocations(app: Starlette, running: dict[str, str]) -> None:
    """The evaluation is read at its own index, the list at that of its table."""
    one = await ask(app, "GET", f"/v1/evaluation/{running['E'].upper()}")
    assert (one.json["ID"], one.json["JobID"], one.index) == (running["E"], "web", one.json["ModifyIndex"])
    (placed,) = (await ask(app, "GET", f"/v1/evaluation/{running['E']}/allocations")).json
    assert placed["ID"] == running["A"]
    assert (await ask(app, "GET", f"/v1/evaluation/{running['A']}/allocations")).json == []
    assert [each["ID"] for each in (await ask(app, "GET", "/v1/evaluations")).json] == [running["E"]]
    found = await ask(app, "GET", f"/v1/evaluations?prefix={running['E'][:6]}")
    assert [each["ID"] for each in found.json] == [running["E"]]


async def test_an_allocation_in_full(app: Starlette, running: dict[str, str]) -> None:
    """A single allocation has its job, resources and metrics; a list shows less."""
    one = await ask(app, "GET", f"/v1/allocation/{running['A']}")
    (stub,) = (await ask(app, "GET", "/v1/allocations")).json
    assert one.json["Job"]["ID"] == "web"
    assert one.json["TaskResources"]["t"]["CPU"] == 100
    assert set(stub) < set(one.json)
    assert stub == {key: one.json[key] for key in stub}


async def test_nodes(app: Starlette, running: dict[str, str]) -> None:
    """A node has its HTTP address; its allocations come in full, for any beginning of its ID."""
    (stub,) = (await ask(app, "GET", "/v1/nodes")).json
    one = await ask(app, "GET", f"/v1/node/{stub['ID']}")
    assert (one.json["HTTPAddr"], one.json["Status"], one.index) == ("127.0.0.1:4646", "ready", stub["ModifyIndex"])
    for node_id in (running["N"], running["N"][:3].upper()):
        answer = await ask(app, "GET", f"/v1/node/{node_id}/allocations")
        assert [each["Job"]["ID"] for each in answer.json] == ["web"]
        assert answer.index == answer.json[0]["ModifyIndex"]


async def test_allocations_of_an_unknown_node(lone_server: Starlette) -> None:
    """For an unknown node the list is empty and the index not 0, so that no client asks in a loop."""
    answer = await ask(lone_server, "GET", "/v1/node/nobody/allocations")
    assert (answer.json, answer.index) == ([], 1)


async def test_live_allocations_of_a_node_come_first(
    app: Starlette, running: dict[str, str], clock: ManualClock
) -> None:
    """Live allocations of a node come before those that are over."""
    await ask(app, "DELETE", "/v1/job/web")
    await ask(app, "PUT", "/v1/jobs", {"Job": a_job(ID="other")})
    await settle()
    clock.advance(2 * SECOND)
    answer = await ask(app, "GET", f"/v1/node/{running['N']}/allocations")
    assert [each["JobID"] for each in answer.json] == ["other", "web"]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/v1/evaluation/{A}", 404, "eval not found"),
        ("/v1/allocation/{E}", 404, "alloc not found"),
        ("/v1/node/{A}", 404, "node not found"),
        ("/v1/evaluation/x", 500, "eval lookup failed: index error: UUID must be 36 characters"),
        ("/v1/evaluation/x/allocations", 500, "index error: UUID must be 36 characters"),
        ("/v1/allocation/", 500, "alloc lookup failed: index error: UUID must be 36 characters"),
        ("/v1/node/x", 500, "node lookup failed: index error: UUID must be 36 characters"),
        ("/v1/node/", 500, "missing node ID"),
        (
            "/v1/evaluations?prefix=abc",
            500,
            "eval lookup failed: index error: Input (without hyphens) must be even length",
        ),
        (
            "/v1/nodes?prefix=zz",
            500,
            "node lookup failed: index error: Invalid UUID: encoding/hex: invalid byte: U+007A 'z'",
        ),
        ("/v1/allocations?region=x", 500, "No path to region"),
        ("/v1/jobs?wait=x", 400, "Invalid wait time"),
        ("/v1/nodes?index=x", 400, "Invalid index"),
    ],
)
async def test_refusals(app: Starlette, running: dict[str, str], path: str, status: int, text: str) -> None:
    """Refusals have an agent's texts."""
    answer = await ask(app, "GET", path.format(**running))
    assert (answer.status, answer.text) == (status, text)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/jobs"),
        ("PUT", "/v1/evaluations"),
        ("POST", "/v1/evaluation/x"),
        ("PUT", "/v1/evaluation/x/allocations"),
        ("PUT", "/v1/allocations"),
        ("DELETE", "/v1/allocation/x"),
        ("PUT", "/v1/nodes"),
        ("DELETE", "/v1/node/x"),
        ("GET", "/v1/node/x/evaluate"),
        ("GET", "/v1/node/x/drain"),
        ("POST", "/v1/system/gc"),
        ("GET", "/v1/agent/join"),
        ("PUT", "/v1/regions"),
    ],
)
async def test_other_methods(app: Starlette, method: str, path: str) -> None:
    """Another method on a known path is refused."""
    answer = await ask(app, method, path)
    assert (answer.status, answer.text) == (405, "Invalid method")


@pytest.mark.parametrize("path", ["/v1/jobs/", "/v1/deployments", "/v1/validate/job", "/v1/acl/policies", "/v1/agent"])
async def test_what_comes_with_later_versions_is_not_there(app: Starlette, path: str) -> None:
    """Endpoints of later versions get the 404 that clients take for "not supported"."""
    answer = await ask(app, "GET", path)
    assert (answer.status, answer.text) == (404, "404 page not found\n")


@pytest.mark.parametrize("path", ["/v1/evaluation", "/v1/allocation", "/v1/node", "/v1/client/fs"])
async def test_trees_are_meant_without_their_slash_too(app: Starlette, path: str) -> None:
    """A path without its slash is redirected, as by Go's router."""
    answer = await ask(app, "GET", path)
    assert (answer.status, answer.headers["Location"]) == (301, path + "/")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs",
        "/v1/evaluations",
        "/v1/allocations",
        "/v1/evaluation/{E}",
        "/v1/allocation/{A}",
        "/v1/node/{N}",
        "/v1/nodes",
        "/v1/node/{N}/allocations",
        "/v1/evaluation/{E}/allocations",
    ],
)
async def test_a_change_wakes_who_waits(app: Starlette, running: dict[str, str], clock: ManualClock, path: str) -> None:
    """A query waits while nothing happens, and gets a higher index once its own object changes."""
    target = path.format(**running)
    known = (await ask(app, "GET", target)).index
    _, task = begin(app, "GET", f"{target}?index={known}")
    await settle()
    assert not task.done()
    cluster = app.state.spaces.default.world.agent.local
    if "node" in path and "allocations" not in path:
        finish(cluster.nodes.set_drain(running["N"], True))
    elif path == "/v1/evaluation/{E}":
        evaluation = cluster.state.evaluation(running["E"])
        cluster.state.upsert_evaluation({**evaluation, "StatusDescription": "again"})
    else:
        await ask(app, "DELETE", "/v1/job/web")
        await settle()
        clock.advance(SECOND)
    answer = await task
    assert answer.status == 200
    assert answer.index > known
