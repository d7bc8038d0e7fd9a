"""GET /v1/job/<ID>/summary: what an update, another spelling, and the end of a child leave in a summary."""

from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_summary import ZERO
from contract_tests.statements import states
from contract_tests.suite import verify


def settled(nomad: Nomad, job_id: str) -> Exchange:
    """Return the summary of a job once it has stopped moving."""
    nomad.settle(job_id)
    return nomad.summary(job_id)


@states("job.summary.keeps-vanished-groups")
def test_what_an_update_leaves_in_a_summary(nomad: Nomad, factory: JobFactory) -> None:
    """The counts of a group that is gone stay as they were; that of another begins with what it has queued."""
    statement = "job.summary.keeps-vanished-groups"
    job = factory.service(nomad.new_id(), TaskGroups=[group("old", Count=2), group("kept", Count=3)])
    nomad.register(job)
    before = settled(nomad, job["ID"]).json
    nomad.register({**job, "TaskGroups": [group("new", Count=1), group("kept", Count=3)]})
    found = settled(nomad, job["ID"])
    queued = {name: counts["Queued"] for name, counts in found.json["Summary"].items()}
    verify.equal(statement, found, queued, {"old": 2, "kept": 3, "new": 1})
    verify.equal(statement, found, found.json["CreateIndex"], before["CreateIndex"])


@states("job.summary.queued-counts-unplaced")
def test_nothing_is_queued_when_nothing_is_wanted_any_more(nomad: Nomad, factory: JobFactory) -> None:
    """A count that goes to 0 leaves nothing queued; one that comes back is queued again."""
    job = factory.service(nomad.new_id())
    for count in (2, 0, 1):
        nomad.register({**job, "TaskGroups": [group("g", Count=count)]})
        found = settled(nomad, job["ID"])
        expected = {"g": {**ZERO, "Queued": count}}
        verify.equal("job.summary.queued-counts-unplaced", found, found.json["Summary"], expected)


@states("job.summary.same-groups-same-summary")
def test_an_update_of_the_same_groups_leaves_the_summary_alone(nomad: Nomad, factory: JobFactory) -> None:
    """A registration that brings no new group and no other counts changes neither counts nor indexes."""
    statement = "job.summary.same-groups-same-summary"
    for make in (factory.idle, factory.service, factory.parameterized):
        job = make(nomad.new_id())
        nomad.register(job)
        before = settled(nomad, job["ID"]).json
        nomad.register({**job, "Priority": 60})
        found = settled(nomad, job["ID"])
        verify.equal(statement, found, found.json, before)


@states("job.summary.keeps-its-spelling")
def test_a_summary_keeps_the_spelling_of_its_job(nomad: Nomad, factory: JobFactory) -> None:
    """A job that is registered in another spelling keeps its summary, which is named as at first."""
    statement = "job.summary.keeps-its-spelling"
    first = factory.idle(nomad.new_id("SpelleD"))
    second = factory.idle(first["ID"].replace("SpelleD", "spelled"))
    nomad.register(first)
    before = settled(nomad, first["ID"]).json
    nomad.register(second)
    nomad.settle(second["ID"])
    for job_id in (first["ID"], second["ID"]):
        found = nomad.summary(job_id)
        shown = (found.json["JobID"], found.json["CreateIndex"])
        verify.equal(statement, found, shown, (first["ID"], before["CreateIndex"]))


@states("job.summary.children-counts-children")
def test_children_of_every_kind_are_counted(nomad: Nomad, factory: JobFactory) -> None:
    """A job counts with the one that its ParentID names, whoever made it; a dead one does so even when it is gone."""
    statement = "job.summary.children-counts-children"
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    waiting = factory.service(nomad.new_id(), ParentID=job["ID"])
    over = factory.idle(nomad.new_id(), ParentID=job["ID"])
    for child in (waiting, over):
        nomad.register(child)
        nomad.settle(child["ID"])
    children_are(nomad, statement, job["ID"], Dead=1, Pending=1)
    nomad.register({**waiting, "Priority": 70})
    nomad.settle(waiting["ID"])
    children_are(nomad, statement, job["ID"], Dead=1, Pending=1)
    nomad.register({**over, "TaskGroups": waiting["TaskGroups"]})
    nomad.settle(over["ID"])
    children_are(nomad, statement, job["ID"], Dead=0, Pending=2)
    nomad.register(over)
    nomad.settle(over["ID"])
    children_are(nomad, statement, job["ID"], Dead=1, Pending=1)
    nomad.deregister(over["ID"])
    nomad.settle(over["ID"])
    children_are(nomad, statement, job["ID"], Dead=1, Pending=1)
    nomad.deregister(waiting["ID"])
    nomad.settle(waiting["ID"])
    children_are(nomad, statement, job["ID"], Dead=2, Pending=0)


@states("job.summary.missing-job")
def test_a_parent_that_is_registered_anew_counts_from_zero(nomad: Nomad, factory: JobFactory) -> None:
    """Children of the time before are not counted, not even those that are still there."""
    job = factory.parameterized(nomad.new_id())
    nomad.register(job)
    nomad.settle(nomad.dispatch(job["ID"], meta={"need": "x"}).json["DispatchedJobID"])
    children_are(nomad, "job.summary.missing-job", job["ID"], Dead=0, Pending=1)
    nomad.deregister(job["ID"])
    nomad.register(job)
    nomad.settle(job["ID"])
    children_are(nomad, "job.summary.missing-job", job["ID"], Dead=0, Pending=0)


def children_are(nomad: Nomad, statement: str, job_id: str, **expected: Any) -> None:
    """Require these numbers of children in a summary, and no running ones."""
    found = nomad.summary(job_id)
    verify.equal(statement, found, found.json["Children"], {"Running": 0, **expected})
