"""What every reply looks like: its headers, the order of its fields, its escapes."""

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.suite import verify
from contract_tests.suite.statements import states


@states("common.replies.html-escaped", "common.replies.sorted-keys", "common.headers.json-content-type")
def test_markup_is_escaped(nomad: Nomad, workshop: JobFactory) -> None:
    """The characters < > & are escaped in JSON, other characters are UTF-8 as they are."""
    job = workshop.idle(nomad.new_id(), Meta={"k": "<a>&é\u2028\u2029"})
    nomad.register(job)
    found = nomad.job(job["ID"])
    raw = found.reply_body
    fits = rb"\u003ca\u003e\u0026" in raw and "é".encode() in raw and rb"\u2028\u2029" in raw
    verify.that("common.replies.html-escaped", found, fits, r"\u003ca\u003e\u0026é\u2028\u2029", found.text[:400])


@states(
    "common.headers.index-on-writes",
    "common.headers.writes-say-no-leader",
    "common.headers.none-on-errors",
    "common.headers.vary",
    "common.blocking.index-header",
    "common.errors.plain-text",
    "common.errors.bare-text",
    "common.replies.no-additions",
)
def test_headers_of_every_operation(nomad: Nomad, workshop: JobFactory) -> None:
    """Every answer has the headers of its kind: the client checks each exchange; this test makes one of each."""
    plain, parent = workshop.idle(nomad.new_id()), workshop.parameterized(nomad.new_id())
    periodic = workshop.periodic(nomad.new_id())
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
