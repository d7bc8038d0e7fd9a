"""GET, PUT and POST /v1/jobs: all jobs in short form, and registering without an ID in the URL (observed on 0.5.4)."""

import time
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Job, Nomad
from contract_tests.client.safe_writes import JOBS
from contract_tests.statements import states
from contract_tests.suite import verify

SAME = ("ID", "Name", "Type", "Priority", "ParentID", "Status", "StatusDescription", "CreateIndex", "JobModifyIndex")
"""The fields of a job that its stub shows."""


def ids(stubs: list[Any]) -> list[str]:
    """Return the IDs of stubs, in their order."""
    return [stub["ID"] for stub in stubs]


def settled(nomad: Nomad, job: Job) -> Job:
    """Register a job and wait until nothing happens to it any more."""
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    return job


@states("companion.jobs.stub-has-observed-fields", "companion.jobs.stub-shows-the-job", "companion.jobs.stub-summary")
def test_a_stub_shows_its_job(nomad: Nomad, factory: JobFactory) -> None:
    """A stub has the job's own values and its whole summary."""
    job = settled(nomad, factory.service(nomad.new_id(), Name="another-name", Priority=37))
    found = nomad.companion(JOBS, {"prefix": job["ID"]})
    (stub,) = verify.listed("companion.jobs.stub-shows-the-job", found, 1)
    verify.shaped("companion.jobs.stub-has-observed-fields", found, "JobStub", stub)
    whole, summary = nomad.job(job["ID"]), nomad.summary(job["ID"])
    expected = {name: whole.json[name] for name in (*SAME, "ModifyIndex")}
    verify.equal("companion.jobs.stub-shows-the-job", found, {name: stub[name] for name in expected}, expected)
    verify.equal("companion.jobs.stub-summary", found, stub["JobSummary"], summary.json)


@states("companion.jobs.lists-all", "companion.jobs.forgets-deregistered")
def test_the_list_has_what_is_registered(nomad: Nomad, factory: JobFactory) -> None:
    """A job is listed from its registration to its deregistration."""
    job = factory.idle(nomad.new_id())
    before = nomad.companion(JOBS)
    nomad.register(job)
    found = nomad.companion(JOBS)
    listed = [job["ID"] in ids(verify.listed("companion.jobs.lists-all", one)) for one in (before, found)]
    verify.equal("companion.jobs.lists-all", found, listed, [False, True])
    nomad.deregister(job["ID"])
    after = nomad.companion(JOBS)
    left = ids(verify.listed("companion.jobs.forgets-deregistered", after))
    verify.that("companion.jobs.forgets-deregistered", after, job["ID"] not in left, f"no {job['ID']}", left)


@states("companion.jobs.prefix", "companion.jobs.in-id-order", "companion.jobs.none-is-empty-list")
def test_a_prefix_selects(nomad: Nomad, factory: JobFactory) -> None:
    """``prefix`` selects by the beginning of the ID, in any letter case; order is by ID, letter case apart."""
    stem = nomad.new_id("order")
    made = [f"{stem}{end}" for end in ("-b", "", "-C", "/child", "-a")]
    for job_id in made:
        nomad.register(factory.idle(job_id))
    nomad.register(factory.idle(nomad.new_id("other")))
    found = nomad.companion(JOBS, {"prefix": stem})
    stubs = ids(verify.listed("companion.jobs.prefix", found))
    verify.equal("companion.jobs.prefix", found, sorted(stubs), sorted(made))
    verify.equal(
        "companion.jobs.in-id-order", found, stubs, [f"{stem}{end}" for end in ("", "-a", "-b", "-C", "/child")]
    )
    upper = nomad.companion(JOBS, {"prefix": f"{stem}-c".upper()})
    verify.equal("companion.jobs.prefix", upper, ids(verify.listed("companion.jobs.prefix", upper)), [f"{stem}-C"])
    everything = nomad.companion(JOBS)
    order = [one.lower() for one in ids(verify.listed("companion.jobs.in-id-order", everything))]
    verify.equal("companion.jobs.in-id-order", everything, order, sorted(order))
    none = nomad.companion(JOBS, {"prefix": f"{stem}-nothing"})
    verify.equal("companion.jobs.none-is-empty-list", none, (none.status, none.text), (200, "[]"))
    middle = nomad.companion(JOBS, {"prefix": stem[1:]})
    verify.equal("companion.jobs.prefix", middle, ids(verify.listed("companion.jobs.prefix", middle)), [])


@states("companion.jobs.children")
def test_children_are_listed_by_their_parent(nomad: Nomad, factory: JobFactory) -> None:
    """A dispatched child is listed under ``<ID>/dispatch-`` and names its parent."""
    parent = factory.parameterized(nomad.new_id())
    nomad.register(parent)
    child = nomad.dispatch(parent["ID"], meta={"need": "x"}).json["DispatchedJobID"]
    found = nomad.companion(JOBS, {"prefix": f"{parent['ID']}/dispatch-"})
    shown = [(stub["ID"], stub["ParentID"]) for stub in verify.listed("companion.jobs.children", found)]
    verify.equal("companion.jobs.children", found, shown, [(child, parent["ID"])])


@states("companion.jobs.index-of-all")
def test_the_index_is_that_of_all_jobs(nomad: Nomad, factory: JobFactory) -> None:
    """The index is that of the last change of any job, whatever the prefix selects."""
    job = factory.idle(nomad.new_id())
    first = nomad.companion(JOBS, {"prefix": f"{job['ID']}-nothing"})
    nomad.register(job)
    nomad.settle(job["ID"])
    changed = nomad.job(job["ID"]).json["ModifyIndex"]
    for prefix in (job["ID"], f"{job['ID']}-nothing"):
        found = nomad.companion(JOBS, {"prefix": prefix})
        fits = found.index >= changed > first.index
        expected = f"an index of at least {changed}, and less before the job ({first.index})"
        verify.that("companion.jobs.index-of-all", found, fits, expected, found.index)


@states("companion.jobs.blocks")
def test_the_list_can_be_waited_for(nomad: Nomad, factory: JobFactory) -> None:
    """With ``index`` the list waits: until a job changes, or until ``wait`` is over."""
    statement = "companion.jobs.blocks"
    nomad.register(factory.idle(nomad.new_id()))
    ahead = nomad.companion(JOBS).index + 1000
    timed = nomad.companion_later(JOBS, {"index": ahead, "wait": "200ms", "prefix": nomad.prefix})
    found = timed.result()
    verify.that(statement, found, 0.199 <= found.seconds < 2, "an answer after 200ms", f"{found.seconds:.3f} s")
    index = nomad.companion(JOBS).index
    waiter = nomad.companion_later(JOBS, {"index": index, "wait": nomad.long_wait})
    time.sleep(0.05)  # the query must be waiting before the change
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    found = waiter.result()
    fits = found.ok and nomad.came_soon(found) and found.index > index
    verify.that(
        statement, found, fits, f"an answer on a change, above {index}", f"{found.index}, {found.seconds:.2f} s"
    )


@states("companion.jobs.register")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_registering_without_an_id_in_the_url(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """PUT and POST create and update a job as on its own URL, and answer the same."""
    statement = "companion.jobs.register"
    job = factory.idle(nomad.new_id())
    created = verify.ok(statement, nomad.register_at_jobs(job, method=method))
    verify.shaped(statement, created, "Registered", created.json)
    updated = verify.ok(statement, nomad.register_at_jobs({**job, "Priority": 61}, method=method))
    verify.grows(statement, updated, created.json["JobModifyIndex"], updated.json["JobModifyIndex"])
    found = verify.ok(statement, nomad.job(job["ID"]))
    shown = {name: found.json[name] for name in ("ID", "Priority", "CreateIndex", "JobModifyIndex")}
    indexes = {"CreateIndex": created.json["JobModifyIndex"], "JobModifyIndex": updated.json["JobModifyIndex"]}
    verify.equal(statement, found, shown, {"ID": job["ID"], "Priority": 61, **indexes})
    evaluations = {one["ID"] for one in nomad.evaluations(job["ID"]).json}
    told = {one.json["EvalID"] for one in (created, updated)}
    verify.that(statement, updated, told <= evaluations, f"evaluations {sorted(told)}", sorted(evaluations))


@states("companion.jobs.register-enforces-index")
def test_registering_enforces_the_index(nomad: Nomad, factory: JobFactory) -> None:
    """EnforceIndex is honoured as on the job's own URL."""
    statement = "companion.jobs.register-enforces-index"
    job = factory.idle(nomad.new_id())
    done = nomad.register_at_jobs(job, EnforceIndex=True, JobModifyIndex=7)
    verify.refused(statement, done, 500, "Enforcing job modify index 7: job does not exist")
    created = verify.ok(statement, nomad.register_at_jobs(job, EnforceIndex=True, JobModifyIndex=0))
    done = nomad.register_at_jobs(job, EnforceIndex=True, JobModifyIndex=0)
    verify.refused(statement, done, 500, "Enforcing job modify index 0: job already exists")
    verify.ok(statement, nomad.register_at_jobs(job, EnforceIndex=True, JobModifyIndex=created.json["JobModifyIndex"]))


@states("companion.jobs.register-refuses")
def test_what_is_no_job_is_refused(nomad: Nomad) -> None:
    """No body, no job and an incomplete job are refused, each with its text."""
    statement = "companion.jobs.register-refuses"
    job_id = nomad.new_id()
    for body, text in ((None, "EOF"), ({}, "Job must be specified"), ({"Job": None}, "Job must be specified")):
        verify.refused(statement, nomad.send("companion", "PUT", JOBS, body=body), 400, text)
    done = nomad.register_at_jobs({"ID": job_id})

    def complains(text: str) -> bool:
        """6 error(s) occurred: …, Missing job name among them."""
        return text.startswith("6 error(s) occurred:\n\n* ") and "\n* Missing job name\n" in text

    verify.refused(statement, done, 500, complains)
    verify.missing(statement, nomad.job(job_id))
