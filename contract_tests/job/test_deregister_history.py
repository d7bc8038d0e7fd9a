"""DELETE /v1/job/<ID>: jobs in another spelling, registered again, or of another kind before."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_allocations import placed
from contract_tests.job.test_evaluations import by_id
from contract_tests.statements import states
from contract_tests.suite import verify


@states("job.deregister.any-case")
@pytest.mark.parametrize("kind", ["idle", "service", "periodic", "parameterized"])
def test_a_job_goes_in_any_letter_case(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A job is deregistered, with its summary, whatever the case of its ID."""
    statement = "job.deregister.any-case"
    job = getattr(factory, kind)(nomad.new_id("SpelleD"))
    nomad.register(job)
    done = verify.ok(statement, nomad.deregister(job["ID"].replace("SpelleD", "sPELLEd")))
    verify.equal(statement, done, bool(done.json["EvalID"]), kind in ("idle", "service"))
    for gone in (nomad.job(job["ID"]), nomad.summary(job["ID"])):
        verify.missing(statement, gone)


@states("job.deregister.new-create-index", "job.deregister.anew")
def test_every_instance_has_its_own_index(nomad: Nomad, factory: JobFactory) -> None:
    """A job that is registered again, and its summary, have a new CreateIndex each time."""
    job = factory.idle(nomad.new_id())
    for _ in range(4):
        index = verify.ok("job.deregister.anew", nomad.register(job)).json["JobModifyIndex"]
        for found in (nomad.job(job["ID"]), nomad.summary(job["ID"])):
            verify.equal("job.deregister.new-create-index", found, found.json["CreateIndex"], index)
        verify.ok("job.deregister.anew", nomad.deregister(job["ID"]))
        nomad.settle(job["ID"])


@states("job.deregister.unknown-job")
def test_the_reply_about_an_unknown_job(nomad: Nomad, factory: JobFactory) -> None:
    """The reply has new indexes and an evaluation, for a job that never existed and for a removed parent."""
    statement = "job.deregister.unknown-job"
    periodic, parameterized = factory.periodic(nomad.new_id()), factory.parameterized(nomad.new_id())
    for job in (periodic, parameterized):
        nomad.register(job)
        nomad.deregister(job["ID"])
    newest = nomad.register(factory.idle(nomad.new_id())).index
    for job_id in (nomad.new_id(), f"{nomad.new_id()}/a", periodic["ID"], parameterized["ID"]):
        done = verify.ok(statement, nomad.deregister(job_id))
        reply = done.json
        verify.grows(statement, done, newest, reply["JobModifyIndex"])
        verify.grows(statement, done, reply["JobModifyIndex"], reply["EvalCreateIndex"])
        shown = (reply["Index"], done.index)
        verify.equal(statement, done, shown, (reply["EvalCreateIndex"],) * 2)
        found = nomad.evaluations(job_id)
        evaluation = by_id(found, statement, reply["EvalID"])
        told = (evaluation["JobID"], evaluation["JobModifyIndex"], evaluation["Type"], evaluation["Priority"])
        verify.equal(statement, found, told, (job_id, reply["JobModifyIndex"], "service", 50))


@states("job.deregister.parents")
def test_parents_of_every_kind(nomad: Nomad, factory: JobFactory) -> None:
    """A disabled periodic job makes no evaluation either; blocked children of a parent go on waiting."""
    statement = "job.deregister.parents"
    off = factory.periodic(nomad.new_id())
    off["Periodic"]["Enabled"] = False
    nomad.register(off)
    done = nomad.deregister(off["ID"])
    verify.equal(statement, done, (done.json["EvalID"], done.index), ("", 0))
    parent = factory.parameterized(nomad.new_id())
    nomad.register(parent)
    child = nomad.dispatch(parent["ID"], meta={"need": "x"}).json["DispatchedJobID"]
    nomad.settle(child)
    before = nomad.job(child).json
    evaluations = nomad.evaluations(child).json
    nomad.deregister(parent["ID"])
    nomad.settle(child)
    for found, then in ((nomad.job(child), before), (nomad.evaluations(child), evaluations)):
        verify.equal(statement, found, found.json, then)


@states("job.deregister.leaves-running")
def test_what_became_a_parent_runs_on(nomad: Nomad, running: JobFactory) -> None:
    """The allocations of a job that became parameterized run on when it is deregistered: nothing stops them."""
    statement = "job.deregister.leaves-running"
    job, _ = placed(nomad, running)
    parent = running.parameterized(job["ID"], TaskGroups=job["TaskGroups"])
    nomad.register(parent)
    nomad.deregister(job["ID"])
    nomad.settle(job["ID"])
    found = nomad.allocations(job["ID"])
    shown = [(one["DesiredStatus"], one["ClientStatus"]) for one in found.json]
    verify.equal(statement, found, shown, [("run", "running")] * 2)
    verify.ok(statement, nomad.deregister(job["ID"]))
    nomad.settle(job["ID"])
    found = nomad.allocations(job["ID"])
    verify.equal(statement, found, {one["DesiredStatus"] for one in found.json}, {"stop"})
