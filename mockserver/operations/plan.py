"""PUT, POST ``/v1/job/<ID>/plan``: what a registration would do (documentation: "PUT / POST")."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.operations.prepare import prepare
from mockserver.operations.write import Done, Write, submitted_job

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.shapes import Job


def parse(job_id: str, body: dict[str, Any] | None) -> Write:
    """Read ``{"Job", "Diff", "Region"}``; EnforceIndex is ignored. Raises ``BadRequest``."""
    job = submitted_job(job_id, body)
    fields = body or {}
    return Write(partial(_run, job, bool(fields.get("Diff"))), fields.get("Region", ""))


def _run(job: "Job", diff: bool, cluster: "Cluster") -> Done:
    reply = cluster.plan(prepare(cluster, job), diff=diff)
    return Done(reply, reply["Index"])
