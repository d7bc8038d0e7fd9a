"""A job as it was submitted: taken out of a body, and prepared as register and plan go on with it."""

from collections.abc import Callable, Collection
from typing import Any

from mockserver.errors import BadRequest
from mockserver.jobs import canonicalize, limits, null_elements, sound_groups, validate
from mockserver.nomad_types import SubmittedJob, SubmittedTaskGroup


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
    known = sound_groups.entries(job, drivers)
    ready = _of_sound_groups(job, sound_groups.ready(known), values_of)
    if ready is None:
        null_elements.check_null_elements(job)
        ready = canonicalize.add_implicit_constraints(canonicalize.with_defaults(job))
        limits.check_operands(ready, values_of)
        validate.validate(ready, drivers=drivers)
        sound_groups.remember(known, ready)
    limits.check_counts(ready)
    return ready


def _of_sound_groups(
    job: SubmittedJob, groups: list[SubmittedTaskGroup] | None, values_of: Callable[[str], Collection[str]]
) -> SubmittedJob | None:
    """Return the job with its defaults, whose groups are known to be sound; None when anything else may be wrong."""
    if groups is None or None in (job["Constraints"] or ()):
        return None
    ready: SubmittedJob = {**canonicalize.with_defaults({**job, "TaskGroups": None}), "TaskGroups": groups}
    limits.check_operands(ready, values_of)
    return ready if validate.is_sound_but_for_groups(ready) else None
