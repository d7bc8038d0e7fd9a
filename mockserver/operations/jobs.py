"""GET ``/v1/jobs``: all jobs in short form (behaviour observed on 0.5.4)."""

from typing import TYPE_CHECKING, Any

from mockserver.operations.read import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.shapes import Job, JobSummary

_STUB = (
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


def read(cluster: "Cluster", _target: str, query: Query) -> Read:
    """The jobs whose ID starts with ``prefix`` in any letter case, by ID, at the index of the whole table."""
    state = cluster.state
    jobs = [_stub(job, state.summary(job["ID"])) for job in state.jobs(query["prefix"])]
    return Read(jobs, state.table_index("jobs"), ("table", "jobs"))


def _stub(job: "Job", summary: "JobSummary | None") -> dict[str, Any]:
    return {"JobSummary": summary} | {key: job[key] for key in _STUB}
