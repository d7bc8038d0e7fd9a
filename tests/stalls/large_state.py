"""A state of many allocations, made of a small one: to place them all would take minutes."""

import asyncio
import json
import re
from typing import Any

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.asgi import ask
from tests.stalls.jobs import a_group, a_job, large_nodes

_UUID = re.compile(r"[0-9a-f]{2}([0-9a-f]{6}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def large_state(jobs: int, count: int) -> dict[str, Any]:
    """Return a state of so many jobs, each with so many running allocations; there may be 256 jobs."""
    state = asyncio.run(_of_one_job(count))
    (region,) = state["regions"]
    lists = [
        *((region["state"], name) for name in ("jobs", "summaries", "evaluations", "allocations")),
        (region["clients"], "allocations"),
    ]
    nodes = {node["ID"] for node in region["state"]["nodes"]}
    for part, name in lists:
        text = json.dumps(part[name])
        part[name] = [each for number in range(jobs) for each in json.loads(_renamed(text, number, nodes))]
    return state


async def _of_one_job(count: int) -> dict[str, Any]:
    job = a_job(a_group("g", count=count))
    app = create_app(Settings(speed=0, nodes=large_nodes(20)))
    async with app.router.lifespan_context(app):
        assert (await ask(app, "PUT", "/v1/job/j", {"Job": job})).status == 200
        await ask(app, "POST", "/__admin/clock/advance", {"duration": "5s"}, host="localhost")
        state: dict[str, Any] = (await ask(app, "GET", "/__admin/state", host="localhost")).json
        return state


def _renamed(text: str, number: int, kept: set[str]) -> str:
    """Return objects of another job: with another ID, and with other UUIDs than those that are ``kept``."""
    text = _UUID.sub(lambda found: found[0] if found[0] in kept else f"{number:02x}{found[1]}", text)
    return text.replace('"j"', f'"j{number}"').replace('"j.g[', f'"j{number}.g[')
