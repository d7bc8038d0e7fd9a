"""GET /v1/job/<ID>/summary: the counts of a job's allocations by group and of its children."""

import pytest

from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.strategies.near_names import NAMES
from contract_tests.suite import verify

ZERO = {"Complete": 0, "Failed": 0, "Lost": 0, "Queued": 0, "Running": 0, "Starting": 0}


@states(
    "job.summary.reply-is-json",
    "job.summary.reply-has-documented-fields",
    "job.summary.reply-has-observed-fields",
    "job.summary.counts-has-documented-fields",
    "job.summary.children-has-observed-fields",
    "job.summary.names-the-job",
    "job.summary.every-group",
)
def test_a_summary_has_every_group(nomad: Nomad, factory: JobFactory) -> None:
    """A summary names its job and has an entry for every task group."""
    job = factory.service(nomad.new_id(), TaskGroups=[group("one"), group("two", Count=0), group("three", Count=2)])
    nomad.register(job)
    found = verify.ok("job.summary.names-the-job", nomad.summary(job["ID"]))
    verify.equal("job.summary.names-the-job", found, found.json["JobID"], job["ID"])
    verify.equal("job.summary.every-group", found, sorted(found.json["Summary"]), ["one", "three", "two"])


@states("job.summary.queued-counts-unplaced")
@pytest.mark.parametrize("kind", ["service", "batch"])
def test_queued_counts_what_could_not_be_placed(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """What no node can take is counted as Queued, per group, and nothing else is counted."""
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("one", Count=3), group("two", Count=0)])
    nomad.register(job)
    nomad.settle(job["ID"])
    found = nomad.summary(job["ID"])
    expected = {"one": {**ZERO, "Queued": 3}, "two": ZERO}
    verify.equal("job.summary.queued-counts-unplaced", found, found.json["Summary"], expected)
    nomad.register({**job, "TaskGroups": [group("one", Count=1), group("two", Count=2)]})
    nomad.settle(job["ID"])
    found = nomad.summary(job["ID"])
    expected = {"one": {**ZERO, "Queued": 1}, "two": {**ZERO, "Queued": 2}}
    verify.equal("job.summary.queued-counts-unplaced", found, found.json["Summary"], expected)


@states("job.summary.index-header-is-modify-index", "job.summary.create-index-is-the-jobs")
def test_indexes_of_a_summary(nomad: Nomad, factory: JobFactory) -> None:
    """The summary was created with its job, has changed since, and its ModifyIndex is the X-Nomad-Index."""
    job = factory.service(nomad.new_id())
    registered = nomad.register(job).json
    nomad.settle(job["ID"])
    found = nomad.summary(job["ID"])
    verify.equal("job.summary.index-header-is-modify-index", found, found.index, found.json["ModifyIndex"])
    verify.equal("job.summary.create-index-is-the-jobs", found, found.json["CreateIndex"], registered["JobModifyIndex"])


@states("job.summary.children-counts-children")
def test_children_are_counted(nomad: Nomad, factory: JobFactory) -> None:
    """A parent's summary counts its children by status; a child deregistered while pending counts as dead."""
    job = factory.parameterized(nomad.new_id())
    nomad.register(job)
    children = [nomad.dispatch(job["ID"], meta={"need": "x"}).json["DispatchedJobID"] for _ in range(2)]
    for child in children:
        nomad.settle(child)
    found = nomad.summary(job["ID"])
    statement = "job.summary.children-counts-children"
    verify.equal(statement, found, found.json["Children"], {"Dead": 0, "Pending": 2, "Running": 0})
    nomad.deregister(children[0])
    nomad.settle(children[1])
    found = nomad.summary(job["ID"])
    verify.equal(statement, found, found.json["Children"], {"Dead": 1, "Pending": 1, "Running": 0})


@states("job.summary.keeps-vanished-groups")
def test_groups_that_vanished_stay(nomad: Nomad, factory: JobFactory) -> None:
    """An update keeps the summary; a group that is no longer in the job stays in it, a new one joins."""
    job = factory.service(nomad.new_id(), TaskGroups=[group("old", Count=0)])
    nomad.register(job)
    nomad.register({**job, "TaskGroups": [group("new", Count=0)]})
    nomad.settle(job["ID"])
    found = nomad.summary(job["ID"])
    verify.equal("job.summary.keeps-vanished-groups", found, found.json["Summary"], {"old": ZERO, "new": ZERO})


@states("job.summary.near-names")
def test_groups_that_nearly_have_one_name(nomad: Nomad, factory: JobFactory) -> None:
    """Each of several groups whose names match nearly is counted by itself, one that an update brings, too."""
    statement = "job.summary.near-names"
    groups = [group(name, Count=1 + number) for number, name in enumerate(NAMES)]
    job = factory.service(nomad.new_id(), TaskGroups=groups[::2])
    for update in (groups[::2], groups):
        verify.ok(statement, nomad.register({**job, "TaskGroups": update}))
        nomad.settle(job["ID"])
        found = nomad.summary(job["ID"])
        expected = {one["Name"]: {**ZERO, "Queued": one["Count"]} for one in update}
        verify.equal(statement, found, found.json["Summary"], expected)


@states("job.summary.missing-job")
def test_a_missing_job_has_no_summary(nomad: Nomad, factory: JobFactory) -> None:
    """There is no summary of a job that does not exist, or does no longer."""
    job = factory.idle(nomad.new_id())
    verify.refused("job.summary.missing-job", nomad.summary(job["ID"]), 404, "job not found")
    nomad.register(job)
    nomad.deregister(job["ID"])
    verify.refused("job.summary.missing-job", nomad.summary(job["ID"]), 404, "job not found")
    nomad.register(job)
    nomad.settle(job["ID"])
    found = nomad.summary(job["ID"])
    verify.equal("job.summary.missing-job", found, found.json["Summary"], {"g": ZERO})
