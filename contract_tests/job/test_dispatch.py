"""PUT and POST /v1/job/<ID>/dispatch: a new instance of a parameterized job."""

import base64
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Job, Nomad
from contract_tests.common.test_errors import cannot_unmarshal
from contract_tests.job.test_evaluations import by_id, verify_alone
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.strategies import generated
from contract_tests.strategies.malformed import MALFORMED
from contract_tests.suite import profiles, verify

BODIES = st.binary(min_size=1, max_size=300) | st.integers(1, 16384).map(lambda size: b"\x00\xff" * (size // 2) or b"a")
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


def parent(nomad: Nomad, factory: JobFactory, payload: str = "optional", **members: Any) -> str:
    """Register a parameterized job and return its ID."""
    job = factory.parameterized(nomad.new_id(), payload, **members)
    verify.ok("job.register.creates", nomad.register(job))
    return str(job["ID"])


def child_of(nomad: Nomad, done: Exchange) -> Exchange:
    """Return the query of the job that a dispatch made."""
    verify.ok("job.dispatch.creates-a-job", done)
    return verify.ok("job.dispatch.creates-a-job", nomad.job(done.json["DispatchedJobID"]))


@states(
    "job.dispatch.reply-is-json",
    "job.dispatch.reply-has-documented-fields",
    "job.dispatch.creates-a-job",
    "job.dispatch.id-begins-with-parent",
    "job.dispatch.id-form",
    "job.dispatch.job-create-index",
    "job.dispatch.evaluation-is-readable",
    "job.dispatch.reply-index",
    "job.dispatch.child-knows-parent",
    "job.dispatch.evaluation-describes-the-child",
    "job.dispatch.carries-payload",
    "job.dispatch.carries-meta",
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_dispatch_creates_a_job(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """The reply names a new job, with what was given, and its evaluation, both readable, with the indexes it tells."""
    parent_id = parent(nomad, factory)
    done = nomad.dispatch(parent_id, payload=b"hi", meta={"need": "x", "may": ""}, method=method)
    child = child_of(nomad, done)
    reply, child_id = done.json, done.json["DispatchedJobID"]
    statement = "job.dispatch.id-begins-with-parent"
    verify.that(statement, done, child_id.startswith(f"{parent_id}/dispatch-"), f"{parent_id}/dispatch-…", child_id)
    well = re.fullmatch(r"dispatch-\d{10}-[0-9a-f]{8}", child_id.removeprefix(f"{parent_id}/")) is not None
    verify.that("job.dispatch.id-form", done, well, "dispatch-<seconds>-<8 hex>", child_id)
    verify.equal("job.dispatch.creates-a-job", child, child.json["ID"], child_id)
    verify.equal("job.dispatch.job-create-index", child, child.json["CreateIndex"], reply["JobCreateIndex"])
    found = nomad.evaluations(child_id)
    evaluation = by_id(found, "job.dispatch.evaluation-is-readable", reply["EvalID"])
    indexes = (evaluation["CreateIndex"], evaluation["JobModifyIndex"])
    expected = (reply["EvalCreateIndex"], reply["JobCreateIndex"])
    verify.equal("job.dispatch.evaluation-is-readable", found, indexes, expected)
    described = (evaluation["JobID"], evaluation["Type"], evaluation["Priority"], evaluation["TriggeredBy"])
    verify.equal(
        "job.dispatch.evaluation-describes-the-child", found, described, (child_id, "batch", 50, "job-register")
    )
    verify_alone("job.dispatch.evaluation-describes-the-child", found, evaluation)
    shown = (reply["Index"], done.index, reply["KnownLeader"], reply["LastContact"])
    verify.equal("job.dispatch.reply-index", done, shown, (reply["EvalCreateIndex"],) * 2 + (False, 0))
    known = (child.json["ParentID"], child.json["Name"], child.json["ParameterizedJob"])
    verify.equal("job.dispatch.child-knows-parent", child, known, (parent_id, child_id, None))
    verify.equal("job.dispatch.carries-payload", child, child.json["Payload"], "aGk=")
    verify.equal("job.dispatch.carries-meta", child, child.json["Meta"], {"need": "x", "may": ""})


@states("job.dispatch.each-is-another-job")
def test_every_dispatch_makes_another_job(nomad: Nomad, factory: JobFactory) -> None:
    """Dispatching several times makes as many jobs."""
    parent_id = parent(nomad, factory)
    made = [nomad.dispatch(parent_id, meta={"need": str(number)}) for number in range(4)]
    ids = {done.json["DispatchedJobID"] for done in made}
    verify.equal("job.dispatch.each-is-another-job", made[-1], len(ids), 4)
    for number, done in enumerate(made):
        child = child_of(nomad, done)
        verify.equal("job.dispatch.each-is-another-job", child, child.json["Meta"], {"need": str(number)})


@states("job.dispatch.carries-payload", "job.dispatch.carries-meta", "job.dispatch.child-is-the-parents-copy")
def test_the_child_carries_payload_and_meta(nomad: Nomad, factory: JobFactory) -> None:
    """The child has the payload's bytes, the metadata over the parent's own, and is the parent's copy otherwise."""
    rich = factory.rich(nomad.new_id())
    rules = {"Payload": "optional", "MetaRequired": ["need"], "MetaOptional": ["may", "JobKey"]}
    rich |= {"Periodic": None, "ParameterizedJob": rules}
    verify.ok("job.register.creates", nomad.register(rich))

    @given(BODIES | st.none(), VALUES, st.none() | VALUES, st.none() | VALUES)
    @profiles.cheaper(0.7)
    def check(payload: bytes | None, need: str, may: str | None, over: str | None) -> None:
        given_meta = {"need": need} | ({} if may is None else {"may": may}) | ({} if over is None else {"JobKey": over})
        child = child_of(nomad, nomad.dispatch(rich["ID"], payload=payload, meta=given_meta))
        found = child.json
        expected = base64.b64encode(payload).decode() if payload else None
        verify.equal("job.dispatch.carries-payload", child, found["Payload"] or None, expected)
        verify.equal("job.dispatch.carries-meta", child, found["Meta"], {**rich["Meta"], **given_meta})
        own = {"ID", "Name", "ParentID", "ParameterizedJob", "Payload", "Meta"}
        copy = {name: value for name, value in readback(rich).items() if name not in own}
        gaps = differences(copy, found)
        verify.alike("job.dispatch.child-is-the-parents-copy", child, gaps)

    check()


@states("job.dispatch.child-is-the-parents-copy", "job.dispatch.carries-meta")
def test_the_child_of_any_parent(nomad: Nomad, factory: JobFactory) -> None:
    """A child of any parameterized job is its copy, with the metadata of both."""

    @given(generated.jobs(factory, "parameterized"))
    @profiles.cheaper(0.5)
    def check(job: Job) -> None:
        rules = job.setdefault("ParameterizedJob", {})
        parent_id = nomad.new_id()
        verify.ok("job.register.creates", nomad.register({**job, "ID": parent_id}))
        meta = {key: f"given {key}" for key in (*rules.get("MetaRequired", ()), *rules.get("MetaOptional", ()))}
        payload = {"forbidden": None, "required": b"x"}.get(rules.get("Payload", ""), b"y")
        child = child_of(nomad, nomad.dispatch(parent_id, payload=payload, meta=meta or None))
        own = {"ID": child.json["ID"], "Name": child.json["ID"], "ParentID": parent_id, "ParameterizedJob": None}
        carried = {"Payload": base64.b64encode(payload).decode() if payload else None}
        merged = {"Meta": {**(job.get("Meta") or {}), **meta} or None}
        gaps = differences({**readback(job), **own, **carried, **merged}, child.json)
        verify.alike("job.dispatch.child-is-the-parents-copy", child, gaps)
        nomad.own.clean()

    check()


@states("job.dispatch.carries-meta")
def test_metadata_is_carried_exactly(nomad: Nomad, factory: JobFactory) -> None:
    """Metadata reaches the child to the last character, white space and letter case included."""
    parent_id = parent(nomad, factory)
    for value in ("", " in spaces ", "two\nlines\t", "MiXed", "e\u0301", "x" * 5000):
        child = child_of(nomad, nomad.dispatch(parent_id, meta={"need": value}))
        verify.equal("job.dispatch.carries-meta", child, child.json["Meta"]["need"], value)
    own = parent(nomad, factory, ParameterizedJob={}, Meta={"own": "1"})
    bodies: list[dict[str, Any]] = [{}, {"Meta": {}}, {"Meta": None}]
    for body in bodies:
        child = child_of(nomad, verify.ok("job.dispatch.payload-forms", nomad.act("dispatch", own, body)))
        verify.equal("job.dispatch.carries-meta", child, child.json["Meta"], {"own": "1"})


@states("job.dispatch.leaves-the-parent")
def test_the_parent_stays_as_it_is(nomad: Nomad, factory: JobFactory) -> None:
    """A dispatch does not change the parent."""
    parent_id = parent(nomad, factory)
    before = nomad.job(parent_id).json
    nomad.settle(nomad.dispatch(parent_id, meta={"need": "x"}).json["DispatchedJobID"])
    after = nomad.job(parent_id)
    verify.equal("job.dispatch.leaves-the-parent", after, after.json, before)


@states("job.dispatch.payload-forms")
def test_forms_of_a_payload(nomad: Nomad, factory: JobFactory) -> None:
    """A payload may be base64 text, a list of byte numbers, null, or empty; the whole body may be null."""
    parent_id = parent(nomad, factory, ParameterizedJob={"Payload": "optional"})
    forms: list[tuple[Any, str | None]] = [
        ({"Payload": "aGk="}, "aGk="),
        ({"Payload": [104, 105]}, "aGk="),
        ({"Payload": [255, 0, None]}, "/wAA"),
        ({"Payload": []}, None),
        ({"Payload": None}, None),
        ({"Payload": ""}, None),
        ({"payload": "aGk=", "unknown": 1}, "aGk="),
        (b"null", None),
        ({}, None),
        ({"JobID": parent_id}, None),
        ({"JobID": ""}, None),
        ({"JobID": None}, None),
        ({"Payload": "\naG\r\nk=\n"}, "aGk="),
        ({"Payload": "aA=\n=\r\n"}, "aA=="),
        ({"Payload": "aGkh\n"}, "aGkh"),
    ]
    for body, expected in forms:
        child = child_of(nomad, verify.ok("job.dispatch.payload-forms", nomad.act("dispatch", parent_id, body)))
        verify.equal("job.dispatch.payload-forms", child, child.json["Payload"], expected)


ILLEGAL_BASE64 = {
    "=": 0,
    "====": 0,
    "a": 0,
    "aG": 0,
    "aGk": 0,
    "a=": 1,
    "aG=": 3,
    "aG=k": 2,
    "aG k": 2,
    "aG-_": 2,
    "aGk=k": 4,
    "aGk==": 4,
    "aGk=\n=": 5,
    "aGkh=": 4,
    "aGkha": 4,
    "aG==k": 4,
    "aGkh\u00e9": 4,
    "a\nG": 1,
}
"""Texts that are no base64, and the byte that an agent finds illegal."""


@states("job.dispatch.refuses.base64")
@pytest.mark.parametrize("payload", ILLEGAL_BASE64)
def test_payloads_that_are_no_base64(nomad: Nomad, factory: JobFactory, payload: str) -> None:
    """Text that is no base64 is refused with the place of the first illegal byte, as is an unfinished quantum."""
    done = nomad.act("dispatch", parent(nomad, factory), {"Payload": payload, "Meta": {"need": "x"}})
    text = f"illegal base64 data at input byte {ILLEGAL_BASE64[payload]}"
    verify.refused("job.dispatch.refuses.base64", done, 400, text)


@states("job.dispatch.refuses.payload")
def test_payload_rules(nomad: Nomad, factory: JobFactory) -> None:
    """A required payload must be there, a forbidden one must not, and none may be over 16384 bytes."""
    statement = "job.dispatch.refuses.payload"
    meta = {"need": "x"}
    required = parent(nomad, factory, "required")
    missing = "Payload is not provided but required by parameterized job"
    verify.refused(statement, nomad.dispatch(required, meta=meta), 500, missing)
    verify.refused(statement, nomad.dispatch(required, payload=b"", meta=meta), 500, missing)
    verify.ok(statement, nomad.dispatch(required, payload=b"x", meta=meta))
    forbidden = parent(nomad, factory, "forbidden")
    refused = "Payload provided but forbidden by parameterized job"
    verify.refused(statement, nomad.dispatch(forbidden, payload=b"x", meta=meta), 500, refused)
    verify.ok(statement, nomad.dispatch(forbidden, payload=b"", meta=meta))
    optional = parent(nomad, factory)
    verify.ok(statement, nomad.dispatch(optional, payload=b"x" * 16384, meta=meta))
    too_big = "Payload exceeds maximum size; 16385 > 16384"
    verify.refused(statement, nomad.dispatch(optional, payload=b"x" * 16385, meta=meta), 500, too_big)


@states("job.dispatch.refuses.meta")
def test_meta_rules(nomad: Nomad, factory: JobFactory) -> None:
    """Required keys have to be given, and only required and optional keys may be."""
    parent_id = parent(nomad, factory, Meta={"own": "1"})
    statement = "job.dispatch.refuses.meta"
    missing = "Dispatch did not provide required meta keys: [need]"
    verify.refused(statement, nomad.dispatch(parent_id), 500, missing)
    verify.refused(statement, nomad.dispatch(parent_id, meta={"may": "1"}), 500, missing)
    for key in ("zz", "own", "NEED"):
        text = f"Dispatch request included unpermitted metadata keys: [{key}]"
        verify.refused(statement, nomad.dispatch(parent_id, meta={"need": "1", key: "2"}), 500, text)
    summary = nomad.summary(parent_id)
    verify.equal(statement, summary, summary.json["Children"], {"Dead": 0, "Pending": 0, "Running": 0})


@states("job.dispatch.refuses.jobs")
def test_jobs_that_cannot_be_dispatched(nomad: Nomad, factory: JobFactory) -> None:
    """A missing job and one that is not parameterized, a dispatched child included, are refused."""
    statement = "job.dispatch.refuses.jobs"
    verify.refused(statement, nomad.dispatch(nomad.new_id()), 500, "parameterized job not found")
    plain, periodic = factory.idle(nomad.new_id()), factory.periodic(nomad.new_id())
    nomad.register(plain)
    nomad.register(periodic)
    child_id = nomad.dispatch(parent(nomad, factory), meta={"need": "x"}).json["DispatchedJobID"]
    for job_id in (plain["ID"], periodic["ID"], child_id):
        text = f'Specified job "{job_id}" is not a parameterized job'
        verify.refused(statement, nomad.dispatch(job_id), 500, text)


NO_BYTES = (b"[256]", b"[-1]", b"[1.5]", b"[1e1]", b'["a"]', b"[[1]]", b"[true]", b'[104, "a"]')
"""Lists with something that is no byte."""


@states("job.dispatch.refuses.bodies")
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_bodies_that_cannot_be_read(nomad: Nomad, factory: JobFactory, method: str) -> None:
    """An empty, truncated or wrong body is answered with 400, before the job is looked at."""
    for job_id in (parent(nomad, factory), nomad.new_id()):
        cases = {
            **MALFORMED,
            b'{"Payload": "!!"}': "illegal base64 data at input byte 0",
            b'{"JobID": "another"}': "Job ID does not match",
        }
        for body, text in cases.items():
            done = nomad.act("dispatch", job_id, body, method=method)
            verify.refused("job.dispatch.refuses.bodies", done, 400, text)
        no_bytes = [b'{"Payload": %b}' % payload for payload in (b"5", b"true", b"{}", *NO_BYTES)]
        for body in (b"[]", b'"x"', b'{"Meta": []}', b'{"Meta": {"need": 1}}', *no_bytes):
            done = nomad.act("dispatch", job_id, body, method=method)
            verify.refused("job.dispatch.refuses.bodies", done, 400, cannot_unmarshal)


@states("job.dispatch.refuses.meta")
def test_keys_of_metadata_are_exact(nomad: Nomad, factory: JobFactory) -> None:
    """A key that matches a permitted one only nearly is not permitted."""
    statement = "job.dispatch.refuses.meta"
    parent_id = parent(nomad, factory)
    for known in ("need", "may"):
        for near in (known.upper(), known.capitalize(), f"{known} ", f" {known}", known[:-1], f"{known}s"):
            given_meta = {"need": "x"} if known == "may" else {}
            done = nomad.dispatch(parent_id, meta={**given_meta, near: "y"})
            text = f"Dispatch request included unpermitted metadata keys: [{near}]"
            verify.refused(statement, done, 500, text)
