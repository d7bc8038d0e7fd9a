"""Mutants that take a name for one that it nearly matches."""

import unicodedata
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.cluster.tables import Tables
from tests.mutants.around import around
from tests.mutants.mutant import Breakage, Deviation, mutant
from tests.mutants.vocabulary import call, family, intercepts, query

REGION, ID, DATACENTER = "common.regions.near-miss", "job.query.near-miss", "job.plan.near-miss"

_near = family("near")

_near("region-upper", "A region in capitals is the local one.", query(r"region=GLOBAL(?=&|$)", "region=global"), REGION)
_near("region-title", "A region may begin with a capital.", query(r"region=Global(?=&|$)", "region=global"), REGION)
_near("region-space-before", "White space before a region counts for nothing.", query(r"region=\+", "region="), REGION)
_near("region-space-after", "White space after a region counts for nothing.", query(r"(region=\w+)\+", r"\1"), REGION)
_near("region-newline", "A line end after a region counts for nothing.", query(r"(region=\w+)%0A", r"\1"), REGION)
_near("region-cut", "The beginning of a region is enough.", query(r"region=globa(?=&|$)", "region=global"), REGION)
_near("region-prolonged", "A region may be longer.", query(r"region=globalx", "region=global"), REGION)
_near("region-glob", "A region may be a pattern.", query(r"region=global(\*|%2A)", "region=global"), REGION)


def _known_as(name: str, sentence: str, spell: Callable[[str], str]) -> None:
    """Declare a mutant that finds a job under another spelling of its ID."""

    @mutant(f"near.{name}", sentence, ID, "job.query.*", "job.*")
    def _(breakage: Breakage) -> None:
        def job(whole: Any, self: Tables, job_id: str) -> Any:
            found = whole(self, job_id)
            if found is None:
                found = next((one for one in self._jobs.values() if spell(one["ID"]) == spell(job_id)), None)
            return found

        around(breakage, Tables, "job", job)


_known_as("id-stripped", "White space around an ID counts for nothing.", str.strip)
_known_as("id-composed", "The Unicode form of an ID does not matter.", lambda one: unicodedata.normalize("NFC", one))
_known_as("id-dashes", "A dash is as good as an underscore.", lambda one: one.replace("_", "-"))
_known_as("id-printable", "What cannot be seen of an ID does not matter.", lambda one: one.replace("\u200b", ""))
_known_as("id-plain", "Accents of an ID do not matter.", lambda one: one.replace("é", "e"))


@mutant("near.id-cut", "The beginning of an ID is enough.", ID, "job.query.*", "job.*")
@intercepts(Tables, "job")
def _(whole: Any, self: Tables, job_id: str) -> Any:
    longer = (one for one in self._jobs.values() if job_id and one["ID"] == job_id + one["ID"][-1])
    return whole(self, job_id) or next(longer, None)


# Datacenters


def _datacenter(name: str, sentence: str, spell: Callable[[str], str]) -> None:
    """Declare a mutant that finds the nodes of a datacenter under another spelling of its name."""
    _near(f"datacenter-{name}", sentence, planned(lambda job: respelled(job, spell)), DATACENTER, "job.plan.*")


def respelled(job: dict[str, Any], spell: Callable[[str], str]) -> dict[str, Any]:
    """Return a job whose datacenters are spelled so."""
    return {**job, "Datacenters": [spell(each) for each in job["Datacenters"]]}


def planned(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Deviation:
    """Plan another job than was sent."""
    return call(Cluster, "plan", lambda whole, self, job, *rest: whole(self, change(job), *rest))


_datacenter("lower", "A datacenter may be written in capitals.", str.lower)
_datacenter("stripped", "White space around a datacenter counts for nothing.", str.strip)
_datacenter("cut", "A datacenter may be longer.", lambda one: one[:3] if one.startswith("dc1") else one)
_datacenter("glob", "A datacenter may be a pattern.", lambda one: one.rstrip("*"))
