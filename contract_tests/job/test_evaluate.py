"""PUT and POST /v1/job/<ID>/evaluate: a new evaluation of a job."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_evaluations import by_id
from contract_tests.statements import states
from contract_tests.suite import verify


@states(
    "job.evaluate.reply-is-json",
    "job.evaluate.reply-has-documented-fields",
    "job.evaluate.reply-has-observed-fields",
    "job.evaluate.creates-evaluation",
    "job.evaluate.eval-create-index",
    "job.evaluate.keeps-the-job",
    verify.UNCHANGED,
    "job.evaluate.evaluation-describes-the-job",
    "job.evaluate.job-modify-index",
    "job.evaluate.reply-index",
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("kind", ["idle", "service", "batch", "system"])
def test_it_creates_an_evaluation(nomad: Nomad, factory: JobFactory, kind: str, method: str) -> None:
    """A new evaluation of the job is created and the job's specification stays as it is."""
    job = getattr(factory, kind)(nomad.new_id(), Priority=58)
    registered = nomad.register(job).json
    nomad.settle(job["ID"])
    before = nomad.job(job["ID"]).json
    done = verify.ok("job.evaluate.creates-evaluation", nomad.evaluate(job["ID"], method=method))
    reply = done.json
    new = reply["EvalID"] != registered["EvalID"]
    verify.that("job.evaluate.creates-evaluation", done, new, "a new evaluation", reply["EvalID"])
    found = nomad.evaluations(job["ID"])
    evaluation = by_id(found, "job.evaluate.creates-evaluation", reply["EvalID"])
    verify.equal("job.evaluate.eval-create-index", found, reply["EvalCreateIndex"], evaluation["CreateIndex"])
    verify.grows("job.evaluate.eval-create-index", done, registered["EvalCreateIndex"], reply["EvalCreateIndex"])
    shown = (evaluation["JobID"], evaluation["Type"], evaluation["Priority"], evaluation["TriggeredBy"])
    expected = (job["ID"], job["Type"], 58, "job-register")
    verify.equal("job.evaluate.evaluation-describes-the-job", found, shown, expected)
    nomad.settle(job["ID"])
    after = nomad.job(job["ID"])
    for name in ("CreateIndex", "JobModifyIndex", "Priority"):
        verify.equal("job.evaluate.keeps-the-job", after, after.json[name], before[name])
    verify.same("job.evaluate.keeps-the-job", after, "[TaskGroup]", after.json["TaskGroups"], before["TaskGroups"])
    indexes = (reply["JobModifyIndex"], evaluation["JobModifyIndex"])
    verify.equal("job.evaluate.job-modify-index", done, indexes, (before["ModifyIndex"],) * 2)
    verify.equal("job.evaluate.reply-index", done, (reply["Index"], done.index), (reply["EvalCreateIndex"],) * 2)
    verify.equal("job.evaluate.reply-index", done, (reply["KnownLeader"], reply["LastContact"]), (False, 0))


@states("job.evaluate.body-is-ignored")
@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b'{"JobID": "other"}'])
def test_its_body_is_ignored(nomad: Nomad, factory: JobFactory, body: bytes) -> None:
    """Whatever the body is, the job in the URL is evaluated."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    verify.ok("job.evaluate.body-is-ignored", nomad.act("evaluate", job["ID"], body))


@states("job.evaluate.refuses")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_cannot_be_evaluated(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """A missing job, a deregistered one, a periodic and a parameterized one are refused."""
    disabled = {"Enabled": False, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", "ProhibitOverlap": False}
    cases = {
        "job not found": None,
        "can't evaluate periodic job": factory.periodic(nomad.new_id()),
        "can't evaluate parameterized job": factory.parameterized(nomad.new_id()),
    }
    for text, job in cases.items():
        job_id = job["ID"] if job else nomad.new_id()
        if job:
            nomad.register(job)
        verify.refused("job.evaluate.refuses", nomad.evaluate(job_id, method=method), 500, text)
        found = nomad.evaluations(job_id)
        verify.equal("job.evaluate.refuses", found, found.json, [])
    job = factory.periodic(nomad.new_id(), Periodic=disabled)
    nomad.register(job)
    verify.refused("job.evaluate.refuses", nomad.evaluate(job["ID"]), 500, "can't evaluate periodic job")
    gone = factory.idle(nomad.new_id())
    nomad.register(gone)
    nomad.deregister(gone["ID"])
    verify.refused("job.evaluate.refuses", nomad.evaluate(gone["ID"], method=method), 500, "job not found")
