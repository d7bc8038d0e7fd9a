"""Methods: which ones each path accepts."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import SUFFIXES, Query
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify

WRONG = [
    *[(read, method) for read in ("allocations", "evaluations") for method in ("PUT", "POST", "DELETE", "PATCH")],
    *[(write, method) for write in ("dispatch", "evaluate", "plan", "force") for method in ("GET", "DELETE", "PATCH")],
    *[("query", method) for method in ("PATCH", "OPTIONS", "FOO")],
    *[("query", "get"), ("query", "Delete"), ("plan", "Post"), ("evaluate", "put"), ("allocations", "get")],
    *[(every, "OPTIONS") for every in ("allocations", "evaluations", "dispatch", "evaluate", "plan", "force")],
]


@states("common.methods.wrong-method")
@pytest.mark.parametrize(("operation", "method"), WRONG)
def test_a_wrong_method_is_refused(nomad: Nomad, factory: JobFactory, operation: str, method: str) -> None:
    """A wrong method gets 405 before anything is read, and changes nothing."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    before = nomad.job(job["ID"]).json
    target = f"/v1/job/{job['ID']}{SUFFIXES[operation]}"
    done = nomad.send(operation, method, target, body=b"nonsense", query={"wait": "abc"})
    verify.refused("common.methods.wrong-method", done, 405, "Invalid method")
    verify.equal("common.methods.wrong-method", done, done.reply_headers.get("Allow"), None)
    after = nomad.job(job["ID"])
    verify.equal("common.methods.wrong-method", after, after.json, before)


@states("common.methods.head")
@pytest.mark.parametrize("operation", ["query", "allocations", "evaluations", "plan"])
def test_head_is_no_method(nomad: Nomad, factory: JobFactory, operation: str) -> None:
    """HEAD is refused, without a body."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    done = nomad.send(operation, "HEAD", f"/v1/job/{job['ID']}{SUFFIXES[operation]}")
    verify.equal("common.methods.head", done, (done.status, done.text), (405, ""))


@states("common.methods.summary-takes-any")
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO", "get"])
def test_a_summary_takes_any_method(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """A summary is answered whatever the method is, and waited for."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    plain = nomad.summary(job["ID"])
    statement = "common.methods.summary-takes-any"
    queries: tuple[Query, ...] = ({}, {"index": plain.index, "wait": "100ms"})
    for query in queries:
        done = nomad.send("summary", method, f"/v1/job/{job['ID']}/summary", query=query)
        verify.equal(statement, done, done.ok and (done.json, done.index), (plain.json, plain.index))
    verify.that(statement, done, done.seconds >= 0.099, "no answer before 100ms", f"{done.seconds:.2f} s")
    verify.ok(statement, nomad.job(job["ID"]))


@states("common.methods.summary-takes-any")
def test_the_head_of_a_summary(nomad: Nomad, factory: JobFactory) -> None:
    """HEAD of a summary has the status and the headers of the summary, or of its absence, and no body."""
    job = factory.idle(nomad.new_id())
    for registered in (False, True):
        if registered:
            nomad.register(job)
            nomad.settle(job["ID"])
        plain = nomad.summary(job["ID"])
        done = nomad.send("summary", "HEAD", f"/v1/job/{job['ID']}/summary")
        names = ("Content-Type", "X-Nomad-KnownLeader", "X-Nomad-LastContact")
        shown, wanted = ([one.status, *(one.reply_headers.get(name) for name in names)] for one in (done, plain))
        verify.equal("common.methods.summary-takes-any", done, (shown, done.text), (wanted, ""))
        index = (done.index or 0) >= (plain.index or 0)
        verify.that("common.methods.summary-takes-any", done, index, f"at least {plain.index}", done.index)


WRITTEN = ("Registered", "Registered", "Registered", "Evaluated", "Plan", "Dispatched", "Forced")
"""The kinds of the answers to the writes below."""


@states("common.methods.put-and-post", verify.UNCHANGED)
def test_put_and_post_do_the_same(nomad: Nomad, factory: JobFactory) -> None:
    """Every write is accepted with PUT and with POST and answers alike."""
    statement = "common.methods.put-and-post"
    bound, names = {}, {}
    for method in ("PUT", "POST"):
        plain, parent = factory.idle(nomad.new_id()), factory.parameterized(nomad.new_id())
        periodic = factory.periodic(nomad.new_id())
        done = [nomad.register(job, method=method) for job in (plain, parent, periodic)]
        done.append(nomad.evaluate(plain["ID"], method=method))
        done.append(nomad.plan(plain, method=method))
        done.append(nomad.dispatch(parent["ID"], meta={"need": "x"}, method=method))
        done.append(nomad.force(periodic["ID"], method=method))
        names[method] = [sorted(verify.ok(statement, one).json) for one in done]
        bound[method] = [
            (one.status, sorted(shapes.documented(kind, one.json))) for kind, one in zip(WRITTEN, done, strict=True)
        ]
    verify.equal(statement, done[0], bound["POST"], bound["PUT"])
    verify.equal(verify.UNCHANGED, done[0], names["POST"], names["PUT"])


@states("common.methods.body-of-a-read")
@pytest.mark.parametrize("read", ["query", "summary", "evaluations", "allocations"])
def test_the_body_of_a_read_is_ignored(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """The body of a read is ignored."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    target = f"/v1/job/{job['ID']}{SUFFIXES[read]}"
    plain = nomad.send(read, "GET", target)
    for body in (b"{", b'{"JobID": "other", "Region": "nomad-contract-none", "Index": 99999}'):
        found = nomad.send(read, "GET", target, body=body)
        verify.ok("common.methods.body-of-a-read", found)
        verify.equal("common.methods.body-of-a-read", found, found.json, plain.json)


@states("common.methods.body-in-chunks")
@pytest.mark.parametrize(
    "headers", [{"Transfer-Encoding": "chunked"}, {"Expect": "100-continue"}], ids=["chunks", "expect"]
)
def test_a_body_may_come_in_chunks(nomad: Nomad, factory: JobFactory, headers: dict[str, str]) -> None:
    """The body of a write may come in chunks, or be announced first."""
    job = factory.service(nomad.new_id(), Meta={"text": "x" * 50_000})
    statement = "common.methods.body-in-chunks"
    verify.ok(statement, nomad.send("register", "PUT", f"/v1/job/{job['ID']}", body={"Job": job}, headers=headers))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.equal(statement, found, found.json["Meta"], job["Meta"])
