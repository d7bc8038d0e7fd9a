"""PUT /v1/job/<ID>: check-and-set of jobs of every kind, and which of several problems a refusal names."""

from contract_tests.client.jobs import JobFactory, group, task
from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.strategies.problems import problems
from contract_tests.suite import verify

START = "Enforcing job modify index"


@states("job.register.check-and-set")
def test_check_and_set_of_any_job(nomad: Nomad, factory: JobFactory) -> None:
    """Only JobModifyIndex counts, of jobs of every kind, dead or waiting; neither its other indexes nor a newer one."""
    statement = "job.register.check-and-set"
    makers = (factory.idle, factory.service, factory.batch, factory.system, factory.periodic)
    for make in (*makers, factory.parameterized):
        job = make(nomad.new_id())
        created = nomad.register(job).json["JobModifyIndex"]
        index = nomad.register(job).json["JobModifyIndex"]
        nomad.settle(job["ID"])
        modified = nomad.job(job["ID"]).json["ModifyIndex"]
        wrong = {created, index + 1, modified, 2**53 + 1, 2**63 + 1, 2**64 - 1} - {index}
        for one in sorted(wrong):
            done = nomad.register(job, EnforceIndex=True, JobModifyIndex=one)
            text = f"{START} {one}: job exists with conflicting job modify index: {index}"
            verify.refused(statement, done, 500, text)
        done = nomad.register(job, EnforceIndex=True)
        verify.refused(statement, done, 500, f"{START} 0: job already exists")
        verify.ok(statement, nomad.register(job, EnforceIndex=True, JobModifyIndex=index))


@states("job.register.check-and-set")
def test_check_and_set_in_another_spelling(nomad: Nomad, factory: JobFactory) -> None:
    """A job is found in any letter case of its ID, and a validation problem comes before a conflict."""
    statement = "job.register.check-and-set"
    job = factory.idle(nomad.new_id("SpelleD"))
    other = {**job, "ID": job["ID"].replace("SpelleD", "spelled")}
    index = nomad.register(job).json["JobModifyIndex"]
    verify.refused(statement, nomad.register(other, EnforceIndex=True), 500, f"{START} 0: job already exists")
    bad = nomad.register({**other, "Priority": 101}, EnforceIndex=True, JobModifyIndex=7)
    verify.refused(statement, bad, 500, problems("Job priority must be between [1, 100]"))
    verify.ok(statement, nomad.register(other, EnforceIndex=True, JobModifyIndex=index))
    gone = nomad.deregister(other["ID"]).json["JobModifyIndex"]
    for one in (index, gone):
        done = nomad.register(job, EnforceIndex=True, JobModifyIndex=one)
        verify.refused(statement, done, 500, f"{START} {one}: job does not exist")
    verify.ok(statement, nomad.register(job, EnforceIndex=True))


@states("job.register.id-must-match")
def test_the_whole_id_has_to_match(nomad: Nomad, factory: JobFactory) -> None:
    """Of an ID with slashes neither the first nor the last part alone is compared."""
    one, other = nomad.new_id(), nomad.new_id()
    for in_url, in_body in ((f"{one}/x", f"{other}/x"), (f"{one}/x", f"{one}/y"), (f"{one}/x", one), (one, f"{one}/")):
        for operation in ("register", "plan"):
            done = nomad.act(operation, in_url, {"Job": factory.idle(in_body)})
            verify.refused("job.register.id-must-match", done, 400, "Job ID does not match")


@states("job.register.problems-in-order")
def test_problems_of_all_kinds(nomad: Nomad, factory: JobFactory) -> None:
    """Problems come in order: the job, its groups, its periodic block, its drivers, members that nobody may submit."""
    periodic = {"Enabled": True, "Spec": "zz", "SpecType": "cron"}
    tasks = [task("t", Driver="foo"), task("u", Config={"command": ""})]
    job = factory.service(nomad.new_id(), Name="", Payload="aGk=", Periodic=periodic, ParameterizedJob={})
    job["TaskGroups"] = [group("g", Count=-1, Tasks=tasks)]
    text = problems(
        "Missing job name",
        f"Task group g validation failed: {problems('Task group count can' + chr(39) + 't be negative')}",
        'Periodic can only be used with "batch" scheduler',
        'Invalid cron spec "zz": missing field(s)',
        'Parameterized job can only be used with "batch" scheduler',
        'failed to create driver for task "g" in group "t" for validation: unknown driver \'foo\'',
        f'group "g" -> task "u" -> config: {problems(EMPTY)}',
        "job can't be submitted with a payload, only dispatched",
    )
    for done in (nomad.register(job), nomad.plan(job)):
        verify.refused("job.register.problems-in-order", done, 500, text)


EMPTY = 'field "command" is required, but no value was found'


@states("job.register.refuses.parameterized")
def test_all_overlapping_keys_are_told(nomad: Nomad, factory: JobFactory) -> None:
    """Every key that is both required and optional is named, in no order; keys differ in letter case."""
    statement = "job.register.refuses.parameterized"
    rules = {"MetaRequired": ["a", "b", "c"], "MetaOptional": ["c", "A", "a"]}
    start = "Required and optional meta keys should be disjoint. Following keys exist in both:"
    texts = [problems(problems(f"{start} {keys}")) for keys in ("[a c]", "[c a]")]
    done = nomad.register(factory.batch(nomad.new_id(), ParameterizedJob=rules))
    verify.that(statement, done, done.status == 500 and done.text in texts, f"500 {texts[0]}", done.text)
    cases = {"MetaRequired": ["a", "B"], "MetaOptional": ["A", "b"]}
    verify.ok(statement, nomad.register(factory.batch(nomad.new_id(), ParameterizedJob=cases)))
