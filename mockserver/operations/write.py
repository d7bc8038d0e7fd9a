"""The two halves of a write: reading the request, which needs no cluster, and running it on one.

A real agent reads the whole request before it looks at the region, so a malformed body to an unknown
region is a malformed body (observed).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.errors import BadRequest

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster, Written
    from mockserver.shapes import Job


@dataclass(frozen=True, slots=True)
class Done:
    """The reply of a write: the body, and the index for X-Nomad-Index."""

    body: dict[str, Any]
    index: int


@dataclass(frozen=True, slots=True)
class Write:
    """A request that could be read. ``region`` is what the body asks for, empty when it doesn't.

    ``run`` makes the change on the cluster of the region that was found; it raises ``Refused``. What may take long
    lets others have their turn meanwhile. The cluster's clock has to be at rest before.
    """

    run: "Callable[[Cluster], Done | Awaitable[Done]]"
    region: str = ""


async def run(write: Write, cluster: "Cluster") -> Done:
    """Make the change, once the cluster's clock is at rest; raises ``Refused``."""
    await cluster.clock.at_rest()
    result = write.run(cluster)
    return result if isinstance(result, Done) else await result


Parse: TypeAlias = Callable[[str, dict[str, Any] | None], Write]
"""Job ID of the URL and decoded body (None for ``null`` and where the body is ignored) to the write.

Raises ``BadRequest``.
"""


def submitted_job(job_id: str, body: dict[str, Any] | None) -> "Job":
    """The job in a register or plan body.

    Raises ``BadRequest`` when there is none, or when its ID isn't byte for byte the one in the URL. An
    empty ID in the URL skips the comparison (observed: PUT ``/v1/job/`` registers any job).
    """
    job: Job | None = (body or {}).get("Job")
    if job is None:
        raise BadRequest("Job must be specified")
    if job_id not in ("", job["ID"]):
        raise BadRequest("Job ID does not match")
    return job


def evaluated(written: "Written") -> Done:
    """The six keys that register, evaluate and deregister answer with.

    Without an evaluation (periodic and parameterized jobs) its fields, the index too, are empty and 0.
    """
    body = {
        "EvalCreateIndex": written.evaluation_index,
        "EvalID": written.evaluation_id,
        "Index": written.evaluation_index,
        "JobModifyIndex": written.job_index,
        "KnownLeader": False,
        "LastContact": 0,
    }
    return Done(body, written.evaluation_index)
