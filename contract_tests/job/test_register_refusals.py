"""PUT and POST /v1/job/<ID>: refused jobs, the texts of the refusals, and that nothing changes."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.jobs import LEAST, JobFactory, group, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.durations import SECOND
from contract_tests.statements import statement_mark, states
from contract_tests.strategies import generated
from contract_tests.strategies.invalid import cases
from contract_tests.strategies.problems import Invalid
from contract_tests.suite import profiles, verify

CASES = list(cases())


def untouched(nomad: Nomad, statement: str, job_id: str) -> None:
    """Require that there is no such job and no evaluation of one."""
    verify.missing(statement, nomad.job(job_id))
    found = nomad.evaluations(job_id)
    verify.equal(statement, found, found.json, [])


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=statement_mark(case.statement), id=f"{case.statement.rpartition('.')[2]} {case.name}")
        for case in CASES
    ],
)
def test_an_invalid_job_is_refused(nomad: Nomad, factory: JobFactory, case: Invalid) -> None:
    """A job that is invalid in one way is refused with the text for it, by PUT and POST, and not stored."""
    job = case.of(factory.service(nomad.new_id()))
    statement = case.statement
    for method in ("PUT", "POST"):
        done = nomad.register(job, method=method)
        verify.that(statement, done, not done.ok, f"a refusal: {case.name}", f"{done.status} {done.text[:200]}")
        fits = done.status == 500 and case.says(done.text)
        verify.that(statement, done, fits, f"500 {case.text}", f"{done.status} {done.text}")
        untouched(nomad, statement, job["ID"])


@states("job.register.refused-update-changes-nothing")
def test_a_refused_update_changes_nothing(nomad: Nomad, factory: JobFactory) -> None:
    """An update that is refused leaves the stored job, its indexes, evaluations and summary as they were."""
    job = factory.service(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    before = {op: nomad.read(op, job["ID"]).json for op in ("query", "summary", "evaluations")}
    for case in CASES:
        nomad.register(case.of({**copy.deepcopy(job), "Priority": 77}))
    for operation, expected in before.items():
        after = nomad.read(operation, job["ID"])
        verify.equal("job.register.refused-update-changes-nothing", after, after.json, expected)


def _near_words(factory: JobFactory, job_id: str) -> Iterator[tuple[str, Callable[[str], Job]]]:
    """Yield each known word with what makes a job of it, or of a word that nearly matches it."""
    second = {"Interval": 10 * SECOND, "Timeout": SECOND}

    def of_task(**members: Any) -> Job:
        return factory.service(job_id, TaskGroups=[group("g", Count=0, Tasks=[task("t", **members)])])

    def of_check(**members: Any) -> Job:
        check = {"Name": "c", "Type": "http", "Path": "/", **second, **members}
        ports = {**LEAST, "Networks": [{"MBits": 1, "DynamicPorts": [{"Label": "p"}]}]}
        return of_task(Services=[{"Name": "s", "PortLabel": "p", "Checks": [check]}], Resources=ports)

    def of_policy(mode: str) -> Job:
        policy = {"Attempts": 1, "Delay": SECOND, "Interval": 10 * SECOND, "Mode": mode}
        return factory.service(job_id, TaskGroups=[group("g", Count=0, RestartPolicy=policy)])

    def of_template(mode: str) -> Job:
        return of_task(Templates=[{"EmbeddedTmpl": "x", "DestPath": "y", "ChangeMode": mode}])

    def of_spec(kind: str) -> Job:
        rules = {"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": kind, "ProhibitOverlap": False}
        return factory.periodic(job_id, Periodic=rules)

    yield "raw_exec", lambda word: of_task(Driver=word)
    yield "cron", of_spec
    yield "optional", lambda word: factory.parameterized(job_id, payload=word)
    yield "delay", of_policy
    yield "noop", of_template
    yield "passing", lambda word: of_check(InitialStatus=word)


@states("job.register.refuses.near-words")
def test_a_word_that_nearly_matches_is_unknown(nomad: Nomad, factory: JobFactory) -> None:
    """A known word in another letter case, cut, prolonged or with white space is no known word."""
    statement = "job.register.refuses.near-words"
    job_id = nomad.new_id()
    for word, make in _near_words(factory, job_id):
        for near in (word.upper(), word.capitalize(), f" {word}", f"{word} ", f"{word}\n", word[:-2], f"{word}x"):
            done = nomad.register(make(near))
            verify.equal(statement, done, done.status, 500)
    untouched(nomad, statement, job_id)
    for word, make in _near_words(factory, job_id):
        verify.ok(statement, nomad.register(make(word)))


@states("job.register.refuses.any-job")
def test_any_valid_job_becomes_invalid(nomad: Nomad, factory: JobFactory) -> None:
    """One mistake is enough to refuse any job, and nothing is stored."""
    breaks: list[dict[str, Any]] = [
        {"Priority": 0},
        {"Priority": 101},
        {"Name": ""},
        {"Region": ""},
        {"Datacenters": None},
        {"TaskGroups": []},
        {"Payload": "aGk="},
    ]

    @given(generated.jobs(factory), st.sampled_from(breaks))
    @profiles.cheaper(0.7)
    def check(job: dict[str, Any], wrong: dict[str, Any]) -> None:
        job = {**job, **wrong, "ID": nomad.new_id()}
        done = nomad.register(job)
        statement = "job.register.refuses.any-job"
        verify.that(statement, done, done.status == 500, f"500 for {wrong}", f"{done.status} {done.text[:200]}")
        untouched(nomad, statement, job["ID"])

    check()


@states("job.register.problems-in-order")
def test_several_problems_are_all_named(nomad: Nomad, factory: JobFactory) -> None:
    """All mistakes are listed in a fixed order, with those of groups and tasks nested."""
    job = factory.service(nomad.new_id(), Region="", Name="", Priority=0, Datacenters=[])
    job["TaskGroups"][0] |= {"Count": -1}
    job["TaskGroups"][0]["Tasks"][0] |= {"Resources": {"CPU": 1, "MemoryMB": 1}, "LogConfig": None}
    text = (
        "5 error(s) occurred:\n\n* Missing job region\n* Missing job name\n"
        "* Job priority must be between [1, 100]\n* Missing job datacenters\n"
        "* Task group g validation failed: 2 error(s) occurred:\n\n* Task group count can't be negative\n"
        "* Task t validation failed: 2 error(s) occurred:\n\n* 2 error(s) occurred:\n\n"
        "* minimum CPU value is 20; got 1\n* minimum MemoryMB value is 10; got 1\n* Missing Log Config"
    )
    verify.refused("job.register.problems-in-order", nomad.register(job), 500, text)
    untouched(nomad, "job.register.problems-in-order", job["ID"])


@states("job.register.refuses.space-in-id")
def test_a_space_in_the_id(nomad: Nomad, factory: JobFactory) -> None:
    """An ID with a space is refused."""
    job = factory.idle(f"{nomad.new_id()} x")
    text = "1 error(s) occurred:\n\n* Job ID contains a space"
    verify.refused("job.register.refuses.space-in-id", nomad.register(job), 500, text)
