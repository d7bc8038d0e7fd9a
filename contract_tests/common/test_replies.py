"""What every reply looks like: its headers, the order of its fields, its escapes."""

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.suite import verify


@states("common.replies.html-escaped", "common.replies.sorted-keys", "common.replies.no-additions")
def test_markup_is_escaped(nomad: Nomad, factory: JobFactory) -> None:
    """The characters < > & are escaped in JSON, other characters are UTF-8 as they are."""
    job = factory.idle(nomad.new_id(), Meta={"k": "<a>&é\u2028\u2029"})
    nomad.register(job)
    found = nomad.job(job["ID"])
    raw = found.reply_body
    fits = rb"\u003ca\u003e\u0026" in raw and "é".encode() in raw and rb"\u2028\u2029" in raw
    verify.that("common.replies.html-escaped", found, fits, r"\u003ca\u003e\u0026é\u2028\u2029", found.text[:400])
