"""GET ``/v1/job/<ID>/summary``: how many allocations are in which state (documentation: "Query")."""

from typing import TYPE_CHECKING

from mockserver.operations.read import Query, Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def read(cluster: "Cluster", job_id: str, _query: Query) -> Read:
    """The summary at its own ModifyIndex; a missing one at the last index of the summary table."""
    watch = ("summary", job_id)
    summary = cluster.state.summary(job_id)
    if summary is None:
        return Read(None, cluster.state.table_index("job_summary"), watch, missing="job not found")
    return Read(summary, summary["ModifyIndex"], watch)
