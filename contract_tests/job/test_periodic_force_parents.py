"""PUT and POST /v1/job/<ID>/periodic/force: parents that were updated, spelled otherwise, or launched twice at once."""

import re
from typing import Any

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.waiting import told_time
from contract_tests.job.test_evaluations import by_id
from contract_tests.job.test_periodic_force import launched, listed_children, only_child
from contract_tests.job.test_register_verbatim import several
from contract_tests.oracle import shapes
from contract_tests.oracle.readback import differences
from contract_tests.statements import states
from contract_tests.suite import verify

OFF = "failed: can't force run non-tracked job"


@states("job.periodic-force.as-it-is-now")
def test_what_is_launched_is_the_job_as_it_is_now(nomad: Nomad, factory: JobFactory) -> None:
    """After an update the new version is launched, and none while its launches are off."""
    statement = "job.periodic-force.as-it-is-now"
    job = factory.periodic(nomad.new_id(), Priority=41)
    nomad.register(job)
    off = {**job["Periodic"], "Enabled": False}
    nomad.register({**job, "Periodic": off})
    text = f'force launch for job "{job["ID"]}" {OFF} {job["ID"]}'
    verify.refused(statement, nomad.force(job["ID"]), 500, text)
    nomad.register({**job, "Priority": 42, "Meta": {"new": "1"}})
    child = launched(nomad, job["ID"], verify.ok(statement, nomad.force(job["ID"])))
    verify.equal(statement, child, (child.json["Priority"], child.json["Meta"]), (42, {"new": "1"}))
    evaluations = nomad.evaluations(child.json["ID"])
    verify.equal(statement, evaluations, {one["Priority"] for one in evaluations.json}, {42})
    plain = {name: value for name, value in job.items() if name != "Periodic"}
    nomad.register(plain)
    verify.refused(statement, nomad.force(job["ID"]), 500, "can't force launch non-periodic job")
    nomad.deregister(job["ID"])
    verify.refused(statement, nomad.force(job["ID"]), 500, "job not found")


@states("job.periodic-force.spelling")
def test_a_parent_in_another_spelling(nomad: Nomad, factory: JobFactory) -> None:
    """A periodic job is launched whatever the case of its ID in the URL, as a child of its stored ID."""
    statement = "job.periodic-force.spelling"
    job = factory.periodic(nomad.new_id("SpelleD") + "/a")
    nomad.register(job)
    done = verify.ok(statement, nomad.force(job["ID"].replace("SpelleD", "spelled")))
    child = launched(nomad, job["ID"], done)
    well = re.fullmatch(re.escape(job["ID"]) + r"/periodic-\d+", child.json["ID"]) is not None
    verify.that(statement, child, well, f"{job['ID']}/periodic-…", child.json["ID"])
    verify.equal(statement, child, child.json["ParentID"], job["ID"])
    summary = nomad.summary(child.json["ID"])
    verify.equal(statement, summary, summary.ok and summary.json["JobID"], child.json["ID"])


@states("job.periodic-force.same-second")
def test_several_launches_within_a_second(nomad: Nomad, factory: JobFactory) -> None:
    """Launches of one second are one child, registered again: as many evaluations as launches, no more children."""
    statement = "job.periodic-force.same-second"
    job = factory.periodic(nomad.new_id())
    nomad.register(job)
    made = [verify.ok(statement, nomad.force(job["ID"])) for _ in range(6)]
    found, listed = listed_children(nomad, job["ID"])
    verify.that(statement, found, bool(listed), "children that are listed by the beginning of their IDs", listed)
    seconds = {int(end) for one in listed if (end := one.rpartition("-")[2]).isdecimal() and len(end) < 20}
    now = told_time(made[-1]).timestamp()
    verify.that(statement, made[-1], max(seconds, default=0) <= now + 1, f"seconds up to now, {now:.0f}", listed)
    for child_id in listed:
        nomad.settle(child_id)
    found = nomad.evaluations(job["ID"])
    for one in made:
        by_id(found, statement, one.json["EvalID"])
    summary = nomad.summary(job["ID"])
    verify.equal(statement, summary, shapes.counted("Children", summary.json["Children"]), len(listed))


@states("job.periodic-force.waits")
def test_a_launch_that_cannot_be_placed_waits(nomad: Nomad, factory: JobFactory) -> None:
    """A launch that cannot be placed waits in an evaluation with its trigger, priority and type."""
    statement = "job.periodic-force.waits"
    job = factory.periodic(nomad.new_id(), Priority=77)
    nomad.register(job)
    done = verify.ok(statement, nomad.force(job["ID"]))
    child = only_child(nomad, statement, job["ID"])
    nomad.settle(child)
    found = nomad.evaluations(child)
    expected: dict[str, Any] = {"TriggeredBy": "periodic-job", "Priority": 77, "Type": "batch"}
    for one in found.json:
        verify.equal(statement, found, {name: one[name] for name in expected}, expected)
    first = by_id(found, statement, done.json["EvalID"])
    statuses = (first["Status"], by_id(found, statement, first["BlockedEval"])["Status"])
    verify.equal(statement, found, statuses, ("complete", "blocked"))


@states("job.periodic-force.child")
def test_an_instance_has_every_member_of_its_parent(nomad: Nomad, factory: JobFactory) -> None:
    """Of lists and maps with three and more members, at every level, an instance has each one in its place."""
    statement = "job.periodic-force.child"
    job = several(nomad.new_id(), factory)
    verify.ok(statement, nomad.register(job))
    stored = verify.ok(statement, nomad.job(job["ID"])).json
    child = launched(nomad, job["ID"], nomad.force(job["ID"]))
    copied = ("Constraints", "Datacenters", "Meta", "StatusDescription", "TaskGroups", "Update")
    verify.alike(statement, child, differences({name: stored[name] for name in copied}, child.json))
