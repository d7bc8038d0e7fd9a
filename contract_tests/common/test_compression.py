"""Compression: gzip changes the form of a reply, not its content."""

import gzip
import zlib

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.common.changing import MOVED, shows_each_change
from contract_tests.statements import states
from contract_tests.suite import verify

READS = ("query", "allocations", "evaluations", "summary")

NONE = "no such header"
"""Stands for a header that a reply lacks."""


def raw(nomad: Nomad, target: str, accept: str) -> tuple[bytes, Exchange]:
    """Return the body as it was on the wire, and the exchange."""
    operation = next((read for read in READS if target.endswith(f"/{read}")), "query")
    exchange = nomad.send(operation, "GET", target, headers={"Accept-Encoding": accept})
    return nomad.wire(target, accept), exchange


def unpacked(statement: str, exchange: Exchange, wire: bytes) -> bytes:
    """Return an unpacked body; a violation when it is no sound gzip."""
    try:
        content = gzip.decompress(wire)
    except (OSError, EOFError, zlib.error) as problem:
        raise exchange.ledger.finding(statement, "a sound gzip body", repr(problem), exchange) from None
    exchange.ledger.holds(statement)
    return content


@states("common.compression.gzip-when-accepted", "common.compression.gzip-is-sound", "common.compression.same-content")
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("accept", ["gzip", "gzip;q=0.5", "deflate, gzip", "br, GZIP;q=0.1"])
def test_gzip_is_the_same_content(nomad: Nomad, factory: JobFactory, read: str, accept: str) -> None:
    """A client that accepts gzip gets it, and it unpacks to the same content as without."""
    job = factory.rich(nomad.new_id())
    job |= {"Periodic": None}
    nomad.register(job)
    nomad.settle(job["ID"])
    target = f"/v1/job/{job['ID']}{'' if read == 'query' else '/' + read}"
    plain = nomad.read(read, job["ID"])
    wire, packed = raw(nomad, target, accept)
    encoding = packed.reply_headers.get("Content-Encoding", NONE)
    verify.equal("common.compression.gzip-when-accepted", packed, encoding, "gzip")
    content = unpacked("common.compression.gzip-is-sound", packed, wire)
    verify.that("common.compression.same-content", packed, bool(content), "a body", content)
    verify.equal("common.compression.same-content", packed, packed.json, plain.json)


@states("common.compression.none-unless-accepted")
@pytest.mark.parametrize("accept", ["identity", "gzip;q=0", "gzip; q=0", "deflate", "gzipped"])
def test_no_gzip_unless_accepted(nomad: Nomad, factory: JobFactory, accept: str) -> None:
    """A client that does not accept gzip gets no gzip."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    _, found = raw(nomad, f"/v1/job/{job['ID']}", accept)
    encoding = found.reply_headers.get("Content-Encoding", NONE)
    verify.equal("common.compression.none-unless-accepted", found, encoding, NONE)


@states("common.compression.only-by-name")
@pytest.mark.parametrize("accept", ["*", "x-gzip", "gzip;q=x", "gzip;q=1, gzip;q=0"])
def test_gzip_has_to_be_named(nomad: Nomad, factory: JobFactory, accept: str) -> None:
    """A wildcard, another name, an unreadable mention, or a quality of 0 gets no gzip."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    _, found = raw(nomad, f"/v1/job/{job['ID']}", accept)
    encoding = found.reply_headers.get("Content-Encoding", NONE)
    verify.equal("common.compression.only-by-name", found, encoding, NONE)


@states("common.compression.errors-too", "common.compression.writes-too")
def test_errors_and_writes_are_compressed_too(nomad: Nomad, factory: JobFactory) -> None:
    """Even short errors and replies to writes are compressed."""
    wire, found = raw(nomad, f"/v1/job/{nomad.new_id()}", "gzip")
    content = unpacked("common.compression.errors-too", found, wire)
    verify.equal("common.compression.errors-too", found, content, b"job not found")
    job = factory.idle(nomad.new_id())
    done = nomad.send("register", "PUT", f"/v1/job/{job['ID']}", body={"Job": job}, headers={"Accept-Encoding": "gzip"})
    verify.equal("common.compression.writes-too", done, done.reply_headers.get("Content-Encoding", NONE), "gzip")
    verify.that("common.compression.writes-too", done, bool(done.json["EvalID"]), "the reply", done.text)


@states("common.compression.after-a-change", verify.UNCHANGED)
@pytest.mark.parametrize("read", MOVED)
def test_gzip_is_the_same_content_after_a_change(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Compressed and plain, a reply shows the new content after each change."""
    shows_each_change("common.compression.after-a-change", nomad, factory, read, headers={"Accept-Encoding": "gzip"})
