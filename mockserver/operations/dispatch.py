"""PUT, POST ``/v1/job/<ID>/dispatch``: an instance of a parameterized job (documentation: "PUT / POST")."""

from base64 import b64decode
from functools import partial
from typing import TYPE_CHECKING, Any

from mockserver.errors import BadRequest
from mockserver.jobs.children import check_dispatch
from mockserver.operations.write import Done, Write

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


def parse(job_id: str, body: dict[str, Any] | None) -> Write:
    """Read ``{"Payload", "Meta", "JobID", "Region"}``, all optional; raises ``BadRequest``."""
    fields = body or {}
    if fields.get("JobID") not in (None, "", job_id):
        raise BadRequest("Job ID does not match")
    payload = b64decode(fields.get("Payload") or "")
    meta = fields.get("Meta") or {}
    return Write(partial(_run, job_id, payload, meta), fields.get("Region", ""))


def _run(job_id: str, payload: bytes, meta: dict[str, str], cluster: "Cluster") -> Done:
    check_dispatch(job_id, cluster.state.job(job_id), payload, meta)
    written = cluster.dispatch(job_id, payload, meta)
    body = {
        "DispatchedJobID": written.job_id,
        "EvalCreateIndex": written.evaluation_index,
        "EvalID": written.evaluation_id,
        "Index": written.evaluation_index,
        "JobCreateIndex": written.job_index,
        "KnownLeader": False,
        "LastContact": 0,
    }
    return Done(body, written.evaluation_index)
