"""PUT, POST ``/v1/job/<ID>/plan``: what a registration would do (documentation: "PUT / POST")."""

from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.apart import apart
from mockserver.jobs.diff import annotate, diff_jobs
from mockserver.jobs.diff.filtering import with_texts
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
    kept_away, keeps_away = cluster.state.filtering(job["ID"]), set[tuple[str, int]]()
    reply = await cluster.clock.occupy(cluster.plan(job, keeps_away))
    if diff:
        desired = reply["Annotations"]["DesiredTGUpdates"]
        reply["Diff"] = await apart(
            [old, job],
            lambda: annotate(diff_jobs(old and with_texts(old, kept_away), with_texts(job, keeps_away)), desired),
        )
    return Done(reply, reply["Index"])
