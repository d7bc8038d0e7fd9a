"""GET ``/v1/job/<ID>``: one job (documentation: "Query", first endpoint)."""

from typing import TYPE_CHECKING

from mockserver.operations.read import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def read(cluster: "Cluster", job_id: str, _query: Query) -> Read:
    """The job at its own ModifyIndex; a missing one at the last index of the whole jobs table."""
    watch = ("job", job_id)
    job = cluster.state.job(job_id)
    if job is None:
        return Read(None, cluster.state.table_index("jobs"), watch, missing="job not found")
    return Read(job, job["ModifyIndex"], watch)
