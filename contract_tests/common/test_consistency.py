"""Consistency: ``stale`` reads, and the headers that say how fresh a reply is."""

import pytest

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Nomad
from contract_tests.statements import states
from contract_tests.suite import verify

READS = ("query", "allocations", "evaluations", "summary")


@states("common.consistency.stale", "common.headers.known-leader", "common.headers.last-contact")
@pytest.mark.parametrize("read", READS)
def test_a_stale_read_answers_the_same(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """On an up-to-date server a stale read answers what any other does, and says how fresh it is."""
    job = factory.service(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    plain = nomad.read(read, job["ID"])
    both = {"stale": None, "consistent": None}
    for query in ({"stale": None}, {"stale": "false"}, {"stale": "1"}, {"consistent": None}, both):
        found = nomad.read(read, job["ID"], query)
        verify.ok("common.consistency.stale", found)
        verify.equal("common.consistency.stale", found, found.json, plain.json)


@states("common.consistency.unchanged-is-the-same")
@pytest.mark.parametrize("read", READS)
def test_what_nothing_changed_reads_the_same(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """Of a job at rest each read answers the same again and again, whatever the page says of its fields."""
    job = factory.rich(nomad.new_id())
    nomad.register(job)
    nomad.settle(job["ID"])
    first = nomad.read(read, job["ID"])
    for _ in range(3):
        again = verify.ok(verify.UNCHANGED, nomad.read(read, job["ID"]))
        verify.equal(verify.UNCHANGED, again, again.json, first.json)


@states("common.consistency.leader-is-known")
@pytest.mark.parametrize("read", READS)
def test_the_leader_is_known(nomad: Nomad, factory: JobFactory, read: str) -> None:
    """A server with a leader says so, and that its data are fresh."""
    job = factory.idle(nomad.new_id())
    nomad.register(job)
    found = nomad.read(read, job["ID"])
    shown = (found.reply_headers.get("X-Nomad-KnownLeader"), int(found.reply_headers.get("X-Nomad-LastContact", "-1")))
    fits = shown[0] == "true" and 0 <= shown[1] < 5000
    verify.that("common.consistency.leader-is-known", found, fits, "true and a few milliseconds", shown)


@states("common.consistency.missing-job")
def test_a_stale_read_of_a_missing_job(nomad: Nomad) -> None:
    """A stale read of a missing job is answered as any other read."""
    verify.refused("common.consistency.missing-job", nomad.job(nomad.new_id(), {"stale": None}), 404, "job not found")


@states("common.consistency.read-your-writes")
def test_a_write_is_seen_at_once(nomad: Nomad, factory: JobFactory) -> None:
    """A read sees every write that was answered before it."""
    job = factory.idle(nomad.new_id())
    statement = "common.consistency.read-your-writes"
    for priority in range(1, 20):
        verify.ok(statement, nomad.register({**job, "Priority": priority}))
        found = verify.ok(statement, nomad.job(job["ID"]))
        verify.equal(statement, found, found.json["Priority"], priority)
