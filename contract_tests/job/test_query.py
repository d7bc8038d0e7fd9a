"""GET /v1/job/<ID>: a job's specification and status."""

import pytest

from contract_tests.client.jobs import JobFactory, body_for
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import Query
from contract_tests.job.test_periodic_force import listed_children
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify


@states("job.query.reply-is-json", *shapes.statements_about("job.query"))
def test_every_object_of_a_job_has_its_fields(nomad: Nomad, factory: JobFactory) -> None:
    """A job that uses every property shows every field of every object, each with its type."""
    for job in (factory.rich(nomad.new_id()), factory.parameterized(nomad.new_id())):
        verify.ok("job.register.creates", nomad.register(job))
        found = verify.ok("job.query.returns-the-job", nomad.job(job["ID"]))
        assert found.json["ID"]


@states("job.query.returns-the-job")
def test_the_job_asked_for_is_returned(nomad: Nomad, factory: JobFactory) -> None:
    """Of several jobs with similar IDs, each is found under its own."""
    base = nomad.new_id()
    jobs = [factory.idle(base + tail, Priority=10 + number) for number, tail in enumerate(("", "0", "-x", "/y"))]
    for job in jobs:
        nomad.register(job)
    for job in jobs:
        found = verify.ok("job.query.returns-the-job", nomad.job(job["ID"]))
        verify.equal("job.query.returns-the-job", found, found.json["ID"], job["ID"])
        verify.equal("job.query.returns-the-job", found, found.json["Priority"], job["Priority"])


@states("job.query.changes-nothing", verify.UNCHANGED)
def test_reading_changes_nothing(nomad: Nomad, factory: JobFactory) -> None:
    """Reading a job and everything about it leaves it as it was."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    before = verify.ok("job.query.returns-the-job", nomad.job(job["ID"]))
    for operation in ("query", "allocations", "evaluations", "summary"):
        nomad.read(operation, job["ID"])
    after = nomad.job(job["ID"])
    verify.same("job.query.changes-nothing", after, "Job", after.json, before.json)


@states("job.query.missing-job")
def test_a_missing_job_is_not_found(nomad: Nomad) -> None:
    """A job that does not exist is answered with 404."""
    verify.refused("job.query.missing-job", nomad.job(nomad.new_id()), 404, "job not found")


@states("job.query.index-header-is-modify-index")
def test_index_header_is_the_jobs_modify_index(nomad: Nomad, factory: JobFactory) -> None:
    """The X-Nomad-Index of a job's query is the job's ModifyIndex."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    found = nomad.job(job["ID"])
    verify.equal("job.query.index-header-is-modify-index", found, found.index, found.json["ModifyIndex"])


@states("job.query.status")
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("idle", "dead"),
        ("service", "pending"),
        ("batch", "pending"),
        ("system", "dead"),
        ("periodic", "running"),
        ("parameterized", "running"),
    ],
)
def test_status_follows_from_what_the_job_has(nomad: Nomad, factory: JobFactory, kind: str, expected: str) -> None:
    """A job with a blocked evaluation is pending, one with nothing left to do is dead, a parent is running."""
    job = getattr(factory, kind)(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    found = nomad.job(job["ID"])
    verify.equal("job.query.status", found, found.json["Status"], expected)
    verify.equal("job.query.status", found, found.json["StatusDescription"], "")


@states("job.query.id-with-slash")
def test_slashes_in_ids_may_be_escaped(nomad: Nomad, factory: JobFactory) -> None:
    """An ID with slashes is reached with the slash as it is and as %2F, with every suffix."""
    job = factory.idle(f"{nomad.new_id()}/a/b")
    verify.ok("job.query.id-with-slash", nomad.register(job))
    escaped = job["ID"].replace("/", "%2F")
    for operation, suffix in (("query", ""), ("summary", "/summary"), ("evaluations", "/evaluations")):
        plain = verify.ok("job.query.id-with-slash", nomad.read(operation, job["ID"]))
        found = verify.ok("job.query.id-with-slash", nomad.send(operation, "GET", f"/v1/job/{escaped}{suffix}"))
        if operation != "evaluations":
            verify.equal("job.query.id-with-slash", found, found.json.get("ID", found.json.get("JobID")), job["ID"])
        verify.equal("job.query.id-with-slash", found, type(found.json), type(plain.json))


@states("job.query.id-percent-decoded")
@pytest.mark.parametrize("tail", ["é-ünï", "a+b", "a%b", "a%2Fb", "q?x=1", "x#y", "a&b=c", "tab\tin", "trailing/"])
def test_ids_are_percent_decoded_once(nomad: Nomad, factory: JobFactory, tail: str) -> None:
    """Any character may be in an ID and is percent-decoded exactly once; plus is no space, a last slash counts."""
    job = factory.idle(f"{nomad.new_id()}{tail}")
    verify.ok("job.query.id-percent-decoded", nomad.register(job))
    found = verify.ok("job.query.id-percent-decoded", nomad.job(job["ID"]))
    verify.equal("job.query.id-percent-decoded", found, found.json["ID"], job["ID"])


@states("job.query.id-percent-decoded")
def test_characters_of_a_path_need_no_escape(nomad: Nomad, factory: JobFactory) -> None:
    """What may stand in a path as it is means itself; above all a plus is no space."""
    job = factory.idle(f"{nomad.new_id()}+b:c@d=e,f;g$h!i&j'k(l)*m")
    nomad.register(job)
    found = verify.ok("job.query.id-percent-decoded", nomad.send("query", "GET", f"/v1/job/{job['ID']}"))
    verify.equal("job.query.id-percent-decoded", found, found.json["ID"], job["ID"])


@states("job.query.id-case-insensitive")
def test_ids_are_found_in_any_case(nomad: Nomad, factory: JobFactory) -> None:
    """Job IDs are stored as written and looked up without regard to case."""
    job = factory.idle(f"{nomad.new_id()}-CaSe")
    nomad.register(job)
    found = nomad.job(job["ID"].lower())
    verify.equal("job.query.id-case-insensitive", found, found.ok and found.json["ID"], job["ID"])


LETTERS = "\u00c9\u0416\u1e9e\u212a\u0130\u03a3"
"""Capitals beyond ASCII: of other alphabets, and some of which languages make small letters in ways of their own."""
SMALL = "\u00e9\u0436\u00dfki\u03c3"
"""Their small letters, each one by itself."""
NO_LETTERS = ("\u00e9\u0436\u00dfki\u03c2", "\u00e9\u0436\u00dfki\u0307\u03c3", "\u00e9\u0436sski\u03c3")
"""The same with the sigma that ends words, with an i and its dot, and with two s."""


@states("job.query.id-case-insensitive")
def test_ids_of_any_letters_are_found_in_any_case(nomad: Nomad, factory: JobFactory) -> None:
    """A capital beyond ASCII and its small letter are the same, each by itself and whatever the language."""
    statement = "job.query.id-case-insensitive"
    job = factory.idle(f"{nomad.new_id()}-{LETTERS}")
    done = verify.ok(statement, nomad.register(job))
    for letters in (LETTERS, SMALL, SMALL[:3] + LETTERS[3:]):
        spelling = job["ID"].replace(LETTERS, letters)
        found = verify.ok(statement, nomad.job(spelling))
        verify.equal(statement, found, found.json["ID"], job["ID"])
        verify.ok(statement, nomad.summary(spelling))
        evaluations = nomad.evaluations(spelling[:-1] if letters == LETTERS else spelling)
        verify.equal(statement, evaluations, [one["ID"] for one in evaluations.json], [done.json["EvalID"]])
    for letters in NO_LETTERS:
        verify.missing(statement, nomad.job(job["ID"].replace(LETTERS, letters)))
    respelled = job["ID"].replace(LETTERS, SMALL)
    again = verify.ok(statement, nomad.register({**job, "ID": respelled}))
    found = nomad.job(job["ID"])
    shown = (found.json["ID"], found.json["CreateIndex"], found.json["JobModifyIndex"])
    verify.equal(statement, found, shown, (respelled, done.json["JobModifyIndex"], again.json["JobModifyIndex"]))


@states("job.query.unknown-suffix-is-id")
def test_an_unknown_suffix_is_part_of_the_id(nomad: Nomad, factory: JobFactory) -> None:
    """A sub-path that is no operation belongs to the job's ID."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    verify.refused("job.query.unknown-suffix-is-id", nomad.job(f"{job['ID']}/unknown"), 404, "job not found")
    deep = factory.idle(f"{job['ID']}/unknown")
    verify.ok("job.query.unknown-suffix-is-id", nomad.register(deep))
    found = nomad.job(deep["ID"])
    verify.equal("job.query.unknown-suffix-is-id", found, found.ok and found.json["ID"], deep["ID"])


@states("job.query.unknown-parameters-ignored")
def test_unknown_parameters_are_ignored(nomad: Nomad, factory: JobFactory) -> None:
    """Query parameters that mean nothing change nothing."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    plain = nomad.job(job["ID"])
    odd = nomad.job(job["ID"], {"nonsense": "1", "prefix": "zzz", "consistent": None})
    verify.equal("job.query.unknown-parameters-ignored", odd, odd.ok and odd.json, plain.json)


OF_OTHERS: Query = {
    "_method": "DELETE",
    "method": "DELETE",
    "callback": "f",
    "format": "xml",
    "fields": "ID",
    "limit": 1,
    "page": 2,
    "dry_run": "true",
    "datacenter": "none",
    "cas": 1,
}
"""Parameters that mean something to other servers."""


@states("job.query.unknown-parameters-ignored")
def test_the_parameters_of_other_servers_are_ignored(nomad: Nomad, factory: JobFactory) -> None:
    """What other servers read in a query string means nothing, to reads and to writes."""
    statement = "job.query.unknown-parameters-ignored"
    job = factory.service(nomad.new_id())
    done = [
        verify.ok(statement, nomad.act("register", job["ID"], {"Job": job}, query=OF_OTHERS)),
        verify.ok(statement, nomad.act("evaluate", job["ID"], None, query=OF_OTHERS)),
    ]
    nomad.settle(job["ID"])
    listed = nomad.evaluations(job["ID"])
    told = {one.json.get("EvalID") for one in done}
    verify.that(statement, listed, told <= {one["ID"] for one in listed.json}, sorted(map(str, told)), listed.json)
    for read in ("query", "evaluations", "summary", "allocations"):
        plain, odd = nomad.read(read, job["ID"]), nomad.read(read, job["ID"], OF_OTHERS)
        verify.equal(statement, odd, odd.ok and odd.json, plain.json)


@states("job.query.unknown-parameters-ignored")
def test_writes_ignore_the_parameters_of_reads(nomad: Nomad, factory: JobFactory) -> None:
    """A write neither waits nor minds an ``index`` or ``wait`` that a read could not take."""
    statement = "job.query.unknown-parameters-ignored"
    for operation in ("register", "plan", "evaluate", "dispatch", "force"):
        job = factory.subject_of(operation, nomad.new_id())
        nomad.register(job)
        body = body_for(operation, job)
        for index, wait in (("abc", "abc"), ("999999999", "9s")):
            done = verify.ok(
                statement, nomad.act(operation, job["ID"], body, query={"index": index, "wait": wait, "stale": None})
            )
            verify.that(statement, done, done.seconds < 5, "an answer at once", f"{done.seconds:.2f} s")
        if operation == "force":
            listed_children(nomad, job["ID"])
