"""PUT and POST /v1/job/<ID>: registering a job, or updating one."""

from typing import Any

import pytest
from hypothesis import given

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group, kind_of
from contract_tests.client.nomad import Job, Nomad
from contract_tests.oracle import shapes
from contract_tests.oracle.readback import differences, readback
from contract_tests.oracle.statement_of import ALL_KEEPS, read_back, statements_compared
from contract_tests.statements import catalogue, states
from contract_tests.strategies import generated
from contract_tests.strategies.edits import edits_of
from contract_tests.suite import verify
from contract_tests.suite.monitor import UUID
from contract_tests.suite.profiles import some

KINDS = ("service", "batch", "system", "parameterized", "periodic")


def verify_stored(nomad: Nomad, job: Job) -> dict[str, Any]:
    """Read a job back and require that it is what was submitted, defaults filled in."""
    found = verify.ok("job.register.creates", nomad.job(job["ID"]))
    verify_read_back(found, job)
    stored: dict[str, Any] = found.json
    return stored


def verify_read_back(found: Exchange, job: Job) -> None:
    """Require that the job in a reply is what was submitted, defaults filled in."""
    expected = readback(job)
    gaps = ((read_back(job, *gap), *gap) for gap in differences(expected, found.json))
    gravest_first = sorted(gaps, key=lambda gap: -catalogue()[gap[0]].level)
    verify.no_differences(found, gravest_first, statements_compared(job, expected))


@states("job.register.creates", "job.register.empty-is-null", "job.register.default.others", *ALL_KEEPS)
def test_what_was_registered_is_read_back(nomad: Nomad, factory: JobFactory) -> None:
    """Every property of every level is read back as it was submitted, for a job of every type."""
    for kind in (*KINDS, "documented", "rich"):
        job = getattr(factory, kind)(nomad.new_id())
        verify.ok("job.register.creates", nomad.register(job))
        verify_stored(nomad, job)


@states("job.register.updates", "job.register.updates-change-anything", "job.register.keeps.job")
def test_an_edit_of_any_property_is_stored(nomad: Nomad, factory: JobFactory) -> None:
    """Updating a job with any single property changed stores that change and nothing else."""
    job = factory.rich(nomad.new_id())
    verify.ok("job.register.creates", nomad.register(job))
    for edit in some(edits_of(job, lenient=factory.lenient), lambda edit: edit.part):
        edited = edit.on(job)
        done = nomad.register(edited)
        if kind_of(edited) != kind_of(job):
            verify.equal("job.register.updates-change-anything", done, done.status, 200)
            continue
        verify.ok("job.register.updates", done)
        verify_stored(nomad, edited)


@states("job.register.creates")
def test_generated_jobs_are_read_back(nomad: Nomad, factory: JobFactory) -> None:
    """Any valid job of any type is accepted and read back as submitted."""

    @given(generated.jobs(factory))
    def check(job: Job) -> None:
        job = {**job, "ID": nomad.new_id()}
        verify.ok("job.register.creates", nomad.register(job))
        verify_stored(nomad, job)
        nomad.own.clean()

    check()


@states(
    "job.register.reply-is-json",
    "job.register.reply-has-documented-fields",
    "job.register.reply-has-observed-fields",
    "job.register.evaluation-is-readable",
    "job.register.eval-create-index",
    "job.register.job-modify-index",
    "job.register.index-order",
    "job.register.new-job-indexes",
    "job.register.reply-index",
)
@pytest.mark.parametrize("kind", ["service", "batch", "system"])
def test_the_reply_names_the_evaluation_and_the_indexes(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """The reply's evaluation exists, and its indexes are those of the evaluation and of the stored job."""
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("g", Count=0)])
    done = verify.ok("job.register.creates", nomad.register(job))
    reply = done.json
    well = UUID.fullmatch(str(reply["EvalID"])) is not None
    verify.that("job.register.evaluation-is-readable", done, well, "an EvalID", reply["EvalID"])
    found = nomad.evaluations(job["ID"])
    listed = {e["ID"]: e["CreateIndex"] for e in found.json}
    verify.that(
        "job.register.evaluation-is-readable", found, reply["EvalID"] in listed, reply["EvalID"], sorted(listed)
    )
    verify.equal("job.register.eval-create-index", done, reply["EvalCreateIndex"], listed[reply["EvalID"]])
    verify.grows("job.register.index-order", done, reply["JobModifyIndex"], reply["EvalCreateIndex"])
    stored = nomad.job(job["ID"])
    verify.equal("job.register.job-modify-index", stored, reply["JobModifyIndex"], stored.json["JobModifyIndex"])
    verify.equal("job.register.new-job-indexes", stored, stored.json["CreateIndex"], reply["JobModifyIndex"])
    shown = (reply["Index"], done.index, reply["KnownLeader"], reply["LastContact"])
    expected = (reply["EvalCreateIndex"], reply["EvalCreateIndex"], False, 0)
    verify.equal("job.register.reply-index", done, shown, expected)


@states("job.register.no-evaluation-of-parents")
@pytest.mark.parametrize("kind", ["periodic", "parameterized"])
def test_parents_get_no_evaluation(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A periodic or parameterized job is stored without an evaluation."""
    job = getattr(factory, kind)(nomad.new_id())
    done = verify.ok("job.register.creates", nomad.register(job))
    reply = done.json
    shown = (reply["EvalID"], reply["EvalCreateIndex"], reply["Index"], done.index)
    verify.equal("job.register.no-evaluation-of-parents", done, shown, ("", 0, 0, 0))
    stored = nomad.job(job["ID"])
    verify.equal(
        "job.register.no-evaluation-of-parents", stored, stored.json["JobModifyIndex"], reply["JobModifyIndex"]
    )


@states(
    "job.register.updates",
    "job.register.update-keeps-create-index",
    "job.register.update-advances-modify-index",
    "job.register.identical-is-an-update",
    "job.register.update-evaluates-again",
    "job.register.status-moves-only-modify-index",
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_update_moves_the_right_indexes(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """An update, even an identical one, keeps CreateIndex, advances ModifyIndex and evaluates again."""
    job = getattr(factory, kind)(nomad.new_id())
    first = verify.ok("job.register.creates", nomad.register(job)).json
    told = {"", first["EvalID"]} if first["EvalID"] else set()
    nomad.settle(job["ID"])
    before = nomad.job(job["ID"]).json
    changes: list[dict[str, Any]] = [{}, {"Priority": 70}, {"Meta": {"a": "b"}}, {"Meta": {"c": "d"}}, {}]
    for change in changes:
        job = {**job, **change}
        done = verify.ok("job.register.updates", nomad.register(job))
        nomad.settle(job["ID"])
        after = nomad.job(job["ID"])
        verify.equal("job.register.updates", after, {name: after.json[name] for name in change}, change)
        verify_stored(nomad, job)
        now = after.json
        statement = "job.register.update-keeps-create-index"
        verify.equal(statement, after, now["CreateIndex"], before["CreateIndex"])
        moved = done.json["JobModifyIndex"]
        advances = "job.register.update-advances-modify-index" if change else "job.register.identical-is-an-update"
        verify.grows(advances, after, before["ModifyIndex"], now["ModifyIndex"])
        verify.grows(advances, done, before["JobModifyIndex"], moved)
        verify.equal("job.register.status-moves-only-modify-index", after, now["JobModifyIndex"], moved)
        if told:
            again = done.json["EvalID"] not in told
            verify.that("job.register.update-evaluates-again", done, again, "another evaluation", done.json["EvalID"])
            told |= {done.json["EvalID"]}
        else:
            verify.equal("job.register.no-evaluation-of-parents", done, done.json["EvalID"], "")
        before = now


@states("job.register.post-is-put")
@pytest.mark.parametrize("kind", KINDS)
def test_post_does_what_put_does(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """POST registers and updates exactly as PUT does."""
    job = getattr(factory, kind)(nomad.new_id(), Meta={"old": "1", "kept": "1"})
    verify.ok("job.register.post-is-put", nomad.register(job, method="POST"))
    created = verify_stored(nomad, job)
    changes = {"Priority": 44, "Meta": {"kept": "2", "new": "1"}}
    verify.ok("job.register.post-is-put", nomad.register({**job, **changes}, method="POST"))
    updated = nomad.job(job["ID"])
    shown = {name: updated.json[name] for name in changes}
    verify.equal("job.register.post-is-put", updated, shown, changes)
    verify.equal("job.register.post-is-put", updated, updated.json["CreateIndex"], created["CreateIndex"])


@states("job.register.leaves-other-jobs-alone", verify.UNCHANGED)
def test_other_jobs_stay_as_they_are(nomad: Nomad, factory: JobFactory) -> None:
    """Registering, updating or deregistering one job changes nothing of another."""
    mine, other = factory.idle(nomad.new_id()), factory.service(nomad.new_id("other"))
    nomad.register(other)
    nomad.settle(other["ID"])
    before = {op: nomad.read(op, other["ID"]).json for op in ("query", "summary", "evaluations")}
    nomad.register(mine)
    nomad.register({**mine, "Priority": 51})
    nomad.deregister(mine["ID"])
    for operation, expected in before.items():
        found = nomad.read(operation, other["ID"])
        verify.same("job.register.leaves-other-jobs-alone", found, shapes.READS[operation], found.json, expected)


@states("job.register.read-back-can-be-put")
def test_what_is_read_can_be_registered_again(nomad: Nomad, factory: JobFactory) -> None:
    """A job as read can be put back; only indexes change."""
    job = factory.rich(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    read = nomad.job(job["ID"]).json
    verify.ok("job.register.read-back-can-be-put", nomad.register(read))
    found = nomad.job(job["ID"])
    moved = (("ModifyIndex",), ("JobModifyIndex",))
    gaps = [gap for gap in differences(read, found.json) if gap[0] not in moved]
    verify.alike("job.register.read-back-can-be-put", found, gaps)


@states("job.register.check-and-set")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_enforce_index_is_check_and_set(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """With EnforceIndex a job is stored only when JobModifyIndex is that of the stored one, 0 for none."""
    statement = "job.register.check-and-set"
    job = factory.idle(nomad.new_id())

    def attempt(index: int) -> Any:
        return nomad.register(job, method=method, EnforceIndex=True, JobModifyIndex=index)

    start = "Enforcing job modify index"
    verify.refused(statement, attempt(7), 500, f"{start} 7: job does not exist")
    verify.missing(statement, nomad.job(job["ID"]))
    created = verify.ok(statement, attempt(0)).json
    index = created["JobModifyIndex"]
    verify.refused(statement, attempt(0), 500, f"{start} 0: job already exists")
    conflict = f"{start} {index + 10**6}: job exists with conflicting job modify index: {index}"
    verify.refused(statement, attempt(index + 10**6), 500, conflict)
    unchanged = nomad.job(job["ID"])
    verify.equal(statement, unchanged, unchanged.json["JobModifyIndex"], index)
    found = nomad.evaluations(job["ID"])
    verify.equal(statement, found, [one["ID"] for one in found.json], [created["EvalID"]])
    moved = verify.ok(statement, attempt(index))
    verify.grows(statement, moved, index, moved.json["JobModifyIndex"])
    verify.ok(statement, nomad.register(job, method=method, JobModifyIndex=3))


@states("job.register.id-case-is-the-same-job")
def test_an_id_in_another_case_is_the_same_job(nomad: Nomad, factory: JobFactory) -> None:
    """Registering an ID in another case updates the same job and takes over the new spelling."""
    job = factory.idle(f"{nomad.new_id()}-CASE")
    index = nomad.register(job).json["JobModifyIndex"]
    nomad.register({**job, "ID": job["ID"].lower()})
    found = nomad.job(job["ID"])
    shown = (found.json["ID"], found.json["CreateIndex"])
    verify.equal("job.register.id-case-is-the-same-job", found, shown, (job["ID"].lower(), index))
