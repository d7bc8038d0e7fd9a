"""PUT and POST /v1/job/<ID>/plan: a dry run of the scheduler."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Job, Nomad
from contract_tests.client.waiting import told_time
from contract_tests.job.test_evaluations import WAITING, told_of_nobody
from contract_tests.oracle import shapes
from contract_tests.oracle.diff import job_diff, unordered
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.strategies import generated
from contract_tests.strategies.edits import edits_of
from contract_tests.suite import profiles, verify
from contract_tests.suite.monitor import UUID

DIFFS = {
    "job": "job.plan.diff.of-job",
    "constraint": "job.plan.diff.of-constraint",
    "update": "job.plan.diff.of-update",
    "periodic": "job.plan.diff.of-periodic",
    "task-group": "job.plan.diff.of-task-group",
    "restart-policy": "job.plan.diff.of-restart-policy",
    "ephemeral-disk": "job.plan.diff.of-ephemeral-disk",
    "task": "job.plan.diff.of-task",
    "resources": "job.plan.diff.of-resources",
    "network": "job.plan.diff.of-network",
    "log-config": "job.plan.diff.of-log-config",
    "artifact": "job.plan.diff.of-artifact",
    "template": "job.plan.diff.of-template",
    "dispatch-payload": "job.plan.diff.of-dispatch-payload",
    "service": "job.plan.diff.of-service",
    "check": "job.plan.diff.of-check",
}
"""The statement about the diff of a part of the job tree."""
ZERO_TIME = "0001-01-01T00:00:00Z"


def diff_of(planned: Exchange) -> dict[str, Any]:
    """Return the diff of a plan that was asked for one; a missing diff is a violation."""
    diff = planned.json["Diff"]
    if not isinstance(diff, dict):
        raise planned.ledger.finding("job.plan.diff-only-when-asked", "a diff, which was asked for", diff, planned)
    return diff


def verify_diff(statement: str, planned: Exchange, old: Job | None, new: Job) -> None:
    """Require that a plan's diff says exactly what changed between two jobs."""
    verify.ok(statement, planned)
    expected = unordered(job_diff(old and readback(old), readback(new)))
    gaps = differences(expected, unordered(diff_of(planned)), ("Diff",))
    verify.alike(statement, planned, gaps)


@states(
    "job.plan.is-accepted",
    "job.plan.reply-is-json",
    *shapes.statements_about("job.plan"),
    "job.plan.failed-allocations",
    "job.plan.failure-metrics",
    "job.plan.created-evaluations",
    "job.plan.desired-updates",
    "job.plan.job-modify-index",
    "job.plan.reply-index",
    "job.plan.diff-only-when-asked",
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_plan_tells_what_would_happen(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """A plan of a job that fits nowhere shows what would be placed, what fails, and the blocked evaluation."""
    job = factory.batch(nomad.new_id(), TaskGroups=[group("one", Count=3), group("none", Count=0)])
    for stored in (False, True):
        planned = verify.ok("job.plan.is-accepted", nomad.plan(job, method=method))
        reply = planned.json
        verify.that("job.plan.diff-only-when-asked", planned, isinstance(reply["Diff"], dict), "a diff", reply["Diff"])
        updates = reply["Annotations"]["DesiredTGUpdates"]
        verify.that("job.plan.desired-updates", planned, "one" in updates, "the group 'one'", updates)
        verify.equal("job.plan.desired-updates", planned, updates["one"]["Place"], 3)
        counts = shapes.documented("DesiredUpdates", updates["one"]).values()
        verify.equal("job.plan.desired-updates", planned, sum(counts), 3)
        verify.that("job.plan.failed-allocations", planned, set(reply["FailedTGAllocs"] or ()) == {"one"}, "one", reply)
        metric = reply["FailedTGAllocs"]["one"]
        verify.equal("job.plan.failure-metrics", planned, metric["CoalescedFailures"], 2)
        shown = {name: metric[name] for name in ("NodesEvaluated", "NodesFiltered", "NodesExhausted")}
        verify.equal("job.plan.failure-metrics", planned, shown, dict.fromkeys(shown, 0))
        counted = metric["NodesAvailable"] == {factory.datacenter: 0}
        verify.that("job.plan.failure-metrics", planned, counted, "no node in its datacenter", metric)
        verify.equal("job.plan.failure-metrics", planned, told_of_nobody(metric), {})
        index = nomad.job(job["ID"]).json["JobModifyIndex"] if stored else 0
        verify.equal("job.plan.job-modify-index", planned, reply["JobModifyIndex"], index)
        verify.equal("job.plan.reply-index", planned, (reply["Index"], planned.index), (index, index))
        verify_blocked(planned, job, index + 1 if stored else 0)
        nomad.register(job)
        nomad.settle(job["ID"])


def verify_blocked(planned: Exchange, job: Job, index: int) -> None:
    """Require that the plan created exactly one blocked evaluation for the job."""
    created = planned.json["CreatedEvals"]
    statement = "job.plan.created-evaluations"
    verify.that(statement, planned, isinstance(created, list) and len(created) == 1, "one evaluation", created)
    expected = {
        "Status": "blocked",
        "StatusDescription": "created to place remaining allocations",
        "JobID": job["ID"],
        "Type": job["Type"],
        "Priority": job["Priority"],
        "TriggeredBy": "job-register",
        "JobModifyIndex": index,
        "CreateIndex": 0,
        "ModifyIndex": 0,
        "SnapshotIndex": 0,
        "Wait": 0,
        "BlockedEval": "",
        "NextEval": "",
        "QueuedAllocations": None,
        "FailedTGAllocs": None,
    }
    verify.equal(statement, planned, {name: created[0].get(name, "no such field") for name in expected}, expected)
    before, own = created[0]["PreviousEval"], created[0]["ID"]
    linked = UUID.fullmatch(before) is not None and before != own
    verify.that(statement, planned, linked, "the ID of the evaluation before it", before)
    verify.equal(statement, planned, {name: created[0].get(name) for name in WAITING}, WAITING)


@states("job.plan.leaves-no-trace", verify.UNCHANGED)
@pytest.mark.parametrize("kind", ["service", "batch", "system", "parameterized", "periodic", "rich"])
def test_a_plan_leaves_no_trace(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Planning stores nothing: no new job, no evaluation, no change of what is there."""
    job = getattr(factory, kind)(nomad.new_id())
    statement = "job.plan.leaves-no-trace"
    verify.ok("job.plan.is-accepted", nomad.plan(job))
    verify.missing(statement, nomad.job(job["ID"]))
    verify.missing(statement, nomad.summary(job["ID"]))
    for empty in (nomad.evaluations(job["ID"]), nomad.allocations(job["ID"])):
        verify.equal(statement, empty, empty.json, [])
    nomad.register(job)
    nomad.settle(job["ID"])
    before = {op: nomad.read(op, job["ID"]).json for op in ("query", "summary", "evaluations", "allocations")}
    for change in ({}, {"Priority": 71}, {"Meta": {"changed": "yes"}}, {"Name": "other"}):
        verify.ok("job.plan.is-accepted", nomad.plan({**job, **change}))
    for operation, expected in before.items():
        after = nomad.read(operation, job["ID"])
        verify.same(statement, after, shapes.READS[operation], after.json, expected)


@states("job.plan.diff-only-when-asked")
def test_the_diff_is_there_when_asked_for(nomad: Nomad, factory: JobFactory) -> None:
    """A plan has a diff with Diff true, and none otherwise."""
    job = factory.service(nomad.new_id())
    statement = "job.plan.diff-only-when-asked"
    for body, wanted in (
        ({"Job": job, "Diff": True}, True),
        ({"Job": job, "Diff": False}, False),
        ({"Job": job, "Diff": None}, False),
        ({"Job": job, "diff": True, "PolicyOverride": True, "Unknown": [{}]}, True),
        ({"Job": job}, False),
    ):
        planned = verify.ok("job.plan.is-accepted", nomad.act("plan", job["ID"], body))
        expected = "a diff" if wanted else "no diff"
        diff = planned.json["Diff"]
        verify.that(statement, planned, isinstance(diff, dict) is wanted, expected, diff)


@states("job.plan.diff.new-job", "job.plan.diff.of-a-new-job")
@pytest.mark.parametrize("kind", ["service", "batch", "system", "parameterized", "periodic", "documented", "rich"])
def test_the_diff_of_a_new_job(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Everything of a job that is not stored yet is Added."""
    job = getattr(factory, kind)(nomad.new_id())
    planned = verify.ok("job.plan.is-accepted", nomad.plan(job))
    verify.equal("job.plan.diff.new-job", planned, diff_of(planned)["Type"], "Added")
    verify.equal("job.plan.diff.new-job", planned, diff_of(planned)["ID"], job["ID"])
    verify_diff("job.plan.diff.of-a-new-job", planned, None, job)


@states("job.plan.diff.unchanged-job")
@pytest.mark.parametrize("kind", ["service", "batch", "system", "parameterized", "periodic", "documented", "rich"])
def test_the_diff_of_an_unchanged_job(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Nothing is said to have changed in a job that is the same, as submitted and as read back."""
    job = getattr(factory, kind)(nomad.new_id())
    verify.ok("job.register.creates", nomad.register(job))
    for same in (job, nomad.job(job["ID"]).json):
        planned = nomad.plan(same)
        verify_diff("job.plan.diff.unchanged-job", planned, job, same)


@states("job.plan.diff.names-the-change", *DIFFS.values())
def test_the_diff_of_every_single_edit(nomad: Nomad, factory: JobFactory) -> None:
    """Whatever single property is edited, the diff names it with its old and new value and names nothing else."""
    job = factory.rich(nomad.new_id())
    verify.ok("job.register.creates", nomad.register(job))
    for edit in profiles.some(edits_of(job, lenient=factory.lenient), lambda edit: edit.part):
        edited = edit.on(job)
        planned = verify.ok("job.plan.is-accepted", nomad.plan(edited))
        changed = edited["Name"] != job["Name"] or edited["Priority"] != job["Priority"]
        if changed:
            verify_names_change(planned, job, edited)
        with planned.ledger.going_on():
            verify_diff(DIFFS[edit.part], planned, job, edited)


VAULTS: list[dict[str, Any]] = [
    {"Policies": ["b", "a"], "ChangeMode": "restart"},
    {"Policies": ["one"], "Env": False, "ChangeMode": "noop"},
    {"Policies": ["one", "two"], "Env": True, "ChangeMode": "signal", "ChangeSignal": "SIGHUP"},
]


@states("job.plan.diff.of-vault")
@pytest.mark.parametrize("vault", VAULTS)
def test_the_diff_of_vault(nomad: Nomad, factory: JobFactory, vault: dict[str, Any]) -> None:
    """A Vault block is planned, whether or not the server has a Vault: it is Added, and what it needs of nodes, too."""
    job = factory.idle(nomad.new_id())
    task = {**job["TaskGroups"][0]["Tasks"][0], "Vault": vault}
    new = {**job, "TaskGroups": [group("g", Count=0, Tasks=[task])]}
    verify_diff("job.plan.diff.of-vault", nomad.plan(new), None, new)
    verify.ok("job.register.creates", nomad.register(job))
    verify_diff("job.plan.diff.of-vault", nomad.plan(new), job, new)


def verify_names_change(planned: Exchange, old: Job, new: Job) -> None:
    """Require that the job's changed fields are among the diff's fields, as Edited with old and new."""
    wanted = {
        (name, "Edited", str(old[name]), str(new[name])) for name in ("Name", "Priority") if old[name] != new[name]
    }
    fields = diff_of(planned)["Fields"] or []
    shown = {(field["Name"], field["Type"], field["Old"], field["New"]) for field in fields}
    verify.that("job.plan.diff.names-the-change", planned, wanted <= shown, sorted(wanted), sorted(shown))


@states("job.plan.diff.of-any-two-jobs")
def test_the_diff_of_any_two_jobs(nomad: Nomad, factory: JobFactory) -> None:
    """Between any two valid jobs the diff says exactly what differs."""

    @given(generated.jobs(factory), generated.jobs(factory), st.booleans())
    @profiles.cheaper(0.7)
    def check(old: Job, new: Job, similar: bool) -> None:
        job_id = nomad.new_id()
        old = {**old, "ID": job_id}
        new = {**new, "ID": job_id}
        if similar:
            new = {**new, "TaskGroups": [*old["TaskGroups"][1:], *new["TaskGroups"][:1]]}
            new["TaskGroups"] = list({one["Name"]: one for one in new["TaskGroups"]}.values())
            new["Type"] = old["Type"]
            new |= {name: old.get(name) for name in ("Periodic", "ParameterizedJob")}
        verify.ok("job.register.creates", nomad.register(old))
        planned = nomad.plan(new)
        if planned.ok:
            verify_diff("job.plan.diff.of-any-two-jobs", planned, old, new)
        nomad.own.clean()

    check()


@states("job.plan.diff.order")
def test_the_order_of_a_diff(nomad: Nomad, factory: JobFactory) -> None:
    """Groups, tasks and fields come by name, objects in a fixed order, same-named ones Edited, Added, Deleted, None."""
    job = factory.rich(nomad.new_id())
    statement = "job.plan.diff.order"
    planned = verify.ok(statement, nomad.plan(job | {"Update": {"Stagger": 1, "MaxParallel": 1}}))
    diff = diff_of(planned)
    names = [one["Name"] for one in diff["Objects"]]
    verify.equal(statement, planned, names, ["Datacenters", "Constraint", "Constraint", "Update", "Periodic"])
    verify.equal(statement, planned, [one["Name"] for one in diff["TaskGroups"]], ["first", "second"])
    first = diff["TaskGroups"][0]
    verify.equal(statement, planned, [one["Name"] for one in first["Tasks"]], ["main", "side"])
    names = [one["Name"] for one in first["Objects"]]
    verify.equal(statement, planned, names, ["Constraint", "Constraint", "RestartPolicy", "EphemeralDisk"])
    main = [one["Name"] for one in first["Tasks"][0]["Objects"]]
    expected = ["Constraint", "Config", "Resources", "LogConfig", "DispatchPayload", "Artifact", "Service"]
    verify.equal(statement, planned, main, [*expected, "Template", "Template"])
    for holder in (diff, first, first["Tasks"][0], *first["Tasks"][0]["Objects"]):
        keys = [(field["Name"], field["Old"], field["New"]) for field in holder["Fields"]]
        verify.equal(statement, planned, keys, sorted(keys))


@states("job.plan.diff.order-of-ports")
def test_the_order_of_ports_in_a_diff(nomad: Nomad, factory: JobFactory) -> None:
    """Networks that differ only in the device, which no diff shows, have their static ports first."""
    statement = "job.plan.diff.order-of-ports"
    ports = {"MBits": 1, "ReservedPorts": [{"Label": "", "Value": 0}], "DynamicPorts": [{"Label": "http", "Value": 0}]}
    job = factory.idle(nomad.new_id())
    task = {**job["TaskGroups"][0]["Tasks"][0]}
    task["Resources"] = {**task["Resources"], "Networks": [{**ports, "Device": device} for device in ("eth0", "eth1")]}
    planned = verify.ok(statement, nomad.plan({**job, "TaskGroups": [group("g", Count=0, Tasks=[task])]}))
    (resources,) = (
        one for one in diff_of(planned)["TaskGroups"][0]["Tasks"][0]["Objects"] if one["Name"] == "Resources"
    )
    names = [[port["Name"] for port in network["Objects"]] for network in resources["Objects"]]
    verify.equal(statement, planned, names, [["Static Port", "Dynamic Port"]] * 2)


def launches_at(statement: str, planned: Exchange, expected: str) -> None:
    """Require the next launch that a plan tells, in whichever time zone; that it is told in UTC is observed."""
    told = planned.json["NextPeriodicLaunch"]
    verify.equal(statement, planned, _moment(told), _moment(expected))
    verify.equal("job.plan.next-periodic-launch-in-utc", planned, told, expected)


_LAG = timedelta(seconds=5)
"""How far the Date of a reply may be from the moment of the plan."""


def new_year_after(planned: Exchange) -> str:
    """Return the next launch of a yearly spec by the server's clock; about New Year the one of either year is right."""
    told = told_time(planned)
    first, second = (f"{moment.year + 1}-01-01T00:00:00Z" for moment in (told - _LAG, told + _LAG))
    return second if planned.json["NextPeriodicLaunch"] == second else first


def _moment(text: Any) -> Any:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return text


@states(
    "job.plan.next-periodic-launch",
    "job.plan.next-periodic-launch-in-utc",
    "job.plan.cron-specs",
    "job.plan.no-launch-while-disabled",
)
def test_the_next_launch_of_a_periodic_job(nomad: Nomad, factory: JobFactory) -> None:
    """A periodic job's plan tells its next launch in UTC; any other's tells the zero time."""
    statement = "job.plan.next-periodic-launch"
    specs = {
        "0 0 1 1 * 2099": "2099-01-01T00:00:00Z",
        "30 4 29 2 * 2096": "2096-02-29T04:30:00Z",
        "0 0 1 1 *": None,
        "@yearly": None,
    }
    for spec, moment in specs.items():
        means = statement if spec.startswith("0 0 1 1") else "job.plan.cron-specs"  # what a spec means is not promised
        planned = verify.ok(means, nomad.plan(factory.periodic(nomad.new_id(), spec)))
        expected = moment or new_year_after(planned)
        if means == statement:
            launches_at(means, planned, expected)
        else:
            verify.equal(means, planned, planned.json["NextPeriodicLaunch"], expected)
    off = {"Enabled": False, "Spec": "0 0 1 1 * 2099", "SpecType": "cron"}
    others = {
        statement: factory.service(nomad.new_id()),
        "job.plan.no-launch-while-disabled": factory.batch(nomad.new_id(), Periodic=off),
    }
    for means, job in others.items():
        planned = verify.ok(means, nomad.plan(job))
        verify.equal(means, planned, planned.json["NextPeriodicLaunch"], ZERO_TIME)


@states("job.plan.nothing-wanted")
def test_a_job_that_wants_nothing(nomad: Nomad, factory: JobFactory) -> None:
    """A job of count 0 has nothing to update, nothing failed and no evaluation left over."""
    planned = verify.ok("job.plan.is-accepted", nomad.plan(factory.idle(nomad.new_id())))
    shown: dict[str, Any] = {name: planned.json[name] for name in ("Annotations", "FailedTGAllocs", "CreatedEvals")}
    expected: dict[str, Any] = {"Annotations": {"DesiredTGUpdates": {}}, "FailedTGAllocs": None, "CreatedEvals": None}
    verify.equal("job.plan.nothing-wanted", planned, shown, expected)


@states("job.plan.of-a-system-job")
def test_a_system_job_leaves_no_evaluation(nomad: Nomad, factory: JobFactory) -> None:
    """A system job that fits nowhere wants nothing anywhere and leaves no blocked evaluation."""
    planned = verify.ok("job.plan.is-accepted", nomad.plan(factory.system(nomad.new_id())))
    verify.equal("job.plan.of-a-system-job", planned, planned.json["CreatedEvals"], None)


@states("job.plan.ignores-enforce-index")
def test_enforce_index_means_nothing(nomad: Nomad, factory: JobFactory) -> None:
    """A plan is no registration: EnforceIndex does not matter."""
    job = factory.idle(nomad.new_id())
    body = {"Job": job, "Diff": True, "EnforceIndex": True, "JobModifyIndex": 12345}
    verify.ok("job.plan.ignores-enforce-index", nomad.act("plan", job["ID"], body))
