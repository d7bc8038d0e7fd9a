"""GET /v1/job/<ID>/allocations: the allocations belonging to a job."""

import time
from collections.abc import Callable
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Job, Nomad
from contract_tests.client.waiting import told_time
from contract_tests.job.test_plan import diff_of
from contract_tests.job.test_summary import ZERO
from contract_tests.statements import states
from contract_tests.suite import verify
from contract_tests.suite.monitor import UUID


def until(nomad: Nomad, job_id: str, statement: str, wanted: Callable[[list[Any]], bool], what: str) -> Exchange:
    """Query a job's allocations, blocking, until they are as wanted; a violation when patience ends."""
    placing = nomad.awaited("placing")
    limit = nomad.patience.deadline(placing)
    found = verify.ok(statement, nomad.allocations(job_id))
    seen: dict[str, tuple[int, int, str]] = {}
    while _moved_well(found, seen) and not wanted(found.json):
        if time.monotonic() > limit:
            nomad.patience.in_vain(placing)
            raise found.ledger.finding(statement, what, found.text[:2000], found)
        others = {one["JobID"] for one in found.json} - {job_id}
        verify.equal("job.allocations.belong-to-the-job", found, others, set())
        found = verify.ok(statement, nomad.allocations(job_id, {"index": found.index, "wait": "300ms"}))
    return found


def _moved_well(found: Exchange, seen: dict[str, tuple[int, int, str]]) -> bool:
    """Require that allocations keep their CreateIndex and move their ModifyIndex on with their status."""
    for one in found.json:
        now = (one["CreateIndex"], one["ModifyIndex"], one["ClientStatus"] + one["DesiredStatus"])
        created, modified, status = seen.get(one["ID"], now)
        moved = now[1] >= modified + (now[2] != status)
        statement = "job.allocations.indexes"
        verify.that(statement, found, moved and now[0] == created, f"after {(created, modified, status)}", now)
        seen[one["ID"]] = now
    return True


def clients(*statuses: str) -> Callable[[list[Any]], bool]:
    """Return a test of whether the client statuses of allocations are these, in any order."""
    return lambda found: sorted(one["ClientStatus"] for one in found) == sorted(statuses)


def goes_on(nomad: Nomad, job_id: str, created: int) -> bool:
    """Return whether a registration went on with the job that was deregistered, as newer servers do."""
    return nomad.own.purges and bool(nomad.job(job_id).json["CreateIndex"] == created)


def placed(nomad: Nomad, running: JobFactory, **members: Any) -> tuple[Job, Exchange]:
    """Register a service job that can be placed, of two unless it has other groups, and wait until all run."""
    job = running.service(nomad.new_id(), **{"TaskGroups": [running.group("g", Count=2)], **members})
    verify.ok("job.register.creates", nomad.register(job))
    found = until(nomad, job["ID"], "job.allocations.run", all_running, "running allocations")
    wanted = sum(one["Count"] for one in job["TaskGroups"])
    verify.equal("job.allocations.one-per-count", found, len(found.json), wanted)
    return job, found


def all_running(found: list[Any]) -> bool:
    """Return whether there are allocations and all of them run."""
    return bool(found) and all(one["ClientStatus"] == "running" for one in found)


@states("job.allocations.reply-is-json", "job.allocations.reply-is-a-list", "job.allocations.none-is-empty-list")
def test_no_allocations_are_an_empty_list(nomad: Nomad, factory: JobFactory) -> None:
    """A job without allocations, and one that does not exist, have an empty list of them."""
    job = factory.service(nomad.new_id())
    for _ in range(2):
        found = nomad.allocations(job["ID"])
        verify.equal("job.allocations.none-is-empty-list", found, found.ok and found.json, [])
        found = nomad.allocations(job["ID"], {"all": "true"})
        verify.equal("job.allocations.none-is-empty-list", found, found.ok and found.json, [])
        nomad.register(job)
        nomad.settle(job["ID"])


@states(
    "job.allocations.reply-has-documented-fields",
    "job.allocations.reply-has-observed-fields",
    "job.allocations.task-state-has-observed-fields",
    "job.allocations.task-event-has-observed-fields",
    "job.allocations.belong-to-the-job",
    "job.allocations.one-per-count",
    "job.allocations.names",
    "job.allocations.run",
    "job.allocations.of-an-evaluation",
    "job.allocations.index-header",
    "job.allocations.task-states",
    "job.allocations.times",
    "job.allocations.indexes",
    "job.summary.counts-running",
    "job.query.status-running",
    "job.allocations.any-case",
)
def test_allocations_of_a_running_job(nomad: Nomad, running: JobFactory) -> None:
    """Each wanted instance is an allocation of the job, named after it, that comes to run."""
    job, found = placed(nomad, running, ID=nomad.new_id("Mine"), Name="named")
    other, _ = placed(nomad, running)
    found = nomad.allocations(job["ID"])
    listed = found.json
    verify.equal("job.allocations.one-per-count", found, len(listed), 2)
    verify.equal("job.allocations.belong-to-the-job", found, {a["JobID"] for a in listed}, {job["ID"]})
    verify.equal("job.allocations.belong-to-the-job", found, {a["TaskGroup"] for a in listed}, {"g"})
    verify.equal("job.allocations.names", found, sorted(a["Name"] for a in listed), ["named.g[0]", "named.g[1]"])
    verify.equal("job.allocations.run", found, {a["DesiredStatus"] for a in listed}, {"run"})
    evaluations = nomad.evaluations(job["ID"])
    ids = {e["ID"] for e in evaluations.json}
    verify.that("job.allocations.of-an-evaluation", found, {a["EvalID"] for a in listed} <= ids, ids, listed)
    theirs = nomad.allocations(other["ID"])
    none = nomad.allocations(nomad.new_id())
    newest = max(a["ModifyIndex"] for a in [*listed, *theirs.json])
    for one in (found, none):
        verify.that("job.allocations.index-header", one, one.index >= newest, newest, one.index)
    verify_times(found, [a["CreateTime"] for a in listed])
    for allocation in listed:
        node_id = allocation["NodeID"]
        placed_on = UUID.fullmatch(node_id) is not None and node_id not in (allocation["ID"], allocation["EvalID"])
        verify.that("job.allocations.run", found, placed_on, "the ID of a node", node_id)
        verify.grows("job.allocations.index-header", found, allocation["CreateIndex"], allocation["ModifyIndex"])
        verify.equal("job.allocations.run", found, allocation["ClientDescription"], "")
        times = [event["Time"] for event in allocation["TaskStates"]["t"]["Events"] or ()]
        verify_times(found, times)
        verify.equal("job.allocations.times", found, times, sorted(times))
        failed = {name: state["Failed"] for name, state in allocation["TaskStates"].items()}
        verify.equal("job.allocations.task-states", found, failed, {"t": False})
        states_ = {name: state["State"] for name, state in (allocation["TaskStates"] or {}).items()}
        verify.equal("job.allocations.task-states", found, states_, {"t": "running"})
        events = [event["Type"] for event in allocation["TaskStates"]["t"]["Events"] or ()]
        verify.equal("job.allocations.task-states", found, events, ["Received", "Started"])
    summary = nomad.summary(job["ID"])
    verify.equal("job.summary.counts-running", summary, summary.json["Summary"], {"g": {**ZERO, "Running": 2}})
    status = nomad.job(job["ID"])
    verify.equal("job.query.status-running", status, status.json["Status"], "running")
    shared = {a["ID"] for a in theirs.json} & {a["ID"] for a in listed}
    verify.equal("job.allocations.belong-to-the-job", theirs, shared, set())
    for spelling in (job["ID"].upper(), job["ID"].lower()):
        found = nomad.allocations(spelling)
        told = {a["ID"]: a["JobID"] for a in found.json}
        verify.equal("job.allocations.any-case", found, told, {a["ID"]: job["ID"] for a in listed})


@states("job.allocations.order")
def test_allocations_are_ordered(nomad: Nomad, running: JobFactory) -> None:
    """Allocations come by ID, also those that were made one after the other."""
    job = running.service(nomad.new_id())
    for count in (4, 8, 12):
        nomad.register({**job, "TaskGroups": [running.group("g", Count=count)]})
        nomad.settle(job["ID"])
    for found in (nomad.allocations(job["ID"]), nomad.allocations(job["ID"], {"all": "true"})):
        ids = [one["ID"] for one in verify.listed("job.allocations.order", found, 12)]
        verify.equal("job.allocations.order", found, ids, sorted(ids))


def verify_times(found: Exchange, times: list[int]) -> None:
    """Require nanoseconds since 1970 that are of these minutes by the clock of the server."""
    now = told_time(found).timestamp()
    recent = [abs(now - time / 10**9) < 120 for time in times]
    verify.that("job.allocations.times", found, all(recent), f"nanoseconds shortly before {now:.0f} s", times)


@states(
    "job.allocations.stop-with-the-job",
    "job.allocations.all",
    "job.allocations.past-instances-left-out",
    "job.summary.missing-job",
)
def test_allocations_stop_with_their_job(nomad: Nomad, running: JobFactory) -> None:
    """Deregistering stops every allocation of every group; ``all`` lists those of past instances as well."""
    groups = [running.group(name, Count=count) for name, count in (("g", 1), ("h", 2))]
    job, before = placed(nomad, running, TaskGroups=groups)
    old, created = {a["ID"] for a in before.json}, nomad.job(job["ID"]).json["CreateIndex"]
    verify.ok("job.deregister.ends-the-job", nomad.deregister(job["ID"]))
    if nomad.job(job["ID"]).status == 404:
        verify.missing("job.summary.missing-job", nomad.summary(job["ID"]))
    statement = "job.allocations.stop-with-the-job"
    stopped = until(nomad, job["ID"], statement, clients(*["complete"] * 3), "complete allocations")
    verify.equal(statement, stopped, {a["DesiredStatus"] for a in stopped.json}, {"stop"})
    verify.equal(statement, stopped, {a["ID"] for a in stopped.json}, old)
    nomad.register(job)
    kept = goes_on(nomad, job["ID"], created)
    wanted = clients(*["complete"] * 3 * kept, *["running"] * 3)
    until(nomad, job["ID"], "job.allocations.run", wanted, "three new running allocations")
    for value in ("true", "1", "t"):
        every = nomad.allocations(job["ID"], {"all": value})
        verify.that("job.allocations.all", every, old < {a["ID"] for a in every.json}, old, every.text[:500])
        verify.equal("job.allocations.all", every, len(every.json), 6)
    if kept:  # a job that was forgotten is another instance
        old = {a["ID"] for a in every.json}
        nomad.own.forget(job["ID"])
        nomad.settle(job["ID"])  # or else the new job would take over what still runs
        nomad.register(job)
        until(nomad, job["ID"], "job.allocations.run", clients(*["running"] * 3), "three new running allocations")
    for query in ({}, {"all": "false"}, {"all": "zzz"}, {"all": None}):
        new = nomad.allocations(job["ID"], query)
        left = old & {a["ID"] for a in new.json}
        verify.equal("job.allocations.past-instances-left-out", new, (left, len(new.json)), (set(), 3))


@states("job.allocations.in-place-update", "job.allocations.destructive-update", "job.plan.updates")
def test_updates_in_place_and_destructive(nomad: Nomad, running: JobFactory) -> None:
    """A change of supervision keeps the allocations, a change of a task replaces them; a plan predicts it."""
    job, before = placed(nomad, running)
    kept = {**job, "Priority": 51}
    verify_updates(nomad.plan(kept), {"InPlaceUpdate": 2}, {"in-place update": 2})
    done = nomad.register(kept)
    nomad.settle(job["ID"])
    after = nomad.allocations(job["ID"])
    statement = "job.allocations.in-place-update"
    verify.equal(statement, after, {one["EvalID"] for one in after.json}, {done.json["EvalID"]})
    verify.equal(statement, after, [a["ID"] for a in after.json], [a["ID"] for a in before.json])
    moving = {"EvalID", "ModifyIndex", "TaskStates"}
    verify.equal(statement, after, *(without(moving, one.json) for one in (after, before)))
    replaced = {**job, "TaskGroups": [running.group("g", Count=2, Env={"NEW": "1"})]}
    verify_updates(nomad.plan(replaced), {"DestructiveUpdate": 2}, {"create/destroy update": 2})
    last = nomad.register(replaced)
    wanted = clients("complete", "complete", "running", "running")
    statement = "job.allocations.destructive-update"
    after = until(nomad, job["ID"], statement, wanted, "two replaced by two running ones")
    old = [a["DesiredDescription"] for a in after.json if a["DesiredStatus"] == "stop"]
    verify.equal(statement, after, old, ["alloc is being updated due to job update"] * 2)
    by = {(one["DesiredStatus"], one["EvalID"]) for one in after.json}
    verify.equal(statement, after, by, {("stop", done.json["EvalID"]), ("run", last.json["EvalID"])})
    moving |= {"DesiredStatus", "DesiredDescription", "ClientStatus"}
    stopped = without(moving, [a for a in after.json if a["DesiredStatus"] == "stop"])
    verify.equal(statement, after, stopped, without(moving, before.json))
    nomad.deregister(job["ID"])
    nomad.settle(job["ID"])
    ended = nomad.allocations(job["ID"])
    reasons = sorted(a["DesiredDescription"] for a in ended.json)
    verify.equal(statement, ended, reasons, [*old, *["alloc not needed due to job update"] * 2])


def without(names: set[str], listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return allocations without members that an update changes."""
    return [{name: value for name, value in one.items() if name not in names} for one in listed]


def verify_updates(planned: Exchange, updates: dict[str, int], shown: dict[str, int]) -> None:
    """Require that a plan predicts exactly these updates of its one group, and says so in the diff."""
    foretold = planned.json["Annotations"]["DesiredTGUpdates"]["g"]
    verify.equal("job.plan.updates", planned, foretold, dict.fromkeys(foretold, 0) | updates)
    verify.equal("job.plan.updates", planned, diff_of(planned)["TaskGroups"][0]["Updates"], shown)


@states("job.plan.updates")
def test_plans_of_running_jobs(nomad: Nomad, running: JobFactory) -> None:
    """A plan of a running job predicts which allocations stay, stop and are placed."""
    job, _ = placed(nomad, running)
    for count, updates, shown in (
        (2, {"InPlaceUpdate": 2}, {"in-place update": 2}),
        (1, {"Stop": 1, "InPlaceUpdate": 1}, {"destroy": 1, "in-place update": 1}),
        (0, {"Stop": 2}, {"destroy": 2}),
        (5, {"Place": 3, "InPlaceUpdate": 2}, {"create": 3, "in-place update": 2}),
    ):
        planned = nomad.plan({**job, "TaskGroups": [running.group("g", Count=count)]})
        verify_updates(planned, updates, shown)


@states("job.allocations.scale")
def test_scaling(nomad: Nomad, running: JobFactory) -> None:
    """A smaller count stops the surplus and keeps the rest; a larger one adds."""
    job, before = placed(nomad, running)
    first = {a["ID"] for a in before.json}
    nomad.register({**job, "TaskGroups": [running.group("g", Count=1)]})
    after = until(nomad, job["ID"], "job.allocations.scale", clients("complete", "running"), "one stopped")
    verify.equal("job.allocations.scale", after, {a["ID"] for a in after.json}, first)
    stopped = [a["DesiredDescription"] for a in after.json if a["DesiredStatus"] == "stop"]
    verify.equal("job.allocations.scale", after, stopped, ["alloc not needed due to job update"])
    nomad.settle(job["ID"])
    settled = nomad.allocations(job["ID"])
    kept = [a["DesiredStatus"] for a in settled.json]
    verify.equal("job.allocations.scale", settled, sorted(kept), ["run", "stop"])
    nomad.register({**job, "TaskGroups": [running.group("g", Count=3)]})
    wanted = clients("complete", "running", "running", "running")
    until(nomad, job["ID"], "job.allocations.scale", wanted, "three running")


@states("job.allocations.batch-completes", "job.summary.counts-complete")
def test_a_batch_job_completes(nomad: Nomad, running: JobFactory) -> None:
    """A batch task that ends well completes its allocation and its job; both stay readable."""
    job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=1, brief=True)])
    nomad.register(job)
    statement = "job.allocations.batch-completes"
    found = until(nomad, job["ID"], statement, clients("complete"), "a complete allocation")
    verify.equal(statement, found, found.json[0]["TaskStates"]["t"]["State"], "dead")
    verify.equal(statement, found, found.json[0]["DesiredStatus"], "run")
    nomad.settle(job["ID"])
    status = nomad.job(job["ID"])
    verify.equal(statement, status, status.json["Status"], "dead")
    summary = nomad.summary(job["ID"])
    verify.equal("job.summary.counts-complete", summary, summary.json["Summary"], {"g": {**ZERO, "Complete": 1}})


@states("job.allocations.children-not-included", "job.summary.counts-running-children")
def test_children_have_their_own(nomad: Nomad, running: JobFactory) -> None:
    """A child's allocations are the child's, not the parent's."""
    job = running.parameterized(nomad.new_id(), TaskGroups=[running.group("g", Count=1)])
    nomad.register(job)
    child = nomad.dispatch(job["ID"], meta={"need": "x"}).json["DispatchedJobID"]
    until(nomad, child, "job.allocations.run", clients("running"), "the child's running allocation")
    found = nomad.allocations(job["ID"])
    verify.equal("job.allocations.children-not-included", found, found.json, [])
    statement = "job.summary.counts-running-children"
    for change, counts in ((nomad.job, {"Running": 1, "Dead": 0}), (nomad.deregister, {"Running": 0, "Dead": 1})):
        change(child)
        nomad.settle(child)
        summary = nomad.summary(job["ID"])
        verify.equal(statement, summary, summary.json["Children"], {"Pending": 0, **counts})
        verify.equal(statement, summary, summary.json["Summary"], {"g": ZERO})
