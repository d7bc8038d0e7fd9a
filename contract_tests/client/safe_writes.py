"""The writes to companion endpoints that a run may send: none of them can change what is not its own."""

from typing import Any

JOBS = "/v1/jobs"
NODES = "/v1/nodes"
COLLECTION = "/v1/system/gc"
"""Garbage collection of a whole region: a test of it asks for permission first."""
NOBODY = "00000000-0000-0000-0000-000000000000"
"""An ID that no evaluation, allocation or node has."""
READ_ONLY = (
    "/v1/evaluations",
    f"/v1/evaluation/{NOBODY}",
    f"/v1/evaluation/{NOBODY}/allocations",
    "/v1/allocations",
    f"/v1/allocation/{NOBODY}",
    NODES,
    f"/v1/node/{NOBODY}",
    f"/v1/node/{NOBODY}/allocations",
    "/v1/agent/self",
    "/v1/agent/members",
    "/v1/status/leader",
    "/v1/status/peers",
    "/v1/regions",
)
"""The endpoints at which no version of Nomad takes a PUT or PATCH; some take a DELETE."""
WRONG = ("PUT", "PATCH")


def harmless(method: str, target: str, body: Any, prefix: str) -> bool:
    """Return whether a write is about a job of this run, is refused in any case, or was permitted."""
    if target == JOBS and method in ("PUT", "POST"):
        job = body.get("Job") if isinstance(body, dict) else None
        return not isinstance(body, bytes) and (not job or str(job.get("ID", "")).startswith(prefix))
    if target == COLLECTION:
        return method == "PUT"
    return body is None and ((method == "PATCH" and target == JOBS) or (method in WRONG and target in READ_ONLY))
