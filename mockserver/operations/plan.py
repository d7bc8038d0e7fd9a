"""PUT, POST ``/v1/job/<ID>/plan``: what a registration would do (documentation: "PUT / POST")."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.apart import apart
from mockserver.jobs.diff import annotate, diff_jobs
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


async def _run(job: "Job", diff: bool, cluster: "Cluster") -> Done:
    job = await apart(job, partial(prepare, cluster, job))
    await cluster.clock.at_rest()
    old = cluster.state.job(job["ID"])
    reply = await cluster.clock.occupy(cluster.plan(job))
    if diff:
        desired = reply["Annotations"]["DesiredTGUpdates"]
        reply["Diff"] = await apart([old, job], lambda: annotate(diff_jobs(old, job), desired))
    return Done(reply, reply["Index"])
