"""The headers of requests and replies: which replies have which, and which request headers are ignored."""

from typing import TypeAlias

import pytest

from contract_tests.client.jobs import JobFactory, body_for
from contract_tests.client.nomad import Nomad
from contract_tests.client.paths import READS, SUFFIXES
from contract_tests.common.changing import MOVED, shows_each_change
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
    missing = nomad.send("query", "GET", f"/v1/job/{nomad.new_id()}", headers=header)
    verify.refused(statement, missing, 404, "job not found")


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


@states("common.headers.others-after-a-change", verify.UNCHANGED)
@pytest.mark.parametrize("read", MOVED)
def test_a_condition_hides_no_change(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """A conditional read, or one that would take a cached reply, gets the new content after each change."""
    headers = {name: IGNORED[name] for name in ("If-None-Match", "If-Modified-Since", "Cache-Control")}
    shows_each_change("common.headers.others-after-a-change", nomad, factory, read, headers=headers)


Form: TypeAlias = tuple[dict[str, str | int | None], dict[str, str]]
"""Query and headers of a request."""

FORMS: tuple[Form, ...] = (
    ({"pretty": None}, {}),
    ({}, {"Accept-Encoding": "gzip"}),
    ({"stale": None}, {}),
    ({"pretty": None, "stale": None}, {"Accept-Encoding": "gzip"}),
    ({"index": 1, "wait": "1s"}, {"Accept-Encoding": "gzip"}),
)
"""For the same reply in another form, or from any server."""
KEPT = ("Content-Type", "Vary", "X-Nomad-KnownLeader", "X-Nomad-LastContact")
"""Headers that a form has no business with; ``stale`` has with the last two."""


@states("common.headers.beside-the-form")
@pytest.mark.parametrize("read", READS)
def test_a_form_leaves_other_headers_alone(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Indented, compressed or from any server: a reply has the index and the other headers of the plain one."""
    statement = "common.headers.beside-the-form"
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    for query, headers in FORMS:
        kept = KEPT[:2] if "stale" in query else KEPT
        plain = verify.ok(statement, nomad.read(read, job["ID"], None, **{"Accept-Encoding": "identity"}))
        found = verify.ok(statement, nomad.read(read, job["ID"], query, **headers))
        shown, expected = ({name: one.reply_headers.get(name) for name in kept} for one in (found, plain))
        verify.equal(statement, found, shown, expected)
        told = found.reply_headers.get("X-Nomad-Index")
        verify.that(statement, found, told is not None, f"the index {plain.index}", "no such header")
        same = found.index == plain.index if read in ("query", "summary") else found.index >= plain.index  # of a table
        verify.that(statement, found, same, f"the index {plain.index}", found.index)


@states("common.headers.beside-the-form")
@pytest.mark.parametrize("operation", ["register", "plan", "evaluate", "dispatch", "force", "deregister"])
def test_a_form_leaves_the_index_of_a_write_alone(nomad: Nomad, factory: JobFactory, operation: str) -> None:
    """Indented or compressed: the reply to a write has the index of its body as its header."""
    statement = "common.headers.beside-the-form"
    both: Form = ({"pretty": None}, {"Accept-Encoding": "gzip"})
    for query, headers in (*FORMS[:2], both):
        job = factory.subject_of(operation, nomad.new_id())
        nomad.register(job)
        method = "DELETE" if operation == "deregister" else "PUT"
        target = f"/v1/job/{job['ID']}{SUFFIXES[operation]}"
        done = verify.ok(
            statement,
            nomad.send(operation, method, target, query=query, body=body_for(operation, job), headers=headers),
        )
        told = done.json["Index"] if "Index" in done.json else done.json["JobModifyIndex"]
        verify.equal(statement, done, done.reply_headers.get("X-Nomad-Index"), str(told))


@states("common.headers.beside-the-form")
def test_a_form_leaves_the_headers_of_an_error_alone(nomad: Nomad, factory: JobFactory) -> None:
    """An error that was to be indented or compressed has the headers of the plain one, compressed all but its type."""
    statement = "common.headers.beside-the-form"
    job = factory.idle(nomad.new_id(), Priority=101)
    for query, headers in FORMS[:2]:
        for operation, method in (("query", "GET"), ("summary", "GET"), ("register", "PUT"), ("evaluate", "PUT")):
            target, body = f"/v1/job/{job['ID']}{SUFFIXES[operation]}", body_for(operation, job)
            identity = {"Accept-Encoding": "identity"}
            plain = nomad.send(operation, method, target, body=body, headers=identity)
            found = nomad.send(operation, method, target, query=query, body=body, headers={**identity, **headers})
            shown, expected = ({name: one.reply_headers.get(name) for name in KEPT} for one in (found, plain))
            if headers and shown["Content-Type"] is None:
                expected["Content-Type"] = None
            verify.equal(statement, found, (found.status, shown), (plain.status, expected))
            indexes = [one.reply_headers.get("X-Nomad-Index") for one in (found, plain)]
            same = (indexes[0] is None) is (indexes[1] is None) and int(indexes[0] or 0) >= int(indexes[1] or 0)
            verify.that(statement, found, same, f"the index {indexes[1]}", indexes[0])
