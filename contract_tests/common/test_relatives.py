"""Parents and children: what is told of a job that was dispatched or launched is its own, and only that."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import READS, SUFFIXES
from contract_tests.job.test_allocations import clients, until
from contract_tests.job.test_evaluations import by_id
from contract_tests.job.test_periodic_force import launched
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify

DISPATCHES = 3


def family(nomad: Nomad, factory: JobFactory, kind: str) -> tuple[str, list[tuple[str, str]]]:
    """Make children of a job; return the parent's ID, and for each child its ID and that of its evaluation."""
    make = factory.parameterized if kind == "dispatched" else factory.periodic
    job = make(nomad.new_id("parent"), Priority=37)
    verify.ok("job.register.creates", nomad.register(job))
    made: list[tuple[str, str]] = []
    for number in range(DISPATCHES if kind == "dispatched" else 1):
        if kind == "dispatched":
            done = verify.ok("job.dispatch.creates-a-job", nomad.dispatch(job["ID"], meta={"need": str(number)}))
            made.append((done.json["DispatchedJobID"], done.json["EvalID"]))
        else:
            done = nomad.force(job["ID"])
            child_id = launched(nomad, job["ID"], done).json["ID"]
            made.append((child_id, done.json["EvalID"]))
    for child_id, _ in made:
        nomad.settle(child_id)
    return job["ID"], made


@contextmanager
def only_the_child_changes(nomad: Nomad, factory: JobFactory, kind: str) -> Iterator[tuple[str, str]]:
    """Give the IDs of a parent and of one child; at the end, all but that child have to be as they were."""
    parent_id, made = family(nomad, factory, kind)
    (child_id, _), others = made[0], [parent_id, *(one for one, _ in made[1:])]
    before = {one: _told(nomad, one) for one in others}
    yield parent_id, child_id
    for one in others:
        found = nomad.job(one)
        verify.equal("common.relatives.only-the-child", found, found.ok and _told(nomad, one), before[one])


@states("common.relatives.query", "common.relatives.evaluations", "common.relatives.summary")
@pytest.mark.parametrize("kind", ["dispatched", "launched"])
def test_what_is_told_of_a_child_is_its_own(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Job, evaluations and summary of each child are those of that child: not its parent's, not a sibling's."""
    parent_id, made = family(nomad, factory, kind)
    for number, (child_id, evaluation_id) in enumerate(made):
        indented = nomad.job(child_id, {"pretty": None})
        verify.ok("common.relatives.query", indented)
        found = verify.ok("common.relatives.query", nomad.job(child_id))
        told = (found.json["ID"], found.json["ParentID"], (found.json["Meta"] or {}).get("need"))
        own = (child_id, parent_id, str(number) if kind == "dispatched" else None)
        verify.equal("common.relatives.query", found, told, own)
        _verify_evaluations(nomad.evaluations(child_id), found.json, evaluation_id)
        summary = verify.ok("common.relatives.summary", nomad.summary(child_id))
        counted = (summary.json["JobID"], sorted(summary.json["Summary"]), summary.json["CreateIndex"])
        verify.equal("common.relatives.summary", summary, counted, (child_id, ["g"], found.json["CreateIndex"]))
    parents = nomad.summary(parent_id)
    told_of = (parents.json["JobID"], shapes.counted("Children", parents.json["Children"]))
    verify.equal("common.relatives.summary", parents, told_of, (parent_id, len(made)))
    queued = parents.json["Summary"].get("g", {}).get("Queued")
    verify.equal("common.relatives.summary", parents, queued, 0)
    parent = nomad.job(parent_id)
    verify.equal("common.relatives.query", parent, (parent.json["ID"], parent.json["Meta"] or None), (parent_id, None))


def _verify_evaluations(found: Exchange, child: Mapping[str, Any], evaluation_id: str) -> None:
    statement = "common.relatives.evaluations"
    listed = verify.listed(statement, found)
    first = by_id(found, statement, evaluation_id)
    verify.equal(statement, found, {one["JobID"] for one in listed}, {child["ID"]})
    told = (first["Priority"], first["JobModifyIndex"])
    verify.equal(statement, found, told, (37, child["JobModifyIndex"]))


@states("common.relatives.query")
def test_children_of_the_same_second(nomad: Nomad, factory: JobFactory) -> None:
    """Launches of two jobs in one second, whose IDs end alike, are children of different parents."""
    statement = "common.relatives.query"
    parents = [factory.periodic(nomad.new_id("parent")) for _ in range(2)]
    for job in parents:
        nomad.register(job)
    for _ in range(3):  # until a second does not end between the two
        done = {job["ID"]: nomad.force(job["ID"]) for job in parents}
        launches = [launched(nomad, job["ID"], done[job["ID"]]).json["ID"] for job in parents]
        if len({one.rpartition("/")[2] for one in launches}) == 1:
            break
    for job, child_id in zip(parents, launches, strict=True):
        found = verify.ok(statement, nomad.job(child_id))
        verify.equal(statement, found, (found.json["ID"], found.json["ParentID"]), (child_id, job["ID"]))


@states("common.relatives.without-the-parent")
@pytest.mark.parametrize("kind", ["dispatched", "launched"])
def test_a_child_outlives_its_parent(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Deregistering a parent changes nothing of its children, neither of those that wait nor of one that is dead."""
    statement = "common.relatives.without-the-parent"
    parent_id, made = family(nomad, factory, kind)
    over = nomad.job(made[-1][0]).json
    nomad.register({**over, "TaskGroups": [{**one, "Count": 0} for one in over["TaskGroups"]]})
    nomad.settle(over["ID"])
    before = {child_id: nomad.job(child_id).json for child_id, _ in made}
    verify.ok(statement, nomad.deregister(parent_id))
    nomad.settle(parent_id)
    for child_id, job in before.items():
        found = verify.ok(statement, nomad.job(child_id))
        verify.equal(statement, found, found.json, job)


@states("common.relatives.operations", "common.relatives.only-the-child", "job.plan.diff.of-job")
@pytest.mark.parametrize("kind", ["dispatched", "launched"])
def test_a_child_is_a_job_like_any_other(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A child can be evaluated, planned and deregistered under its ID, which leaves its relatives alone."""
    statement = "common.relatives.operations"
    with only_the_child_changes(nomad, factory, kind) as (_, child_id):
        evaluated = verify.ok(statement, nomad.evaluate(child_id))
        _is_of(nomad, statement, child_id, evaluated)
        child = verify.ok(statement, nomad.job(child_id)).json
        planned = verify.ok(statement, nomad.plan({**child, "Priority": 38}))
        changes = [field["Name"] for field in planned.json["Diff"]["Fields"] or ()]
        verify.equal(statement, planned, (planned.json["Diff"]["ID"], "Priority" in changes), (child_id, True))
        verify.equal("job.plan.diff.of-job", planned, changes, ["Priority"])
        gone = verify.ok(statement, nomad.deregister(child_id))
        _is_of(nomad, statement, child_id, gone)
        verify.ended(statement, nomad.job(child_id))


@states("common.relatives.read-back-can-be-put", "common.relatives.only-the-child")
@pytest.mark.parametrize("kind", ["dispatched", "launched"])
def test_a_child_can_be_updated(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """A child that was read can be put back with a change; its parent and its siblings stay as they are."""
    statement = "common.relatives.read-back-can-be-put"
    with only_the_child_changes(nomad, factory, kind) as (parent_id, child_id):
        child = verify.ok(statement, nomad.job(child_id)).json
        updated = verify.ok(statement, nomad.register({**child, "Priority": 38}, method="POST"))
        _is_of(nomad, statement, child_id, updated)
        found = nomad.job(child_id)
        shown = (found.json["Priority"], found.json["ParentID"], found.json["CreateIndex"])
        verify.equal(statement, found, shown, (38, parent_id, child["CreateIndex"]))


def _told(nomad: Nomad, job_id: str) -> Any:
    """Return what a job's query tells that no change of a relative moves."""
    found = verify.ok("common.relatives.only-the-child", nomad.job(job_id)).json
    return {name: found[name] for name in ("ID", "Priority", "CreateIndex", "JobModifyIndex")}


def _is_of(nomad: Nomad, statement: str, job_id: str, done: Exchange) -> None:
    """Require that the evaluation that a write names is the job's."""
    found = nomad.evaluations(job_id)
    verify.equal(statement, found, by_id(found, statement, done.json["EvalID"])["JobID"], job_id)


@states("common.relatives.escaped")
@pytest.mark.parametrize("kind", ["dispatched", "launched"])
def test_the_slash_of_a_childs_id_may_be_escaped(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """Every operation finds a child whose ID is escaped as a whole, in either case, or at any letter."""
    statement = "common.relatives.escaped"
    _, made = family(nomad, factory, kind)
    child_id = made[0][0]
    place = f"/v1/job/{quote(child_id, safe='')}"
    letters = child_id.replace("/d", "/%64").replace("/p", "/%70")
    for read in READS:
        plain = verify.ok(statement, nomad.read(read, child_id))
        for spelt in (place, place.replace("%2F", "%2f"), f"/v1/job/{letters}"):
            found = verify.ok(statement, nomad.send(read, "GET", spelt + SUFFIXES[read]))
            verify.equal(statement, found, found.json, plain.json)
    job = nomad.job(child_id).json
    for operation, body in (("evaluate", None), ("plan", {"Job": job, "Diff": True}), ("register", {"Job": job})):
        done = verify.ok(statement, nomad.send(operation, "PUT", place + SUFFIXES[operation], body=body))
        if operation != "plan":
            _is_of(nomad, statement, child_id, done)
    verify.ok(statement, nomad.send("deregister", "DELETE", place))
    verify.ended(statement, nomad.job(child_id))


@states("common.relatives.allocations", "job.query.index-header-is-modify-index")
def test_the_allocations_of_a_child_are_its_own(nomad: Nomad, running: JobFactory) -> None:
    """Each of several children has the allocation that was placed for it, and no other."""
    statement = "common.relatives.allocations"
    job = running.parameterized(nomad.new_id(), TaskGroups=[running.group("g", Count=1)])
    nomad.register(job)
    done = [verify.ok(statement, nomad.dispatch(job["ID"], meta={"need": str(number)})) for number in range(2)]
    for one in done:
        child_id = one.json["DispatchedJobID"]
        found = until(nomad, child_id, statement, clients("running"), "the child's running allocation")
        told = [(each["JobID"], each["Name"]) for each in found.json]
        verify.equal(statement, found, told, [(child_id, f"{child_id}.g[0]")])
        child = nomad.job(child_id)  # whose status has moved its ModifyIndex
        verify.equal("job.query.index-header-is-modify-index", child, child.index, child.json["ModifyIndex"])
    for one in done:
        nomad.deregister(one.json["DispatchedJobID"])
