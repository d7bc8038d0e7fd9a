"""DELETE ``/v1/job/<ID>``: deregister a job (documentation: "DELETE")."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.operations.write import Done, Write, evaluated

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def parse(job_id: str, _body: dict[str, Any] | None) -> Write:
    """Nothing but the job ID counts: the body is not even read (observed)."""
    return Write(partial(_run, job_id))


def _run(job_id: str, cluster: "Cluster") -> Done:
    """An unknown job is deregistered just as well, with an evaluation (observed)."""
    return evaluated(cluster.deregister(job_id))
