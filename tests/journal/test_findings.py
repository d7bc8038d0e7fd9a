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
