"""Another region: every operation that names it is about the jobs there, and about no job here."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contract_tests.client import waiting
from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, body_for
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import READS, Query
from contract_tests.job.test_periodic_force import listed_children
from contract_tests.job.test_plan import diff_of
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify

ANOTHER, OWN = "common.regions.another", "common.regions.each-its-own-jobs"
HERE, THERE = 41, 42
"""The priorities of two jobs of one ID, by which they are told apart."""


@contextmanager
def removed_there(nomad: Nomad, there: Query) -> Iterator[list[str]]:
    """Give a list for the IDs of jobs in another region; these are deregistered there at the end."""
    job_ids: list[str] = []
    try:
        yield job_ids
    finally:
        for job_id in reversed(job_ids):
            nomad.act("deregister", job_id, None, method="DELETE", query=there)


def told(nomad: Nomad, job_id: str) -> dict[str, Any]:
    """Return what the page binds of all reads of a job in the local region."""
    return {read: shapes.documented(shapes.READS[read], nomad.read(read, job_id).json) for read in READS}


def listed_there(nomad: Nomad, job_id: str, there: Query, done: Exchange) -> None:
    """Require that the evaluation that a write named is the job's in the other region, and not here."""
    eval_id = verify.ok(ANOTHER, done).json["EvalID"]
    for query, statement, expected in ((there, ANOTHER, True), (None, OWN, False)):
        found = nomad.evaluations(job_id, query)
        ids = [one["ID"] for one in found.json]
        verify.that(statement, found, (eval_id in ids) is expected, f"{eval_id}: {'' if expected else 'not '}here", ids)


@states(ANOTHER, OWN)
def test_each_operation_is_about_the_region_it_names(nomad: Nomad, factory: JobFactory, other_region: str) -> None:
    """Of jobs that have one ID in two regions, what is asked of one region is told of, and done to, the one there."""
    there = {"region": other_region}
    plain, parent, periodic = (
        make(nomad.new_id(), Priority=HERE) for make in (factory.service, factory.parameterized, factory.periodic)
    )
    jobs = (plain, parent, periodic)
    with removed_there(nomad, there) as left:
        for job in jobs:
            left.append(job["ID"])
            verify.ok(OWN, nomad.register(job))
            nomad.settle(job["ID"])
        before = {job["ID"]: told(nomad, job["ID"]) for job in jobs}
        for job in jobs:
            verify.ok(ANOTHER, nomad.register({**job, "Priority": THERE}, query=there))
            found = nomad.job(job["ID"], there)
            verify.equal(ANOTHER, found, found.json["Priority"], THERE)
        listed_there(nomad, plain["ID"], there, nomad.act("evaluate", plain["ID"], None, query=there))
        index = nomad.job(plain["ID"], there).json["JobModifyIndex"]
        planned = verify.ok(ANOTHER, nomad.act("plan", plain["ID"], {"Job": plain, "Diff": True}, query=there))
        changed = [(one["Name"], one["Old"], one["New"]) for one in diff_of(planned)["Fields"] or ()]
        expected = (index, [("Priority", str(THERE), str(HERE))])
        verify.equal(ANOTHER, planned, (planned.json["JobModifyIndex"], changed), expected)
        done = nomad.act("dispatch", parent["ID"], body_for("dispatch", parent), query=there)
        child_id = verify.ok(ANOTHER, done).json["DispatchedJobID"]
        left.append(child_id)
        child = verify.ok(ANOTHER, nomad.job(child_id, there))
        verify.equal(ANOTHER, child, child.json["Priority"], THERE)
        verify.missing(OWN, nomad.job(child_id))
        listed_there(nomad, child_id, there, done)
        verify.ok(ANOTHER, nomad.act("force", periodic["ID"], None, query=there))
        left += listed_children(nomad, periodic["ID"], there)[1]
        found, here = listed_children(nomad, periodic["ID"])
        verify.equal(OWN, found, here, [])
        verify.ok(ANOTHER, nomad.act("deregister", plain["ID"], None, method="DELETE", query=there))
        verify.ended(ANOTHER, nomad.job(plain["ID"], there))
        for job in jobs:
            found = verify.ok(OWN, nomad.job(job["ID"]))
            verify.equal(OWN, found, told(nomad, job["ID"]), before[job["ID"]])


@states(ANOTHER, OWN)
def test_a_job_that_is_here_is_not_found_there(nomad: Nomad, factory: JobFactory, other_region: str) -> None:
    """What is asked of a job in another region, where there is none of its ID, is not done to the one here."""
    there = {"region": other_region}
    with removed_there(nomad, there) as left:
        for operation in ("evaluate", "dispatch", "force"):
            job = factory.subject_of(operation, nomad.new_id())
            left.append(job["ID"])
            nomad.register(job)
            nomad.settle(job["ID"])
            before = told(nomad, job["ID"])
            done = nomad.act(operation, job["ID"], body_for(operation, job), query=there)
            verify.that(OWN, done, not done.ok, "no such job in that region", done.gist)
            planned = verify.ok(ANOTHER, nomad.act("plan", job["ID"], {"Job": job, "Diff": True}, query=there))
            verify.equal(OWN, planned, diff_of(planned)["Type"], "Added")
            nomad.act("deregister", job["ID"], None, method="DELETE", query=there)
            found = verify.ok(OWN, nomad.job(job["ID"]))
            verify.equal(OWN, found, told(nomad, job["ID"]), before)


@states("common.regions.of-the-body", ANOTHER)
def test_a_body_may_name_another_region(nomad: Nomad, factory: JobFactory, other_region: str) -> None:
    """What a body asks of another region is done there, by PUT and by POST."""
    statement = "common.regions.of-the-body"
    there = {"region": other_region}
    with removed_there(nomad, there) as left:
        for method in ("PUT", "POST"):
            job = factory.parameterized(nomad.new_id())
            left.append(job["ID"])
            verify.ok(statement, nomad.register(job, method=method, Region=other_region))
            verify.ok(statement, nomad.job(job["ID"], there))
            verify.missing(statement, nomad.job(job["ID"]))
            body = {"Job": {**job, "Priority": 77}, "Diff": True, "Region": other_region}
            planned = verify.ok(statement, nomad.act("plan", job["ID"], body, method=method))
            verify.equal(statement, planned, diff_of(planned)["Type"], "Edited")
            body = {"Meta": {"need": "x"}, "Region": other_region}
            done = verify.ok(statement, nomad.act("dispatch", job["ID"], body, method=method))
            left.append(done.json["DispatchedJobID"])
            verify.ok(statement, nomad.job(left[-1], there))


@states(ANOTHER)
def test_a_change_in_another_region_wakes(nomad: Nomad, factory: JobFactory, other_region: str) -> None:
    """A query of another region that waits is answered when the job there changes."""
    there = {"region": other_region}
    job = factory.idle(nomad.new_id())
    with removed_there(nomad, there) as left:
        left.append(job["ID"])
        nomad.register(job, query=there)
        nomad.job(job["ID"], {**there, "index": 10**9, "wait": "100ms"})  # until it is at rest
        before = {read: nomad.read(read, job["ID"], there) for read in ("query", "evaluations")}
        answers = {read: waiting.for_change(nomad, read, job["ID"], found, there) for read, found in before.items()}
        time.sleep(0.05)  # the queries must be waiting before the change
        nomad.register({**job, "Priority": 77}, query=there)
        for read, answer in answers.items():
            woken = answer()
            verify.that(ANOTHER, woken, nomad.came_soon(woken), "an answer on the change", f"{woken.seconds:.2f} s")
            verify.grows(ANOTHER, woken, before[read].index, woken.index)
