"""GET /v1/allocations and /v1/allocation/<ID>: the allocations (observed on 0.5.4)."""

import time

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.companion.test_evaluations import one_of, selects, verify_malformed, verify_missing
from contract_tests.job.test_allocations import placed
from contract_tests.statements import states
from contract_tests.suite import verify

ALLOCATIONS = "/v1/allocations"


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
    found = verify.ok("companion.allocation.blocks", waiter.result())
    shown = (found.json["DesiredStatus"], found.index > index, nomad.came_soon(found))
    verify.equal("companion.allocation.blocks", found, shown, ("stop", True, True))


@states("companion.allocation.missing")
def test_a_missing_allocation(nomad: Nomad) -> None:
    """An allocation that does not exist is answered with 404 and its text, at an index."""
    verify_missing(nomad, "companion.allocation.missing", "allocation", "alloc")


@states("companion.allocation.malformed-id")
def test_a_malformed_allocation_id(nomad: Nomad) -> None:
    """An ID that is no UUID, or a prefix that no UUID begins with, is refused with the reason."""
    verify_malformed(nomad, "companion.allocation.malformed-id", "allocation", "alloc")
