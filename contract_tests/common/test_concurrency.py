"""Simultaneous requests: each gets its own reply, no write is lost, every waiting query is woken."""

import time
from functools import partial
from typing import Any

from contract_tests.client import waiting
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import Query
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify

AT_ONCE = 16
READS = ("query", "summary", "evaluations", "allocations")
FORMS: tuple[Query, ...] = ({}, {}, {}, {"pretty": None}, {"stale": None}, {})
"""Queries for which one change is news."""


@states("common.concurrency.own-reply", "common.concurrency.nothing-lost")
def test_every_request_gets_its_own_answer(nomad: Nomad, factory: JobFactory) -> None:
    """Jobs that are registered at the same time are all stored, and reads at the same time are not mixed up."""
    jobs = [factory.idle(nomad.new_id(), Priority=10 + number) for number in range(AT_ONCE)]
    done = nomad.together([partial(nomad.register, job) for job in jobs])
    told = [(one.json["EvalID"], one.json["JobModifyIndex"]) for one in map(_ok, done)]
    for values in zip(*told, strict=True):
        verify.equal("common.concurrency.nothing-lost", done[-1], len(set(values)), AT_ONCE)
    wanted = [(job, read, query) for job in jobs for read in READS for query in (None, {"pretty": None})]
    found = nomad.together([partial(nomad.read, read, job["ID"], query) for job, read, query in wanted])
    for (job, read, _), one in zip(wanted, found, strict=True):
        told_of = {"evaluations": [told[jobs.index(job)][0]], "allocations": []}
        expected = told_of.get(read, [job["ID"]])
        verify.equal("common.concurrency.own-reply", one, _subjects(read, _ok(one).json), expected)


def _subjects(read: str, answer: Any) -> Any:
    """Return the IDs that an answer is about, or the answer itself when it is one to something else."""
    if read in ("evaluations", "allocations"):
        return [one.get("ID") for one in answer] if isinstance(answer, list) else answer
    return [answer.get("JobID" if read == "summary" else "ID")] if isinstance(answer, dict) else answer


def _ok(done: Any) -> Any:
    return verify.ok("common.concurrency.nothing-lost", done)


@states("common.concurrency.nothing-lost", "common.concurrency.last-write")
def test_updates_at_once(nomad: Nomad, factory: JobFactory) -> None:
    """Simultaneous updates of a job each take an index, and the newest one is read back."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    updates = [{**job, "Priority": 10 + number} for number in range(AT_ONCE)]
    done = nomad.together([partial(nomad.register, update) for update in updates])
    indexes = {one.json["JobModifyIndex"]: update["Priority"] for one, update in zip(done, updates, strict=True)}
    verify.equal("common.concurrency.nothing-lost", done[-1], len(indexes), AT_ONCE)
    found = nomad.job(job["ID"])
    shown = (found.json["JobModifyIndex"], found.json["Priority"])
    verify.equal("common.concurrency.last-write", found, shown, max(indexes.items()))
    evaluations = nomad.evaluations(job["ID"])
    listed = {one["ID"] for one in evaluations.json}
    told = {one.json["EvalID"] for one in done}
    verify.that("common.concurrency.nothing-lost", evaluations, told <= listed, told, listed)


@states("common.concurrency.nothing-lost", "job.dispatch.each-is-another-job", "job.dispatch.carries-payload")
def test_dispatches_at_once(nomad: Nomad, factory: JobFactory) -> None:
    """Simultaneous dispatches make as many children, each with its own payload."""
    parent = factory.parameterized(nomad.new_id())
    nomad.register(parent)
    payloads = [f"payload {number}".encode() for number in range(AT_ONCE)]
    done = nomad.together([partial(nomad.dispatch, parent["ID"], payload=one, meta={"need": "x"}) for one in payloads])
    ids = [_ok(one).json["DispatchedJobID"] for one in done]
    verify.equal("job.dispatch.each-is-another-job", done[-1], len(set(ids)), AT_ONCE)
    for child, expected in zip(nomad.together([partial(nomad.job, one) for one in ids]), done, strict=True):
        sent = expected.body.decode()
        carried = f'"{_ok(child).json["Payload"]}"'
        verify.that("job.dispatch.carries-payload", child, carried in sent, sent, carried)
    nomad.settle(ids[-1])
    summary = nomad.summary(parent["ID"])
    counted = shapes.counted("Children", summary.json["Children"])
    verify.equal("common.concurrency.nothing-lost", summary, counted, AT_ONCE)


@states("common.concurrency.all-wake")
def test_all_who_wait_are_woken(nomad: Nomad, factory: JobFactory) -> None:
    """One change answers all queries that wait for it, several alike and each of another form."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    answers = []
    for read in ("query", "evaluations", "summary"):
        before = nomad.read(read, job["ID"])
        answers += [
            waiting.for_change(nomad, read, job["ID"], before, form) for form in (*FORMS, {"region": factory.region})
        ]
    time.sleep(0.08)  # the queries must be waiting before the change
    changed = {**job, "Priority": 77, "TaskGroups": [group("g", Count=0), group("new", Count=0)]}
    index = nomad.register(changed).json["JobModifyIndex"]
    statement = "common.concurrency.all-wake"
    for answer in answers:
        woken = answer()
        verify.that(statement, woken, nomad.came_soon(woken), "an answer on the change", f"{woken.seconds:.2f} s")
        verify.that(statement, woken, woken.index >= index, f"an index from {index} on", woken.index)
