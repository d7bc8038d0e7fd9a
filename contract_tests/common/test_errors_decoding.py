"""PUT /v1/job/<ID>: names, nulls and odd values are decoded alike in every object of the tree, at any depth."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.client.jobs import JobFactory, group, task
from contract_tests.client.nomad import Job, Nomad
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.suite import verify

FREE = ("Meta", "Env", "Config", "GetterOptions")
"""Members whose names are the submitter's own."""

Spelling = Callable[[str], str]


def respelled(value: Any, spell: Spelling, more: dict[str, Any]) -> Any:
    """Respell every name of every object of the tree, and put more members into each object."""
    if isinstance(value, list):
        return [respelled(one, spell, more) for one in value]
    if not isinstance(value, dict):
        return value
    members = {spell(k): one if k in FREE else respelled(one, spell, more) for k, one in value.items()}
    return {**members, **more}


def nulled(value: Any) -> Any:
    """Put null for every text, number and boolean that is empty, zero or false already."""
    if isinstance(value, list):
        return [nulled(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {k: one if k in FREE else None if one in ("", 0, False) else nulled(one) for k, one in value.items()}


def read_back(nomad: Nomad, statement: str, job: Job, body: bytes, expected: dict[str, Any] | None = None) -> None:
    """Register a body, and require that the job is read back as it was meant."""
    nomad.own.claim(job["ID"])
    verify.ok(statement, nomad.act("register", job["ID"], body))
    found = verify.ok(statement, nomad.job(job["ID"]))
    verify.alike(statement, found, differences(expected or readback(job), found.json))


@states("common.errors.lenient-decoding")
@pytest.mark.parametrize("spell", [str.upper, str.lower, str.swapcase], ids=["upper", "lower", "swapped"])
def test_names_match_in_any_case_at_every_depth(nomad: Nomad, factory: JobFactory, spell: Spelling) -> None:
    """Every property of every object is found in any letter case, and names that nobody knows are dropped there."""
    unknown = {"Nonsense": {"a": [1]}, "name_": "x", "": None}
    for job in (factory.rich(nomad.new_id()), factory.parameterized(nomad.new_id())):
        body = json.dumps({"Job": respelled(job, spell, unknown), "nonsense": 1}).encode()
        read_back(nomad, "common.errors.lenient-decoding", job, body)


@states("common.errors.null-is-nothing")
def test_null_is_nothing_at_every_depth(nomad: Nomad, factory: JobFactory) -> None:
    """A null text, number or boolean counts as the zero value, in every object of the tree."""
    full = readback(factory.rich(nomad.new_id()))
    job = {name: value for name, value in full.items() if name != "Payload"}
    body = json.dumps({"Job": nulled(job), "EnforceIndex": None, "JobModifyIndex": None, "Region": None}).encode()
    read_back(nomad, "common.errors.null-is-nothing", job, body, full)


@states("common.errors.null-is-nothing")
def test_null_in_a_map_of_texts_is_the_empty_text(nomad: Nomad, factory: JobFactory) -> None:
    """A null among metadata and environment variables is the empty text; a name may be empty."""
    texts = {"null": None, "empty": "", "": "no name"}
    kept = {**texts, "null": ""}
    job = factory.service(nomad.new_id(), Meta=texts)
    job["TaskGroups"] = [group("g", Count=0, Meta=texts, Tasks=[task("t", Env=texts, Meta=texts)])]
    expected = factory.service(job["ID"], Meta=kept)
    expected["TaskGroups"] = [group("g", Count=0, Meta=kept, Tasks=[task("t", Env=kept, Meta=kept)])]
    read_back(nomad, "common.errors.null-is-nothing", expected, json.dumps({"Job": job}).encode())
    parent = factory.parameterized(nomad.new_id())
    nomad.register(parent)
    done = verify.ok(
        "common.errors.null-is-nothing", nomad.act("dispatch", parent["ID"], {"Meta": {"need": None, "may": None}})
    )
    child = nomad.job(done.json["DispatchedJobID"])
    verify.equal("common.errors.null-is-nothing", child, child.json["Meta"], {"need": "", "may": ""})


@states("common.errors.lenient-decoding")
def test_a_name_of_a_config_that_is_there_twice(nomad: Nomad, factory: JobFactory) -> None:
    """Of two equal names inside Config, the last counts."""
    job = factory.idle(nomad.new_id())
    job["TaskGroups"][0]["Tasks"][0]["Config"] = {"command": "x", "args": [{"b": "last"}]}
    body = json.dumps({"Job": job}).replace('{"b": "last"}', '{"b": "first", "b": "last"}')
    read_back(nomad, "common.errors.lenient-decoding", job, body.encode())


@states("common.errors.lenient-decoding")
def test_texts_that_have_no_utf8(nomad: Nomad, factory: JobFactory) -> None:
    """Half of a surrogate pair, and a byte that is not UTF-8, become the replacement character."""
    job = factory.idle(nomad.new_id(), Name="\ufffdx\ufffd", Meta={"\ufffd": "\U0001f980\ufffd\ufffd"})
    written = {b"\xef\xbf\xbdx\xef\xbf\xbd": b"\\ud800x\xff", b"\xf0\x9f\xa6\x80": b"\\ud83e\\udd80"}
    written |= {b'"\xef\xbf\xbd"': b'"\\udc00"', b"\xef\xbf\xbd\xef\xbf\xbd": b"\xc3\\uDBFF"}
    body = json.dumps({"Job": job}, ensure_ascii=False).encode()
    for text, sent in written.items():
        body = body.replace(text, sent)
    read_back(nomad, "common.errors.lenient-decoding", job, body)


@states("common.errors.lenient-decoding")
@pytest.mark.parametrize("more", ["{}", '{"Job": {"ID": "other"}}', "]", "\x00", "}"])
def test_what_follows_a_body_is_ignored(nomad: Nomad, factory: JobFactory, more: str) -> None:
    """Anything after the first JSON value is ignored, even another JSON value."""
    job = factory.idle(nomad.new_id())
    read_back(nomad, "common.errors.lenient-decoding", job, f"{json.dumps({'Job': job})}{more}".encode())


@states("common.errors.wrong-type")
@pytest.mark.parametrize("number", ["2.0", "1e0", "1E1", "-0.0", "9223372036854775808"])
def test_integers_are_written_as_integers(nomad: Nomad, factory: JobFactory, number: str) -> None:
    """A whole number with a fraction or an exponent is not an integer, nor is one beyond 64 bits."""
    job = factory.idle(nomad.new_id())
    for holder, name in ((job["TaskGroups"][0], "Count"), (job["TaskGroups"][0]["Tasks"][0], "KillTimeout")):
        before = holder.get(name)
        holder[name] = 123456789
        body = json.dumps({"Job": job}).replace("123456789", number).encode()
        done = nomad.act("register", job["ID"], body)
        verify.that("common.errors.wrong-type", done, done.status == 400, f"400 for {name} {number}", done.status)
        holder[name] = before
    verify.missing("common.errors.wrong-type", nomad.job(job["ID"]))


NO_BOOLEANS: tuple[object, ...] = (1, 0, "true", "", [], {})
BESIDE: dict[str, tuple[object, ...]] = {
    "EnforceIndex": NO_BOOLEANS,
    "Diff": NO_BOOLEANS,
    "JobModifyIndex": ("1", -1, 1.5, True, []),
    "Region": (1, True, [], {}),
}
"""What stands beside a job in a body, with values of wrong types."""


@states("common.errors.wrong-type")
@pytest.mark.parametrize("member", BESIDE)
def test_what_stands_beside_a_job_has_its_type(nomad: Nomad, factory: JobFactory, member: str) -> None:
    """What a body says beside the job is of its type to the letter: 1 is no boolean, and a text no number."""
    statement = "common.errors.wrong-type"
    job = factory.idle(nomad.new_id())
    operation = "plan" if member == "Diff" else "register"
    for value in BESIDE[member]:
        done = nomad.act(operation, job["ID"], {"Job": job, member: value})
        verify.that(statement, done, done.status == 400, f"400 for {member} {value!r}", done.status)
    verify.missing(statement, nomad.job(job["ID"]))


@states("common.errors.content-type-ignored")
@pytest.mark.parametrize("content_type", ["application/json; charset=utf-16", "text/xml", "multipart/form-data", "x"])
def test_no_content_type_matters(nomad: Nomad, factory: JobFactory, content_type: str) -> None:
    """Neither another charset nor a type that is not text changes how a body is read."""
    job = factory.idle(nomad.new_id())
    for operation in ("plan", "register"):
        path = f"/v1/job/{job['ID']}" + ("/plan" if operation == "plan" else "")
        done = nomad.send(operation, "PUT", path, body={"Job": job}, headers={"Content-Type": content_type})
        verify.ok("common.errors.content-type-ignored", done)
