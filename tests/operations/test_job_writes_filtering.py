"""Constraints that kept nodes away make an unchanged job Edited, as observed on a real 0.5.4 agent."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import SECOND
from mockserver.settings import Settings
from tests.asgi import ask
from tests.builders import a_group, a_job, a_task

pytestmark = pytest.mark.anyio

NODES: tuple[dict[str, Any], ...] = ({"Name": "in", "Meta": {"rack": "r1"}}, {"Name": "out"})
IN_RACK = [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "r1"}]
PERIODIC = {"Enabled": True, "ProhibitOverlap": False, "Spec": "0 0 1 1 * 2099", "SpecType": "cron"}
PARAMETERIZED = {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}


async def planned(app: Starlette, job: dict[str, Any]) -> tuple[str, str, list[str] | None]:
    """Return the types of the group's and the task's diff, and the task's annotations, when the job is planned."""
    answer = await ask(app, "PUT", "/v1/job/j/plan", {"Job": job, "Diff": True})
    (group,) = answer.json["Diff"]["TaskGroups"]
    (task,) = group["Tasks"]
    assert (group["Fields"], group["Objects"], task["Fields"], task["Objects"]) == (None, None, None, None)
    return group["Type"], task["Type"], task["Annotations"]


async def registered(job: dict[str, Any]) -> Starlette:
    """Return a region of two nodes that has scheduled the job."""
    clock = ManualClock()
    app = create_app(Settings(nodes=NODES, clock=clock, seed=1, strict=True))
    await ask(app, "PUT", "/v1/job/j", {"Job": job})
    clock.advance(SECOND)
    return app


@pytest.mark.parametrize(
    "kind",
    [
        {"Type": "batch", "Periodic": PERIODIC},
        {"Type": "batch", "ParameterizedJob": PARAMETERIZED},
        {"Type": "service"},
    ],
)
async def test_a_constraint_that_kept_a_node_away_edits_its_owner(kind: dict[str, Any]) -> None:
    """Planning a parent meets nodes it never met; planning a running service meets only its own."""
    job = a_job(a_group(a_task(), Constraints=IN_RACK), **kind)
    assert await planned(await registered(job), job) == ("Edited", "None", None)
    job = a_job(a_group(a_task(Constraints=IN_RACK)), **kind)
    assert await planned(await registered(job), job) == ("Edited", "Edited", ["forces in-place update"])


async def test_what_kept_nodes_away_both_times_is_unchanged() -> None:
    """A job that fits nowhere met the same nodes before and in the plan; a registration begins anew."""
    nowhere = [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "r9"}]
    job = a_job(a_group(a_task(), Constraints=nowhere))
    app = await registered(job)
    for _ in range(2):
        assert await planned(app, job) == ("None", "None", None)
        await ask(app, "PUT", "/v1/job/j", {"Job": job})
        app.state.spaces.default.world.agent.local.clock.advance(SECOND)


async def test_a_constraint_of_the_job_edits_nothing() -> None:
    """A constraint of the job edits no group: groups have their own constraints only."""
    job = a_job(a_group(a_task()), Constraints=IN_RACK)
    assert await planned(await registered(job), job) == ("None", "None", None)


async def test_a_job_that_was_away_meanwhile_has_met_nobody() -> None:
    """A job deregistered and registered again as a parent has met no nodes, for it is not scheduled."""
    job = a_job(a_group(a_task(), Constraints=IN_RACK), Type="batch")
    app = await registered(job)
    await ask(app, "DELETE", "/v1/job/j")
    off = {**job, "Periodic": PERIODIC, "TaskGroups": [{**job["TaskGroups"][0], "Count": 0}]}
    await ask(app, "PUT", "/v1/job/j", {"Job": off})
    assert await planned(app, off) == ("None", "None", None)
