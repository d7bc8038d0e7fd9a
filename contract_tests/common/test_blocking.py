"""Blocking queries, which the page says every read supports: ``index`` and ``wait``, in both directions."""

import time
from collections.abc import Callable

import pytest

from contract_tests.client import waiting
from contract_tests.client.exchange import BLOCKS_UNTIL_WAIT, Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Job, Nomad
from contract_tests.client.paths import READS, Query
from contract_tests.findings import TOO_BUSY, NotOffered
from contract_tests.statements import statement_mark, states
from contract_tests.suite import profiles, verify

AT_ONCE = {
    "query": "common.blocking.query.answers-at-once",
    "allocations": "common.blocking.allocations.answers-at-once",
    "evaluations": "common.blocking.evaluations.answers-at-once",
    "summary": "common.blocking.summary.answers-at-once",
}
HOLDS = {
    "query": "common.blocking.query.holds-without-change",
    "allocations": "common.blocking.allocations.holds-without-change",
    "evaluations": "common.blocking.evaluations.holds-without-change",
    "summary": "common.blocking.summary.holds-without-change",
}
WAKES = {
    "query": "common.blocking.query.wakes-on-change",
    "evaluations": "common.blocking.evaluations.wakes-on-change",
    "summary": "common.blocking.summary.wakes-on-change",
}
"""The statements about each read, with BLOCKS_UNTIL_WAIT."""
PROMPT = 1.0
"""Seconds within which an answer that must not wait has come, with room for a slow network."""


def at_rest(nomad: Nomad, factory: JobFactory) -> Job:
    """Return a registered job that has settled."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    return job


def seconds(wait: str) -> float:
    """Return a wait of the profile in seconds."""
    return float(wait.removesuffix("ms")) / 1000 if wait.endswith("ms") else float(wait.removesuffix("s"))


@states("common.blocking.index-header", *AT_ONCE.values())
def test_what_is_newer_is_answered_at_once(nomad: Nomad, factory: JobFactory) -> None:
    """A query with an index older than the result, or without one, is answered without waiting."""
    job = at_rest(nomad, factory)
    for read in READS:
        current = nomad.read(read, job["ID"]).index
        waits: list[Query] = [{}, {"index": 0}, {"index": ""}, *([{"index": current - 1}] if current > 1 else [])]
        for query in waits:
            found = nomad.later(read, job["ID"], {"wait": nomad.long_wait, **query}).result()
            statement = AT_ONCE[read]
            verify.that(statement, found, found.seconds < PROMPT, "an answer at once", f"{found.seconds:.2f} s")
            verify.equal(statement, found, found.status, 200)


@states(
    *HOLDS.values(),
    *BLOCKS_UNTIL_WAIT.values(),
    "common.blocking.result-at-the-end",
)
def test_nothing_new_waits_until_the_end(nomad: Nomad, factory: JobFactory) -> None:
    """Without a change, a query with the current index or a larger one waits exactly as long as ``wait`` says."""
    job = at_rest(nomad, factory)
    waiters = []
    for read in READS:
        plain = nomad.read(read, job["ID"])
        for wait in profiles.chosen().waits:
            for index in (max(plain.index, 1), plain.index + 10_000):
                waiters.append((read, wait, index, nomad.later(read, job["ID"], {"index": index, "wait": wait})))
    for read, wait, index, waiter in waiters:
        found = outwaited(nomad, read, job["ID"], index, wait, waiter.result())
        least = seconds(wait)
        took = f"{found.seconds:.2f} s"
        verify.that(HOLDS[read], found, found.seconds >= least * 0.99, f"no answer before {wait}", took)
        most = least * 17 / 16 + PROMPT
        verify.that(BLOCKS_UNTIL_WAIT[read], found, found.seconds <= most, f"an answer after {wait}", took)
        plain = nomad.read(read, job["ID"])
        statement = "common.blocking.result-at-the-end"
        verify.ok(statement, found)
        verify.equal(statement, found, found.json, plain.json)
        verify.that(statement, found, found.index <= plain.index, f"a real index, up to {plain.index}", found.index)


def outwaited(nomad: Nomad, read: str, job_id: str, index: int, wait: str, found: Exchange) -> Exchange:
    """Wait anew as long as answers come early because of a newer index.

    Lists have that of a table of all jobs, and so have answers that there is no such job.
    """
    for _ in range(4):
        if found.seconds >= seconds(wait) * 0.99 or found.status not in (200, 404) or found.index <= index:
            return found
        index = found.index
        found = nomad.later(read, job_id, {"index": index, "wait": wait}).result()
    if (read in ("evaluations", "allocations") or found.status == 404) and found.index > index:
        raise NotOffered(TOO_BUSY)
    return found


CHANGES: dict[str, Callable[[Nomad, Job], object]] = {
    "update": lambda nomad, job: nomad.register({**job, "TaskGroups": [group("g", Count=1), group("new", Count=0)]}),
    "deregister": lambda nomad, job: nomad.deregister(job["ID"]),
    "evaluate": lambda nomad, job: nomad.evaluate(job["ID"]),
}
WOKEN = [
    *[(change, read) for change in ("update", "deregister") for read in ("query", "summary", "evaluations")],
    ("evaluate", "evaluations"),
]


def _wakes(change: str, read: str) -> str:
    """Return the statement that a change wakes a read; the page does not say that deregistering changes a summary."""
    return "common.blocking.summary.wakes-on-deregister" if (change, read) == ("deregister", "summary") else WAKES[read]


@pytest.mark.parametrize(
    ("change", "read"),
    [pytest.param(change, read, marks=statement_mark(_wakes(change, read))) for change, read in WOKEN],
)
def test_a_change_wakes(nomad: Nomad, factory: JobFactory, change: str, read: str) -> None:
    """A waiting query returns when what it reads is changed, with the new state and a larger index."""
    job = at_rest(nomad, factory)
    before = nomad.read(read, job["ID"])
    answer = waiting.for_change(nomad, read, job["ID"], before)
    time.sleep(0.05)  # the query must be waiting before the change
    CHANGES[change](nomad, job)
    woken = answer()
    statement = _wakes(change, read)
    verify.that(statement, woken, nomad.came_soon(woken), f"an answer on the {change}", f"{woken.seconds:.2f} s")
    verify.grows(statement, woken, before.index, woken.index)
    if change == "update":
        verify.that(statement, woken, woken.json != before.json, "the new state", woken.text[:300])


@states("common.blocking.deletion-is-404", "common.blocking.deletion-of-evaluations-is-200")
def test_deletion_wakes_with_not_found(nomad: Nomad, factory: JobFactory) -> None:
    """Waiting queries of a job and of its summary end with 404 when the job goes, those of its evaluations with 200."""
    job = at_rest(nomad, factory)
    waiters = {
        read: nomad.later(read, job["ID"], {"index": nomad.read(read, job["ID"]).index, "wait": nomad.long_wait})
        for read in ("query", "summary")
    }
    listed = waiting.for_change(nomad, "evaluations", job["ID"], nomad.evaluations(job["ID"]))
    time.sleep(0.05)  # the queries must be waiting before the change
    deregistered = nomad.deregister(job["ID"])
    for read in ("query", "summary"):
        verify.refused("common.blocking.deletion-is-404", waiters[read].result(), 404, "job not found")
    found = listed()
    statement = "common.blocking.deletion-of-evaluations-is-200"
    verify.equal(statement, found, found.status, 200)
    verify.that(statement, found, nomad.came_soon(found), "an answer on the change", f"{found.seconds:.2f} s")
    told, ids = deregistered.json["EvalID"], [one["ID"] for one in found.json]
    verify.that(statement, found, told in ids, f"the evaluation {told}", ids)


@states("common.blocking.waits-for-creation")
def test_a_missing_job_can_be_waited_for(nomad: Nomad, factory: JobFactory) -> None:
    """A query of a job, or of its summary, that does not exist, or no longer, waits until it is registered."""
    job, gone = factory.idle(nomad.new_id()), factory.idle(nomad.new_id())
    statement = "common.blocking.waits-for-creation"
    nomad.register(gone)
    nomad.deregister(gone["ID"])
    nomad.own.forget(gone["ID"])
    at_rest(nomad, factory)
    for read in ("query", "summary"):
        beyond = nomad.read(read, job["ID"]).index + 10_000
        found = nomad.read(read, job["ID"], {"index": beyond, "wait": "200ms"})
        verify.that(statement, found, found.seconds >= 0.198, "no answer before 200ms", f"{found.seconds:.2f} s")
        verify.missing(statement, found)
    waiters = {}
    for job_id in (job["ID"], gone["ID"]):
        for read in ("query", "summary"):
            absent = nomad.read(read, job_id)
            verify.missing(statement, absent)
            query: Query = {"index": max(absent.index, 1), "wait": nomad.long_wait}
            waiters[job_id, read] = nomad.later(read, job_id, query)
    time.sleep(0.05)  # the queries must be waiting before the change
    nomad.register(factory.idle(nomad.new_id("between")))
    indexes = {one["ID"]: nomad.register(one).json["JobModifyIndex"] for one in (job, gone)}
    for (job_id, read), waiter in waiters.items():
        found = waiter.result()
        soon = nomad.came_soon(found)
        if soon and found.status == 404:  # somebody else's job came between the two queries: wait on, as a client does
            found = nomad.later(read, job_id, {"index": max(found.index, 1), "wait": nomad.long_wait}).result()
            soon = nomad.came_soon(found)
        verify.that(statement, found, soon, f"an answer on creation ({read})", f"{found.seconds:.2f} s")
        created = found.ok and found.json["CreateIndex"]
        verify.equal(statement, found, (found.status, created), (200, indexes[job_id]))


@states("common.blocking.woken-by-nothing-else")
def test_other_jobs_do_not_wake(nomad: Nomad, factory: JobFactory) -> None:
    """Changes of other jobs do not end a wait, not even of jobs whose ID begins alike."""
    job = at_rest(nomad, factory)
    least = seconds(profiles.chosen().waits[0]) * 3
    wait = f"{least:g}s"
    waiters = [
        nomad.later(read, job["ID"], {"index": nomad.read(read, job["ID"]).index + 1000, "wait": wait})
        for read in READS
    ]
    exact = [
        nomad.later(read, job["ID"], {"index": nomad.read(read, job["ID"]).index, "wait": wait})
        for read in ("query", "summary")
    ]
    time.sleep(least / 6)  # the queries must be waiting before the changes
    for other in (f"{job['ID']}x", nomad.new_id("other")):
        nomad.register(factory.idle(other))
        nomad.deregister(other)
    for waiter in [*waiters, *exact]:
        found = waiter.result()
        statement = "common.blocking.woken-by-nothing-else"
        verify.that(
            statement, found, found.seconds >= least * 0.99, f"no answer before {wait}", f"{found.seconds:.2f} s"
        )


@states("common.blocking.forms-of-wait")
def test_forms_of_wait(nomad: Nomad, factory: JobFactory) -> None:
    """``wait`` is a Go duration; only the first value of a repeated parameter counts."""
    job = at_rest(nomad, factory)
    index = nomad.job(job["ID"]).index
    forms = {"250ms": 0.25, "0.3s": 0.3, "100ms200ms": 0.3, "250000us": 0.25, "0h0m0.25s": 0.25, "250000000ns": 0.25}
    waiters = {form: nomad.later("query", job["ID"], {"index": index, "wait": form}) for form in forms}
    for form, waiter in waiters.items():
        found = waiter.result()
        least = forms[form]
        fits = found.ok and least * 0.99 <= found.seconds <= least * 17 / 16 + PROMPT
        verify.that("common.blocking.forms-of-wait", found, fits, f"200 after {least} s", f"{found.seconds:.2f} s")


@states("common.blocking.bad-parameters")
@pytest.mark.parametrize("read", READS)
def test_bad_index_and_wait(nomad: Nomad, read: str) -> None:
    """A malformed ``wait`` or ``index`` gets 400 before the job is looked up, ``wait`` first."""
    statement = "common.blocking.bad-parameters"
    missing = nomad.new_id()
    for wait in ("abc", "10", "5x", "1 s"):
        verify.refused(statement, nomad.read(read, missing, {"wait": wait}), 400, "Invalid wait time")
        verify.refused(statement, nomad.read(read, missing, {"wait": wait, "index": "x"}), 400, "Invalid wait time")
    for index in ("abc", "-1", "1.0", "+1", str(2**64)):
        verify.refused(statement, nomad.read(read, missing, {"index": index}), 400, "Invalid index")


@states("common.blocking.default-wait")
def test_a_wait_that_is_not_given_is_long(nomad: Nomad, factory: JobFactory) -> None:
    """Without a ``wait`` above zero, a query waits for minutes: it still waits for a change."""
    job = at_rest(nomad, factory)
    index = nomad.job(job["ID"]).index
    queries: list[Query] = [{"index": index}, {"index": index, "wait": "0"}, {"index": index, "wait": "-1s"}]
    waiters = [nomad.later("query", job["ID"], {**query}) for query in queries]
    time.sleep(0.4)  # long enough for a server that does not wait to have answered
    early = [waiter.result() for waiter in waiters if waiter.done()]
    statement = "common.blocking.default-wait"
    for found in early:
        verify.that(statement, found, False, "no answer without a change", f"{found.seconds:.2f} s")
    nomad.deregister(job["ID"])
    for waiter in waiters:
        woken = waiter.result()
        verify.ended(statement, woken)
