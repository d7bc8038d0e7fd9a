"""GET /v1/job/<ID>: the status of jobs with a history, relatives, or neighbours of a similar name."""

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.job.test_periodic_force import children, only_child
from contract_tests.statements import states
from contract_tests.suite import verify


def status_is(nomad: Nomad, statement: str, job_id: str, expected: str) -> None:
    """Require the status of a job, once it has stopped moving."""
    nomad.settle(job_id)
    found = nomad.job(job_id)
    verify.equal(statement, found, found.ok and found.json["Status"], expected)


@states("job.query.status-of-parents")
def test_a_parent_goes_by_its_children_when_it_is_registered_again(nomad: Nomad, factory: JobFactory) -> None:
    """Registered again, a parent is pending while a child waits, then dead; it can still be dispatched."""
    statement = "job.query.status-of-parents"
    job = factory.parameterized(nomad.new_id())
    nomad.register(job)
    child = nomad.dispatch(job["ID"], meta={"need": "x"}).json["DispatchedJobID"]
    nomad.settle(child)
    status_is(nomad, statement, job["ID"], "running")
    nomad.register(job)
    status_is(nomad, statement, job["ID"], "pending")
    nomad.deregister(child)
    nomad.settle(child)
    status_is(nomad, statement, job["ID"], "pending")
    nomad.register(job)
    status_is(nomad, statement, job["ID"], "dead")
    verify.ok(statement, nomad.dispatch(job["ID"], meta={"need": "x"}))
    status_is(nomad, statement, job["ID"], "dead")


@states("job.query.status-of-parents")
def test_a_periodic_job_goes_by_its_children_when_it_is_registered_again(nomad: Nomad, factory: JobFactory) -> None:
    """A dead periodic job can be forced; registered again, it is dead from the start."""
    statement = "job.query.status-of-parents"
    job = factory.periodic(nomad.new_id())
    nomad.register(job)
    verify.ok(statement, nomad.force(job["ID"]))
    child_id = only_child(nomad, statement, job["ID"])
    nomad.settle(child_id)
    nomad.register(job)
    status_is(nomad, statement, job["ID"], "pending")
    nomad.deregister(child_id)
    nomad.settle(child_id)
    nomad.register(job)
    status_is(nomad, statement, job["ID"], "dead")
    verify.ok(statement, nomad.force(job["ID"]))
    for launched in children(nomad, job["ID"]):
        nomad.settle(launched)
        nomad.deregister(launched)
        nomad.settle(launched)
    nomad.deregister(job["ID"])
    nomad.register(job)
    status_is(nomad, statement, job["ID"], "dead")


@states("job.query.status")
def test_a_disabled_periodic_job_is_running(nomad: Nomad, factory: JobFactory) -> None:
    """A periodic job is running whether its launches are enabled or not."""
    job = factory.periodic(nomad.new_id())
    job["Periodic"]["Enabled"] = False
    nomad.register(job)
    status_is(nomad, "job.query.status", job["ID"], "running")


@states("job.query.status-by-prefix")
def test_a_job_is_pending_while_one_of_a_longer_id_waits(nomad: Nomad, factory: JobFactory) -> None:
    """With nothing to do of its own it is pending as long as a job waits whose ID begins with its own."""
    statement = "job.query.status-by-prefix"
    job = factory.idle(nomad.new_id())
    longer = factory.service(f"{job['ID']}-and-more")
    nomad.register(longer)
    nomad.settle(longer["ID"])
    nomad.register(job)
    status_is(nomad, statement, job["ID"], "pending")
    nomad.deregister(longer["ID"])
    nomad.settle(longer["ID"])
    nomad.evaluate(job["ID"])
    status_is(nomad, statement, job["ID"], "dead")
