"""The form of every reply, for rare names, characters, methods and jobs."""

import json

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import SUFFIXES
from contract_tests.statements import states
from contract_tests.suite import verify


@states("common.replies.html-escaped")
def test_only_what_has_to_be_is_escaped(nomad: Nomad, factory: JobFactory) -> None:
    """Names of maps are escaped as values are; besides control characters and separators nothing else is."""
    statement = "common.replies.html-escaped"
    job = factory.idle(nomad.new_id(), Meta={"<a&b>\u2028": "\u2029\x7f\U0001f980\u00e9/'"})
    verify.ok(statement, nomad.register(job))
    found = nomad.job(job["ID"])
    written = '{"\\u003ca\\u0026b\\u003e\\u2028":"\\u2029\x7f\U0001f980\u00e9/\'"}'
    verify.that(statement, found, written in found.text, written, found.text[:1000])


@states("common.methods.summary-takes-any")
@pytest.mark.parametrize("method", ["HEAD", "PUT", "POST", "DELETE", "PATCH"])
def test_a_summary_takes_any_method_with_a_body(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """Whatever the method and the body, a summary is read and the job stays as it is."""
    statement = "common.methods.summary-takes-any"
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    before = nomad.job(job["ID"]).json
    body = None if method == "HEAD" else b'{"Job": null'
    found = nomad.send("summary", method, f"/v1/job/{job['ID']}/summary", body=body)
    verify.equal(statement, found, found.status, 200)
    verify.equal(statement, found, found.index, nomad.summary(job["ID"]).index)
    after = nomad.job(job["ID"])
    verify.equal(statement, after, after.ok and after.json, before)


@states("job.query.id-percent-decoded")
@pytest.mark.parametrize("tail", ["a+b", "+", "a%2Bb", "a;b", "a@b:c", "\u00e9", "-" + 200 * "0123456789"])
def test_odd_ids_before_an_operation(nomad: Nomad, factory: JobFactory, tail: str) -> None:
    """An ID means the same before an operation as alone, and may be as long."""
    statement = "job.query.id-percent-decoded"
    job = factory.service(nomad.new_id() + tail)  # which is not over before it is deregistered
    index = verify.ok(statement, nomad.register(job)).json["JobModifyIndex"]
    place = f"/v1/job/{job['ID'].replace('%', '%25')}"
    for read in ("query", "summary"):
        found = verify.ok(statement, nomad.send(read, "GET", place + SUFFIXES[read]))
        verify.equal(statement, found, found.json.get("JobID", found.json.get("ID")), job["ID"])
    done = verify.ok(statement, nomad.send("evaluate", "PUT", f"{place}/evaluate"))
    found = verify.ok(statement, nomad.send("evaluations", "GET", f"{place}/evaluations"))
    ids = [one["ID"] for one in found.json]
    verify.that(statement, found, done.json["EvalID"] in ids, done.json["EvalID"], ids)
    planned = verify.ok(statement, nomad.send("plan", "PUT", f"{place}/plan", body={"Job": job}))
    verify.equal(statement, planned, planned.json["JobModifyIndex"], index)
    verify.ok(statement, nomad.send("deregister", "DELETE", place))
    verify.ended(statement, nomad.job(job["ID"]))


@states("common.errors.lenient-decoding")
@pytest.mark.parametrize(
    ("sent", "meant"), [(r"\ud800", "\ufffd"), (r"x\udc00y", "x\ufffdy"), (r"\ud83e\udd80", "\U0001f980")]
)
def test_halves_of_pairs(nomad: Nomad, factory: JobFactory, sent: str, meant: str) -> None:
    """Half of a surrogate pair becomes the replacement character; both halves become their character."""
    statement = "common.errors.lenient-decoding"
    job = factory.idle(nomad.new_id(), Name="to be replaced")
    body = json.dumps({"Job": job}).replace("to be replaced", sent)
    nomad.own.claim(job["ID"])
    verify.ok(statement, nomad.act("register", job["ID"], body.encode()))
    found = nomad.job(job["ID"])
    verify.equal(statement, found, found.json["Name"], meant)


@states("common.replies.first-value")
@pytest.mark.parametrize("read", ["query", "summary", "evaluations", "allocations"])
def test_the_first_value_counts(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Of several values of a parameter the first counts; values are percent-decoded, names are as documented."""
    job = factory.service(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    target = f"/v1/job/{job['ID']}{SUFFIXES[read]}"
    statement = "common.replies.first-value"
    plain = nomad.send(read, "GET", target)
    beyond = plain.index + 10**6
    at_once = [
        f"region={factory.region}&region=nomad-contract-none",
        f"region={''.join(f'%{byte:02x}' for byte in factory.region.encode())}",
        "index=0&index=9999999&wait=9s",
        f"Index={beyond}&Wait=9s&INDEX={beyond}",
        "pretty=0&pretty=1",
        "PRETTY&Pretty=1",
        "&&=&=x&",
    ]
    for query in at_once:
        found = verify.ok(statement, nomad.send(read, "GET", f"{target}?{query}"))
        compact = "\n" not in found.text.rstrip("\n")
        same = found.json == plain.json and compact and found.seconds < 5
        verify.that(statement, found, same, "the same at once", f"{found.seconds:.2f} s {found.text[:300]}")
    found = nomad.send(read, "GET", f"{target}?pretty=1&pretty=0")
    verify.that(statement, found, "\n" in found.text, "pretty output", found.text[:100])
    found = nomad.send(read, "GET", f"{target}?index={beyond}&wait=20%30ms&wait=9s&index=0")
    verify.that(statement, found, 0.198 <= found.seconds < 5, "an answer after 200ms", f"{found.seconds:.2f} s")
    refused = nomad.send(read, "GET", f"{target}?region=nomad-contract-none&region={factory.region}")
    verify.refused(statement, refused, 500, "No path to region")


@states("common.replies.malformed-parameters")
@pytest.mark.parametrize("read", ["query", "summary", "evaluations", "allocations"])
def test_malformed_parameters_are_absent(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """A parameter with a malformed escape is as good as none: no error, and no value; others stay what they are."""
    statement = "common.replies.malformed-parameters"
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    target = f"/v1/job/{job['ID']}{SUFFIXES[read]}"
    plain = nomad.send(read, "GET", target)
    for query in ("region=%zz", "region=%", "index=%zz", "wait=%2", "pretty=%zz", "%zz=1", "x=%&pretty=0"):
        found = verify.ok(statement, nomad.send(read, "GET", f"{target}?{query}"))
        verify.equal(statement, found, (found.json, "\n" in found.text), (plain.json, False))
    for query in ("pretty&x=%zz", "x=%zz&pretty", "region=%zz&pretty"):
        found = verify.ok(statement, nomad.send(read, "GET", f"{target}?{query}"))
        verify.that(statement, found, found.text.endswith("\n"), "pretty output", found.text[:100])
    refused = nomad.send(read, "GET", f"{target}?x=%zz&region=nomad-contract-none")
    verify.refused(statement, refused, 500, "No path to region")
