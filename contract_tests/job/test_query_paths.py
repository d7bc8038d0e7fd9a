"""GET and PUT /v1/job/<ID>: IDs that look like operations or are long; request headers without a meaning."""

from urllib.parse import quote

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import SUFFIXES
from contract_tests.statements import states
from contract_tests.suite import verify

TAILS = [
    "-summary",
    "summary",
    "-allocations",
    ".evaluations",
    "_plan",
    "dispatch",
    "xevaluate",
    "/periodic",
    "/force",
    "/periodic/forced",
    "/Summary",
    "/ALLOCATIONS",
    "/Evaluations",
    "/summaries",
    "/summary/of-what",
    "/allocations/a/b",
    "/plan/b",
    "/dispatch-1795460619-a2070802",
    "/periodic-1795460619",
    "-" + 30 * "0123456789",
]
"""Ends of IDs that are no operation."""


@states("job.query.looks-like-an-operation")
@pytest.mark.parametrize("tail", TAILS)
def test_an_id_that_looks_like_an_operation(nomad: Nomad, factory: JobFactory, tail: str) -> None:
    """Only the exact word of an operation, behind a slash and at the end, is one; anything else belongs to the ID."""
    statement = "job.query.looks-like-an-operation"
    job = factory.service(nomad.new_id() + tail, Priority=71)  # which is not over before it is deregistered
    for reply in (nomad.job(job["ID"]), nomad.summary(job["ID"])):
        verify.refused(statement, reply, 404, "job not found")
    done = verify.ok(statement, nomad.register(job))
    for method in ("PUT", "POST"):
        verify.ok(statement, nomad.plan(job, method=method))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.equal(statement, found, (found.json["ID"], found.json["Priority"]), (job["ID"], 71))
    summary = verify.ok(statement, nomad.summary(job["ID"]))
    verify.equal(statement, summary, summary.json["JobID"], job["ID"])
    evaluations = verify.ok(statement, nomad.evaluations(job["ID"]))
    told = [one["ID"] for one in evaluations.json if not one["PreviousEval"]]
    verify.equal(statement, evaluations, told, [done.json["EvalID"]])
    verify.ok(statement, nomad.evaluate(job["ID"]))
    verify.ok(statement, nomad.deregister(job["ID"]))
    verify.ended(statement, nomad.job(job["ID"]))


@states("job.query.looks-like-an-operation")
@pytest.mark.parametrize("tail", ["/summary/", "/evaluations/", "/allocations/", "/plan/", "/periodic/force/"])
def test_a_slash_behind_an_operation(nomad: Nomad, factory: JobFactory, tail: str) -> None:
    """With a slash behind it, an operation is the end of an ID instead."""
    statement = "job.query.looks-like-an-operation"
    job = factory.idle(nomad.new_id() + tail)
    verify.refused(statement, nomad.job(job["ID"]), 404, "job not found")
    verify.ok(statement, nomad.register(job))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.equal(statement, found, found.json["ID"], job["ID"])


@states("job.query.id-with-slash")
def test_escapes_of_a_path_may_be_small(nomad: Nomad, factory: JobFactory) -> None:
    """Hexadecimal digits of an escape may be capitals or not, and letters that need no escape may have one."""
    statement = "job.query.id-with-slash"
    job = factory.idle(nomad.new_id() + "/\u00e9/b")
    nomad.register(job)
    nomad.settle(job["ID"])
    whole = "".join(f"%{byte:02x}" for byte in job["ID"].encode())
    for path in (quote(job["ID"], safe="").lower(), whole, whole.upper()):
        for read in ("query", "summary", "evaluations"):
            plain = nomad.read(read, job["ID"])
            found = verify.ok(statement, nomad.send(read, "GET", f"/v1/job/{path}{SUFFIXES[read]}"))
            verify.equal(statement, found, found.json, plain.json)


@states("job.query.near-miss")
def test_an_id_that_nearly_matches_is_missing(nomad: Nomad, factory: JobFactory) -> None:
    """An ID that is cut, prolonged, in another Unicode form or with white space is that of no job, on every read."""
    statement = "job.query.near-miss"
    job = factory.idle(f"{nomad.new_id('near')}-\u00e9k")
    nomad.register(job)
    job_id = job["ID"]
    spellings = (job_id[:-1], f"{job_id}x", f" {job_id}", f"{job_id} ", f"{job_id}\t", f"{job_id}\u200b", f"{job_id}*")
    endings = [f"{job_id}{end}" for end in (".json", ".xml", ".gz", ";x=1", ".")]
    letters = [job_id.replace(old, new) for old, new in (("\u00e9", "e\u0301"), ("\u00e9", "e"), ("-", "_"))]
    for near in (*spellings, *endings, *letters):
        for read in ("query", "summary"):
            verify.missing(statement, nomad.read(read, near))
        found = nomad.read("allocations", near)
        verify.equal(statement, found, found.ok and found.json, [])
