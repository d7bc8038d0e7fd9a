"""Acting on tasks that exist."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.testing import example_job
from tests.admin.conftest import Control
from tests.asgi import ask

pytestmark = pytest.mark.anyio


async def _allocation(app: Starlette, job: str = "a") -> dict[str, Any]:
    [found] = (await ask(app, "GET", f"/v1/job/{job}/allocations")).json
    return dict(found)


def _events(allocation: dict[str, Any]) -> list[str]:
    return [event["Type"] for event in allocation["TaskStates"]["t"]["Events"]]


async def _running(control: Control, *jobs: dict[str, Any]) -> None:
    await control("POST", "/jobs", list(jobs))
    await control("POST", "/clock/advance", {"duration": "1s"})


async def test_tasks_are_listed(control: Control) -> None:
    """The list of tasks says what each will do next, and when."""
    sleeps = example_job("b", Type="batch")
    sleeps["TaskGroups"][0]["Tasks"][0]["Config"] = {"command": "sleep", "args": ["60"]}
    await _running(control, example_job("a"), sleeps)
    first, second = (await control("GET", "/tasks")).json
    assert (first["job"], first["group"], first["task"], first["state"], first["next"]) == (
        "a",
        "g",
        "t",
        "running",
        "",
    )
    assert (second["next"], first["next_at"]) == ("end", None)
    assert second["next_at"] > (await control("GET", "/clock")).json["now"]
    assert (await control("GET", "/tasks?job=b*")).json == [second]


async def test_a_task_that_fails_is_restarted_as_its_policy_says(control: Control, app: Starlette) -> None:
    """A task that is made to fail runs again after the delay of its restart policy."""
    await _running(control, example_job("a"))
    [failed] = (await control("POST", "/tasks/fail", {"tasks": {"job": "a"}, "exit_code": 7, "message": "oom"})).json
    assert (failed["state"], failed["next"]) == ("pending", "prepare")
    await control("POST", "/clock/advance", {"duration": "1s"})
    allocation = await _allocation(app)
    assert (allocation["ClientStatus"], _events(allocation)[-2:]) == ("pending", ["Terminated", "Restarting"])
    ended = allocation["TaskStates"]["t"]["Events"][-2]
    assert (ended["ExitCode"], ended["Message"]) == (7, "oom")
    await control("POST", "/clock/advance", {"duration": "1m"})
    assert (await _allocation(app))["ClientStatus"] == "running"


async def test_a_failure_can_be_final(control: Control, app: Starlette) -> None:
    """A final failure is not restarted, whatever the policy says."""
    await _running(control, example_job("a"))
    await control("POST", "/tasks/fail", {"tasks": {"task": "t"}, "restart": False})
    await control("POST", "/clock/advance", {"duration": "1s"})
    allocation = await _allocation(app)
    assert (allocation["ClientStatus"], _events(allocation)[-1]) == ("failed", "Not Restarting")


async def test_a_batch_task_can_be_finished(control: Control, app: Starlette) -> None:
    """A batch task can be finished early, and only once."""
    sleeps = example_job("b", Type="batch")
    sleeps["TaskGroups"][0]["Tasks"][0]["Config"] = {"command": "sleep", "args": ["60"]}
    await _running(control, example_job("a"), sleeps)
    allocation_id = (await _allocation(app, "b"))["ID"]
    await control("POST", "/tasks/finish", {"tasks": {"allocation": allocation_id[:8]}})
    await control("POST", "/clock/advance", {"duration": "2m"})
    allocation = await _allocation(app, "b")
    assert (allocation["ClientStatus"], _events(allocation)) == ("complete", ["Received", "Started", "Terminated"])
    assert (await _allocation(app, "a"))["ClientStatus"] == "running"


async def test_a_hanging_task_can_be_started(control: Control, app: Starlette) -> None:
    """A task whose start hangs can be made to start."""
    await control("POST", "/tasks/rules", {"tasks": {}, "outcome": {"hang": True}})
    await _running(control, example_job("a"))
    await control("POST", "/clock/advance", {"duration": "3h"})
    assert (await _allocation(app))["ClientStatus"] == "pending"
    await control("POST", "/tasks/start", {"tasks": {"job": "a"}})
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert (await _allocation(app))["ClientStatus"] == "running"


@pytest.mark.parametrize("action", ["finish", "fail", "start"])
async def test_a_selection_of_nothing_is_told(control: Control, action: str) -> None:
    """A selection without a task is refused with the tasks that could be selected: mostly it is a typing error."""
    await _running(control, example_job("a"))
    answer = await control("POST", f"/tasks/{action}", {"tasks": {"job": "web"}})
    assert answer.status == 404
    able = "there are none" if action == "start" else "job a, group g, task t"
    assert answer.json["help"].endswith(able)


async def test_a_task_that_is_being_killed_is_left_alone(control: Control, app: Starlette) -> None:
    """A task that is being killed ends by itself, so it can't be selected."""
    await control("POST", "/tasks/rules", {"tasks": {}, "outcome": {"kill_after": "4s"}})
    await _running(control, example_job("a"))
    await ask(app, "DELETE", "/v1/job/a")
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert (await control("POST", "/tasks/fail", {"tasks": {}})).status == 404
    await control("POST", "/clock/advance", {"duration": "4s"})
    assert (await _allocation(app))["ClientStatus"] == "complete"
