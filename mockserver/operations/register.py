"""PUT, POST ``/v1/job/<ID>``: register or update a job (documentation: "PUT / POST", first endpoint)."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.apart import apart
from mockserver.jobs import canonicalize, validate
from mockserver.jobs.validate import submission
from mockserver.operations.prepare import prepare
from mockserver.operations.write import Done, Write, evaluated, submitted_job

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster, Written
    from mockserver.shapes import Job


def parse(job_id: str, body: dict[str, Any] | None) -> Write:
    """Read ``{"Job", "EnforceIndex", "JobModifyIndex", "Region"}``; raises ``BadRequest``."""
    job = submitted_job(job_id, body)
    fields = body or {}
    expected = fields.get("JobModifyIndex", 0) if fields.get("EnforceIndex") else None
    return Write(partial(_run, job, expected), fields.get("Region", ""))


def register(cluster: "Cluster", job: "Job", expected: int | None = None) -> "Written":
    """Store a job that was just decoded; ``expected`` is the JobModifyIndex to insist on, 0 for "no job yet".

    Raises ``Refused``: invalid, check-and-set failed, Vault asked for.
    """
    return _store(cluster, _as_stored(prepare(cluster, job)), expected)


def _as_stored(job: "Job") -> "Job":
    """An agent fills in defaults again when it stores; it shows where a name contains a variable such as ${TASK}."""
    return {**canonicalize.with_defaults(job), "VaultToken": ""}


def _store(cluster: "Cluster", job: "Job", expected: int | None) -> "Written":
    if expected is not None:
        submission.check_enforced_index(cluster.state.job(job["ID"]), expected)
    validate.check_vault(job)
    return cluster.register(job)


async def _run(job: "Job", expected: int | None, cluster: "Cluster") -> Done:
    prepared = await apart(job, lambda: _as_stored(prepare(cluster, job)))
    await cluster.clock.at_rest()
    return evaluated(_store(cluster, prepared, expected))
