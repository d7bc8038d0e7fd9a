"""DELETE /v1/job/<ID>: deregistering a job, which stops all its allocations."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_evaluations import by_id, verify_alone
from contract_tests.statements import states
from contract_tests.suite import verify

KINDS = ("idle", "service", "batch", "system")


@states(
    "job.deregister.reply-is-json",
    "job.deregister.reply-has-documented-fields",
    "job.deregister.reply-has-observed-fields",
    "job.deregister.ends-the-job",
    "job.deregister.removes-the-job",
    "job.deregister.evaluation-is-readable",
    "job.deregister.evaluation",
    "job.deregister.reply-index",
    "job.deregister.cancels-blocked",
)
@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_the_job(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """The job is removed, its evaluation can be read, and nothing waits for it any more."""
    job = getattr(factory, kind)(nomad.new_id(), Priority=66)
    registered = nomad.register(job).json
    nomad.settle(job["ID"])
    done = verify.ok("job.deregister.ends-the-job", nomad.deregister(job["ID"]))
    reply = done.json
    verify.refused("job.deregister.removes-the-job", nomad.job(job["ID"]), 404, "job not found")
    nomad.settle(job["ID"])
    verify.ended("job.deregister.ends-the-job", nomad.job(job["ID"]))
    found = nomad.evaluations(job["ID"])
    evaluation = by_id(found, "job.deregister.evaluation-is-readable", reply["EvalID"])
    verify.equal("job.deregister.evaluation-is-readable", found, evaluation["CreateIndex"], reply["EvalCreateIndex"])
    expected = {
        "Priority": 50,
        "Type": "service",
        "TriggeredBy": "job-deregister",
        "JobModifyIndex": reply["JobModifyIndex"],
        "Status": "complete",
        "QueuedAllocations": {},
    }
    verify.equal("job.deregister.evaluation", found, {name: evaluation[name] for name in expected}, expected)
    verify_alone("job.deregister.evaluation", found, evaluation)
    waiting = [e["Status"] for e in found.json if e["Status"] in ("blocked", "pending")]
    verify.equal("job.deregister.cancels-blocked", found, waiting, [])
    verify.grows("job.deregister.reply-index", done, registered["EvalCreateIndex"], reply["JobModifyIndex"])
    verify.grows("job.deregister.reply-index", done, reply["JobModifyIndex"], reply["EvalCreateIndex"])
    shown = (reply["Index"], done.index, reply["KnownLeader"], reply["LastContact"])
    verify.equal("job.deregister.reply-index", done, shown, (reply["EvalCreateIndex"],) * 2 + (False, 0))


@states("job.deregister.parents")
@pytest.mark.parametrize("kind", ["periodic", "parameterized"])
def test_parents_go_without_an_evaluation(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Deregistering a periodic or parameterized job makes no evaluation; its children stay."""
    job = getattr(factory, kind)(nomad.new_id())
    nomad.register(job)
    child = ""
    if kind == "parameterized":
        child = nomad.dispatch(job["ID"], meta={"need": "x"}).json["DispatchedJobID"]
    done = nomad.deregister(job["ID"])
    reply = done.json
    shown = (reply["EvalID"], reply["EvalCreateIndex"], reply["Index"], done.index, reply["JobModifyIndex"] > 0)
    verify.equal("job.deregister.parents", done, shown, ("", 0, 0, 0, True))
    verify.ended("job.deregister.parents", nomad.job(job["ID"]))
    if child:
        verify.ok("job.deregister.parents", nomad.job(child))


@states("job.deregister.unknown-job")
def test_an_unknown_job_can_be_deregistered(nomad: Nomad) -> None:
    """Deregistering a job that does not exist succeeds each time, with an evaluation each time."""
    job_id = nomad.new_id()
    statement = "job.deregister.unknown-job"
    replies = [verify.ok(statement, nomad.deregister(job_id)).json for _ in range(2)]
    found = nomad.evaluations(job_id)
    listed = {e["ID"]: e["TriggeredBy"] for e in found.json}
    verify.equal(statement, found, listed, {reply["EvalID"]: "job-deregister" for reply in replies})
    verify.missing(statement, nomad.job(job_id))


@states("job.deregister.anew", "job.deregister.new-create-index")
@pytest.mark.parametrize("kind", [*KINDS, "periodic", "parameterized"])
def test_a_job_can_be_registered_anew(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """After deregistration, the same ID is a new job with a new CreateIndex."""
    job = getattr(factory, kind)(nomad.new_id())
    nomad.register(job)
    before = nomad.job(job["ID"]).json
    nomad.deregister(job["ID"])
    registered = verify.ok("job.deregister.anew", nomad.register(job)).json
    after = nomad.job(job["ID"])
    verify.equal("job.deregister.anew", after, after.json["ID"], job["ID"])
    statement = "job.deregister.new-create-index"
    verify.equal(statement, after, after.json["JobModifyIndex"], registered["JobModifyIndex"])
    verify.grows(statement, after, before["ModifyIndex"], after.json["CreateIndex"])
    verify.equal(statement, after, after.json["CreateIndex"], registered["JobModifyIndex"])


@states("job.deregister.body-is-ignored")
def test_its_body_is_ignored(nomad: Nomad, factory: JobFactory) -> None:
    """A body, even one that names another job, and parameters of reads change nothing."""
    job, other = factory.service(nomad.new_id()), factory.idle(nomad.new_id("other"))
    nomad.register(job)
    nomad.register(other)
    body = {"JobID": other["ID"]}
    done = nomad.act("deregister", job["ID"], body, method="DELETE", query={"index": "abc", "wait": "zz"})
    verify.ok("job.deregister.body-is-ignored", done)
    verify.ended("job.deregister.body-is-ignored", nomad.job(job["ID"]))
    verify.ok("job.deregister.body-is-ignored", nomad.job(other["ID"]))


@states("job.deregister.only-that-job")
def test_only_that_job_goes(nomad: Nomad, factory: JobFactory) -> None:
    """Jobs whose ID only begins alike stay."""
    base = nomad.new_id()
    for job_id in (base, f"{base}x", f"{base}/y"):
        nomad.register(factory.idle(job_id))
    verify.ok("job.deregister.ends-the-job", nomad.deregister(base))
    for job_id in (f"{base}x", f"{base}/y"):
        verify.ok("job.deregister.only-that-job", nomad.job(job_id))


@states("job.deregister.only-that-job")
def test_an_id_that_nearly_matches_ends_nothing(nomad: Nomad, factory: JobFactory) -> None:
    """A job stays as it is when an ID that is cut, prolonged or matches it like a pattern is deregistered."""
    statement = "job.deregister.only-that-job"
    job = factory.service(nomad.new_id("ab-cd"))
    nomad.register(job)
    nomad.settle(job["ID"])
    index = nomad.job(job["ID"]).json["ModifyIndex"]
    patterns = [job["ID"].replace("b-c", some) for some in ("b_c", "%", ".*", "*")]
    for near in (job["ID"][:-1], f"{job['ID']}/", f"{job['ID']}x", f"{job['ID']}%", f"{job['ID']}/y", *patterns):
        nomad.deregister(near)
        found = verify.ok(statement, nomad.job(job["ID"]))
        verify.equal(statement, found, found.json["ModifyIndex"], index)
