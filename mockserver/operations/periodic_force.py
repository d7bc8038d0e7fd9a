"""PUT, POST ``/v1/job/<ID>/periodic/force``: launch a periodic job now (documentation: "PUT / POST")."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.operations.write import Done, Write

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def parse(job_id: str, _body: dict[str, Any] | None) -> Write:
    """Nothing but the job ID counts: the body is not even read (observed)."""
    return Write(partial(_run, job_id))


def _run(job_id: str, cluster: "Cluster") -> Done:
    """Three keys only: unlike the other writes this one has no KnownLeader and LastContact (observed)."""
    written = cluster.force(job_id)
    index = written.evaluation_index
    return Done({"EvalCreateIndex": index, "EvalID": written.evaluation_id, "Index": index}, index)
