"""PUT and POST /v1/job/<ID>: a periodic job is launched when its time comes."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Job, Nomad
from contract_tests.client.waiting import told_time
from contract_tests.job.test_periodic_force import listed_children
from contract_tests.oracle.readback import differences, readback
from contract_tests.statements import states
from contract_tests.suite import verify
from contract_tests.suite.profiles import Profile

FAR = "0 0 1 1 * 2099"


def rules(spec: str, **members: Any) -> dict[str, Any]:
    """Return a periodic block."""
    return {"Enabled": True, "Spec": spec, "SpecType": "cron", "ProhibitOverlap": False, **members}


def spec_around(now: int, seconds: str = "*") -> str:
    """Return a spec of these seconds of this minute and of the two after it, in the server's time.

    It ends by itself, so that a run that is killed leaves no job that launches for ever.
    """
    moments = [datetime.fromtimestamp(now + 60 * later, UTC) for later in range(3)]
    at = {part: {getattr(one, part) for one in moments} for part in ("minute", "hour", "day", "month", "year")}
    texts = {part: ",".join(map(str, sorted(values))) for part, values in at.items()}
    return "{0} {minute} {hour} {day} {month} * {year}".format(seconds, **texts)


LAG = 1
"""Seconds by which the Date of a reply may lag: a proxy may keep an older one."""


def date_of(exchange: Exchange) -> int:
    """Return the second of the server's clock in which it answered, or up to LAG seconds before."""
    return int(told_time(exchange).timestamp())


def launches(nomad: Nomad, parent_id: str) -> tuple[Exchange, dict[int, str]]:
    """Return the IDs of a periodic job's children by the second in them, with the list that tells of them."""
    found, listed = listed_children(nomad, parent_id)
    by_second: dict[int, str] = {}
    for child_id in listed:
        second = child_id.removeprefix(f"{parent_id}/periodic-")
        if not (second.isdecimal() and len(second) < 20):
            raise found.ledger.finding("job.register.periodic-launches", "periodic-<seconds>", child_id, found)
        by_second[int(second)] = child_id
    return found, by_second


def launched(nomad: Nomad, parent_id: str, times: int) -> tuple[Exchange, list[int]]:
    """Wait for this number of launches of a job and return their seconds; taking too long is a violation."""
    launching = nomad.awaited("launching")
    limit = nomad.patience.deadline(launching)
    while True:
        found, by_second = launches(nomad, parent_id)
        if len(by_second) >= times:
            return found, sorted(by_second)
        if time.monotonic() > limit:
            expected = f"{times} launches within {nomad.patience.seconds(launching):g} s"
            nomad.patience.in_vain(launching)
            raise found.ledger.finding("job.register.periodic-launches", expected, sorted(by_second), found)
        nomad.evaluations(f"{parent_id}/periodic-", {"index": found.index, "wait": "200ms"})


@states(
    "job.register.updates-change-anything",
    "job.register.periodic-launches",
    "job.register.periodic-child",
    "job.register.periodic-overlap",
    "job.register.periodic-ends",
)
def test_periodic_jobs_are_launched_in_time(nomad: Nomad, factory: JobFactory, profile: Profile) -> None:
    """A periodic job is launched at every time of its spec, while it exists, is enabled and may overlap."""
    now = date_of(nomad.job(nomad.new_id("none")))
    every = spec_around(now)
    specs = {
        "often": rules(every),
        "even": rules(spec_around(now, "*/2")),
        "alone": rules(every, ProhibitOverlap=True),
        "off": rules(every, Enabled=False),
        "updated": rules(every),
        "turned-off": rules(every),
        "ordinary": rules(every),
        "removed": rules(every),
        "later": rules(FAR),
    }
    jobs = {name: factory.periodic(nomad.new_id(name), Periodic=block) for name, block in specs.items()}
    started = {name: date_of(verify.ok("job.register.creates", nomad.register(job))) for name, job in jobs.items()}
    ended = _change(nomad, jobs, now)
    _, often = launches(nomad, jobs["often"]["ID"])
    found, seconds = launched(nomad, jobs["often"]["ID"], 1 if profile.name == "smoke" else 3)
    statement = "job.register.periodic-launches"
    steps = {later - earlier for earlier, later in pairwise(seconds)}
    verify.that(statement, found, steps <= {1, 2}, "every second, or nearly so when the server is busy", seconds)
    first, last = started["often"], date_of(found)
    soon = first <= seconds[0] <= first + 2 + LAG and seconds[-1] <= last + LAG
    verify.that(statement, found, soon, f"from {first} on, up to {last}", seconds)
    found, seconds = launched(nomad, jobs["even"]["ID"], 1)
    verify.equal(statement, found, [second % 2 for second in seconds], [0] * len(seconds))
    found, seconds = launched(nomad, jobs["later"]["ID"], 1)
    verify.equal(statement, found, [second % 2 for second in seconds], [0] * len(seconds))
    _verify_child(nomad, jobs["often"])
    found, by_second = launches(nomad, jobs["alone"]["ID"])
    verify.equal("job.register.periodic-overlap", found, len(by_second), 1)
    for name in ("off", *ended):
        found, by_second = launches(nomad, jobs[name]["ID"])
        late = [second for second in by_second if second > _known_time(ended.get(name, 0), often) + 1]
        verify.equal("job.register.periodic-ends", found, late, [])


def _known_time(date: int, launched: Iterable[int]) -> int:
    """Return the second of a reply of this date; a Date may lag, and the launches of another job tell the time, too."""
    return max(date, min(date + LAG, max(launched, default=date)))


def _change(nomad: Nomad, jobs: dict[str, Job], now: int) -> dict[str, int]:
    """Update or remove some of the jobs, and return until when they may still have been launched."""
    off = rules(spec_around(now), Enabled=False)
    done = {
        "updated": nomad.register({**jobs["updated"], "Periodic": rules(FAR)}),
        "turned-off": nomad.register({**jobs["turned-off"], "Periodic": off}),
        "ordinary": nomad.register({**jobs["ordinary"], "Periodic": None}),
        "removed": nomad.deregister(jobs["removed"]["ID"]),
    }
    nomad.register({**jobs["later"], "Periodic": rules(spec_around(now, "*/2"))})
    verify.ok("job.register.updates-change-anything", done["ordinary"])
    return {name: date_of(verify.ok("job.register.periodic-ends", one)) for name, one in done.items()}


def _verify_child(nomad: Nomad, job: Job) -> None:
    """Require that the first instance of a job is evaluated and is the job's copy."""
    statement = "job.register.periodic-child"
    nomad.deregister(job["ID"])
    _, by_second = launches(nomad, job["ID"])
    first = by_second[min(by_second)]
    found = nomad.evaluations(first)
    verify.equal(statement, found, {one["TriggeredBy"] for one in found.json}, {"periodic-job"})
    child = verify.ok(statement, nomad.job(first))
    named = {"ID": child.json["ID"], "Name": child.json["ID"], "ParentID": job["ID"], "Periodic": None}
    gaps = differences({**readback(job), **named}, child.json)
    verify.alike(statement, child, gaps)
