"""Findings about exchanges."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.testing import example_job
from tests.asgi import ask
from tests.journal.conftest import Ask

pytestmark = pytest.mark.anyio


async def _findings(control: Ask) -> dict[str, list[str]]:
    found: dict[str, list[str]] = (await control("GET", "/journal")).json[-1]["findings"]
    return found


async def test_nothing_is_to_be_said_about_a_good_exchange(agent: Ask, control: Ask) -> None:
    """A correct request with a reply as described has no findings."""
    job = {"Job": example_job("web")}
    for method, target, body in (
        ("PUT", "/v1/job/web", job),
        ("PUT", "/v1/job/web/plan", job),
        ("GET", "/v1/job/web?stale&pretty", b""),
        ("GET", "/v1/job/web/allocations?all=true", b""),
        ("HEAD", "/v1/job/web/summary", b""),
        ("GET", "/v1/agent/self", b""),
        ("GET", "/v1/nothing", b""),
    ):
        await agent(method, target, body)
        assert await _findings(control) == {"request": [], "kinds": [], "reply": []}


async def test_what_an_agent_drops_is_said_although_nobody_is_strict(agent: Ask, control: Ask) -> None:
    """Without strict clients the agent answers as usual, and the journal says what it ignored."""
    job: dict[str, Any] = example_job("web")
    answer = await agent("PUT", "/v1/job/web?dry", {"Job": {**job, "Cuont": 2}})
    assert answer.status == 200
    assert (await _findings(control))["request"] == [
        "query parameter dry is ignored",
        "body/Job/Cuont is ignored: there is no such field",
    ]


async def test_what_no_agent_sees_has_no_findings(agent: Ask, control: Ask) -> None:
    """A path with a malformed escape is refused before an agent drops a parameter or answers with its headers."""
    assert (await agent("PUT", "/v1/job/a%c?dry", {"Job": example_job("a%c")})).status == 400
    assert await _findings(control) == {"request": [], "kinds": [], "reply": []}


async def test_an_endpoint_of_a_later_release_is_named(agent: Ask, control: Ask) -> None:
    """A path of later releases is told as one, also where 0.5 takes it for a job's, and nothing else about it."""
    deployments = "Nomad 0.5 has no endpoint /v1/job/*/deployments, and takes web/deployments for an ID"
    tag = "Nomad 0.5 has no endpoint /v1/job/*/versions/*/tag, and takes web/versions/a/tag for an ID"
    for method, target, status, text in (
        ("GET", "/v1/job/web/deployments?all=true", 404, f"{deployments}; it came with Nomad 0.6"),
        ("DELETE", "/v1/job/web/versions/a/tag", 200, f"{tag}; it came with Nomad 1.9"),
        ("GET", "/v1/namespaces", 404, "Nomad 0.5 has no endpoint /v1/namespaces; it came with Nomad 0.7"),
    ):
        assert (await agent(method, target)).status == status
        assert await _findings(control) == {"request": [text], "kinds": ["path-later"], "reply": []}


async def test_a_job_may_have_the_name_of_a_later_endpoint(app: Starlette, agent: Ask, control: Ask) -> None:
    """A job whose ID ends as a later endpoint's path is a job like any other, also when a fault hides it."""
    await agent("PUT", "/v1/job/team/services", {"Job": example_job("team/services")})
    assert (await agent("GET", "/v1/job/team/services")).status == 200
    assert (await _findings(control))["request"] == []
    app.state.spaces.default.world.faults.add({"fault": {"kind": "status", "status": 503}})
    assert (await agent("GET", "/v1/job/team/services")).status == 503
    assert (await _findings(control))["request"] == []


async def test_a_reply_that_contradicts_the_description(app: Starlette, agent: Ask, control: Ask) -> None:
    """A reply that contradicts the description is a finding, unless a fault made it so."""

    async def liar(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'{"ID": 5}'})

    world = app.state.spaces.default.world
    world.faults.app = liar
    world.faults.add({"fault": {"kind": "latency", "delay": "0s"}, "match": {"path": "/never"}})
    await agent("GET", "/v1/job/web")
    found = (await _findings(control))["reply"]
    assert any("X-Nomad-Index" in text for text in found)
    assert any(text.startswith("body") for text in found)
    world.faults.add({"fault": {"kind": "malformed-json"}})
    await ask(app, "GET", "/v1/job/web")
    assert (await _findings(control))["reply"] == []


async def test_a_reply_that_can_not_be_read(app: Starlette, agent: Ask, control: Ask) -> None:
    """A reply that can't be parsed is a finding."""

    async def broken(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ID'})

    app.state.spaces.default.world.faults.app = broken
    app.state.spaces.default.world.faults.add({"fault": {"kind": "hang"}, "match": {"path": "/never"}})
    await agent("GET", "/v1/job/web")
    assert (await _findings(control))["reply"][0].startswith("body: ")
