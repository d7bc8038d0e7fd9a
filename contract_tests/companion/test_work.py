"""/v1/evaluations, /v1/allocations and one of each: what was decided and what came of it (observed on 0.5.4)."""

import time
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_allocations import placed
from contract_tests.suite import verify
from contract_tests.suite.companion import NOBODY
from contract_tests.suite.statements import states

EVALUATIONS, ALLOCATIONS = "/v1/evaluations", "/v1/allocations"


def one_of(kind: str, item_id: str, more: str = "") -> str:
    """Return the path of one evaluation or allocation."""
    return f"/v1/{kind}/{item_id}{more}"


def selects(prefix: str, chosen: list[str], listed: list[str]) -> bool:
    """Return whether nothing but what begins with the prefix was chosen, and all of that which was listed before."""
    begins = prefix.lower()
    expected = {one for one in listed if one.startswith(begins)}
    return expected <= set(chosen) and all(one.startswith(begins) for one in chosen)


def evaluation_of(nomad: Nomad, workshop: JobFactory) -> Any:
    """Register a job that no node can take, and return its first evaluation, over and done with."""
    job = workshop.service(nomad.new_id())
    told = verify.ok("job.register.creates", nomad.register(job)).json["EvalID"]
    nomad.settle(job["ID"])
    return next(one for one in nomad.evaluations(job["ID"]).json if one["ID"] == told)


@states("companion.evaluations.lists-all", "companion.evaluations.prefix", "companion.evaluations.in-id-order")
def test_evaluations_are_listed(nomad: Nomad, workshop: JobFactory) -> None:
    """The list has every evaluation in full, by ID; ``prefix`` selects by the beginning of the ID."""
    evaluation, *others = (evaluation_of(nomad, workshop) for _ in range(3))
    own = [one for each in (evaluation, *others) for one in nomad.evaluations(each["JobID"]).json]
    everything = nomad.companion(EVALUATIONS)
    listed = verify.listed("companion.evaluations.lists-all", everything)
    known = {one["ID"]: one for one in listed}
    verify.equal("companion.evaluations.lists-all", everything, [known.get(one["ID"]) for one in own], own)
    order = [one["ID"] for one in listed]
    verify.equal("companion.evaluations.in-id-order", everything, order, sorted(set(order)))
    for prefix in (evaluation["ID"], evaluation["ID"].upper(), evaluation["ID"][:8], evaluation["ID"][:2]):
        some = nomad.companion(EVALUATIONS, {"prefix": prefix})
        chosen = [one["ID"] for one in verify.listed("companion.evaluations.prefix", some)]
        verify.that("companion.evaluations.prefix", some, selects(prefix, chosen, order), f"all of {prefix}", chosen)


@states("companion.evaluations.blocks")
def test_evaluations_can_be_waited_for(nomad: Nomad, workshop: JobFactory) -> None:
    """With ``index`` the list waits until an evaluation changes."""
    nomad.settle(evaluation_of(nomad, workshop)["JobID"])
    index = nomad.companion(EVALUATIONS).index
    waiter = nomad.companion_later(EVALUATIONS, {"index": index, "wait": nomad.long_wait})
    time.sleep(0.05)  # the query must be waiting before the change
    evaluation_of(nomad, workshop)
    found = waiter.result(timeout=30)
    fits = found.ok and found.seconds < nomad.soon and found.index > index
    verify.that("companion.evaluations.blocks", found, fits, f"an answer above {index}", f"{found.index}")


@states("companion.evaluation.is-the-listed-one", "companion.evaluation.index-is-modify-index")
def test_one_evaluation(nomad: Nomad, workshop: JobFactory) -> None:
    """One evaluation is what its job's list shows of it, at its own ModifyIndex."""
    evaluation = evaluation_of(nomad, workshop)
    found = verify.ok("companion.evaluation.is-the-listed-one", nomad.companion(one_of("evaluation", evaluation["ID"])))
    verify.equal("companion.evaluation.is-the-listed-one", found, found.json, evaluation)
    verify.equal("companion.evaluation.index-is-modify-index", found, found.index, evaluation["ModifyIndex"])


@states("companion.evaluation.placed-nothing")
def test_an_evaluation_that_placed_nothing(nomad: Nomad, workshop: JobFactory) -> None:
    """An evaluation that placed nothing, and one that does not exist, have an empty list of allocations."""
    for one in (evaluation_of(nomad, workshop)["ID"], NOBODY):
        found = nomad.companion(one_of("evaluation", one, "/allocations"))
        verify.equal("companion.evaluation.placed-nothing", found, (found.status, found.text), (200, "[]"))


@states("companion.evaluation.allocations", "companion.allocations.lists-all", "companion.allocations.prefix")
def test_allocations_are_listed(nomad: Nomad, running: JobFactory) -> None:
    """An evaluation's allocations, and all of them by ID, are the stubs that their job shows."""
    job, _ = placed(nomad, running)
    nomad.settle(job["ID"])
    stubs = sorted(nomad.allocations(job["ID"]).json, key=lambda stub: str(stub["ID"]))
    found = nomad.companion(one_of("evaluation", stubs[0]["EvalID"], "/allocations"))
    verify.equal(
        "companion.evaluation.allocations", found, verify.listed("companion.evaluation.allocations", found), stubs
    )
    everything = nomad.companion(ALLOCATIONS)
    listed = verify.listed("companion.allocations.lists-all", everything)
    own = [stub for stub in listed if stub["JobID"] == job["ID"]]
    verify.equal("companion.allocations.lists-all", everything, own, stubs)
    order = [stub["ID"] for stub in listed]
    verify.equal("companion.allocations.lists-all", everything, order, sorted(set(order)))
    for prefix in (stubs[0]["ID"], stubs[0]["ID"][:8].upper()):
        some = nomad.companion(ALLOCATIONS, {"prefix": prefix})
        chosen = [one["ID"] for one in verify.listed("companion.allocations.prefix", some)]
        verify.that("companion.allocations.prefix", some, selects(prefix, chosen, order), f"all of {prefix}", chosen)


@states(
    "companion.allocation.reply-has-observed-fields",
    "companion.allocation.job-and-metrics",
    "companion.allocation.resources",
    "companion.allocation.index-is-modify-index",
)
def test_one_allocation(nomad: Nomad, running: JobFactory) -> None:
    """One allocation has the job as it was placed, what the scheduler saw, and what every task was given."""
    job, listed = placed(nomad, running)
    stub = listed.json[0]
    found = verify.ok("companion.allocation.job-and-metrics", nomad.companion(one_of("allocation", stub["ID"])))
    whole = found.json
    verify.shaped("companion.allocation.reply-has-observed-fields", found, "WholeAllocation", whole)
    verify.equal("companion.allocation.index-is-modify-index", found, found.index, whole["ModifyIndex"])
    now = nomad.job(job["ID"]).json
    same = ("ID", "Name", "TaskGroups", "JobModifyIndex", "CreateIndex")
    expected = {name: now[name] for name in same} | {"NodeID": stub["NodeID"], "EvalID": stub["EvalID"]}
    shown = {name: whole["Job"][name] for name in same} | {name: whole[name] for name in ("NodeID", "EvalID")}
    verify.equal("companion.allocation.job-and-metrics", found, shown, expected)
    seen = whole["Metrics"]["NodesEvaluated"]
    verify.that("companion.allocation.job-and-metrics", found, seen >= 1, "NodesEvaluated of at least 1", seen)
    (group,) = now["TaskGroups"]
    (task,) = group["Tasks"]
    asked = ("CPU", "MemoryMB", "IOPS", "DiskMB")
    given = {name: {key: some[key] for key in asked} for name, some in whole["TaskResources"].items()}
    verify.equal("companion.allocation.resources", found, given, {"t": {key: task["Resources"][key] for key in asked}})
    disk = group["EphemeralDisk"]["SizeMB"]
    verify.equal("companion.allocation.resources", found, whole["SharedResources"]["DiskMB"], disk)
    total = {key: whole["Resources"][key] for key in asked}
    sums = {key: task["Resources"][key] for key in asked}
    verify.equal("companion.allocation.resources", found, total, {**sums, "DiskMB": sums["DiskMB"] + disk})


@states("companion.allocation.updated-in-place")
def test_an_allocation_that_was_updated_in_place(nomad: Nomad, running: JobFactory) -> None:
    """An allocation that an update leaves in place has the updated job, also once that is gone."""
    statement = "companion.allocation.updated-in-place"
    job, listed = placed(nomad, running)
    verify.ok("job.register.creates", nomad.register({**job, "Priority": 61}))
    nomad.settle(job["ID"])
    now = nomad.job(job["ID"]).json
    expected = {name: now[name] for name in ("ID", "Priority", "JobModifyIndex")}
    for _ in range(2):
        found = verify.ok(statement, nomad.companion(one_of("allocation", listed.json[0]["ID"])))
        verify.equal(statement, found, {name: found.json["Job"][name] for name in expected}, expected)
        nomad.deregister(job["ID"])
        nomad.settle(job["ID"])


@states("companion.allocation.blocks")
def test_an_allocation_can_be_waited_for(nomad: Nomad, running: JobFactory) -> None:
    """With ``index`` an allocation waits for its own change: to be stopped, here."""
    job, listed = placed(nomad, running)
    target = one_of("allocation", listed.json[0]["ID"])
    nomad.settle(job["ID"])
    index = nomad.companion(target).index
    waiter = nomad.companion_later(target, {"index": index, "wait": nomad.long_wait})
    time.sleep(0.05)  # the query must be waiting before the change
    nomad.deregister(job["ID"])
    found = verify.ok("companion.allocation.blocks", waiter.result(timeout=30))
    shown = (found.json["DesiredStatus"], found.index > index, found.seconds < nomad.soon)
    verify.equal("companion.allocation.blocks", found, shown, ("stop", True, True))


@states("companion.evaluation.missing", "companion.allocation.missing")
@pytest.mark.parametrize(("kind", "short"), [("evaluation", "eval"), ("allocation", "alloc")])
def test_missing_ones(nomad: Nomad, kind: str, short: str) -> None:
    """An evaluation or allocation that does not exist is answered with 404 and its text, at an index."""
    statement = f"companion.{kind}.missing"
    done = nomad.companion(one_of(kind, NOBODY))
    verify.refused(statement, done, 404, f"{short} not found")
    verify.that(statement, done, done.index >= 0, "an X-Nomad-Index", done.index)


@states("companion.evaluation.malformed-id", "companion.allocation.malformed-id")
@pytest.mark.parametrize(("kind", "short"), [("evaluation", "eval"), ("allocation", "alloc")])
def test_malformed_ids(nomad: Nomad, kind: str, short: str) -> None:
    """What is no UUID, or no beginning of one, is refused with a text that says why."""
    statement = f"companion.{kind}.malformed-id"
    problem = f"{short} lookup failed: index error: "
    verify.refused(statement, nomad.companion(one_of(kind, "abc")), 500, f"{problem}UUID must be 36 characters")
    for prefix, why in (
        ("abc", "Input (without hyphens) must be even length"),
        ("zz", "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'"),
        (f"{NOBODY}00", "Invalid UUID length. UUID have 36 characters; got 38"),
    ):
        verify.refused(statement, nomad.companion(f"/v1/{kind}s", {"prefix": prefix}), 500, f"{problem}{why}")
