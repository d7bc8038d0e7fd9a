"""PUT and POST /v1/job/<ID>/periodic/force: launching a periodic job now."""

import re

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import Query
from contract_tests.job.test_evaluations import verify_alone
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.suite import verify


def children(nomad: Nomad, parent_id: str) -> list[str]:
    """Return the IDs of the launched children, and have them deregistered later."""
    return listed_children(nomad, parent_id)[1]


def listed_children(nomad: Nomad, parent_id: str, query: Query | None = None) -> tuple[Exchange, list[str]]:
    """Return a list that tells of the launched children, and the IDs of these as ``children`` does.

    0.5.4 lists the evaluations of all jobs whose IDs begin alike; where a server tells those of the whole ID only, the
    list is that of the jobs.
    """
    start = f"{parent_id}/periodic-"
    found = nomad.evaluations(start, query)
    told = [one["JobID"] for one in found.json]
    if (
        not told
        and (jobs := nomad.companion("/v1/jobs", {**(query or {}), "prefix": start})).ok
        and isinstance(jobs.json, list)
    ):
        found, told = jobs, [one["ID"] for one in jobs.json]
    listed = sorted({one for one in told if one.startswith(start)})
    nomad.own.claim(*listed)
    return found, listed


def only_child(nomad: Nomad, statement: str, parent_id: str) -> str:
    """Return the ID of the one child that a launch made; a violation of the statement when it is not one."""
    found, listed = listed_children(nomad, parent_id)
    verify.that(statement, found, len(listed) == 1, "evaluations of one child", listed)
    return listed[0]


def launched(nomad: Nomad, parent_id: str, done: Exchange) -> Exchange:
    """Return the query of the child that a force launched; a missing child is a violation."""
    verify.ok("job.periodic-force.launches", done)
    listed = children(nomad, parent_id)
    verify.that("job.periodic-force.launches", done, bool(listed), f"a job {parent_id}/periodic-…", listed)
    return verify.ok("job.periodic-force.launches", nomad.job(listed[-1]))


@states(
    "job.periodic-force.reply-is-json",
    "job.periodic-force.reply-has-documented-fields",
    "job.periodic-force.reply-has-observed-fields",
    "job.periodic-force.launches",
    "job.periodic-force.evaluation-is-readable",
    "job.periodic-force.child",
    "job.periodic-force.reply-index",
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("prohibit", [False, True])
def test_it_launches_an_instance(nomad: Nomad, factory: JobFactory, method: str, prohibit: bool) -> None:
    """A child job is launched with its evaluation, as a copy of the parent that is periodic no more."""
    rules = {"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", "ProhibitOverlap": prohibit}
    job = factory.periodic(nomad.new_id(), Periodic=rules, Meta={"a": "b"}, Priority=52)
    nomad.register(job)
    done = nomad.force(job["ID"], method=method)
    child = launched(nomad, job["ID"], done)
    reply, child_id = done.json, child.json["ID"]
    evaluations = nomad.evaluations(child_id)
    found = {e["ID"]: e for e in evaluations.json}
    statement = "job.periodic-force.evaluation-is-readable"
    verify.that(statement, evaluations, reply["EvalID"] in found, reply["EvalID"], sorted(found))
    evaluation = found[reply["EvalID"]]
    shown = (evaluation["JobID"], evaluation["CreateIndex"])
    verify.equal(statement, evaluations, shown, (child_id, reply["EvalCreateIndex"]))
    statement = "job.periodic-force.child"
    verify.equal(statement, evaluations, evaluation["TriggeredBy"], "periodic-job")
    verify_alone(statement, evaluations, evaluation)
    well = re.fullmatch(r"periodic-\d{10}", child_id.removeprefix(f"{job['ID']}/")) is not None
    verify.that(statement, child, well, "periodic-<seconds>", child_id)
    expected = {**readback(job), "ID": child_id, "Name": child_id, "ParentID": job["ID"], "Periodic": None}
    verify.alike(statement, child, differences(expected, child.json))
    index = reply["EvalCreateIndex"]
    verify.equal("job.periodic-force.reply-index", done, (reply["Index"], done.index), (index, index))
    verify.equal("job.periodic-force.reply-index", done, sorted(reply), ["EvalCreateIndex", "EvalID", "Index"])


@states("job.periodic-force.ignores-overlap")
def test_it_launches_despite_prohibit_overlap(nomad: Nomad, factory: JobFactory) -> None:
    """A job that prohibits overlap is launched even while an instance of it is still open."""
    rules = {"Enabled": True, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", "ProhibitOverlap": True}
    job = factory.periodic(nomad.new_id(), Periodic=rules)
    nomad.register(job)
    first = verify.ok("job.periodic-force.launches", nomad.force(job["ID"]))
    nomad.settle(launched(nomad, job["ID"], first).json["ID"])
    second = nomad.force(job["ID"])
    statement = "job.periodic-force.ignores-overlap"
    verify.ok(statement, second)
    new = second.json["EvalID"] not in ("", first.json["EvalID"])
    verify.that(statement, second, new, "another evaluation", second.json["EvalID"])
    listed = children(nomad, job["ID"])
    found = nomad.evaluations(listed[-1] if listed else job["ID"])
    ids = {e["ID"] for e in found.json}
    verify.that(statement, found, second.json["EvalID"] in ids, second.json["EvalID"], sorted(ids))


@states("job.periodic-force.refuses")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_cannot_be_forced(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """A missing job, one that is not periodic and one that is disabled are refused, and nothing is launched."""
    statement = "job.periodic-force.refuses"
    verify.refused(statement, nomad.force(nomad.new_id(), method=method), 500, "job not found")
    disabled = {"Enabled": False, "Spec": "0 0 1 1 * 2099", "SpecType": "cron", "ProhibitOverlap": False}
    off = factory.periodic(nomad.new_id(), Periodic=disabled)
    for job in (factory.idle(nomad.new_id()), factory.parameterized(nomad.new_id())):
        nomad.register(job)
        text = "can't force launch non-periodic job"
        verify.refused(statement, nomad.force(job["ID"], method=method), 500, text)
    nomad.register(off)
    text = f'force launch for job "{off["ID"]}" failed: can\'t force run non-tracked job {off["ID"]}'
    verify.refused(statement, nomad.force(off["ID"], method=method), 500, text)
    verify.equal(statement, nomad.job(off["ID"]), children(nomad, off["ID"]), [])


@states("job.periodic-force.body-is-ignored")
def test_its_body_is_ignored(nomad: Nomad, factory: JobFactory) -> None:
    """Whatever the body is, the job in the URL is launched."""
    job = factory.periodic(nomad.new_id())
    nomad.register(job)
    for body in (b"", b"nonsense", b'{"JobID": "other"}'):
        verify.ok("job.periodic-force.body-is-ignored", nomad.act("force", job["ID"], body))
    children(nomad, job["ID"])


@states("job.periodic-force.counts-as-child")
def test_the_parent_counts_its_child(nomad: Nomad, factory: JobFactory) -> None:
    """The launched child is counted in the parent's summary; the parent itself does not change."""
    job = factory.periodic(nomad.new_id())
    nomad.register(job)
    before = nomad.job(job["ID"]).json
    nomad.settle(launched(nomad, job["ID"], nomad.force(job["ID"])).json["ID"])
    found = nomad.summary(job["ID"])
    statement = "job.periodic-force.counts-as-child"
    verify.equal(statement, found, found.json["Children"], {"Dead": 0, "Pending": 1, "Running": 0})
    after = nomad.job(job["ID"])
    verify.equal(statement, after, after.json, before)
