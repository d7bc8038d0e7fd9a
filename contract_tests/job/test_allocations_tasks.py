"""GET /v1/job/<ID>/allocations: tasks that end, fail and are stopped, and updates in steps."""

from itertools import pairwise
from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import LEAST, JobFactory, constraint
from contract_tests.client.nomad import Job, Nomad
from contract_tests.durations import SECOND
from contract_tests.findings import NotOffered
from contract_tests.job.test_allocations import clients, until
from contract_tests.job.test_evaluations import by_id
from contract_tests.job.test_summary import ZERO
from contract_tests.statements import states
from contract_tests.suite import verify

NEVER: dict[str, Any] = {"Attempts": 0, "Delay": SECOND, "Interval": 10 * SECOND, "Mode": "fail"}
TWICE: dict[str, Any] = {**NEVER, "Attempts": 2, "Delay": SECOND // 50}
DELAYED: dict[str, Any] = {"Attempts": 1, "Delay": SECOND // 50, "Interval": 600 * SECOND, "Mode": "delay"}
PORT = 61017
RESTARTED = "Restart within policy"


def ending(running: JobFactory, code: int, name: str = "t") -> dict[str, Any]:
    """Return a task that ends at once with an exit code."""
    command: dict[str, Any] = {"command": "/bin/sh", "args": ["-c", f"exit {code}"]}
    if running.driver == "mock_driver":
        command = {"run_for": "0s", "exit_code": code}
    elif running.driver in ("docker", "rkt"):
        command |= {"image": "busybox:1", "command": "sh"}
    return {**running.group("g", Count=1)["Tasks"][0], "Name": name, "Config": command}


def run(nomad: Nomad, running: JobFactory, kind: str, policy: dict[str, Any], *tasks: dict[str, Any]) -> Job:
    """Register a job of one group of these tasks."""
    group = {**running.group("g", Count=1), "RestartPolicy": policy, "Tasks": list(tasks)}
    job: Job = getattr(running, kind)(nomad.new_id(), TaskGroups=[group])
    verify.ok("job.register.creates", nomad.register(job))
    return job


def history(found: Exchange, task: str = "t") -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a task of the only allocation: each event's type, and its fields without the time."""
    state = found.json[0]["TaskStates"][task]
    return [
        (event["Type"], {name: value for name, value in event.items() if value and name not in ("Type", "Time")})
        for event in state["Events"] or ()
    ]


def verify_ended(nomad: Nomad, job: Job, found: Exchange, task: str = "t", *, failed: bool) -> None:
    """Require that the only allocation, one of its tasks, the summary and the job tell the same end."""
    allocation = found.json[0]
    state = allocation["TaskStates"][task]
    shown = (allocation["DesiredStatus"], allocation["DesiredDescription"], state["State"], state["Failed"])
    verify.equal("job.allocations.failed-tasks", found, shown, ("run", "", "dead", failed))
    nomad.settle(job["ID"])
    summary, status = nomad.summary(job["ID"]), nomad.job(job["ID"])
    counts = {"g": {**ZERO, "Failed" if failed else "Complete": 1}}
    verify.equal("job.summary.counts-failed", summary, summary.json["Summary"], counts)
    verify.equal("job.allocations.failed-tasks", status, status.json["Status"], "dead")


@states("job.allocations.failed-tasks", "job.summary.counts-failed")
@pytest.mark.parametrize("kind", ["service", "batch"])
def test_a_task_that_fails(nomad: Nomad, running: JobFactory, kind: str) -> None:
    """A task that fails without restarts leaves a failed allocation with its exit code, and a dead job."""
    statement = "job.allocations.failed-tasks"
    jobs = {code: run(nomad, running, kind, NEVER, ending(running, code)) for code in (1, 3, 127)}
    for code, job in jobs.items():
        found = until(nomad, job["ID"], statement, clients("failed"), "a failed allocation")
        last = {"FailsTask": True, "RestartReason": "Policy allows no restarts"}
        expected = [("Received", {}), ("Started", {}), ("Terminated", {"ExitCode": code}), ("Not Restarting", last)]
        verify.equal(statement, found, history(found), expected)
        verify_ended(nomad, job, found, failed=True)


@states("job.allocations.restarts")
def test_a_task_is_restarted_as_its_policy_says(nomad: Nomad, running: JobFactory) -> None:
    """A task that fails is restarted as often as allowed, after the delay; a service even when it ends well."""
    statement = "job.allocations.restarts"
    kinds = {"batch": 3, "service": 0}
    jobs = {kind: run(nomad, running, kind, TWICE, ending(running, code)) for kind, code in kinds.items()}
    reason = 'Exceeded allowed attempts 2 in interval 10s and mode is "fail"'
    for kind, job in jobs.items():
        found = until(nomad, job["ID"], statement, clients("failed"), "a failed allocation")
        ended = ("Terminated", {"ExitCode": kinds[kind]} if kinds[kind] else {})
        once: list[tuple[str, dict[str, Any]]] = [("Started", {}), ended, ("Restarting", {"RestartReason": RESTARTED})]
        last = ("Not Restarting", {"FailsTask": True, "RestartReason": reason})
        events = history(found)
        verify_delays(found, events, TWICE["Delay"])
        verify.equal(statement, found, events, [("Received", {}), *once, *once, ("Started", {}), ended, last])
        verify_ended(nomad, job, found, failed=True)


def verify_delays(found: Exchange, events: list[tuple[str, dict[str, Any]]], delay: int) -> None:
    """Take the delays out of events and require each to be that of the policy, or up to a quarter more."""
    for _, told in events:
        shown = told.pop("StartDelay", None)
        if shown is not None:
            fits = delay <= shown <= delay * 5 // 4
            verify.that("job.allocations.restarts", found, fits, f"{delay} ns and up to a quarter more", shown)


@states("job.allocations.restarts")
def test_a_policy_may_delay(nomad: Nomad, running: JobFactory) -> None:
    """In mode delay, a task that has failed too often waits for the end of the interval, and is pending until then."""
    statement = "job.allocations.restarts"
    job = run(nomad, running, "batch", DELAYED, ending(running, 1))
    found = until(nomad, job["ID"], statement, _waits, "a task that waits for the end of the interval")
    delay = history(found)[-1][1].get("StartDelay", 0)
    left = DELAYED["Interval"] - delay
    verify.that(statement, found, 0 <= left <= 30 * SECOND, f"nearly {DELAYED['Interval']} ns", delay)
    shown = (found.json[0]["ClientStatus"], found.json[0]["TaskStates"]["t"]["State"])
    verify.equal(statement, found, shown, ("pending", "pending"))
    summary = nomad.summary(job["ID"])
    verify.equal("job.summary.counts-failed", summary, summary.json["Summary"], {"g": {**ZERO, "Starting": 1}})
    before = history(found)
    nomad.deregister(job["ID"])
    stopped = until(nomad, job["ID"], statement, _all_dead("t"), "a dead task")
    verify.equal(statement, stopped, history(stopped), [*before, ("Killed", {})])


def _waits(found: list[Any]) -> bool:
    events = [
        event for one in found for event in ((one["TaskStates"] or {}).get("t") or {"Events": []})["Events"] or ()
    ]
    return bool(events) and events[-1]["RestartReason"] == "Exceeded allowed attempts, applying a delay"


@states("job.allocations.several-tasks")
def test_tasks_of_a_group_end_together(nomad: Nomad, running: JobFactory) -> None:
    """Every task of a group has its state; when one fails, the others are killed and say which task failed."""
    statement = "job.allocations.several-tasks"
    other = {**running.group("g", Count=1)["Tasks"][0], "Name": "good", "KillTimeout": 7 * SECOND}
    job = run(nomad, running, "batch", NEVER, ending(running, 1, "bad"), other)
    found = until(nomad, job["ID"], statement, _all_dead("bad", "good"), "two dead tasks")
    verify.equal(statement, found, found.json[0]["ClientStatus"], "failed")
    events = history(found, "good")
    told = [("Sibling task failed", {"FailedSibling": "bad"}), ("Killing", {"KillTimeout": 7 * SECOND}), ("Killed", {})]
    if events[1:2] == [("Started", {})]:
        verify.equal(statement, found, events, [("Received", {}), ("Started", {}), *told])
    else:
        verify.that(statement, found, told[0] in events, told[0], events)
    verify.equal(statement, found, found.json[0]["TaskStates"]["good"]["Failed"], False)
    verify_ended(nomad, job, found, "bad", failed=True)


def _all_dead(*tasks: str) -> Any:
    def wanted(found: list[Any]) -> bool:
        return bool(found) and all(
            (found[0]["TaskStates"] or {}).get(task, {"State": ""})["State"] == "dead" for task in tasks
        )

    return wanted


@states("job.allocations.stopped-tasks", "job.allocations.several-groups")
def test_tasks_that_are_stopped(nomad: Nomad, running: JobFactory) -> None:
    """Each group has its own allocations; a task that is stopped was killed with its timeout and has not failed."""
    groups = [running.group(name, Count=count, KillTimeout=9 * SECOND) for name, count in (("a", 2), ("b", 1))]
    job = running.service(nomad.new_id(), Name="named", TaskGroups=groups)
    verify.ok("job.register.creates", nomad.register(job))
    three = clients("running", "running", "running")
    found = until(nomad, job["ID"], "job.allocations.several-groups", three, "three running allocations")
    names = sorted((one["Name"], one["TaskGroup"]) for one in found.json)
    expected = [("named.a[0]", "a"), ("named.a[1]", "a"), ("named.b[0]", "b")]
    verify.equal("job.allocations.several-groups", found, names, expected)
    summary = nomad.summary(job["ID"])
    counts = {"a": {**ZERO, "Running": 2}, "b": {**ZERO, "Running": 1}}
    verify.equal("job.allocations.several-groups", summary, summary.json["Summary"], counts)
    nomad.register({**job, "TaskGroups": groups[:1]})
    statement = "job.allocations.stopped-tasks"
    found = until(nomad, job["ID"], statement, clients("running", "running", "complete"), "one stopped allocation")
    stopped = [one for one in found.json if one["DesiredStatus"] == "stop"]
    verify.equal(statement, found, [one["TaskGroup"] for one in stopped], ["b"])
    state = stopped[0]["TaskStates"]["t"]
    events = [(event["Type"], event["KillTimeout"]) for event in state["Events"] or ()]
    expected_events = [("Received", 0), ("Started", 0), ("Killing", 9 * SECOND), ("Killed", 0)]
    verify.equal(statement, found, events, expected_events)
    verify.equal(statement, found, (state["State"], state["Failed"]), ("dead", False))
    reason = stopped[0]["DesiredDescription"]
    verify.equal(statement, found, reason, "alloc not needed due to job update")


@states("job.allocations.of-a-system-job")
def test_a_system_job_runs_once_on_each_node(nomad: Nomad, running: JobFactory) -> None:
    """A system job has one allocation on each node, all of the same name, and goes on running."""
    statement = "job.allocations.of-a-system-job"
    job = running.system(nomad.new_id(), TaskGroups=[running.group("g", Count=1)])
    verify.ok("job.register.creates", nomad.register(job))
    found = until(nomad, job["ID"], statement, _all_run, "running allocations")
    nodes = [one["NodeID"] for one in found.json]
    verify.equal(statement, found, len(nodes), len(set(nodes)))
    verify.equal(statement, found, {one["Name"] for one in found.json}, {f"{job['Name']}.g[0]"})
    status = nomad.job(job["ID"])
    verify.equal(statement, status, status.json["Status"], "running")
    planned = nomad.plan({**job, "Priority": 51})
    updates = planned.json["Annotations"]["DesiredTGUpdates"]["g"]
    verify.equal(statement, planned, updates, dict.fromkeys(updates, 0) | {"InPlaceUpdate": len(nodes)})


def _all_run(found: list[Any]) -> bool:
    return bool(found) and all(one["ClientStatus"] == "running" for one in found)


@states("job.evaluations.unblocked")
def test_room_that_comes_free_is_used(nomad: Nomad, running: JobFactory) -> None:
    """A job waits for a port that is taken on every node; its blocked evaluation places it once the port is free."""
    statement = "job.evaluations.unblocked"
    networks = [{"MBits": 1, "ReservedPorts": [{"Label": "p", "Value": PORT}]}]
    groups = [running.group("g", Count=1, Resources={**LEAST, "Networks": networks})]
    first = running.system(nomad.new_id("first"), TaskGroups=groups)
    if nomad.plan(first).json["FailedTGAllocs"]:
        raise NotOffered(f"some node has no network on which port {PORT} is free")
    verify.ok("job.register.creates", nomad.register(first))
    until(nomad, first["ID"], statement, _all_run, "running allocations")
    job = running.service(nomad.new_id("second"), TaskGroups=groups)
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    waiting = [one["ID"] for one in found.json if one["Status"] == "blocked"]
    verify.equal(statement, found, len(waiting), 1)
    reasons = [one["FailedTGAllocs"]["g"]["DimensionExhausted"] for one in found.json if one["FailedTGAllocs"]]
    verify.equal(statement, found, [list(one or ()) for one in reasons], [["network: reserved port collision"]])
    verify.equal(statement, found, nomad.allocations(job["ID"]).json, [])
    nomad.deregister(first["ID"])
    placed = until(nomad, job["ID"], statement, clients("running"), "a running allocation")
    verify.equal(statement, placed, placed.json[0]["EvalID"], waiting[0])
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    verify.equal(statement, found, {one["Status"] for one in found.json}, {"complete"})
    summary = nomad.summary(job["ID"])
    verify.equal(statement, summary, summary.json["Summary"], {"g": {**ZERO, "Running": 1}})


@states("job.evaluations.unblocked-in-part")
def test_what_is_placed_in_part_goes_on_waiting(nomad: Nomad, running: JobFactory) -> None:
    """A blocked evaluation that can place a part of its work places it, and stays blocked for the rest."""
    statement = "job.evaluations.unblocked-in-part"
    networks = [{"MBits": 1, "ReservedPorts": [{"Label": "p", "Value": PORT + 1}]}]
    one = running.group("g", Count=1, Resources={**LEAST, "Networks": networks})
    first = running.system(nomad.new_id("first"), TaskGroups=[one])
    if nomad.plan(first).json["FailedTGAllocs"]:
        raise NotOffered(f"some node has no network on which port {PORT + 1} is free")
    verify.ok("job.register.creates", nomad.register(first))
    until(nomad, first["ID"], statement, _all_run, "running allocations")
    nowhere = {**running.group("h", Count=1), "Constraints": [constraint("a", "b")]}
    job = running.service(nomad.new_id("second"), TaskGroups=[one, nowhere])
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    before = nomad.evaluations(job["ID"])
    waiting = [one for one in before.json if one["Status"] == "blocked"]
    verify.equal(statement, before, len(waiting), 1)
    nomad.deregister(first["ID"])
    placed = until(nomad, job["ID"], statement, clients("running"), "a running allocation")
    verify.equal(statement, placed, [one["EvalID"] for one in placed.json], [waiting[0]["ID"]])
    summary = nomad.summary(job["ID"])
    verify.equal(statement, summary, summary.json["Summary"], {"g": {**ZERO, "Running": 1}, "h": {**ZERO, "Queued": 1}})
    after = nomad.evaluations(job["ID"])
    verify.equal(statement, after, in_order(after.json), in_order(before.json))


@states("job.evaluations.unblocked-in-part")
def test_an_evaluation_tells_what_it_placed_and_what_not(nomad: Nomad, running: JobFactory) -> None:
    """Of two groups of which one fits, nothing is queued of that one, and all of the other, which failed."""
    statement = "job.evaluations.unblocked-in-part"
    nowhere = {**running.group("h", Count=2), "Constraints": [constraint("a", "b")]}
    job = running.service(nomad.new_id(), TaskGroups=[running.group("g", Count=1), nowhere])
    done = verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    evaluation = by_id(found, statement, done.json["EvalID"])
    verify.equal(statement, found, evaluation["QueuedAllocations"], {"g": 0, "h": 2})
    verify.equal(statement, found, list(evaluation["FailedTGAllocs"] or ()), ["h"])


def in_order(evaluations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return evaluations in the order of their creation."""
    return sorted(evaluations, key=lambda one: int(one["CreateIndex"]))


@states("job.allocations.rolling-update", "job.evaluations.rolling-update")
def test_an_update_in_steps(nomad: Nomad, running: JobFactory) -> None:
    """An update replaces MaxParallel allocations every Stagger; each step has an evaluation of its own."""
    stagger = SECOND * 3 // 5
    groups = [running.group("g", Count=3)]
    job = running.service(nomad.new_id(), TaskGroups=groups, Update={"Stagger": stagger, "MaxParallel": 1})
    verify.ok("job.register.creates", nomad.register(job))
    statement = "job.allocations.rolling-update"
    old = until(nomad, job["ID"], statement, clients(*["running"] * 3), "three running allocations")
    before = {one["ID"] for one in old.json}
    new = {**job, "TaskGroups": [running.group("g", Count=3, Env={"NEW": "1"})]}
    planned = nomad.plan(new)
    created = [(one["TriggeredBy"], one["Status"], one["Wait"]) for one in planned.json["CreatedEvals"] or ()]
    verify.equal("job.evaluations.rolling-update", planned, created, [("rolling-update", "pending", stagger)])
    nomad.register(new)
    steps = until(nomad, job["ID"], statement, _stopped(1), "a first allocation to stop")
    stops = [one for one in steps.json if one["DesiredStatus"] == "stop"]
    verify.equal(statement, steps, (len(stops), len(steps.json)), (1, 4))
    verify_steps(nomad, job["ID"], stagger)
    found = until(nomad, job["ID"], statement, clients(*["complete"] * 3, *["running"] * 3), "three replaced by three")
    left = {one["ID"] for one in found.json if one["DesiredStatus"] == "run"} & before
    verify.equal(statement, found, left, set())
    times = sorted(one["CreateTime"] for one in found.json if one["ID"] not in before)
    apart = min(later - earlier for earlier, later in pairwise(times))
    verify.that(statement, found, apart >= stagger * 0.9, f"steps {stagger} ns apart", times)
    evaluations = nomad.evaluations(job["ID"])
    rolling = [one for one in evaluations.json if one["TriggeredBy"] == "rolling-update"]
    verify.equal("job.evaluations.rolling-update", evaluations, len(rolling), 2)


def _stopped(count: int) -> Any:
    return lambda found: sum(one["DesiredStatus"] == "stop" for one in found) >= count


def verify_steps(nomad: Nomad, job_id: str, stagger: int) -> None:
    """Require that the evaluation of the update names the next one, which waits and names it in turn."""
    statement = "job.evaluations.rolling-update"
    found = nomad.evaluations(job_id)
    by_id = {one["ID"]: one for one in found.json}
    named = [one for one in found.json if one["NextEval"] and one["TriggeredBy"] == "job-register"]
    verify.that(statement, found, len(named) == 1 and named[0]["NextEval"] in by_id, "one with a NextEval", found.text)
    later = by_id[named[0]["NextEval"]]
    shown = (later["TriggeredBy"], later["Wait"], later["PreviousEval"], later["JobModifyIndex"])
    expected = ("rolling-update", stagger, named[0]["ID"], named[0]["JobModifyIndex"])
    verify.equal(statement, found, shown, expected)
    order = [later[name] for name in ("JobModifyIndex", "SnapshotIndex", "ModifyIndex")]
    verify.equal(statement, found, order, sorted(order))
