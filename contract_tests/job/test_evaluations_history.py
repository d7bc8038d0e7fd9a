"""GET /v1/job/<ID>/evaluations: of jobs that were updated, evaluated several times, respelled or canceled."""

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Nomad
from contract_tests.findings import NotOffered
from contract_tests.job.test_evaluations import WAITING, by_id, listed_undisturbed, verify_alone
from contract_tests.statements import states
from contract_tests.strategies.near_names import NAMES
from contract_tests.suite import verify


@states("job.evaluations.of-an-update", "job.evaluate.evaluation-describes-the-job")
def test_an_evaluation_describes_the_job_as_it_is_now(nomad: Nomad, factory: JobFactory) -> None:
    """An evaluation after an update has the priority and the type that it gave the job, forced and blocked ones too."""
    job_id = nomad.new_id()
    for kind, priority, count in (("service", 63, 0), ("batch", 71, 1), ("system", 20, 0), ("service", 99, 1)):
        job = getattr(factory, kind)(job_id, Priority=priority, TaskGroups=[group("g", Count=count)])
        for statement in ("job.evaluations.of-an-update", "job.evaluate.evaluation-describes-the-job"):
            forced = statement.startswith("job.evaluate.")
            done = verify.ok(statement, nomad.evaluate(job_id) if forced else nomad.register(job))
            nomad.settle(job_id)
            found = nomad.evaluations(job_id)
            evaluation = by_id(found, statement, done.json["EvalID"])
            made = [one for one in found.json if one["PreviousEval"] == evaluation["ID"]]
            verify.equal(statement, found, len(made), count)
            for one in (evaluation, *made):
                verify.equal(statement, found, (one["Priority"], one["Type"]), (priority, kind))
            verify_alone(statement, found, evaluation)


@states("job.evaluations.canceled")
def test_a_canceled_evaluation_tells_why(nomad: Nomad, factory: JobFactory) -> None:
    """What waited is canceled when an evaluation of an update or deregistration succeeds, and is changed by that."""
    statement = "job.evaluations.canceled"
    for change in ("update", "deregister"):
        last, found = listed_undisturbed(nomad, factory, 1, 0 if change == "update" else None)
        success, canceled = by_id(found, statement, last), next(one for one in found.json if one["PreviousEval"])
        text = f'evaluation "{canceled["ID"]}" successful'
        verify.equal(statement, found, (canceled["Status"], canceled["StatusDescription"]), ("canceled", text))
        verify.equal(statement, found, canceled["ModifyIndex"], success["ModifyIndex"])
        before = by_id(found, statement, canceled["PreviousEval"])
        kept = {**WAITING, "SnapshotIndex": before["SnapshotIndex"], "JobModifyIndex": before["JobModifyIndex"]}
        verify.equal(statement, found, {name: canceled[name] for name in kept}, kept)


@states("job.evaluations.quotes-the-job")
def test_the_reason_of_a_cancellation_quotes_the_job(nomad: Nomad, factory: JobFactory) -> None:
    """Unprintable characters and quotation marks of a job's ID are escaped where a text quotes the ID."""
    statement = "job.evaluations.quotes-the-job"
    _, found = listed_undisturbed(nomad, factory, 1, 1, label='a\tb"c\\\u200bé')
    canceled = next((e for e in found.json if e["Status"] == "canceled"), None)
    verify.that(statement, found, canceled is not None, "a canceled evaluation", canceled)
    assert canceled is not None
    job_id = canceled["JobID"]
    for char, escape in (("\\", r"\\"), ('"', r"\""), ("\t", r"\t"), ("\u200b", r"\u200b")):
        job_id = job_id.replace(char, escape)
    text = f'existing blocked evaluation exists for job "{job_id}"'
    verify.equal(statement, found, canceled["StatusDescription"], text)


@states("job.evaluations.near-names")
def test_groups_that_nearly_have_one_name(nomad: Nomad, factory: JobFactory) -> None:
    """What is queued and what failed is told for each of several groups whose names match nearly."""
    statement = "job.evaluations.near-names"
    wanted = {name: 1 + number for number, name in enumerate(NAMES)}
    job = factory.service(nomad.new_id(), TaskGroups=[group(name, Count=count) for name, count in wanted.items()])
    done = verify.ok(statement, nomad.register(job))
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    evaluation = by_id(found, statement, done.json["EvalID"])
    verify.equal(statement, found, evaluation["QueuedAllocations"], wanted)
    failed = evaluation["FailedTGAllocs"] or {}
    verify.equal(statement, found, {name: 1 + one["CoalescedFailures"] for name, one in failed.items()}, wanted)


@states("job.evaluations.blocked-in-another-spelling")
def test_what_waits_in_another_spelling_still_counts(nomad: Nomad, factory: JobFactory) -> None:
    """A job that is deregistered in another letter case has its next blocked evaluation canceled as well."""
    statement = "job.evaluations.blocked-in-another-spelling"
    _, found = listed_undisturbed(nomad, factory, 1, None, 1, label="CASE", gone=str.lower)
    statuses = sorted(e["Status"] for e in found.json)
    verify.equal(statement, found, statuses, ["canceled", "canceled", "complete", "complete", "complete"])


@states("job.evaluations.prefix-match")
def test_a_prefix_need_not_be_a_job(nomad: Nomad, factory: JobFactory) -> None:
    """Evaluations are found by any beginning of their job's ID, in any letter case, whether or not it is a job's."""
    statement = "job.evaluations.prefix-match"
    job = factory.idle(nomad.new_id("PreFixed") + "-and-more")
    done = nomad.register(job)
    for cut in ("-and-more", "and-more", "e", "nd-MORE"):
        for beginning in (job["ID"][: -len(cut)], job["ID"][: -len(cut)].swapcase(), job["ID"][: -len(cut)].lower()):
            found = nomad.evaluations(beginning)
            by_id(found, statement, done.json["EvalID"])
    verify.equal(statement, found, {one["JobID"] for one in found.json}, {job["ID"]})


@states("job.evaluations.spelling")
def test_the_spelling_of_an_evaluation(nomad: Nomad, factory: JobFactory) -> None:
    """A forced evaluation names the job as it is stored, that of a deregistration as it was asked for."""
    statement = "job.evaluations.spelling"
    job = factory.service(nomad.new_id("SpelleD"))  # not dead before it is deregistered
    nomad.register(job)
    other = job["ID"].replace("SpelleD", "sPELLEd")
    evaluated = verify.ok(statement, nomad.evaluate(other))
    found = nomad.evaluations(job["ID"])
    verify.equal(statement, found, by_id(found, statement, evaluated.json["EvalID"])["JobID"], job["ID"])
    gone = verify.ok(statement, nomad.deregister(other))
    verify.ended(statement, nomad.job(job["ID"]))
    found = nomad.evaluations(job["ID"])
    verify.equal(statement, found, by_id(found, statement, gone.json["EvalID"])["JobID"], other)


@states("job.evaluate.creates-evaluation")
@pytest.mark.parametrize("kind", ["service", "batch", "system"])
def test_every_request_evaluates(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Each request makes another evaluation, of a dead job as well, and of the job's own type."""
    statement = "job.evaluate.creates-evaluation"
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("g", Count=0)])
    nomad.register(job)
    nomad.settle(job["ID"])
    made = [verify.ok(statement, nomad.evaluate(job["ID"])) for _ in range(3)]
    nomad.settle(job["ID"])
    made.append(verify.ok(statement, nomad.evaluate(job["ID"])))
    verify.equal(statement, made[-1], len({one.json["EvalID"] for one in made}), 4)
    found = nomad.evaluations(job["ID"])
    verify.equal(statement, found, [by_id(found, statement, one.json["EvalID"])["Type"] for one in made], [kind] * 4)


@states("job.register.no-evaluation-of-parents")
@pytest.mark.parametrize("kind", ["periodic", "parameterized"])
def test_what_a_job_becomes_decides_about_an_evaluation(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A job that becomes a parent gets no evaluation for it, one that ceases to be one does; CreateIndex stays."""
    statement = "job.register.no-evaluation-of-parents"
    plain = factory.service(nomad.new_id(), TaskGroups=[group("g", Count=0)])
    special = getattr(factory, kind)(plain["ID"])
    created = nomad.register(plain).json["JobModifyIndex"]
    for job in (special, plain, special, special):
        nomad.settle(plain["ID"])
        before = len(nomad.evaluations(plain["ID"]).json)
        done = verify.ok(statement, nomad.register(job))
        found = nomad.evaluations(plain["ID"])
        made = int(job is plain)
        told = (bool(done.json["EvalID"]), bool(done.json["EvalCreateIndex"]), bool(done.index))
        verify.equal(statement, done, told, (bool(made),) * 3)
        verify.equal(statement, found, len(found.json), before + made)
        stored = nomad.job(plain["ID"])
        verify.equal("job.register.update-keeps-create-index", stored, stored.json["CreateIndex"], created)


@states("job.evaluations.of-older-versions")
def test_evaluations_of_older_versions_stay_as_they_were(nomad: Nomad, factory: JobFactory) -> None:
    """An evaluation that is done keeps all its fields when newer versions of its job, and other evaluations, exist."""

    def done() -> tuple[Exchange, dict[str, dict[str, object]]]:
        found = nomad.evaluations(job_id)
        listed = verify.listed(statement, found)
        return found, {one["ID"]: one for one in listed if one["Status"] in ("complete", "canceled")}

    statement = "job.evaluations.of-older-versions"
    job_id = nomad.new_id()
    known: dict[str, dict[str, object]] = {}
    for number, kind in enumerate(("service", "batch", "system", "service")):
        count = number if kind != "system" else 1
        job = getattr(factory, kind)(job_id, Priority=40 + number, TaskGroups=[group("g", Count=count)])
        verify.ok(statement, nomad.register(job))
        if number % 2:
            verify.ok(statement, nomad.evaluate(job_id))
        nomad.settle(job_id)
        found, listed = done()
        verify.equal(statement, found, {one: listed.get(one) for one in known}, known)
        known = {one: evaluation for one, evaluation in listed.items() if evaluation.get("Status") == "complete"}
    if not known:
        raise NotOffered("no evaluation was done in time")
    nomad.deregister(job_id)
    nomad.settle(job_id)
    found, listed = done()
    verify.equal(statement, found, {one: listed.get(one) for one in known}, known)
