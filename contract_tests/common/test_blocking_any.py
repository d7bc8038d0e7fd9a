"""Blocking queries of jobs of every kind, with any index and other parameters; what wakes them, and what does not."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from contract_tests.client import waiting
from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import READS, Query
from contract_tests.common.test_blocking import HOLDS, at_rest, outwaited, seconds
from contract_tests.job.test_allocations import placed
from contract_tests.statements import states
from contract_tests.suite import profiles, verify

WAIT = "400ms"
LEAST = 0.396


def targets(nomad: Nomad, factory: JobFactory) -> Iterator[str]:
    """Yield the IDs of settled jobs of every kind, and of some jobs that do not exist."""
    slashed = factory.idle(f"{nomad.new_id('SpelleD')}/a/b")
    parent = factory.parameterized(nomad.new_id())
    gone = factory.idle(nomad.new_id())
    kinds = [factory.service, factory.system, factory.periodic]
    for job in (slashed, parent, gone, *[make(nomad.new_id()) for make in kinds]):
        nomad.register(job)
        nomad.settle(job["ID"])
        yield job["ID"]
    yield slashed["ID"].replace("SpelleD", "spelled")
    child = nomad.dispatch(parent["ID"], meta={"need": "x"}).json["DispatchedJobID"]
    nomad.settle(child)
    yield child
    nomad.deregister(gone["ID"])
    nomad.settle(gone["ID"])
    yield nomad.new_id()


def held(nomad: Nomad, job_ids: list[str], query: Query | None = None, beyond: int | None = None) -> None:
    """Require that queries of these jobs wait, from their index or from one that is beyond all."""
    waiters: list[tuple[str, str, int, Future[Exchange]]] = []
    for job_id in job_ids:
        for read in READS:
            index = beyond or max(nomad.read(read, job_id, query).index, 1)
            asked = {"index": index, "wait": WAIT, **(query or {})}
            waiters.append((read, job_id, index, nomad.later(read, job_id, asked)))
    for read, job_id, index, waiter in waiters:
        found = waiter.result()
        if not query and not beyond:
            found = outwaited(nomad, read, job_id, index, WAIT, found)
        statement = HOLDS[read]
        verify.that(statement, found, found.seconds >= LEAST, f"no answer before {WAIT}", f"{found.seconds:.2f} s")


@states(*HOLDS.values())
def test_jobs_of_every_kind_are_waited_for(nomad: Nomad, factory: JobFactory) -> None:
    """Queries of jobs of every kind wait, whether the job exists, existed once, or never did."""
    job_ids = list(targets(nomad, factory))
    for start in range(0, len(job_ids), 5):
        held(nomad, job_ids[start : start + 5])


@states(*HOLDS.values())
@pytest.mark.parametrize("beyond", [10**9, 2**53 + 2, 2**63, 2**64 - 1])
def test_however_large_an_index_is(nomad: Nomad, factory: JobFactory, beyond: int) -> None:
    """A query waits for an index far beyond the current one as for the next one."""
    job = at_rest(nomad, factory)
    held(nomad, [job["ID"], nomad.new_id()], beyond=beyond)


@states(*HOLDS.values())
@pytest.mark.parametrize("name", ["pretty", "stale", "consistent", "prefix", "all", "nonsense"])
def test_other_parameters_end_no_wait(nomad: Nomad, factory: JobFactory, name: str) -> None:
    """Other parameters do not end a wait."""
    job = at_rest(nomad, factory)
    held(nomad, [job["ID"]], {name: "true"}, 10**9)


@states("common.regions.another", *HOLDS.values())
def test_another_region_is_waited_for(nomad: Nomad, other_region: str) -> None:
    """A query of another region waits like one of this region."""
    query: Query = {"region": other_region, "index": 10**9, "wait": WAIT}
    for read, waiter in [(read, nomad.later(read, nomad.new_id(), query)) for read in READS]:
        found = waiter.result()
        took = f"{found.seconds:.2f} s"
        verify.that("common.regions.another", found, found.status in (200, 404), "an answer", found.status)
        verify.that(HOLDS[read], found, found.seconds >= LEAST, f"no answer before {WAIT}", took)


def woken(nomad: Nomad, statement: str, read: str, job_id: str, change: Callable[[], object]) -> Exchange:
    """Require that a change ends a waiting query, and return its reply."""
    before = nomad.read(read, job_id)
    answer = waiting.for_change(nomad, read, job_id, before)
    time.sleep(0.05)  # the query must be waiting before the change
    change()
    found = answer()
    verify.that(statement, found, nomad.came_soon(found), "an answer on the change", f"{found.seconds:.2f} s")
    verify.grows(statement, found, before.index, found.index)
    return found


@states("common.blocking.query.wakes-on-status")
def test_what_changes_a_job_wakes(nomad: Nomad, factory: JobFactory) -> None:
    """A registration of the same job, or a change of its status alone, wakes the queries that wait for it."""
    statement = "common.blocking.query.wakes-on-status"
    for make in (factory.idle, factory.periodic, factory.parameterized):
        job = make(nomad.new_id())
        nomad.register(job)
        nomad.settle(job["ID"])
        woken(nomad, statement, "query", job["ID"], lambda job=job: nomad.register(job))  # type: ignore[misc]
    job = factory.idle(nomad.new_id())
    longer = factory.service(f"{job['ID']}-and-more")
    for one in (longer, job):
        nomad.register(one)
        nomad.settle(one["ID"])
    nomad.deregister(longer["ID"])
    nomad.settle(longer["ID"])
    found = woken(nomad, statement, "query", job["ID"], lambda: nomad.evaluate(job["ID"]))
    verify.equal(statement, found, found.json["Status"], "dead")


@states(
    "common.blocking.query.wakes-on-change",
    "common.blocking.evaluations.wakes-on-change",
    "common.blocking.summary.wakes-on-change",
)
def test_a_later_change_of_any_job_wakes(nomad: Nomad, factory: JobFactory) -> None:
    """The fifth version of a job whose ID has capitals, slashes and letters beyond ASCII ends the waits for it."""
    job = factory.idle(f"{nomad.new_id('SpelleD')}/\u00e9/b")
    for number in range(4):
        nomad.register({**job, "Priority": 60 + number})
    nomad.settle(job["ID"])
    before = {read: nomad.read(read, job["ID"]) for read in ("query", "evaluations", "summary")}
    answers = {read: waiting.for_change(nomad, read, job["ID"], found) for read, found in before.items()}
    time.sleep(0.05)  # the queries must be waiting before the change
    nomad.register({**job, "TaskGroups": [group("g", Count=0), group("new", Count=0)]})
    for read, answer in answers.items():
        statement = f"common.blocking.{read}.wakes-on-change"
        found = answer()
        verify.that(statement, found, nomad.came_soon(found), "an answer on the change", f"{found.seconds:.2f} s")
        verify.grows(statement, found, before[read].index, found.index)


@states("common.blocking.summary.wakes-on-children")
def test_children_wake_who_waits_for_the_summary(nomad: Nomad, factory: JobFactory) -> None:
    """A parent's summary changes when a child comes and when it goes, and wakes the queries that wait for it."""
    statement = "common.blocking.summary.wakes-on-children"
    job = factory.parameterized(nomad.new_id())
    nomad.register(job)
    made: list[str] = []

    def dispatch() -> None:
        made.append(nomad.dispatch(job["ID"], meta={"need": "x"}).json["DispatchedJobID"])

    found = woken(nomad, statement, "summary", job["ID"], dispatch)
    verify.equal(statement, found, found.json["Children"], {"Dead": 0, "Pending": 1, "Running": 0})
    nomad.settle(made[0])
    found = woken(nomad, statement, "summary", job["ID"], lambda: nomad.deregister(made[0]))
    verify.equal(statement, found, found.json["Children"], {"Dead": 1, "Pending": 0, "Running": 0})


@states("common.blocking.evaluations.wakes-on-change")
@pytest.mark.parametrize("kind", ["service", "batch", "system"])
def test_an_evaluation_wakes(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A forced evaluation ends the wait for evaluations, also of a job that had no new ones for long."""
    statement = "common.blocking.evaluations.wakes-on-change"
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("g", Count=0)])
    nomad.register(job)
    nomad.settle(job["ID"])
    told: list[str] = []
    found = woken(
        nomad,
        statement,
        "evaluations",
        job["ID"],
        lambda: told.append(nomad.evaluate(job["ID"]).json["EvalID"]),
    )
    ids = [one["ID"] for one in found.json]
    verify.that(statement, found, set(told) <= set(ids), told, ids)


@states("common.blocking.not-woken")
def test_what_wakes_nobody(nomad: Nomad, factory: JobFactory) -> None:
    """Children, changes of another spelling or of Queued alone, and evaluations that change no status end no wait."""
    statement = "common.blocking.not-woken"
    parent = factory.parameterized(nomad.new_id())
    spelled = factory.idle(nomad.new_id("SpelleD"))
    queued = factory.service(nomad.new_id(), TaskGroups=[group("g", Count=3)])
    blocked = factory.service(nomad.new_id())
    for job in (parent, spelled, queued, blocked):
        nomad.register(job)
        nomad.settle(job["ID"])
    other = spelled["ID"].replace("SpelleD", "spelled")
    lists = ("evaluations", "allocations")
    of_parents = ((read, parent["ID"]) for read in (*lists, "query"))
    watched = [*of_parents, ("query", other), ("summary", queued["ID"]), ("query", blocked["ID"])]
    least = 3 * seconds(profiles.chosen().waits[0])
    wait = {"wait": f"{least:g}s"}
    before = {one: nomad.read(*one) for one in watched}
    indexes = {one: max(found.index, 1) for one, found in before.items()}
    waiters = {one: nomad.later(*one, {"index": index, **wait}) for one, index in indexes.items()}
    arrived = 2 * max(one.seconds for one in before.values())
    time.sleep(max(least / 6, arrived))  # the queries must be waiting before the changes, also on a slow server
    nomad.dispatch(parent["ID"], meta={"need": "x"})
    nomad.register({**spelled, "Priority": 70})
    nomad.register({**queued, "TaskGroups": [group("g", Count=2)]})
    nomad.evaluate(blocked["ID"])
    for (read, job_id), waiter in waiters.items():
        found = waiter.result()
        same = found.json == before[read, job_id].json
        if read in lists and same:  # the list was newer already: what comes later may name the child
            found = outwaited(nomad, read, job_id, indexes[read, job_id], wait["wait"], found)
        quiet = found.seconds >= least * 0.99 and same
        words = f"what was seen before, after {wait['wait']} ({read})"
        verify.that(statement, found, quiet, words, f"{found.seconds:.2f} s")
    summary = nomad.summary(queued["ID"])
    verify.equal(statement, summary, summary.json["Summary"]["g"]["Queued"], 2)


@states(*HOLDS.values())
def test_what_changes_nothing_ends_no_wait(nomad: Nomad, factory: JobFactory) -> None:
    """Plans and refused writes of a job, and a deregistration of what is not there, end no wait."""
    job, missing = at_rest(nomad, factory), nomad.new_id()
    watched = [*((read, job["ID"]) for read in READS), ("query", missing), ("summary", missing)]
    waiters = []
    for read, job_id in watched:
        index = max(nomad.read(read, job_id).index, 1)
        waiters.append((read, job_id, index, nomad.later(read, job_id, {"index": index, "wait": WAIT})))
    time.sleep(0.05)  # the queries must be waiting before the requests
    changed = {**job, "Priority": 61, "Meta": {"a": "b"}}
    nomad.plan(changed)
    nomad.register({**changed, "Name": ""})
    nomad.register(changed, EnforceIndex=True, JobModifyIndex=1)
    nomad.dispatch(job["ID"])
    nomad.force(job["ID"])
    nomad.evaluate(missing)
    nomad.deregister(missing)
    for read, job_id, index, waiter in waiters:
        found = outwaited(nomad, read, job_id, index, WAIT, waiter.result())
        took = f"{found.seconds:.2f} s"
        verify.that(HOLDS[read], found, found.seconds >= LEAST, f"no answer before {WAIT}", took)


@states("common.blocking.not-above-the-index")
def test_a_change_below_the_index_ends_no_wait(nomad: Nomad, factory: JobFactory) -> None:
    """A query with a far higher index is not answered by a change below it; at the end it shows the change."""
    statement = "common.blocking.not-above-the-index"
    job = at_rest(nomad, factory)
    reads = ("query", "summary", "evaluations")
    waiters = [(read, nomad.later(read, job["ID"], {"index": 10**9, "wait": WAIT})) for read in reads]
    time.sleep(0.05)  # the queries must be waiting before the change
    nomad.register({**job, "Priority": 61, "TaskGroups": [*job["TaskGroups"], group("new", Count=0)]})
    nomad.settle(job["ID"])
    for read, waiter in waiters:
        found = waiter.result()
        verify.that(statement, found, found.seconds >= LEAST, f"no answer before {WAIT}", f"{found.seconds:.2f} s")
        now = nomad.read(read, job["ID"])
        verify.equal(statement, found, (found.status, found.json), (200, now.json))


@states("common.blocking.evaluations.wakes-on-change")
def test_the_first_evaluation_wakes(nomad: Nomad, factory: JobFactory) -> None:
    """A query of the evaluations of a missing job, never registered or removed, is woken by its registration."""
    statement = "common.blocking.evaluations.wakes-on-change"
    job, gone = factory.idle(nomad.new_id()), at_rest(nomad, factory)
    nomad.deregister(gone["ID"])
    nomad.settle(gone["ID"])
    nomad.own.forget(gone["ID"])
    for one in (job, gone):
        woken(nomad, statement, "evaluations", one["ID"], lambda one=one: nomad.register(one))  # type: ignore[misc]


def _tells_an_end(found: Exchange) -> bool:
    """Return whether allocations, or a summary, tell that a task has completed."""
    if isinstance(found.json, list):
        return any(one["ClientStatus"] == "complete" for one in found.json)
    return any(group["Complete"] for group in found.json["Summary"].values())


@states("common.blocking.nodes-wake")
def test_what_nodes_report_wakes(nomad: Nomad, running: JobFactory) -> None:
    """The end of a task ends the waits for its job's allocations and summary."""
    statement = "common.blocking.nodes-wake"
    for read in ("allocations", "summary"):
        job, _ = placed(nomad, running)
        nomad.settle(job["ID"])
        nomad.register({**job, "TaskGroups": [running.group("g", Count=1)]})
        nomad.settle(job["ID"])
        limit = nomad.patience.deadline(nomad.awaited("placing"))
        found = nomad.read(read, job["ID"])
        while not _tells_an_end(found) and time.monotonic() < limit:
            found = nomad.read(read, job["ID"], {"index": found.index, "wait": nomad.long_wait})
            quick = nomad.came_soon(found)
            verify.that(statement, found, quick, f"an answer on the change ({read})", f"{found.seconds:.2f} s")
        verify.that(statement, found, _tells_an_end(found), "a complete allocation", found.text[:500])


@states("common.blocking.forms-of-wait")
def test_more_forms_of_wait(nomad: Nomad, factory: JobFactory) -> None:
    """Microseconds may be written with either letter, a sign may stand before, and zeros before an index."""
    statement = "common.blocking.forms-of-wait"
    job = at_rest(nomad, factory)
    index = nomad.job(job["ID"]).index
    forms = ("250000\u00b5s", "250000\u03bcs", "+250ms", ".25s", "0.25s0ms", "00250ms", "250.ms", "0.h.25s")
    waiters = {form: nomad.later("query", job["ID"], {"index": f"000{index}", "wait": form}) for form in forms}
    for form, waiter in waiters.items():
        found = waiter.result()
        fits = found.ok and 0.2475 <= found.seconds <= 1.3
        verify.that(statement, found, fits, f"200 after 0.25 s ({form})", f"{found.status} {found.seconds:.2f} s")


@states("common.blocking.bad-parameters")
@pytest.mark.parametrize("read", READS)
def test_more_that_cannot_be_read(nomad: Nomad, read: str) -> None:
    """Days, spaces, bare units, other digits, and an index in another base are malformed."""
    statement = "common.blocking.bad-parameters"
    for wait in (
        "1d",
        " 1s",
        "1s ",
        "s",
        "1",
        "1S",
        "1e3ms",
        "0x1s",
        "--1s",
        "1s-1s",
        "true",
        "\u0661s",
        "9999999999h",
        "PT1S",
        "1sec",
        "1s 1ms",
        "1m30",
        "0:01",
        "1,5s",
        "1.2.3s",
        ".s",
        "+",
        "1H",
        "1MS",
        "\u221e",
    ):
        verify.refused(statement, nomad.read(read, nomad.new_id(), {"wait": wait}), 400, "Invalid wait time")
    for index in (" 1", "1 ", "0x1", "1e3", "1_000", "true", "\u0661", "-0", "1.", "1,000"):
        verify.refused(statement, nomad.read(read, nomad.new_id(), {"index": index}), 400, "Invalid index")


@states("common.blocking.index-of-the-missing")
def test_the_index_of_what_is_missing(nomad: Nomad, factory: JobFactory) -> None:
    """A missing job has the index of all jobs: at least that of the last registration or deregistration."""
    statement = "common.blocking.index-of-the-missing"
    for _ in range(3):  # other jobs may change at the same time, and hide what is wrong
        job = factory.idle(nomad.new_id())
        for write in (nomad.register(job), nomad.deregister(job["ID"])):
            index = write.json["JobModifyIndex"]
            for read in ("query", "summary"):
                found = nomad.read(read, nomad.new_id())
                verify.equal(statement, found, found.status, 404)
                verify.that(statement, found, (found.index or 0) >= index, f"at least {index}", found.index)


@states("common.blocking.allocations.wakes-on-change")
@pytest.mark.parametrize("change", ["register", "deregister"])
def test_a_waiting_query_of_allocations_wakes(nomad: Nomad, running: JobFactory, change: str) -> None:
    """A blocking query of allocations, or of those of all instances, returns when one of the job is written."""
    job = running.service(nomad.new_id(), TaskGroups=[group("g", Count=0)])
    if change == "deregister":
        job, _ = placed(nomad, running)
    nomad.register(job)
    nomad.settle(job["ID"])
    before = nomad.allocations(job["ID"])
    answers = [waiting.for_change(nomad, "allocations", job["ID"], before, query) for query in ({}, {"all": "true"})]
    time.sleep(0.05)  # the queries must be waiting before the change
    if change == "register":
        nomad.register({**job, "TaskGroups": [running.group("g", Count=1)]})
    else:
        nomad.deregister(job["ID"])
    statement = "common.blocking.allocations.wakes-on-change"
    for woken in [answer() for answer in answers]:
        verify.that(statement, woken, nomad.came_soon(woken), "an answer on the change", f"{woken.seconds:.2f} s")
        verify.grows(statement, woken, before.index, woken.index)
        verify.that(statement, woken, woken.json != before.json, "the new state", woken.text[:300])
