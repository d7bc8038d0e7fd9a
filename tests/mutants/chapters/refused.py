"""Mutants of registrations that are refused, check-and-set among them."""

import contextlib
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster
from mockserver.errors import Refused
from mockserver.jobs.validate import submission
from tests.mutants.mutant import Breakage, Scope, mutant
from tests.mutants.storing import Register
from tests.mutants.vocabulary import intercepts, registration, replaced, request_body, wrapped


def _on_refusal(name: str, sentence: str, then: Callable[[Cluster, Any], None], *caught_by: str) -> None:
    async def broken(register: Register, region: Cluster, job: Any, expected: int | None) -> Any:
        try:
            return await register(job, expected)
        except Refused:
            with contextlib.suppress(Exception):
                then(region, job)
            raise

    mutant(f"register.refused-{name}", sentence, *caught_by)(registration(broken))


def _store_known(region: Cluster, job: Any) -> None:
    known = region.state.job(job["ID"])
    if known is not None:
        region.state.upsert_job({**known, "Priority": job["Priority"]})


def _evaluate_known(region: Cluster, job: Any) -> None:
    known = region.state.job(job["ID"])
    if known is not None:
        region.evaluate(job["ID"])


def _store_new(region: Cluster, job: Any) -> None:
    if region.state.job(job["ID"]) is None and job["ID"]:
        region.state.upsert_job(job)


def _drop_known(region: Cluster, job: Any) -> None:
    if job["Priority"] < 1:
        region.deregister(job["ID"])


_CHANGED = ("job.register.refused-update-changes-nothing", "job.register.*", "common.*")
_on_refusal("update-stored", "A refused update is stored partly.", _store_known, *_CHANGED)
_on_refusal("update-evaluated", "A refused update is evaluated.", _evaluate_known, *_CHANGED)
_on_refusal(
    "job-stored", "A refused new job is stored.", _store_new, "job.register.refuses.*", "common.*", "job.register.*"
)
_on_refusal(
    "update-not-launched",
    "A refused update of a periodic job ends its launches.",
    lambda region, job: region._periodic.deregistered(job["ID"]),
    "job.periodic-force.launches",
    "job.periodic-force.*",
)
_on_refusal("update-deregisters", "A refused update ends the job.", _drop_known, *_CHANGED)


# Check and set


mutant("register.enforce-ignored", "EnforceIndex is ignored.", "job.register.check-and-set")(
    replaced(submission, "check_enforced_index", lambda *_: None)
)


mutant("register.enforce-zero-accepts", "EnforceIndex with 0 overwrites a job.", "job.register.check-and-set")(
    wrapped(submission, "check_enforced_index", lambda check: lambda job, index: index and check(job, index))
)


@mutant("register.enforce-newer-accepts", "EnforceIndex accepts any larger index.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    def make(check: Any) -> Any:
        return lambda job, index: None if job and index >= job["JobModifyIndex"] else check(job, index)

    breakage.wrap(submission, "check_enforced_index", make)


@mutant("register.enforce-modify-index", "EnforceIndex compares with ModifyIndex.", "job.register.check-and-set", "c*")
def _(breakage: Breakage) -> None:
    def make(check: Any) -> Any:
        return lambda job, index: check(job and {**job, "JobModifyIndex": job["ModifyIndex"]}, index)

    breakage.wrap(submission, "check_enforced_index", make)


@mutant("register.enforce-always", "JobModifyIndex counts without EnforceIndex.", "job.register.server-fields-ignored")
@registration
async def _(register: Register, _: Cluster, job: Any, expected: int | None) -> Any:
    return await register(job, job["JobModifyIndex"] or expected)


@mutant(
    "register.enforce-envelope-always",
    "The body's JobModifyIndex counts without EnforceIndex.",
    "job.register.check-and-set",
)
def _(breakage: Breakage) -> None:
    from mockserver.operations import WRITES

    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            return parse(job_id, body and {**body, "EnforceIndex": body["EnforceIndex"] or body["JobModifyIndex"] > 0})

        return broken

    breakage.wrap_item(WRITES, "register", make)


@mutant(
    "register.enforce-refused-stores", "A failed check-and-set stores the job.", "job.register.check-and-set", "job.*"
)
@intercepts(submission, "check_enforced_index")
def _(check: Any, job: Any, index: int) -> None:
    if job is not None and index > job["JobModifyIndex"]:
        job["JobModifyIndex"] = index
    check(job, index + (job is not None))


async def _conflict_evaluates(register: Register, region: Cluster, job: Any, expected: int | None) -> Any:
    try:
        return await register(job, expected)
    except Refused:
        if expected is not None:
            _evaluate_known(region, job)
        raise


mutant(
    "register.enforce-refused-evaluates",
    "A failed check-and-set evaluates the job.",
    "job.register.check-and-set",
    "job.*",
)(registration(_conflict_evaluates))


@mutant("plan.enforces-index", "A plan obeys EnforceIndex.", "job.plan.ignores-enforce-index")
@request_body
def _(scope: Scope, body: bytes) -> str | None:
    refused = scope["path"].endswith("/plan") and b'"EnforceIndex": true' in body
    return "Enforcing job modify index 12345: job does not exist" if refused else None
