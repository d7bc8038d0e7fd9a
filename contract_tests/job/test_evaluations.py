"""GET /v1/job/<ID>/evaluations: the evaluations belonging to a job."""

from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, constraint, group
from contract_tests.client.nomad import Nomad
from contract_tests.findings import TOO_BUSY, NotOffered
from contract_tests.statements import states
from contract_tests.suite import verify
from contract_tests.suite.monitor import UUID


def by_id(exchange: Exchange, statement: str, eval_id: str) -> dict[str, Any]:
    """Return the evaluation of this ID; a violation of the statement when it is not listed."""
    for one in exchange.json:
        if one["ID"] == eval_id:
            return one  # type: ignore[no-any-return] # JSON data
    raise exchange.ledger.finding(statement, f"the evaluation {eval_id}", [e["ID"] for e in exchange.json], exchange)


ALONE: dict[str, Any] = {
    "NodeID": "",
    "NodeModifyIndex": 0,
    "Wait": 0,
    "PreviousEval": "",
    "NextEval": "",
    "AnnotatePlan": False,
    "EscapedComputedClass": False,
    "ClassEligibility": None,
}
"""What an evaluation has that somebody asked for, whatever it finds."""


def verify_alone(statement: str, found: Exchange, evaluation: dict[str, Any]) -> None:
    """Require that an evaluation is about no node and belongs to no chain, in what the server tells of that."""
    alone = {name: value for name, value in ALONE.items() if name in evaluation}
    verify.equal(statement, found, {name: evaluation[name] for name in alone}, alone)


@states(
    "job.evaluations.reply-is-json",
    "job.evaluations.reply-is-a-list",
    "job.evaluations.reply-has-documented-fields",
    "job.evaluations.reply-has-observed-fields",
    "job.evaluations.belong-to-the-job",
    "job.evaluations.describe-the-job",
    "job.evaluations.ids-are-uuids",
    "job.evaluations.indexes",
    "job.evaluations.complete",
    "job.evaluations.about-no-node",
    "job.evaluations.history",
)
@pytest.mark.parametrize("kind", ["service", "batch", "system"])
def test_an_evaluation_describes_its_job(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """An evaluation is of the job asked for, with its priority and type and the index of its registration."""
    job = getattr(factory, kind)(nomad.new_id("Capital"), Priority=63, TaskGroups=[group("g", Count=0)])
    registered = nomad.register(job).json
    nomad.settle(job["ID"])
    found = verify.ok("job.evaluations.belong-to-the-job", nomad.evaluations(job["ID"]))
    for one in found.json:
        well = UUID.fullmatch(str(one["ID"])) is not None
        verify.that("job.evaluations.ids-are-uuids", found, well, "a lower-case UUID", one["ID"])
    evaluation = by_id(found, "job.evaluations.belong-to-the-job", registered["EvalID"])
    verify.equal("job.evaluations.belong-to-the-job", found, evaluation["JobID"], job["ID"])
    verify.equal("job.evaluations.describe-the-job", found, (evaluation["Priority"], evaluation["Type"]), (63, kind))
    verify.equal("job.evaluations.describe-the-job", found, evaluation["TriggeredBy"], "job-register")
    alone = {**ALONE, "BlockedEval": "", "FailedTGAllocs": None}
    shown = {name: evaluation[name] for name in alone if name in evaluation}
    verify.equal("job.evaluations.about-no-node", found, shown, alone)
    indexes = (evaluation["JobModifyIndex"], evaluation["CreateIndex"])
    verify.equal(
        "job.evaluations.indexes", found, indexes, (registered["JobModifyIndex"], registered["EvalCreateIndex"])
    )
    verify.equal("job.evaluations.complete", found, evaluation["Status"], "complete")
    verify_history(found, evaluation)


def verify_history(found: Exchange, evaluation: dict[str, Any]) -> None:
    """Require that an evaluation was made after its job, scheduled from a state since then, and then updated."""
    order = [evaluation[name] for name in ("JobModifyIndex", "SnapshotIndex", "ModifyIndex")]
    verify.equal("job.evaluations.history", found, order, sorted(order))
    created, modified = evaluation["CreateIndex"], evaluation["ModifyIndex"]
    verify.grows("job.evaluations.history", found, created, modified)


@states("job.evaluations.of-a-system-job")
def test_a_system_job_is_never_blocked(nomad: Nomad, factory: JobFactory) -> None:
    """A system job that fits nowhere has one complete evaluation and no blocked one."""
    job = factory.system(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    verify.equal("job.evaluations.of-a-system-job", found, [e["Status"] for e in found.json], ["complete"])


WAITING: dict[str, Any] = {
    "ClassEligibility": {},
    "EscapedComputedClass": False,
    "AnnotatePlan": False,
    "BlockedEval": "",
    "NextEval": "",
    "NodeID": "",
    "NodeModifyIndex": 0,
    "Wait": 0,
    "QueuedAllocations": None,
    "FailedTGAllocs": None,
}
"""What else an evaluation has that waits for a datacenter without nodes."""


def told_of_nobody(metric: dict[str, Any]) -> dict[str, Any]:
    """Return what a metric tells of nodes that were looked at: maps that are null where there were none."""
    maps = ("ClassExhausted", "ClassFiltered", "ConstraintFiltered", "DimensionExhausted", "Scores")
    return {name: metric[name] for name in maps if metric.get(name) is not None}


@states("job.evaluations.blocked")
@pytest.mark.parametrize("kind", ["service", "batch"])
def test_what_cannot_be_placed_waits_in_a_blocked_evaluation(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Unplaced allocations leave a blocked evaluation, linked both ways, with metrics that say why."""
    job = getattr(factory, kind)(nomad.new_id(), TaskGroups=[group("one", Count=3), group("two")])
    registered = nomad.register(job).json
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    statement = "job.evaluations.blocked"
    first = by_id(found, statement, registered["EvalID"])
    blocked = by_id(found, statement, str(first["BlockedEval"]))
    verify.equal(statement, found, len(found.json), 2)
    verify.equal(statement, found, first["QueuedAllocations"], {"one": 3, "two": 1})
    expected = {
        "Type": kind,
        "Priority": job["Priority"],
        "Status": "blocked",
        "PreviousEval": first["ID"],
        "TriggeredBy": "job-register",
        "StatusDescription": "created to place remaining allocations",
        "JobModifyIndex": registered["JobModifyIndex"],
        "SnapshotIndex": first["SnapshotIndex"],
    }
    verify.equal(statement, found, {name: blocked[name] for name in expected}, expected)
    metrics = first["FailedTGAllocs"]
    verify.that(statement, found, isinstance(metrics, dict), "metrics of the failed groups", metrics)
    assert isinstance(metrics, dict)
    counts = {name: (m["CoalescedFailures"], m["NodesAvailable"], m["NodesEvaluated"]) for name, m in metrics.items()}
    nowhere = {factory.datacenter: 0}
    verify.equal(statement, found, counts, {"one": (2, nowhere, 0), "two": (0, nowhere, 0)})
    verify.equal(
        statement,
        found,
        {name: told_of_nobody(metric) for name, metric in metrics.items()},
        {name: {} for name in metrics},
    )
    verify.equal(statement, found, {name: blocked[name] for name in WAITING}, WAITING)
    done = {**WAITING, "ClassEligibility": None, "BlockedEval": blocked["ID"]}
    done |= {"QueuedAllocations": first["QueuedAllocations"], "FailedTGAllocs": metrics}
    verify.equal(statement, found, {name: first[name] for name in done}, done)


def listed_undisturbed(
    nomad: Nomad, factory: JobFactory, *counts: int | None, label: str = "job", gone: Callable[[str], str] = str
) -> tuple[str, Exchange]:
    """Register a job once for each count, or deregister it for None; return the last EvalID and the evaluations.

    ``label`` is part of the job's ID; ``gone`` is how the ID is spelled where the job is deregistered.

    Room that comes free anywhere wakes evaluations that are blocked, also of jobs that it is not for: what somebody
    else's room has woken is left aside, and another job begun.
    """
    for _ in range(10):
        job = factory.service(nomad.new_id(label))
        for count in counts:
            sized = {**job, "TaskGroups": [group("g", Count=count)]}
            done = nomad.deregister(gone(job["ID"])) if count is None else nomad.register(sized)
            nomad.settle(job["ID"])
        found = nomad.evaluations(job["ID"])
        snapshots = {one["ID"]: one["SnapshotIndex"] for one in found.json}
        if all(one["SnapshotIndex"] <= snapshots.get(one["PreviousEval"], one["SnapshotIndex"]) for one in found.json):
            return done.json["EvalID"], found
    raise NotOffered(TOO_BUSY)


@states("job.evaluations.blocked-is-replaced")
def test_a_second_blocked_evaluation_is_canceled(nomad: Nomad, factory: JobFactory) -> None:
    """Registering a blocked job again cancels the second blocked evaluation; shrinking it cancels the first."""
    statement = "job.evaluations.blocked-is-replaced"
    _, found = listed_undisturbed(nomad, factory, 1, 1)
    statuses = sorted(e["Status"] for e in found.json)
    verify.equal(statement, found, statuses, ["blocked", "canceled", "complete", "complete"])
    canceled = next(e for e in found.json if e["Status"] == "canceled")
    text = f'existing blocked evaluation exists for job "{canceled["JobID"]}"'
    verify.equal(statement, found, canceled["StatusDescription"], text)
    _, found = listed_undisturbed(nomad, factory, 1, 1, 0)
    statuses = sorted(e["Status"] for e in found.json)
    verify.equal(statement, found, statuses, ["canceled", "canceled", "complete", "complete", "complete"])


@states("job.evaluations.blocked-anew")
@pytest.mark.parametrize("kind", ["service", "batch"])
def test_a_job_registered_anew_waits_anew(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A blocked job that is deregistered and registered again is pending, with one blocked evaluation."""
    job = getattr(factory, kind)(nomad.new_id())
    statement = "job.evaluations.blocked-anew"
    blocked: list[str] = []
    for _ in range(3):
        registered = nomad.register(job).json
        nomad.settle(job["ID"])
        found = nomad.evaluations(job["ID"])
        first = by_id(found, statement, registered["EvalID"])
        waiting = [one["ID"] for one in found.json if one["Status"] == "blocked"]
        verify.equal(statement, found, waiting, [first["BlockedEval"]])
        verify.that(statement, found, waiting[0] not in blocked, "another blocked evaluation", waiting)
        blocked += waiting
        status = nomad.job(job["ID"])
        verify.equal(statement, status, status.json["Status"], "pending")
        nomad.deregister(job["ID"])
        nomad.settle(job["ID"])


@states("job.evaluations.eligible-classes")
def test_a_blocked_evaluation_tells_the_classes(nomad: Nomad, running: JobFactory) -> None:
    """An evaluation tells which classes of nodes could do the work, unless a constraint is about single nodes."""
    statement = "job.evaluations.eligible-classes"
    cases: list[tuple[str, str, set[bool] | None, bool]] = [
        ("job", "a", {False}, False),
        ("group", "a", {True}, False),  # the job itself asks for nothing that the class lacks
        ("group", "${node.unique.name}", None, True),
    ]
    for place, left, eligible, escaped in cases:
        job = running.batch(nomad.new_id(), TaskGroups=[running.group("g", Count=1)])
        holder = job if place == "job" else job["TaskGroups"][0]
        holder["Constraints"] = [constraint(left, "nomad-contract-no")]
        first = nomad.register(job).json["EvalID"]
        nomad.settle(job["ID"])
        found = nomad.evaluations(job["ID"])
        blocked = by_id(found, statement, by_id(found, statement, first)["BlockedEval"])
        classes = blocked["ClassEligibility"]
        shown = (set(classes.values()) if classes is not None else None, blocked["EscapedComputedClass"])
        verify.equal(statement, found, shown, (eligible, escaped))


@states("job.evaluations.none-of-other-jobs", "job.evaluations.prefix-match")
def test_evaluations_of_other_jobs(nomad: Nomad, factory: JobFactory) -> None:
    """Evaluations of jobs whose ID begins with this one's are listed, no others; no character stands for another."""
    base = nomad.new_id("Mi_e%.")
    others = {nomad.new_id("theirs"), f"{nomad.prefix}in-{base}", base[:-1]}
    others |= {base.replace("_", "n"), base.replace("%", "any"), base.replace(".", "x")}
    for job_id in (base, f"{base}x", f"{base}/child", *others):
        nomad.register(factory.idle(job_id))
        nomad.settle(job_id)
    found = nomad.evaluations(base)
    listed = {e["JobID"] for e in found.json}
    verify.equal("job.evaluations.none-of-other-jobs", found, listed & others, set())
    verify.that("job.evaluations.none-of-other-jobs", found, base in listed, f"those of {base}", listed)
    verify.equal("job.evaluations.prefix-match", found, listed, {base, f"{base}x", f"{base}/child"})
    longer = nomad.evaluations(f"{base}x")
    verify.equal("job.evaluations.prefix-match", longer, {e["JobID"] for e in longer.json}, {f"{base}x"})


@states("job.evaluations.any-case")
def test_evaluations_are_found_in_any_case(nomad: Nomad, factory: JobFactory) -> None:
    """The evaluations of a job are found in any letter case of its ID."""
    job = factory.idle(nomad.new_id("Mine"))
    eval_id = nomad.register(job).json["EvalID"]
    for spelling in (job["ID"], job["ID"].upper(), job["ID"].lower()):
        found = nomad.evaluations(spelling)
        listed = [(e["ID"], e["JobID"]) for e in found.json]
        verify.equal("job.evaluations.any-case", found, listed, [(eval_id, job["ID"])])


@states("job.evaluations.every-one", "job.evaluations.one-per-registration")
def test_every_evaluation_is_listed(nomad: Nomad, factory: JobFactory) -> None:
    """Every evaluation of a job is listed once, however many there are."""
    job = factory.idle(nomad.new_id())
    told = {nomad.register(job).json["EvalID"] for _ in range(120)}
    found = nomad.evaluations(job["ID"])
    listed = [e["ID"] for e in found.json]
    once = {eval_id: listed.count(eval_id) for eval_id in told}
    verify.equal("job.evaluations.every-one", found, once, dict.fromkeys(told, 1))
    verify.equal("job.evaluations.one-per-registration", found, sorted(listed), sorted(told))


@states("job.evaluations.none-is-empty-list")
def test_no_evaluations_are_an_empty_list(nomad: Nomad, factory: JobFactory) -> None:
    """A job without evaluations, and one that does not exist, have an empty list of them."""
    job = factory.periodic(nomad.new_id())
    for _ in range(2):
        found = nomad.evaluations(job["ID"])
        verify.equal("job.evaluations.none-is-empty-list", found, found.ok and found.json, [])
        nomad.register(job)


@states("job.evaluations.survive-the-job")
def test_evaluations_survive_the_job(nomad: Nomad, factory: JobFactory) -> None:
    """The evaluations of a removed job stay listed, also beside those of its next instance."""
    job = factory.idle(nomad.new_id())
    first = nomad.register(job).json["EvalID"]
    nomad.settle(job["ID"])
    second = nomad.deregister(job["ID"]).json["EvalID"]
    found = nomad.evaluations(job["ID"])
    verify.equal("job.evaluations.survive-the-job", found, {e["ID"] for e in found.json}, {first, second})
    third = nomad.register(job).json["EvalID"]
    nomad.settle(job["ID"])
    found = nomad.evaluations(job["ID"])
    verify.equal("job.evaluations.survive-the-job", found, {e["ID"] for e in found.json}, {first, second, third})


@states("job.evaluations.order")
def test_evaluations_are_ordered(nomad: Nomad, factory: JobFactory) -> None:
    """Evaluations come by job ID, whatever its letter case, then by status, then by ID."""
    base = nomad.new_id()
    others = (factory.idle(f"{base}-{end}") for end in ("a", "C", "Ab"))
    for job in (factory.service(base), factory.service(f"{base}-b"), *others):
        for _ in range(2):
            nomad.register(job)
            nomad.settle(job["ID"])
    found = nomad.evaluations(base)
    keys = [(e["JobID"].lower(), e["Status"], e["ID"]) for e in found.json]
    verify.equal("job.evaluations.order", found, keys, sorted(keys))


@states("job.evaluations.index-header")
def test_index_header_covers_the_newest_evaluation(nomad: Nomad, factory: JobFactory) -> None:
    """The X-Nomad-Index of the list is the table's: at least the newest ModifyIndex in it, also when it is empty."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    found, empty = nomad.evaluations(job["ID"]), nomad.evaluations(nomad.new_id())
    newest = max(e["ModifyIndex"] for e in found.json)
    for one in (found, empty):
        verify.that("job.evaluations.index-header", one, one.index >= newest, f"at least {newest}", one.index)
    other = factory.idle(nomad.new_id())
    for _ in range(100):  # somebody else's evaluation may come between
        nomad.register(other)
        newest = max(e["ModifyIndex"] for e in nomad.evaluations(other["ID"]).json)
        after = nomad.evaluations(job["ID"])
        verify.that("job.evaluations.index-header", after, after.index >= newest, f"at least {newest}", after.index)
        if after.index == newest:
            return
    if len({nomad.evaluations(job["ID"]).index for _ in range(30)}) > 1:
        raise NotOffered(TOO_BUSY)
    verify.that("job.evaluations.index-header", after, False, f"{newest}, the table's", after.index)
