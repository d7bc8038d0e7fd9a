"""Regions: the local one by default, another with ``region``."""

import pytest

from contract_tests.client.jobs import JobFactory, body_for
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import SUFFIXES
from contract_tests.common.test_blocking import HOLDS
from contract_tests.job.test_periodic_force import children
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify

WRITES = [
    (operation, method)
    for operation in ("register", "dispatch", "evaluate", "plan", "force")
    for method in ("PUT", "POST")
]
EVERY = [*[(read, "GET") for read in ("query", "allocations", "evaluations", "summary")], *WRITES]
NOWHERE = "nomad-contract-no-such-region"


@states("common.regions.unknown")
@pytest.mark.parametrize(("operation", "method"), [*EVERY, ("deregister", "DELETE")])
def test_an_unknown_region_is_refused(nomad: Nomad, factory: JobFactory, operation: str, method: str) -> None:
    """An unknown region is refused on every operation, and nothing is done elsewhere instead."""
    job = factory.parameterized(nomad.new_id())
    target = f"/v1/job/{job['ID']}{SUFFIXES[operation]}"
    body = {"Job": job} if operation in ("register", "plan") else {} if operation == "dispatch" else None
    statement = "common.regions.unknown"
    done = nomad.send(operation, method, target, query={"region": NOWHERE}, body=body)
    verify.refused(statement, done, 500, "No path to region")
    verify.missing(statement, nomad.job(job["ID"]))
    nomad.register(job)
    done = nomad.send(operation, method, target, query={"region": NOWHERE}, body=body)
    verify.refused(statement, done, 500, "No path to region")
    verify.ok(statement, nomad.job(job["ID"]))


@states("common.regions.local-by-name", verify.UNCHANGED, *HOLDS.values())
@pytest.mark.parametrize("read", ["query", "allocations", "evaluations", "summary"])
def test_the_local_region_by_name(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Naming the local region is the same as naming none, for a read that waits, too."""
    statement = "common.regions.local-by-name"
    job = factory.service(nomad.new_id())
    query = {"region": factory.region}
    verify.ok(statement, nomad.register(job, query=query))
    nomad.settle(job["ID"])
    plain, named = nomad.read(read, job["ID"]), nomad.read(read, job["ID"], query)
    verify.same(statement, verify.ok(statement, named), shapes.READS[read], named.json, plain.json)
    same = named.index == plain.index if read in ("query", "summary") else named.index >= plain.index  # of a table
    verify.that(statement, named, same, f"the index {plain.index}", named.index)
    held = nomad.read(read, job["ID"], {"index": named.index + 10_000, "wait": "100ms", **query})
    verify.same(statement, verify.ok(statement, held), shapes.READS[read], held.json, plain.json)
    verify.that(HOLDS[read], held, held.seconds >= 0.098, "no answer before 100ms", f"{held.seconds:.2f} s")
    missing = nomad.new_id()
    absent = (nomad.read(read, missing), nomad.read(read, missing, query))
    verify.equal(statement, absent[1], absent[1].status, absent[0].status)
    verify.equal(verify.UNCHANGED, absent[1], absent[1].text, absent[0].text)


@states("common.regions.local-by-name", verify.UNCHANGED)
@pytest.mark.parametrize(("operation", "method"), [*WRITES, ("deregister", "DELETE")])
def test_writes_to_the_local_region_by_name(nomad: Nomad, factory: JobFactory, operation: str, method: str) -> None:
    """A write that names the local region does the same as one that names none, and is refused alike."""
    statement = "common.regions.local-by-name"
    query = {"region": factory.region}
    for known in (False, True):
        replies = []
        for asked in ({}, query):
            job = factory.subject_of(operation, nomad.new_id())
            if known:
                verify.ok(statement, nomad.register(job))
            done = nomad.act(operation, job["ID"], body_for(operation, job), method=method, query=asked)
            if done.ok and operation == "force":
                children(nomad, job["ID"])
            there = nomad.job(job["ID"])
            replies.append(((done.status, there.status), sorted(done.json) if done.ok else done.text))
        verify.equal(statement, done, replies[1][0], replies[0][0])
        verify.equal(verify.UNCHANGED, done, replies[1][1], replies[0][1])


@states("common.regions.empty-is-local")
def test_an_empty_region_is_the_local_one(nomad: Nomad, factory: JobFactory) -> None:
    """An empty ``region`` counts as none."""
    job = factory.idle(nomad.new_id())
    verify.ok("common.regions.empty-is-local", nomad.register(job, query={"region": ""}))
    verify.ok("common.regions.empty-is-local", nomad.job(job["ID"], {"region": ""}))


@states("common.regions.of-the-body")
def test_the_region_in_a_body(nomad: Nomad, factory: JobFactory) -> None:
    """A body's Region is used where the URL names none; the job's own Region is only stored."""
    job = factory.idle(nomad.new_id())
    statement = "common.regions.of-the-body"
    for method in ("PUT", "POST"):
        verify.refused(statement, nomad.register(job, method=method, Region=NOWHERE), 500, "No path to region")
    verify.missing(statement, nomad.job(job["ID"]))
    verify.ok(statement, nomad.register(job, query={"region": factory.region}, Region=NOWHERE))
    parent = factory.parameterized(nomad.new_id())
    nomad.register(parent)
    bodies = {"plan": {"Job": parent, "Region": NOWHERE}, "dispatch": {"Meta": {"need": "x"}, "Region": NOWHERE}}
    for operation, body in bodies.items():
        verify.refused(statement, nomad.act(operation, parent["ID"], body), 500, "No path to region")
        verify.ok(statement, nomad.act(operation, parent["ID"], body, query={"region": factory.region}))
    verify.ok(statement, nomad.register({**job, "Region": "mars"}))
    found = nomad.job(job["ID"])
    verify.equal(statement, found, found.json["Region"], "mars")


@states("common.regions.another", "common.regions.each-its-own-jobs")
def test_another_region_has_its_own_jobs(nomad: Nomad, factory: JobFactory, other_region: str) -> None:
    """A job registered in another region is there, and is not in this one."""
    there = {"region": other_region}
    job = factory.service(nomad.new_id(), Region=other_region)
    try:
        verify.ok("common.regions.another", nomad.register(job, query=there))
        found = verify.ok("common.regions.another", nomad.job(job["ID"], there))
        verify.equal("common.regions.another", found, found.json["ID"], job["ID"])
        here = nomad.job(job["ID"], {"region": factory.region})
        verify.missing("common.regions.each-its-own-jobs", here)
        for read in ("summary", "evaluations", "allocations"):
            verify.ok("common.regions.another", nomad.read(read, job["ID"], there))
        for operation in ("evaluate", "plan"):
            body = {"Job": job} if operation == "plan" else None
            verify.ok("common.regions.another", nomad.act(operation, job["ID"], body, query=there))
    finally:
        done = nomad.act("deregister", job["ID"], None, method="DELETE", query=there)
    verify.ok("common.regions.another", done)
    verify.ended("common.regions.another", nomad.job(job["ID"], there))


@states("common.regions.near-miss")
@pytest.mark.parametrize("read", ["query", "allocations", "evaluations", "summary"])
def test_a_region_that_nearly_matches_is_unknown(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """The name of the region in another case, cut, prolonged or with white space is that of no region."""
    statement = "common.regions.near-miss"
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    name = factory.region
    spaced = (f" {name}", f"{name} ", f"{name}\n")
    for near in (name.upper(), name.capitalize(), name[:-1], f"{name}x", f"{name}*", *spaced):
        if near not in ("", name):
            verify.refused(statement, nomad.read(read, job["ID"], {"region": near}), 500, "No path to region")
