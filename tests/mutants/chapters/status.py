"""Mutants of the status of a job."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster.job_statuses import JobStatuses
from tests.mutants.mutant import mutant
from tests.mutants.vocabulary import call


def _status(name: str, sentence: str, change: Callable[[str, Any], str], *caught_by: str) -> None:
    def broken(compute: Any, self: JobStatuses, job: Any, **options: Any) -> str:
        return change(compute(self, job, **options), job)

    deviation = call(JobStatuses, "_computed_status", broken)
    mutant(f"status-of-a-job.{name}", sentence, "job.query.status*", *caught_by)(deviation)


_status(
    "never-dead", "A job is never dead.", lambda status, _: "running" if status == "dead" else status, "job.*", "c*"
)
_status(
    "never-running",
    "A job whose tasks run is pending.",
    lambda status, job: (
        "pending" if not (job["Periodic"] or job["ParameterizedJob"]) and status == "running" else status
    ),
    "job.query.status-running",
)
_status(
    "never-pending", "A job is never pending.", lambda status, _: "running" if status == "pending" else status, "job.*"
)
_status(
    "parents-pending",
    "Parents are pending.",
    lambda status, job: "pending" if job["Periodic"] or job["ParameterizedJob"] else status,
    "job.*",
)
_status(
    "complete",
    "A dead job is `complete`.",
    lambda status, job: "dead" if job["ParentID"] else {"dead": "complete"}.get(status, status),
    "job.*",
    "common.*",
)
