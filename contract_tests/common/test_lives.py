"""Jobs with a history: updates, ended instances, refusals and plans in between."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory, group
from contract_tests.client.nomad import Job, Nomad
from contract_tests.common.test_stateful import WriteHistory
from contract_tests.job.test_periodic_force import launched
from contract_tests.job.test_plan import diff_of
from contract_tests.oracle import shapes
from contract_tests.oracle.diff import job_diff, unordered
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.suite import verify

KINDS = ("idle", "service", "system", "parameterized", "periodic")
UPDATES: tuple[dict[str, Any], ...] = ({}, {"Priority": 61}, {"Meta": {"a": "b"}}, {"Priority": 62}, {})


def updates_of(job: Job) -> Iterator[Job]:
    """Yield a job and the results of one update after the other, the last of which changes nothing."""
    for change in UPDATES:
        job = {**job, **change}
        yield job


def worked(nomad: Nomad, job: Job) -> tuple[str, Exchange]:
    """Let a job do what its kind can: return the ID of the job that this evaluates, and the reply."""
    if job.get("Periodic"):
        done = nomad.force(job["ID"])
        return launched(nomad, job["ID"], done).json["ID"], done
    if "ParameterizedJob" in job:
        done = verify.ok("job.dispatch.creates-a-job", nomad.dispatch(job["ID"], meta={"need": "x"}))
        return done.json["DispatchedJobID"], done
    return job["ID"], verify.ok("job.evaluate.creates-evaluation", nomad.evaluate(job["ID"]))


@states(
    "common.stateful.indexes-only-grow",
    "common.stateful.every-write-counts",
    "common.stateful.evaluations-stay",
    "job.deregister.ends-the-job",
    "job.plan.is-accepted",
    "job.register.refuses.any-job",
    "job.register.updates",
)
@pytest.mark.parametrize("kind", KINDS)
def test_two_lives_of_a_job(nomad: Nomad, factory: JobFactory, kind: str) -> None:
    """In two lives of a job, each write is newer than all before, and no evaluation is forgotten."""
    first: Job = getattr(factory, kind)(nomad.new_id())
    job_id, history, seen = first["ID"], WriteHistory(), {first["ID"]}
    for _ in range(2):
        for job in updates_of(first):
            history.stored(job_id, verify.ok("job.register.updates", nomad.register(job)))
            verify.ok("job.plan.is-accepted", nomad.plan({**job, "Priority": 99}))
            verify.equal(
                "job.register.refuses.any-job", done := nomad.register({**job, "Priority": 101}), done.status, 500
            )
            for _ in range(2):
                evaluated, done = worked(nomad, job)
                history.made(evaluated, done)
                seen.add(evaluated)
        for statement in ("job.deregister.ends-the-job", "job.deregister.unknown-job"):
            history.stored(job_id, verify.ok(statement, nomad.deregister(job_id)))
            nomad.own.forget(job_id)
        for one in seen:
            history.verify_listed(nomad, one)


@states("job.dispatch.child-is-the-parents-copy", "job.dispatch.refuses.jobs", "job.summary.children-counts-children")
def test_a_child_is_of_the_parent_as_it_is(nomad: Nomad, factory: JobFactory) -> None:
    """A dispatch copies the parent as its last update left it, in each of its lives, and no removed parent."""
    parent = factory.parameterized(nomad.new_id())
    meta = {"need": "x"}
    for _ in range(2):
        for job in updates_of(parent):
            nomad.register(job)
            nomad.plan({**job, "Priority": 99})
            dispatched = verify.ok("job.dispatch.creates-a-job", nomad.dispatch(parent["ID"], meta=meta))
            child = nomad.job(dispatched.json["DispatchedJobID"])
            own = {"ID", "Name", "ParentID", "ParameterizedJob", "Payload"}
            copy = {name: value for name, value in readback(job).items() if name not in own}
            copy["Meta"] = {**(job.get("Meta") or {}), **meta}
            gaps = differences(copy, child.json)
            verify.alike("job.dispatch.child-is-the-parents-copy", child, gaps)
        nomad.settle(child.json["ID"])
        found = nomad.summary(parent["ID"])
        counted = shapes.counted("Children", found.json["Children"])
        verify.equal("job.summary.children-counts-children", found, counted, len(UPDATES))
        nomad.deregister(parent["ID"])
        nomad.own.forget(parent["ID"])
        gone = nomad.dispatch(parent["ID"], meta=meta)
        verify.refused("job.dispatch.refuses.jobs", gone, 500, "parameterized job not found")
    if factory.lenient:
        nomad.register(parent)
        nomad.register(factory.batch(parent["ID"]))
        text = f'Specified job "{parent["ID"]}" is not a parameterized job'
        verify.refused("job.dispatch.refuses.jobs", nomad.dispatch(parent["ID"], meta=meta), 500, text)


@states("job.periodic-force.child", "job.periodic-force.launches", "job.periodic-force.refuses")
def test_a_launch_is_of_the_job_as_it_is(nomad: Nomad, factory: JobFactory) -> None:
    """A launch copies the last update, not what was planned or refused; of a disabled or missing job there is none."""
    job = factory.periodic(nomad.new_id())
    job_id, statement = job["ID"], "job.periodic-force.refuses"
    off = {**job, "Periodic": {**job["Periodic"], "Enabled": False}}
    for _ in range(2):
        for updated in updates_of(job):
            nomad.register(updated)
            nomad.plan(off)
            child = launched(nomad, job_id, nomad.force(job_id))
            expected = {**readback(updated), "ID": child.json["ID"], "Name": child.json["ID"], "Periodic": None}
            expected |= {"ParentID": job_id}
            gaps = differences(expected, child.json)
            verify.alike("job.periodic-force.child", child, gaps)
        nomad.register(off)
        text = f'force launch for job "{job_id}" failed: can\'t force run non-tracked job {job_id}'
        verify.refused(statement, nomad.force(job_id), 500, text)
        nomad.register(job)
        nomad.register({**off, "Priority": 101})
        launched(nomad, job_id, nomad.force(job_id))
        nomad.deregister(job_id)
        nomad.own.forget(job_id)
        verify.refused(statement, nomad.force(job_id), 500, "job not found")
    if factory.lenient:
        nomad.register(job)
        nomad.register(factory.batch(job_id))
        verify.refused(statement, nomad.force(job_id), 500, "can't force launch non-periodic job")


@states("job.plan.diff.of-any-two-jobs", "job.plan.job-modify-index", "job.plan.after-deregister")
def test_a_plan_is_about_the_job_as_it_is(nomad: Nomad, factory: JobFactory) -> None:
    """A plan compares with the last registration, whatever was planned, refused or deregistered since."""
    job = factory.service(nomad.new_id())
    shown: list[Callable[[Job], Job]] = [
        lambda one: one,
        lambda one: {**one, "Priority": 77},
        lambda one: {**one, "TaskGroups": [group("g", Count=2), group("other")]},
    ]

    def verify_plans(stored: Job | None, index: int, about: Job, statement: str) -> None:
        for change in shown:
            planned = verify.ok("job.plan.is-accepted", nomad.plan(change(about)))
            verify.equal(statement, planned, planned.json["JobModifyIndex"], index)
            expected = unordered(job_diff(stored and readback(stored), readback(change(about))))
            gaps = differences(expected, unordered(diff_of(planned)), ("Diff",))
            verify.alike("job.plan.diff.of-any-two-jobs", planned, gaps)

    for _ in range(2):
        for updated in updates_of(job):
            index = verify.ok("job.register.updates", nomad.register(updated)).json["JobModifyIndex"]
            nomad.register({**updated, "Priority": 101, "Name": "refused"})
            verify_plans(updated, index, updated, "job.plan.job-modify-index")
            verify_plans(updated, index, job, "job.plan.job-modify-index")
        nomad.deregister(job["ID"])
        nomad.own.forget(job["ID"])
        verify_plans(None, 0, job, "job.plan.after-deregister")


@states("job.register.check-and-set", "job.register.update-keeps-create-index", "job.deregister.new-create-index")
def test_check_and_set_in_every_life(nomad: Nomad, factory: JobFactory) -> None:
    """The index to enforce is that of the last registration; for a removed job it is 0 again."""
    statement = "job.register.check-and-set"
    job = factory.idle(nomad.new_id())
    index = 0
    for _ in range(2):
        created = 0
        refused = nomad.register(job, EnforceIndex=True, JobModifyIndex=index or 7)
        verify.refused(statement, refused, 500, f"Enforcing job modify index {index or 7}: job does not exist")
        index = 0
        for updated in updates_of(job):
            done = verify.ok(statement, nomad.register(updated, EnforceIndex=True, JobModifyIndex=index))
            old, index = index, done.json["JobModifyIndex"]
            nomad.evaluate(job["ID"])
            nomad.plan({**updated, "Priority": 99})
            for wrong in (old, index - 1, index + 1):
                verify.equal(
                    statement,
                    failed := nomad.register(updated, EnforceIndex=True, JobModifyIndex=wrong),
                    failed.status,
                    500,
                )
            found = nomad.job(job["ID"])
            created = created or index
            verify.equal("job.register.update-keeps-create-index", found, found.json["CreateIndex"], created)
        nomad.deregister(job["ID"])
        nomad.own.forget(job["ID"])
        again = nomad.register(job)
        found = nomad.job(job["ID"])
        verify.equal("job.deregister.new-create-index", found, found.json["CreateIndex"], again.json["JobModifyIndex"])
        index = again.json["JobModifyIndex"]
        nomad.deregister(job["ID"])
        nomad.own.forget(job["ID"])


@states("job.evaluate.refuses", "job.evaluate.creates-evaluation")
def test_what_was_can_not_be_evaluated(nomad: Nomad, factory: JobFactory) -> None:
    """A removed job can't be evaluated, however often it was before; a job registered again can."""
    job = factory.idle(nomad.new_id())
    for _ in range(2):
        for updated in updates_of(job):
            nomad.register(updated)
            verify.ok("job.evaluate.creates-evaluation", nomad.evaluate(job["ID"]))
        nomad.deregister(job["ID"])
        nomad.own.forget(job["ID"])
        verify.refused("job.evaluate.refuses", nomad.evaluate(job["ID"]), 500, "job not found")
