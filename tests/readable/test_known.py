"""States that could not be read again once: each is now as a real 0.5.4 agent shows it."""

import asyncio
import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.readable.jobs import GROUP, JOB, KINDS
from tests.readable.reading import STRICT, Request, answer, everything, read_again, running


def registered(job_id: str = "a", *, kind: str = "service", **changes: Any) -> Request:
    """Return the request that registers a job of one sleeping task; ``changes`` are fields of the job."""
    job: dict[str, Any] = copy.deepcopy(JOB | KINDS[kind] | {"ID": job_id, "Name": job_id} | changes)
    return "PUT", f"/v1/job/{job_id}", {"Job": job}


def with_group(**changes: Any) -> list[dict[str, Any]]:
    """Return the groups of such a job, changed in these fields."""
    return [copy.deepcopy(GROUP) | changes]


def with_command(*command: str, **changes: Any) -> list[dict[str, Any]]:
    """Return the groups of such a job whose task runs this command, changed in these fields."""
    (group,) = with_group(**changes)
    group["Tasks"][0]["Config"] = {"command": command[0], "args": list(command[1:])}
    return [group]


def passed(duration: str) -> Request:
    """Return the request that lets time pass."""
    return "POST", "/__admin/clock/advance", {"duration": duration}


def read(directory: Path, *requests: Request) -> dict[str, Any]:
    """Return the bodies that are read after these requests, by path."""
    answers = asyncio.run(read_again(directory, requests))
    return {path: body for path, (_, _, body) in answers.items()}


def test_empty_constraints_of_a_job_that_is_there(tmp_path: Path) -> None:
    """Empty constraints are null once the status has changed, and the empty list after the next registration."""
    (group,) = with_group(Constraints=[])
    group["Tasks"][0] |= {"Constraints": [], "Artifacts": [], "DispatchPayload": None}
    group["Tasks"][0] |= {"Templates": [], "Services": []}
    job = registered(Constraints=[], TaskGroups=[group])
    once = read(tmp_path / "once", job)["/v1/job/a"]
    assert [once["Constraints"], once["TaskGroups"][0]["Tasks"][0]["Constraints"]] == [None, None]
    twice = read(tmp_path / "twice", job, passed("1s"), job)["/v1/job/a"]
    assert [twice["Constraints"], twice["TaskGroups"][0]["Tasks"][0]["Constraints"]] == [[], []]


def test_an_empty_payload(tmp_path: Path) -> None:
    """An empty payload stays a text."""
    assert read(tmp_path, registered(Payload=""))["/v1/job/a"]["Payload"] == ""


def test_a_task_that_sleeps_for_ever(tmp_path: Path) -> None:
    """A task may sleep any number of seconds."""
    job = registered(kind="batch", TaskGroups=with_command("sleep", "9" * 400))
    state = read(tmp_path, job, passed("2h"))["allocations"]
    assert [each["ClientStatus"] for each in state] == ["running"]


def test_a_child_that_ends_after_summaries_were_reconciled(tmp_path: Path) -> None:
    """A child that a reconciled summary forgot takes its count below 0, as on a real agent."""
    parent = registered(kind="parameterized")
    dispatch = ("PUT", "/v1/job/a/dispatch", {"Meta": {"k": "v"}})
    reconcile = ("PUT", "/v1/system/reconcile/summaries", b"")
    bodies = read(tmp_path, parent, dispatch, passed("1s"), reconcile, passed("5s"))
    assert bodies["/v1/job/a/summary"]["Children"] == {"Dead": 1, "Pending": 0, "Running": -1}


def test_a_job_that_is_its_own_parent(tmp_path: Path) -> None:
    """A job that is its own parent has a count below 0, as on a real agent."""
    job = registered(ParentID="a")
    children = {"Dead": 0, "Pending": -1, "Running": 1}
    assert read(tmp_path, job, passed("1s"), job)["/v1/job/a/summary"]["Children"] == children


def test_a_failing_task_with_a_negative_delay(tmp_path: Path) -> None:
    """A failing task with a negative delay restarts at once; a real node crashes."""
    policy = {"Attempts": 1, "Interval": 3_600_000_000_000, "Delay": -1, "Mode": "fail"}
    job = registered(kind="batch", TaskGroups=with_command("false", RestartPolicy=policy))
    (allocation,) = read(tmp_path, job, passed("5s"))["allocations"]
    events = [(event["Type"], event["StartDelay"]) for event in allocation["TaskStates"]["t"]["Events"]]
    assert ("Restarting", 0) in events
    assert allocation["ClientStatus"] == "failed"


def test_a_failing_task_with_the_longest_delay(tmp_path: Path) -> None:
    """The longest delay with its jitter is below 0, so the task restarts at once, as on a real node."""
    policy = {"Attempts": 1, "Interval": (1 << 63) - 1, "Delay": (1 << 63) - 1, "Mode": "fail"}
    job = registered(kind="batch", TaskGroups=with_command("false", RestartPolicy=policy))
    (allocation,) = read(tmp_path, job, passed("100ms"), passed("1s"))["allocations"]
    delays = [event["StartDelay"] for event in allocation["TaskStates"]["t"]["Events"] if event["Type"] == "Restarting"]
    assert min(delays) < 0


def test_summaries_that_were_reconciled(tmp_path: Path) -> None:
    """Reconciled summaries are stored, though nobody is woken for them."""
    bodies = read(tmp_path, registered(), passed("1s"), ("PUT", "/v1/system/reconcile/summaries", b""))
    assert bodies["/v1/job/a/summary"]["Children"] is None


def test_a_job_that_came_back_before_its_removal_was_looked_at(tmp_path: Path) -> None:
    """When an allocation of the former job ends, the new summary goes below 0, for it never counted it."""
    asyncio.run(_come_back(tmp_path))


async def _come_back(directory: Path) -> None:
    kept = replace(STRICT, data_dir=directory)
    job = registered(kind="batch", TaskGroups=with_command("sleep", "5"))
    async with running(kept) as app:
        await answer(app, job)
        await answer(app, passed("1s"))
        cluster = app.state.spaces.default.world.agent.local
        cluster.deregister("a")
        cluster.register({**job[2]["Job"], "Status": ""})
        await answer(app, passed("10s"))
        _, _, summary = (await everything(app))["/v1/job/a/summary"]
        counters = {status: number for status, number in summary["Summary"]["g"].items() if number}
        assert counters == {"Complete": 1, "Running": -1}
        exported = await answer(app, ("GET", "/__admin/state", b""))
    async with running(kept) as app:
        assert (await everything(app))["/v1/job/a/summary"][2] == summary
        assert (await answer(app, ("PUT", "/__admin/state", exported[2])))[0] == 200


def test_a_launch_at_no_time_of_this_world(tmp_path: Path) -> None:
    """A launch time that no agent can read is none; one after the year 9999 never comes."""
    for number, spec in enumerate(("9" * 20, "9" * 5_000, "9223372036", "253402300800", str((1 << 63) - 1))):
        periodic = {"Enabled": True, "Spec": spec, "SpecType": "_internal_test", "ProhibitOverlap": False}
        bodies = read(tmp_path / str(number), registered(kind="batch", Periodic=periodic), passed("1h"))
        assert [job["ID"] for job in bodies["jobs"]] == ["a"]


def test_a_job_of_a_type_that_no_scheduler_knows(tmp_path: Path) -> None:
    """A job of an unknown type is stored and waits."""
    (stub,) = read(tmp_path, registered(Type="foo"), passed("1h"))["jobs"]
    assert (stub["Type"], stub["Status"]) == ("foo", "pending")
