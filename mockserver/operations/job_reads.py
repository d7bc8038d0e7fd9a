"""Read jobs: ``GET /v1/job/<ID>``, its allocations, evaluations and summary, and ``/v1/jobs``.

Source: documentation "Query"; ``/v1/jobs`` is observed on 0.5.4.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mockserver.gostd.fmt import lower
from mockserver.operations.results import Query, Read, listed, read_one

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.nomad_types import Allocation, AllocListStub, Evaluation, Job, JobListStub, JobSummary


def read_job(cluster: "Cluster", job_id: str, _query: Query) -> Read:
    """Read the job at its own ModifyIndex; a missing one at the last index of the whole jobs table."""
    state = cluster.state
    return read_one(state.job(job_id), state.table_index("jobs"), ("job", job_id), missing="job not found")


_ALLOCATION_STUB = (
    "ClientDescription",
    "ClientStatus",
    "CreateIndex",
    "CreateTime",
    "DesiredDescription",
    "DesiredStatus",
    "EvalID",
    "ID",
    "JobID",
    "ModifyIndex",
    "Name",
    "NodeID",
    "TaskGroup",
    "TaskStates",
)


def read_job_allocations(cluster: "Cluster", job_id: str, query: Query) -> Read:
    """Read the allocations of exactly this job, by ID; with ``all`` those of its earlier instances, too.

    An unknown job has an empty list. The index is that of the whole table, whoever changed it (observed).
    """
    state = cluster.state
    allocations = state.allocations_of(job_id, all_instances=query["all"])
    return Read(listed(allocations, allocation_stubs), state.table_index("allocs"), ("allocations", job_id))


def allocation_stubs(allocations: Iterable["Allocation"]) -> list["AllocListStub"]:
    """Return the allocations as lists show them, in the same order."""
    return [allocation_stub(each) for each in allocations]


def allocation_stub(allocation: "Allocation") -> "AllocListStub":
    """Return the part of an allocation that lists show: no job, no resources, no metrics."""
    fields: Mapping[str, Any] = allocation
    return cast("AllocListStub", {key: fields[key] for key in _ALLOCATION_STUB})


def read_job_evaluations(cluster: "Cluster", job_id: str, _query: Query) -> Read:
    """Read the evaluations of this job, of its children and of other jobs with this prefix (observed).

    Ordered by job ID, status, ID. The index is that of the whole table, whoever changed it.
    """
    state = cluster.state
    found = listed(state.evaluations_of(job_id), _by_job_and_status)
    return Read(found, state.table_index("evals"), ("evaluations", job_id))


def _by_job_and_status(evaluations: Iterable["Evaluation"]) -> list["Evaluation"]:
    return sorted(evaluations, key=lambda each: (lower(each["JobID"]), each["Status"], each["ID"]))


def read_job_summary(cluster: "Cluster", job_id: str, _query: Query) -> Read:
    """Read the summary at its own ModifyIndex; a missing one at the last index of the summary table."""
    state = cluster.state
    return read_one(
        state.summary(job_id), state.table_index("job_summary"), ("summary", job_id), missing="job not found"
    )


_JOB_STUB = (
    "CreateIndex",
    "ID",
    "JobModifyIndex",
    "ModifyIndex",
    "Name",
    "ParentID",
    "Priority",
    "Status",
    "StatusDescription",
    "Type",
)


def read_all_jobs(cluster: "Cluster", _target: str, query: Query) -> Read:
    """Read the jobs whose ID starts with ``prefix`` in any letter case, by ID, at the index of the whole table."""
    state = cluster.state
    jobs = list(state.jobs(query["prefix"]))
    body = listed(jobs, partial(_job_stubs, summaries=state.summaries()))
    return Read(body, state.table_index("jobs"), ("table", "jobs"))


def _job_stubs(jobs: Iterable["Job"], summaries: Mapping[str, "JobSummary"]) -> list["JobListStub"]:
    return [_job_stub(job, summaries.get(lower(job["ID"]))) for job in jobs]


def _job_stub(job: "Job", summary: "JobSummary | None") -> "JobListStub":
    fields: Mapping[str, Any] = job
    return cast("JobListStub", {"JobSummary": summary} | {key: fields[key] for key in _JOB_STUB})
