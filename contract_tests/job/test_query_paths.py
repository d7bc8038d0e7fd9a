"""GET and PUT /v1/job/<ID>: IDs that look like operations, or are long; headers of a request that mean nothing."""

from urllib.parse import quote

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import READS, SUFFIXES, Nomad
from contract_tests.suite import verify
from contract_tests.suite.statements import states

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
"""Ends of IDs, none of which is an operation."""


@states("job.query.looks-like-an-operation")
@pytest.mark.parametrize("tail", TAILS)
def test_an_id_that_looks_like_an_operation(nomad: Nomad, workshop: JobFactory, tail: str) -> None:
    """Only the exact word of an operation, behind a slash and at the end, is one; anything else belongs to the ID."""
    statement = "job.query.looks-like-an-operation"
    job = workshop.idle(nomad.new_id() + tail, Priority=71)
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
    verify.equal(statement, evaluations, [one["ID"] for one in evaluations.json], [done.json["EvalID"]])
    verify.ok(statement, nomad.evaluate(job["ID"]))
    verify.ok(statement, nomad.deregister(job["ID"]))
    verify.missing(statement, nomad.job(job["ID"]))


@states("job.query.looks-like-an-operation")
@pytest.mark.parametrize("tail", ["/summary/", "/evaluations/", "/allocations/", "/plan/", "/periodic/force/"])
def test_a_slash_behind_an_operation(nomad: Nomad, workshop: JobFactory, tail: str) -> None:
    """With a slash behind it an operation is none, but the end of an ID."""
    statement = "job.query.looks-like-an-operation"
    job = workshop.idle(nomad.new_id() + tail)
    verify.refused(statement, nomad.job(job["ID"]), 404, "job not found")
    verify.ok(statement, nomad.register(job))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.equal(statement, found, found.json["ID"], job["ID"])


@states("job.query.id-with-slash")
def test_escapes_of_a_path_may_be_small(nomad: Nomad, workshop: JobFactory) -> None:
    """Hexadecimal digits of an escape may be capitals or not, and letters that need no escape may have one."""
    statement = "job.query.id-with-slash"
    job = workshop.idle(nomad.new_id() + "/\u00e9/b")
    nomad.register(job)
    whole = "".join(f"%{byte:02x}" for byte in job["ID"].encode())
    for path in (quote(job["ID"], safe="").lower(), whole, whole.upper()):
        for read in ("query", "summary", "evaluations"):
            plain = nomad.read(read, job["ID"])
            found = verify.ok(statement, nomad.send(read, "GET", f"/v1/job/{path}{SUFFIXES[read]}"))
            verify.equal(statement, found, found.json, plain.json)


IGNORED = {
    "If-None-Match": "*",
    "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    "If-Match": '"no"',
    "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:01 GMT",
    "Range": "bytes=0-9",
    "Origin": "http://example.com",
    "X-HTTP-Method-Override": "DELETE",
    "Accept": "text/html",
    "Accept-Charset": "utf-16",
    "Accept-Language": "de",
    "Cache-Control": "only-if-cached",
    "X-Nomad-Index": "1",
    "X-Nomad-Region": "nomad-contract-none",
    "Content-Encoding": "gzip",
    "Cookie": "a=b",
}
"""Headers of a request that mean nothing."""


@states("common.headers.others-ignored")
@pytest.mark.parametrize("name", IGNORED)
def test_headers_that_mean_nothing(nomad: Nomad, workshop: JobFactory, name: str) -> None:
    """Neither conditions nor ranges nor wishes change an answer: it is whole, and JSON; nothing else is done."""
    statement = "common.headers.others-ignored"
    job = workshop.idle(nomad.new_id())
    header = {name: IGNORED[name]}
    body = {"Job": job}
    verify.ok(statement, nomad.send("register", "PUT", f"/v1/job/{job['ID']}", body=body, headers=header))
    nomad.settle(job["ID"])
    for read in READS:
        target = f"/v1/job/{job['ID']}{SUFFIXES[read]}"
        plain = verify.ok(statement, nomad.send(read, "GET", target))
        found = nomad.send(read, "GET", target, headers=header)
        verify.equal(statement, found, found.ok and found.json, plain.json)
        kinds = [one.reply_headers.get("Content-Type") for one in (found, plain)]
        verify.equal(statement, found, kinds[0], kinds[1])


@states("common.headers.none-of-caches")
def test_nothing_is_said_to_caches(nomad: Nomad, workshop: JobFactory) -> None:
    """An answer has nothing by which it could be asked for again on a condition or in part, and sets no cookie."""
    statement = "common.headers.none-of-caches"
    job = workshop.idle(nomad.new_id())
    replies = [nomad.register(job), nomad.plan(job), *[nomad.read(read, job["ID"]) for read in READS]]
    replies += [nomad.job(nomad.new_id()), nomad.deregister(job["ID"])]
    for reply in replies:
        told = {"ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Set-Cookie", "Age", "Expires"}
        shown = sorted(name for name in told if name in reply.reply_headers)
        verify.equal(statement, reply, shown, [])
