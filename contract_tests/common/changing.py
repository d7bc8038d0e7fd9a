"""Replies in another form, held against plain ones while the job changes."""

from collections.abc import Iterator, Mapping

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Job, Nomad
from contract_tests.client.paths import Query
from contract_tests.oracle import shapes
from contract_tests.suite import verify

MOVED = ("query", "evaluations", "summary")
"""The reads that show a change without a node to place anything on."""

TIMES = 3
ROUNDS = 10
"""How often a form and the plain reply are read until nothing changes meanwhile."""


def shows_each_change(
    statement: str,
    nomad: Nomad,
    factory: JobFactory,
    read: str,
    query: Query | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Require that a read with this query and these headers has the content of the plain one after each change."""
    make = factory.parameterized if factory.lenient else factory.batch  # only 0.5 makes an ordinary job of a parent
    for job in _changes(nomad, make(nomad.new_id()), read):
        found, plain = beside_a_plain_one(nomad, read, job["ID"], query, headers or {})
        verify.equal(statement, found, found.status, plain.status)
        if plain.ok:
            verify.same(statement, found, shapes.READS[read], found.json, plain.json)
        else:
            verify.equal(verify.UNCHANGED, found, found.text, plain.text)


def beside_a_plain_one(
    nomad: Nomad, read: str, job_id: str, query: Query | None, headers: Mapping[str, str]
) -> tuple[Exchange, Exchange]:
    """Return a read in another form and the plain one, read until nothing changed between the two.

    A server may be at work: it ends an evaluation, or says of an allocation that it is healthy.
    """
    for _ in range(ROUNDS):
        plain = nomad.read(read, job_id)
        found = nomad.read(read, job_id, query, **headers)
        if _content(read, nomad.read(read, job_id)) == _content(read, plain):
            break
    return found, plain


def _content(read: str, found: Exchange) -> object:
    """Return what the page binds of a reply."""
    return shapes.documented(shapes.READS[read], found.json) if found.ok else found.status


def _changes(nomad: Nomad, job: Job, read: str) -> Iterator[Job]:
    """Yield a job before and after each write that may change what the read tells of it, once all is settled."""
    yield job
    for number in range(TIMES):
        if number:
            job = {**job, "Priority": 50 + number, "Meta": {"version": str(number)}, "ParameterizedJob": None}
            if read == "summary":
                job["TaskGroups"] = [group(f"g{each}", Count=0) for each in range(number)]
        verify.ok("job.register.creates", nomad.register(job))
        nomad.settle(job["ID"])
        yield job
        if job.get("ParameterizedJob"):
            verify.ok("job.dispatch.creates-a-job", nomad.dispatch(job["ID"], meta={"need": "x"}))
        else:
            verify.ok("job.evaluate.creates-evaluation", nomad.evaluate(job["ID"]))
        nomad.settle(job["ID"])
        yield job
    verify.ok("job.deregister.ends-the-job", nomad.deregister(job["ID"]))
    nomad.settle(job["ID"])
    yield job
