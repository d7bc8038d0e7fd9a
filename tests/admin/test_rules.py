"""Rules for what becomes of tasks."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.testing import example_job
from tests.admin.conftest import Control
from tests.asgi import ask

pytestmark = pytest.mark.anyio


async def _status(app: Starlette, job: str = "a") -> str:
    [found] = (await ask(app, "GET", f"/v1/job/{job}/allocations")).json
    return str(found["ClientStatus"])


async def _pass(control: Control, duration: str) -> None:
    await control("POST", "/clock/advance", {"duration": duration})


async def test_a_rule_for_so_many_starts(control: Control, app: Starlette) -> None:
    """With a rule for two starts a task fails twice, is restarted by its policy, and then runs."""
    rule = {"tasks": {"job": "a*"}, "outcome": {"exit_code": 1}, "times": 2}
    made = await control("POST", "/tasks/rules", rule)
    assert (made.status, made.json["outcome"]) == (201, {"run_for": 0, "exit_code": 1})
    await control("POST", "/jobs", example_job("a"))
    statuses = []
    for _ in range(3):
        await _pass(control, "1s")
        statuses.append(await _status(app))
        await _pass(control, "20s")
    assert statuses == ["pending", "pending", "running"]
    assert (await control("GET", "/tasks/rules")).json == []


@pytest.mark.parametrize(
    ("outcome", "after", "status"),
    [
        ({"start_after": "5s"}, "4s", "pending"),
        ({"start_after": "5s"}, "6s", "running"),
        ({"start_error": "no disk"}, "1s", "failed"),
        ({"start_error": "no disk", "start_error_recoverable": True}, "1s", "pending"),
        ({"run_for": "3s", "signal": 9}, "2s", "running"),
        ({"run_for": "3s", "signal": 9}, "4s", "pending"),
        ({"run_for": None, "exit_code": 1}, "1h", "running"),
    ],
)
async def test_outcomes(control: Control, app: Starlette, outcome: dict[str, Any], after: str, status: str) -> None:
    """A rule can delay a start, make it fail, and say how the task ends."""
    await control("POST", "/tasks/rules", {"tasks": {"task": "t"}, "outcome": outcome})
    await control("POST", "/jobs", example_job("a"))
    await _pass(control, after)
    assert await _status(app) == status


async def test_the_newest_rule_counts(control: Control, app: Starlette) -> None:
    """Of the rules that select a task, the newest counts."""
    await control("POST", "/tasks/rules", {"tasks": {}, "outcome": {"start_error": "no"}})
    await control("POST", "/tasks/rules", {"tasks": {"job": "b"}, "outcome": {"hang": True}})
    await control("POST", "/jobs", [example_job("a"), example_job("b")])
    await _pass(control, "1s")
    assert [await _status(app, job) for job in ("a", "b")] == ["failed", "pending"]


async def test_rules_can_be_dropped(control: Control) -> None:
    """One rule can be dropped or all of them; the numbers begin anew when none is left."""
    rule = {"tasks": {}, "outcome": {"hang": True}}
    numbers = [(await control("POST", "/tasks/rules", rule)).json["number"] for _ in range(3)]
    assert (await control("DELETE", f"/tasks/rules/{numbers[0]}")).status == 204
    gone = await control("DELETE", f"/tasks/rules/{numbers[0]}")
    assert (gone.status, gone.json["help"]) == (404, "there are: 2, 3")
    assert (await control("DELETE", "/tasks/rules/x")).status == 404
    assert (await control("DELETE", "/tasks/rules")).status == 204
    assert (await control("GET", "/tasks/rules")).json == []
    assert (await control("POST", "/tasks/rules", rule)).json["number"] == 1


@pytest.mark.parametrize(
    "outcome", [{}, {"hang": False}, {"exit_code": 256}, {"run_for": "soon"}, {"start_error_recoverable": True}]
)
async def test_what_is_no_outcome_is_refused(control: Control, outcome: dict[str, Any]) -> None:
    """A malformed outcome is refused when the rule is made."""
    assert (await control("POST", "/tasks/rules", {"tasks": {}, "outcome": outcome})).status == 400


async def test_a_rule_counts_no_further_than_a_state_can_tell(control: Control) -> None:
    """A number of starts that an exported state could not say is refused."""
    rule = {"tasks": {}, "outcome": {"hang": True}}
    assert (await control("POST", "/tasks/rules", {**rule, "times": 1e308})).status == 400
    assert (await control("POST", "/tasks/rules", {**rule, "times": 2.0})).json["times"] == 2


async def test_there_are_not_too_many_rules(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of rules is limited, so a test suite that never drops any gets an error."""
    monkeypatch.setattr("mockserver.admin.rules._MOST", 1)
    rule = {"tasks": {}, "outcome": {"hang": True}}
    assert (await control("POST", "/tasks/rules", rule)).status == 201
    assert (await control("POST", "/tasks/rules", rule)).json["error"] == "there are 1 rules already"


async def test_a_rule_counts_its_starts(control: Control) -> None:
    """A rule says how many starts it has applied to, also once it was exported and imported again."""
    await control("POST", "/tasks/rules", {"tasks": {"job": "b"}, "outcome": {"exit_code": 1}})
    await control("POST", "/tasks/rules", {"tasks": {"job": "a"}, "outcome": {"run_for": None}})
    await control("POST", "/jobs", example_job("a", count=2))
    await _pass(control, "1s")
    for _ in range(2):
        assert [rule["hits"] for rule in (await control("GET", "/tasks/rules")).json] == [0, 2]
        await control("PUT", "/state", (await control("GET", "/state")).json)
