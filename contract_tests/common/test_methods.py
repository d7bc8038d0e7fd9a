"""Methods: which ones each path accepts."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import SUFFIXES
from contract_tests.oracle import shapes
from contract_tests.statements import states
from contract_tests.suite import verify

WRONG = [
    *[(read, method) for read in ("allocations", "evaluations") for method in ("PUT", "POST", "DELETE", "PATCH")],
    *[(write, method) for write in ("dispatch", "evaluate", "plan", "force") for method in ("GET", "DELETE", "PATCH")],
    *[("query", method) for method in ("PATCH", "OPTIONS", "FOO")],
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
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "FOO"])
def test_a_summary_takes_any_method(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """A summary is answered whatever the method is."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    plain = nomad.summary(job["ID"])
    done = nomad.send("summary", method, f"/v1/job/{job['ID']}/summary")
    verify.equal("common.methods.summary-takes-any", done, done.ok and done.json, plain.json)
    verify.ok("common.methods.summary-takes-any", nomad.job(job["ID"]))


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
