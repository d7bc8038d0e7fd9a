"""Why a job does not run as it should: one sentence for each situation."""

from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.admin.why import Reason, _cause, _settled, _unplaced
from mockserver.testing import example_job
from tests.admin.conftest import Control
from tests.asgi import ask
from tests.builders import a_job, an_allocation, an_evaluation

pytestmark = pytest.mark.anyio

STANDS = " Time stands still until it is moved."


def _job(job_id: str = "web", *, cpu: int = 100, **fields: Any) -> dict[str, Any]:
    """Return a job whose one task asks for so many MHz."""
    job = example_job(job_id, **fields)
    job["TaskGroups"][0]["Tasks"][0]["Resources"]["CPU"] = cpu
    return job


def _constraint(value: str) -> dict[str, Any]:
    return {"LTarget": "${attr.kernel.name}", "RTarget": value, "Operand": "="}


@pytest.mark.parametrize(
    ("job", "obstacle"),
    [
        (_job(Datacenters=["dc8", "dc9"]), "there is no node in its datacenters dc8 and dc9; all nodes are in dc1"),
        (_job(Constraints=[_constraint("windows")]), "constraint ${attr.kernel.name} = windows rules out 1 of 1 node"),
        (
            _job(cpu=90000),
            "cpu exhausted on 1 node (each asks for 90000 MHz; the most that is free on a node is 10000 MHz)",
        ),
    ],
)
async def test_an_obstacle_is_named(control: Control, job: dict[str, Any], obstacle: str) -> None:
    """A job that can't be placed says what is in its way."""
    await control("POST", "/jobs", job)
    await control("POST", "/clock/advance", {"duration": "1s"})
    explained = (await control("GET", "/jobs/web")).json
    why = f"1 allocation of group g can't be placed: {obstacle}."
    assert explained == {"ID": "web", "Status": "pending", "level": "bad", "why": why}


async def test_a_missing_driver_is_named(control: Control) -> None:
    """The driver of a group that no node has is named; nodes ruled out by their class were seen before."""
    await control("PATCH", "/nodes/global-dc1-1", {"Drivers": ["docker"]})
    await control("POST", "/jobs", _job())
    await control("POST", "/clock/advance", {"duration": "1s"})
    assert (await control("GET", "/jobs/web")).json["why"].endswith(": driver exec is missing on 1 of 1 node.")


async def test_nodes_that_are_not_ready_are_named(control: Control) -> None:
    """Nodes that are down or draining are told apart; without any node there is none anywhere."""
    await control("POST", "/nodes", {"Name": "b", "Drain": True})
    await control("POST", "/nodes/global-dc1-1/down")
    await control("POST", "/jobs", _job())
    await control("POST", "/clock/advance", {"duration": "1s"})
    why = (await control("GET", "/jobs/web")).json["why"]
    assert why.endswith("no node in its datacenter dc1 is ready (global-dc1-1 is down and b is draining).")
    await control("DELETE", "/nodes/b")
    await control("DELETE", "/nodes/global-dc1-1")
    why = (await control("GET", "/jobs/web")).json["why"]
    assert why.endswith("there is no node in its datacenter dc1, nor anywhere else.")


async def test_a_job_on_its_way_says_what_comes_next(control: Control) -> None:
    """A job that was just registered waits for the scheduler, then for its tasks to start, then runs."""
    await control("POST", "/jobs", _job())
    await control("POST", "/tasks/rules", {"tasks": {"job": "slow"}, "outcome": {"start_after": "90s"}})
    await control("POST", "/jobs", _job("slow"))
    seen = [(await control("GET", "/jobs")).json]
    for _ in range(2):
        await control("POST", "/clock/advance", {"duration": "1s"})
        seen.append((await control("GET", "/jobs")).json)
    slow, web = ([(each[place]["level"], each[place]["why"]) for each in seen] for place in (0, 1))
    assert web[0] == ("wait", f"1 allocation is placed and not running yet.{STANDS}")
    assert web[-1] == ("good", "1 allocation runs.")
    assert slow[-1][1].startswith("1 allocation is placed and not running yet: the next step is in 1m28s.")


async def test_a_held_task_is_started_by_hand(control: Control) -> None:
    """A task that a rule holds says so, and a task that restarts is told from one that starts."""
    await control("POST", "/tasks/rules", {"tasks": {"job": "held"}, "outcome": {"hang": True}})
    await control("POST", "/jobs", [_job("held"), _job("shaky")])
    await control("POST", "/clock/advance", {"duration": "1s"})
    await control("POST", "/tasks/fail", {"tasks": {"job": "shaky"}})
    await control("POST", "/clock/advance", {"duration": "1s"})
    held, shaky = (await control("GET", "/jobs")).json
    assert held["why"] == "1 task is held in pending by a rule, until started by hand."
    assert shaky["why"].startswith("1 allocation is placed and will be restarted: the next step is in ")


async def test_a_job_that_ended_says_what_went_wrong(control: Control) -> None:
    """A dead job tells the last failure, if there was one."""
    await control("POST", "/tasks/rules", {"tasks": {"job": "bad"}, "outcome": {"exit_code": 3}})
    group = {**example_job()["TaskGroups"][0], "RestartPolicy": {"Attempts": 0, "Mode": "fail", "Interval": 10**10}}
    await control("POST", "/jobs", [_job("bad", Type="batch", TaskGroups=[group]), _job("fine", Type="batch")])
    await control("POST", "/clock/advance", {"duration": "1m"})
    bad, fine = (await control("GET", "/jobs")).json
    assert (bad["Status"], bad["level"], bad["why"]) == (
        "dead",
        "bad",
        "It has ended; 1 allocation failed: exit code 3.",
    )
    assert (fine["Status"], fine["level"], fine["why"]) == ("dead", "good", "It has ended.")


async def test_a_parent_says_when_it_launches(control: Control) -> None:
    """A periodic job tells its next launch, a parameterized one that it has to be dispatched."""
    every_five = {"Enabled": True, "Spec": "*/5 * * * *", "SpecType": "cron"}
    parents = [
        _job("five", Type="batch", Periodic=every_five),
        _job("never", Type="batch", Periodic={**every_five, "Spec": "0 0 1 1 * 2000"}),
        _job("off", Type="batch", Periodic={**every_five, "Enabled": False}),
        _job("when-asked", Type="batch", ParameterizedJob={}),
    ]
    await control("POST", "/jobs", parents)
    explained = (await control("GET", "/jobs")).json
    assert {each["level"] for each in explained} == {"good"}
    assert [each["why"] for each in explained] == [
        f"It is periodic: the next launch is at 2017-07-14 02:45:00, in 5m0s.{STANDS}",
        "It is periodic, and no launch is to come.",
        "It is periodic, and its launches are off.",
        "It is parameterized: it runs when it is dispatched.",
    ]


async def test_an_unknown_job_is_refused(control: Control, app: Starlette) -> None:
    """For a job that does not exist the nearest one is named; IDs may have slashes, and no request is recorded."""
    await control("POST", "/jobs", _job("a/web"))
    assert (await ask(app, "GET", "/__admin/jobs/a/web", host="localhost")).json["ID"] == "a/web"
    refused = await control("GET", "/jobs/a/wed")
    assert (refused.status, refused.json["error"], refused.json["help"]) == (
        404,
        "there is no job 'a/wed'",
        "did you mean a/web?",
    )
    assert (await control("GET", "/jobs?region=eu1")).json == []


METRIC: Any = {
    "ConstraintFiltered": None,
    "NodesFiltered": 2,
    "NodesEvaluated": 2,
    "CoalescedFailures": 0,
}


def test_a_blocked_evaluation_leads_to_the_one_that_it_was_made_by() -> None:
    """What could not be placed is told by the evaluation that made the blocked one, else by the newest."""
    cause = an_evaluation(ID="a", Status="complete", BlockedEval="b", FailedTGAllocs={"g": METRIC}, CreateIndex=1)
    blocked = an_evaluation(ID="b", Status="blocked", CreateIndex=2)
    later = an_evaluation(ID="c", Status="complete", CreateIndex=3)
    gave_up = an_evaluation(ID="d", Status="complete", TriggeredBy="max-plan-attempts", CreateIndex=4)
    assert _unplaced([cause, blocked, later, gave_up]) == {"g": METRIC}
    assert _unplaced([cause, later, gave_up]) is None
    assert _unplaced([]) is None


@pytest.mark.parametrize(
    ("job", "newest", "reason"),
    [
        (a_job(Status="pending"), None, Reason("wait", "Nothing has evaluated it yet.")),
        (
            a_job(Status="pending", Type="system"),
            an_evaluation(),
            Reason(
                "wait",
                "Its newest evaluation found nothing to place: a system job needs a ready node in its datacenters "
                "that fits.",
            ),
        ),
    ],
)
def test_a_job_without_allocations(job: Any, newest: Any, reason: Reason) -> None:
    """A job that has nothing placed says whether an evaluation has looked at it."""
    assert _settled(job, newest, []) == reason


def test_a_drivers_error_comes_before_the_exit_code() -> None:
    """The cause of a failure is the last event that tells one: an error, a signal or an exit code."""

    def failed(*events: dict[str, Any]) -> Any:
        blank = {"DriverError": "", "SetupError": "", "DownloadError": "", "ValidationError": "", "Signal": 0}
        whole = [{**blank, **event, "Time": time} for time, event in enumerate(events)]
        return an_allocation(ClientStatus="failed", TaskStates={"t": {"Events": whole}})

    error = {"Type": "Driver Failure", "DriverError": "no such image."}
    killed = {"Type": "Terminated", "Signal": 9, "ExitCode": 0}
    ended = {"Type": "Not Restarting"}
    assert _cause([failed(killed, error, ended)]) == ": no such image"
    assert _cause([failed(error, killed, ended)]) == ": signal 9"
    assert _cause([failed(ended)]) == ""
    pending = a_job(Status="pending")
    assert _settled(pending, an_evaluation(), [failed(error)]) == Reason(
        "bad", "1 allocation failed: no such image; none is left to run."
    )
