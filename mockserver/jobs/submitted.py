"""A job as it was submitted: taken out of a body, and prepared as register and plan go on with it."""

from collections.abc import Callable, Collection
from typing import Any

from mockserver.errors import BadRequest
from mockserver.jobs import canonicalize, limits, null_elements, validate
from mockserver.nomad_types import SubmittedJob


def submitted_job(job_id: str, body: dict[str, Any] | None) -> SubmittedJob:
    """Return the job in a register or plan body.

    An empty ID in the URL skips the comparison (observed: PUT ``/v1/job/`` registers any job).

    Raises:
        BadRequest: there is no job, or its ID is not byte for byte the one in the URL.
    """
    job: SubmittedJob | None = (body or {}).get("Job")
    if job is None:
        raise BadRequest("Job must be specified")
    if job_id not in ("", job["ID"]):
        raise BadRequest("Job ID does not match")
    return job


def prepared(
    job: SubmittedJob, *, drivers: Collection[str], values_of: Callable[[str], Collection[str]]
) -> SubmittedJob:
    """Return the job with its defaults, checked, as register and plan go on with it; raises ``Refused``.

    Empty lists stay as sent here: a plan compares them so, and the state drops them when the status changes.

    Args:
        job: as it was decoded; it is left as it is.
        drivers: names of the drivers that the agent knows.
        values_of: the different values that a target such as ``${attr.kernel.name}`` has on the nodes.
    """
    null_elements.check_null_elements(job)
    job = canonicalize.add_implicit_constraints(canonicalize.with_defaults(job))
    limits.check_operands(job, values_of)
    validate.validate(job, drivers=drivers)
    limits.check_counts(job)
    return job
