"""PUT, POST ``/v1/job/<ID>/evaluate``: evaluate a job anew (documentation: "PUT / POST")."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.operations.write import Done, Write, evaluated

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def parse(job_id: str, _body: dict[str, Any] | None) -> Write:
    """Nothing but the job ID counts: the body is not even read (observed)."""
    return Write(partial(_run, job_id))


def _run(job_id: str, cluster: "Cluster") -> Done:
    return evaluated(cluster.evaluate(job_id))
