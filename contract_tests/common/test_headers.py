"""The headers of requests and replies: which replies have which, and which request headers are ignored."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import READS, SUFFIXES
from contract_tests.statements import states
from contract_tests.suite import verify


@states(
    "common.headers.index-on-writes",
    "common.headers.writes-say-no-leader",
    "common.headers.none-on-errors",
    "common.headers.vary",
    "common.headers.known-leader",
    "common.headers.last-contact",
    "common.headers.json-content-type",
)
def test_headers_of_every_operation(nomad: Nomad, factory: JobFactory) -> None:
    """Every reply has the headers of its kind (the client checks each exchange; this test makes one of each)."""
    plain, parent = factory.idle(nomad.new_id()), factory.parameterized(nomad.new_id())
    periodic = factory.periodic(nomad.new_id())
    done = [nomad.register(job) for job in (plain, parent, periodic)]
    done += [nomad.evaluate(plain["ID"]), nomad.plan(plain), nomad.dispatch(parent["ID"], meta={"need": "x"})]
    done += [nomad.force(periodic["ID"])]
    done += [nomad.read(read, plain["ID"]) for read in ("query", "allocations", "evaluations", "summary")]
    done += [nomad.deregister(job["ID"]) for job in (plain, parent, periodic)]
    for one in done:
        verify.ok("common.headers.index-on-writes", one)
        assert one.index >= 0
    nomad.job(plain["ID"])
    nomad.evaluate(plain["ID"])
    nomad.act("plan", plain["ID"], b"{")


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
def test_headers_that_mean_nothing(nomad: Nomad, factory: JobFactory, name: str) -> None:
    """Conditions, ranges and preferences of a request are ignored: the reply is whole, and JSON."""
    statement = "common.headers.others-ignored"
    job = factory.idle(nomad.new_id())
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
def test_nothing_is_said_to_caches(nomad: Nomad, factory: JobFactory) -> None:
    """A reply has no header for caches, ranges or cookies."""
    statement = "common.headers.none-of-caches"
    job = factory.idle(nomad.new_id())
    replies = [nomad.register(job), nomad.plan(job), *[nomad.read(read, job["ID"]) for read in READS]]
    replies += [nomad.job(nomad.new_id()), nomad.deregister(job["ID"])]
    for reply in replies:
        told = {"ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Set-Cookie", "Age", "Expires"}
        shown = sorted(name for name in told if name in reply.reply_headers)
        verify.equal(statement, reply, shown, [])
