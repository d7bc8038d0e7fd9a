"""The status of a job: what it follows from, and what changes in the state when it does.

A status is nowhere set by hand: each change of a job, of its evaluations or of its allocations may give it another one.
"""

from collections.abc import Callable
from typing import NamedTuple

from mockserver.cluster import summaries
from mockserver.cluster.shared_parts import SharedParts
from mockserver.cluster.tables import Tables, has_prefix
from mockserver.gostd.fmt import lower
from mockserver.jobs.canonicalize import without_empty_lists
from mockserver.nomad_types import Job, JobSummary


class StatusChange(NamedTuple):
    """What follows for the state when a job gets another status."""

    job: Job
    """The job as it will be stored."""
    parent: JobSummary | None
    """The summary of its parent, which counts it elsewhere; None without a parent that has one."""


class JobStatuses(Tables):
    """The tables, and the statuses of jobs that follow from them."""

    def __init__(self) -> None:
        super().__init__()
        self._parts = SharedParts()

    def _computed_status(self, job: Job, *, collected: bool = False) -> str:
        """Return the status that follows from a job's allocations and evaluations (behaviour observed on 0.5.4).

        Evaluations count by prefix of the job ID, so a job ``a`` is pending while a job ``ab`` is.
        ``collected`` says that garbage collection just removed evaluations of the job.
        """
        job_key = lower(job["ID"])
        if self._live_of.get(job_key):
            return "running"
        if has_prefix(self._open_evaluations_of, job_key):
            return "pending"
        known = collected or self._allocations_of.get(job_key)
        if known or has_prefix(self._evaluations_of, job_key):
            return "dead"
        return "pending" if job["Periodic"] is None and job["ParameterizedJob"] is None else "running"

    def _status_change(
        self, job: Job, index: int, summary_of: Callable[[str], JobSummary | None], *, collected: bool = False
    ) -> StatusChange | None:
        """Return what the entry with this index changes of a job and of its parent's summary; None when it is nothing.

        ``summary_of`` returns the summary of a job by its ID, as that entry has left it so far. The status of a new
        job is "" before. A change is also when a real agent copies the job and drops its empty lists (observed).
        """
        status = self._computed_status(job, collected=collected)
        if job["Status"] == status:
            return None
        copied = job if _is_copied(job) else without_empty_lists(job)
        if copied["TaskGroups"] is not job["TaskGroups"]:
            copied = self._parts.of(copied)
        parent = summary_of(job["ParentID"]) if job["ParentID"] else None
        return StatusChange(
            {**copied, "Status": status, "ModifyIndex": index},
            None if parent is None else summaries.with_child(parent, job["Status"], status, index),
        )


def _is_copied(job: Job) -> bool:
    """Whether a stored job was copied since it was registered: when it was new, or when its status changed."""
    return job["CreateIndex"] == job["JobModifyIndex"] or job["ModifyIndex"] != job["JobModifyIndex"]
