"""GET /v1/job/<ID>/allocations: jobs with a past: finished, failed, scaled, renamed, or registered several times."""

from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import Query
from contract_tests.common.changing import beside_a_plain_one
from contract_tests.durations import SECOND
from contract_tests.job.test_allocations import clients, goes_on, placed, until
from contract_tests.job.test_allocations_tasks import NEVER, ending, run
from contract_tests.job.test_summary import ZERO
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.strategies.near_names import PLAIN
from contract_tests.suite import verify

NOT_NEEDED = "alloc not needed due to job update"
FORMS: list[tuple[Query | None, dict[str, str]]] = [
    ({"pretty": None}, {}),
    (None, {"Accept-Encoding": "gzip"}),
    (None, {"If-None-Match": "*"}),
    (None, {"Cache-Control": "max-stale=9"}),
]
"""What a read may have that changes nothing of its content: query and headers."""
OFTEN: dict[str, Any] = {"Attempts": 4, "Delay": SECOND // 100, "Interval": 60 * SECOND, "Mode": "fail"}


def fates(found: Exchange) -> list[tuple[str, str, str]]:
    """Return the name of each allocation, without the job's, with its desired and its client status."""
    return sorted((one["Name"].partition(".")[2], one["DesiredStatus"], one["ClientStatus"]) for one in found.json)


def summary_is(nomad: Nomad, statement: str, job_id: str, **counts: int) -> None:
    """Require the counts of the only group of a job."""
    nomad.settle(job_id)
    found = nomad.summary(job_id)
    verify.equal(statement, found, found.json["Summary"], {"g": {**ZERO, **counts}})


@states("job.allocations.scale")
def test_names_come_back(nomad: Nomad, running: JobFactory) -> None:
    """Scaling down stops the highest numbers first; scaling up gives out the lowest free numbers."""
    statement = "job.allocations.scale"
    job, _ = placed(nomad, running, TaskGroups=[running.group("g", Count=2), running.group("h", Count=0)])
    nomad.register({**job, "TaskGroups": [running.group("g", Count=1)]})
    found = until(nomad, job["ID"], statement, clients("complete", "running"), "one stopped")
    verify.equal(statement, found, fates(found), [("g[0]", "run", "running"), ("g[1]", "stop", "complete")])
    nomad.register({**job, "TaskGroups": [running.group("g", Count=2)]})
    found = until(nomad, job["ID"], statement, clients("complete", "running", "running"), "two running")
    again = [("g[0]", "run", "running"), ("g[1]", "run", "running"), ("g[1]", "stop", "complete")]
    verify.equal(statement, found, fates(found), again)


@states("job.allocations.near-names")
def test_names_of_groups_and_tasks_are_exact(nomad: Nomad, running: JobFactory) -> None:
    """Groups and tasks that nearly have one name have allocations and states of their own; a respelled group is new."""
    statement = "job.allocations.near-names"
    (one,) = running.group("Web", Count=1)["Tasks"]
    every = {**running.group("tasks", Count=1), "Tasks": [{**one, "Name": name} for name in PLAIN]}
    groups = [every, *(running.group(name, Count=1) for name in ("Web", "web ", "we\u0301b"))]
    groups = [{**each, "EphemeralDisk": {"SizeMB": 10}} for each in groups]
    job = running.service(nomad.new_id(), TaskGroups=groups)
    verify.ok(statement, nomad.register(job))
    found = until(nomad, job["ID"], statement, clients(*["running"] * len(groups)), "an allocation for each group")
    told = sorted((each["TaskGroup"], each["Name"]) for each in found.json)
    verify.equal(statement, found, told, sorted((each["Name"], f"{job['ID']}.{each['Name']}[0]") for each in groups))
    states_of = {each["TaskGroup"]: sorted(each["TaskStates"]) for each in found.json}
    verify.equal(statement, found, states_of["tasks"], sorted(PLAIN))
    respelled = {"Web": "web", "web ": " web", "we\u0301b": "w\u00e9b"}
    renamed = [{**each, "Name": respelled.get(each["Name"], each["Name"])} for each in groups]
    planned = verify.ok(statement, nomad.plan({**job, "TaskGroups": renamed}))
    counted = planned.json["Annotations"]["DesiredTGUpdates"]
    shown = {name: (counts["Stop"], counts["Place"]) for name, counts in counted.items()}
    wanted = {name: fate for old, new in respelled.items() for name, fate in ((old, (1, 0)), (new, (0, 1)))}
    verify.equal(statement, planned, shown, {"tasks": (0, 0), **wanted})


@states("job.allocations.scale")
def test_a_group_that_is_gone_is_stopped(nomad: Nomad, running: JobFactory) -> None:
    """Allocations of a removed group are stopped as not needed."""
    statement = "job.allocations.scale"
    groups = [running.group("g", Count=1), running.group("h", Count=1)]
    job, _ = placed(nomad, running, TaskGroups=groups)
    nomad.register({**job, "TaskGroups": groups[:1]})
    found = until(nomad, job["ID"], statement, clients("complete", "running"), "one stopped")
    verify.equal(statement, found, fates(found), [("g[0]", "run", "running"), ("h[0]", "stop", "complete")])
    told = {one["DesiredDescription"] for one in found.json if one["DesiredStatus"] == "stop"}
    verify.equal(statement, found, told, {NOT_NEEDED})


@states("job.allocations.scale", "job.query.status")
def test_a_count_that_goes_to_zero(nomad: Nomad, running: JobFactory) -> None:
    """With a count of 0 all allocations stop and the job is dead; it is found in any letter case."""
    statement = "job.allocations.scale"
    job, _ = placed(nomad, running, TaskGroups=[running.group("g", Count=2)])
    nomad.register({**job, "TaskGroups": [running.group("g", Count=0)]})
    found = until(nomad, job["ID"], statement, clients("complete", "complete"), "two stopped")
    nomad.settle(job["ID"])
    status = nomad.job(job["ID"])
    verify.equal("job.query.status", status, status.json["Status"], "dead")
    other = nomad.allocations(job["ID"].upper())
    verify.equal(statement, other, [one["ID"] for one in other.json], [one["ID"] for one in found.json])
    planned = nomad.plan(running.system(nomad.new_id(), TaskGroups=[running.group("g", Count=0)]))
    verify.equal("job.plan.nothing-wanted", planned, planned.json["Annotations"]["DesiredTGUpdates"], {})


@states("job.allocations.names")
def test_a_job_that_is_renamed_has_other_allocations(nomad: Nomad, running: JobFactory) -> None:
    """Allocations are known by the job's Name: when that changes, all are stopped and as many placed."""
    statement = "job.allocations.names"
    job, _ = placed(nomad, running, Name="before")
    nomad.register({**job, "Name": "after"})
    wanted = clients("complete", "complete", "running", "running")
    found = until(nomad, job["ID"], statement, wanted, "two stopped and two running")
    shown = sorted((one["Name"], one["DesiredStatus"], one["DesiredDescription"]) for one in found.json)
    renamed = [(f"after.g[{number}]", "run", "") for number in range(2)]
    verify.equal(statement, found, shown, [*renamed, *((f"before.g[{n}]", "stop", NOT_NEEDED) for n in range(2))])


@states("job.allocations.finished-work")
def test_finished_work_is_not_done_again(nomad: Nomad, running: JobFactory) -> None:
    """Neither registering the same batch job again nor evaluating it repeats an allocation that succeeded."""
    statement = "job.allocations.finished-work"
    job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=2, brief=True)])
    nomad.register(job)
    before = until(nomad, job["ID"], statement, clients("complete", "complete"), "two complete allocations")
    for again in (nomad.register(job), nomad.evaluate(job["ID"]), nomad.register({**job, "Priority": 60})):
        nomad.settle(job["ID"])
        found = nomad.allocations(job["ID"])
        verify.equal(statement, found, [one["ID"] for one in found.json], [one["ID"] for one in before.json])
        status = nomad.job(job["ID"])
        verify.equal(statement, status, (again.ok, status.json["Status"]), (True, "dead"))
    summary_is(nomad, statement, job["ID"], Complete=2)


@states("job.allocations.finished-work-is-reported-again")
def test_finished_work_is_reported_again(nomad: Nomad, running: JobFactory) -> None:
    """A node that hears of the update of an allocation that has ended tells its end once more."""
    statement = "job.allocations.finished-work-is-reported-again"
    job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=1, brief=True)])
    nomad.register(job)
    until(nomad, job["ID"], statement, clients("complete"), "a complete allocation")
    nomad.settle(job["ID"])
    updated = verify.ok(statement, nomad.register({**job, "Priority": 60}))
    nomad.settle(job["ID"])
    (done,) = (one for one in nomad.evaluations(job["ID"]).json if one["ID"] == updated.json["EvalID"])
    found = until(
        nomad,
        job["ID"],
        statement,
        lambda found: bool(found[0]["ModifyIndex"] > done["ModifyIndex"]),
        f"a ModifyIndex above that of the evaluation, {done['ModifyIndex']}",
    )
    verify.equal(statement, found, fates(found), [("g[0]", "run", "complete")])


@states("job.allocations.finished-work")
def test_finished_work_outlives_its_job(nomad: Nomad, running: JobFactory) -> None:
    """A batch job that is deregistered and registered again does not repeat allocations that succeeded."""
    statement = "job.allocations.finished-work"
    job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=1, brief=True)])
    nomad.register(job)
    before = until(nomad, job["ID"], statement, clients("complete"), "a complete allocation")
    nomad.settle(job["ID"])
    nomad.deregister(job["ID"])
    nomad.settle(job["ID"])
    nomad.own.forget(job["ID"])
    nomad.register(job)
    summary_is(nomad, statement, job["ID"])
    found = nomad.allocations(job["ID"])
    verify.equal(statement, found, found.json, [])
    found = nomad.allocations(job["ID"], {"all": "true"})
    verify.equal(statement, found, [one["ID"] for one in found.json], [one["ID"] for one in before.json])
    status = nomad.job(job["ID"])
    verify.equal(statement, status, status.json["Status"], "dead")


@states("job.allocations.finished-work")
def test_other_work_is_done(nomad: Nomad, running: JobFactory) -> None:
    """A finished batch job with another task runs again, under the same names."""
    statement = "job.allocations.finished-work"
    job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=1, brief=True)])
    nomad.register(job)
    until(nomad, job["ID"], statement, clients("complete"), "a complete allocation")
    nomad.settle(job["ID"])
    nomad.register({**job, "TaskGroups": [running.group("g", Count=1, brief=True, Env={"NEW": "1"})]})
    found = until(nomad, job["ID"], statement, clients("complete", "complete"), "another complete allocation")
    verify.equal(statement, found, fates(found), [("g[0]", "run", "complete"), ("g[0]", "stop", "complete")])
    summary_is(nomad, statement, job["ID"], Complete=2)


@states("job.allocations.failed-work")
@pytest.mark.parametrize("kind", ["service", "batch"])
def test_failed_work_is_done_again(nomad: Nomad, running: JobFactory, kind: str) -> None:
    """A failed allocation is replaced when its job is evaluated, and stays listed and counted."""
    statement = "job.allocations.failed-work"
    job = run(nomad, running, kind, NEVER, ending(running, 1))
    until(nomad, job["ID"], statement, clients("failed"), "a failed allocation")
    nomad.settle(job["ID"])
    verify.ok(statement, nomad.evaluate(job["ID"]))
    found = until(nomad, job["ID"], statement, clients("failed", "failed"), "another failed allocation")
    verify.equal(statement, found, fates(found), [("g[0]", "run", "failed")] * 2)
    summary_is(nomad, statement, job["ID"], Failed=2)


WORDS = {**dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), 3), "yes": 1, "tRue": 1, "2": 1}
"""Values of ``all``, and how many of three allocations they show."""


@states("job.allocations.all", "job.allocations.of-a-gone-job")
def test_all_instances_are_listed(nomad: Nomad, running: JobFactory) -> None:
    """With ``all`` set to any word for true, allocations of every past instance are listed, also of a removed job."""
    statement = "job.allocations.all"
    job = run(nomad, running, "service", NEVER, ending(running, 1))
    created = nomad.job(job["ID"]).json["CreateIndex"]
    for number in range(3):
        if number:
            nomad.deregister(job["ID"])
            nomad.settle(job["ID"])
            nomad.register(job)
        kept = goes_on(nomad, job["ID"], created)
        failed = clients(*["failed"] * (number + 1 if kept else 1))
        until(nomad, job["ID"], "job.allocations.of-a-gone-job", failed, f"a failed allocation of {number + 1}")
    for value, count in WORDS.items():
        found = nomad.allocations(job["ID"], {"all": value})
        verify.equal(statement, found, len(found.json), 3 if kept else count)
    nomad.settle(job["ID"])
    nomad.deregister(job["ID"])
    nomad.settle(job["ID"])
    for query in ({}, {"all": "true"}):
        found = nomad.allocations(job["ID"], query)
        verify.equal("job.allocations.of-a-gone-job", found, len(found.json), 3)


@states("job.allocations.ten-events")
def test_a_task_keeps_its_last_ten_events(nomad: Nomad, running: JobFactory) -> None:
    """A task that was restarted often shows only its newest ten events."""
    statement = "job.allocations.ten-events"
    job = run(nomad, running, "batch", OFTEN, ending(running, 1))
    found = until(nomad, job["ID"], statement, clients("failed"), "a failed allocation")
    events = [event["Type"] for event in found.json[0]["TaskStates"]["t"]["Events"]]
    circle = ["Started", "Terminated", "Restarting"]
    verify.equal(statement, found, events, ["Restarting", *circle, *circle, "Started", "Terminated", "Not Restarting"])


@states("job.allocations.order")
def test_many_allocations_are_all_listed(nomad: Nomad, running: JobFactory) -> None:
    """However many allocations there are, each is listed, and numbered from 0."""
    job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=21, brief=True)])
    nomad.register(job)
    nomad.settle(job["ID"])
    found = nomad.allocations(job["ID"])
    numbers = sorted(int(one["Name"].rpartition("[")[2].rstrip("]")) for one in found.json)
    verify.equal("job.allocations.order", found, numbers, list(range(21)))


@states("job.allocations.every-form", verify.UNCHANGED)
def test_every_form_shows_each_change(nomad: Nomad, running: JobFactory) -> None:
    """Compressed, pretty and conditional answers have the allocations of plain ones, after each change, too."""
    statement = "job.allocations.every-form"
    job, _ = placed(nomad, running)
    for count in (2, 3, 1):
        nomad.register({**job, "TaskGroups": [running.group("g", Count=count)]})
        wanted = clients(*["complete"] * (count == 1) * 2, *["running"] * count)
        until(nomad, job["ID"], statement, wanted, f"{count} running allocations")
        nomad.settle(job["ID"])
        for query, headers in FORMS:
            found, plain = beside_a_plain_one(nomad, "allocations", job["ID"], query, headers)
            verify.same(statement, verify.ok(statement, found), shapes.READS["allocations"], found.json, plain.json)
