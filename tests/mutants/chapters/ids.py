"""Mutants of job IDs: letter case, prefixes, characters."""

import re
from collections.abc import Callable
from typing import Any

from mockserver.cluster import batch, follower, job_statuses, plan, state, tables
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.tables import Tables
from mockserver.errors import BadRequest
from mockserver.operations import job_writes as plan_operation
from mockserver.operations import job_writes as register_operation
from tests.mutants.mutant import Breakage, Deviation, Scope, mutant
from tests.mutants.vocabulary import intercepts, replaces, request, restored, stored


@mutant("id.case-sensitive", "A job is only found by its exact spelling.", "job.query.id-case-insensitive", "job.r*")
@intercepts(Tables, "job")
def _(find: Any, self: Tables, job_id: str) -> Any:
    job = find(self, job_id)
    return job if job and job["ID"] == job_id else None


mutant("id.lower-case", "IDs are stored in lower case.", "job.query.id-case-insensitive", "job.*")(
    stored(lambda job: {**job, "ID": job["ID"].lower()})
)


mutant("id.first-spelling", "An update keeps the first spelling of the ID.", "job.register.id-case-is-the-same-job")(
    restored(lambda old, new, _: {"ID": (old or new)["ID"]})
)


@mutant("id.url-wins", "The ID in the body does not matter.", "job.register.id-must-match", "job.*", "common.*")
@replaces(register_operation, "submitted_job")
def _(job_id: str, body: Any) -> Any:
    job = (body or {}).get("Job")
    if job is None:
        raise BadRequest("Job must be specified")
    return {**job, "ID": job_id}


@mutant("id.any-case-matches", "The ID in the body may differ in case.", "job.register.id-must-match")
def _(breakage: Breakage) -> None:
    def make(submitted: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            job = (body or {}).get("Job")
            same = job is not None and job["ID"].lower() == job_id.lower()
            return submitted(job["ID"] if same and job else job_id, body)

        return broken

    breakage.wrap(register_operation, "submitted_job", make)
    breakage.wrap(plan_operation, "submitted_job", make)


@mutant("id.prefix-found", "A job is found by the beginning of its ID.", "job.query.near-miss", "job.*", "common.*")
@intercepts(Tables, "job")
def _(find: Any, self: Tables, job_id: str) -> Any:
    return find(self, job_id) or next((job for job in self.jobs(job_id)), None)


@mutant("query.wrong-job", "The job answered is the first that begins like it.", "job.query.returns-the-job", "job.*")
@intercepts(Tables, "job")
def _(find: Any, self: Tables, job_id: str) -> Any:
    found = find(self, job_id)
    return found and next(self.jobs(job_id[:-1]))


@mutant(
    "query.reading-changes", "Reading a job moves its ModifyIndex.", "job.query.changes-nothing", "job.*", "common.*"
)
def _(breakage: Breakage) -> None:
    from mockserver.operations import READS

    def make(read: Any) -> Any:
        def broken(region: Cluster, job_id: str, query: Any) -> Any:
            job = region.state.job(job_id)
            if job is not None:
                index = region.state.pass_index()
                region.state._store_job({**job, "ModifyIndex": index}, index)
            return read(region, job_id, query)

        return broken

    breakage.wrap_item(READS, "summary", make)


@mutant(
    "query.lags",
    "A read after a write shows the state before it.",
    "common.consistency.read-your-writes",
    "job.*",
    "c*",
)
def _(breakage: Breakage) -> None:
    from mockserver.operations import READS
    from mockserver.operations.results import Read

    before: dict[str, Any] = {}

    def make(read: Any) -> Any:
        def broken(region: Cluster, job_id: str, query: Any) -> Any:
            now = read(region, job_id, query)
            old, before[job_id] = before.get(job_id, now), now
            return old if isinstance(old, Read) and not old.missing and not now.missing else now

        return broken

    breakage.wrap_item(READS, "query", make)


def _spelt(methods: str, end: str, pattern: bytes, instead: bytes) -> Deviation:
    """Replace what matches ``pattern`` in the paths of requests with one of these methods whose path has this end."""

    def change(scope: Scope) -> None:
        if scope["method"] in methods.split() and scope["path"].endswith(end):
            scope["raw_path"] = re.sub(pattern, instead, scope["raw_path"])

    return request(change)


for _name, _sentence, _deviation in (
    ("accents-stay", "A deregistration decodes only ASCII.", _spelt("DELETE", "", rb"%(?=[C-F][0-9A-F])", b"%25")),
    ("plus-in-plans", "A plus before a plan is a space.", _spelt("PUT POST", "/plan", rb"\+", b"%20")),
    ("plus-in-lists", "A plus before evaluations is a space.", _spelt("GET", "/evaluations", rb"\+", b"%20")),
    ("parameters", "A semicolon ends the ID of what is deregistered.", _spelt("DELETE", "", rb";.*", b"")),
):
    mutant(f"id.{_name}", _sentence, "job.query.id-percent-decoded", "job.query.*", "common.*")(_deviation)


# Letter case beyond ASCII


def _small(lower: Callable[[str], str]) -> Deviation:
    """Compare IDs in small letters of another kind."""

    def apply(breakage: Breakage) -> None:
        for module in (batch, follower, job_statuses, plan, state, tables):
            breakage.replace(module, "lower", lower)

    return apply


def _of_ascii(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


for _name, _sentence, _lower in (
    ("case-of-ascii", "Of letters beyond ASCII a capital is another letter.", _of_ascii),
    ("case-of-words", "A sigma that ends an ID is another letter, and a capital i with a dot is two.", str.lower),
    ("case-folded", "An ID has its letters folded.", str.casefold),
    ("case-in-capitals", "IDs are compared in capitals.", str.upper),
):
    mutant(f"id.{_name}", _sentence, "job.query.id-case-insensitive")(_small(_lower))
