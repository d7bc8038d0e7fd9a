"""Make the child of a parameterized job (dispatch) or of a periodic job (launch).

Source: documentation "Dispatch Job" and "Force New Periodic Instance"; recordings ``dispatch-*``,
``periodic-force-*``.
"""

import base64
from collections.abc import Iterable, Mapping

from mockserver.errors import Refused
from mockserver.gostd.fmt import quote
from mockserver.jobs.canonicalize import without_empty_lists
from mockserver.nomad_types import Job, PeriodicConfig, SubmittedJob

_LARGEST_PAYLOAD = 16 * 1024
"""Bytes; decoded and not compressed."""


def check_dispatch(job_id: str, job: Job | None, payload: bytes, meta: Mapping[str, str]) -> None:
    """Check what is dispatched against the stored job.

    Args:
        job_id: as asked for; the stored job's may differ in case.
        job: the stored job, None when there is none.
        payload: decoded, not compressed; empty when none was given.
        meta: the given metadata.

    Raises:
        Refused: with the first thing wrong.
    """
    if job is None:
        raise Refused("parameterized job not found")
    rules = job["ParameterizedJob"]
    if rules is None:
        raise Refused(f"Specified job {quote(job_id)} is not a parameterized job")
    _check_payload(rules["Payload"], payload)
    required = rules["MetaRequired"] or []
    optional = rules["MetaOptional"] or []
    unpermitted = meta.keys() - {*required, *optional}
    if unpermitted:
        raise Refused(f"Dispatch request included unpermitted metadata keys: {_printed(unpermitted)}")
    missing = set(required) - meta.keys()
    if missing:
        raise Refused(f"Dispatch did not provide required meta keys: {_printed(missing)}")


def _check_payload(rule: str, payload: bytes) -> None:
    if rule == "required" and not payload:
        raise Refused("Payload is not provided but required by parameterized job")
    if rule == "forbidden" and payload:
        raise Refused("Payload provided but forbidden by parameterized job")
    if len(payload) > _LARGEST_PAYLOAD:
        raise Refused(f"Payload exceeds maximum size; {len(payload)} > {_LARGEST_PAYLOAD}")


def _printed(keys: Iterable[str]) -> str:
    """Print the keys in order; the order of a real agent is random."""
    return f"[{' '.join(sorted(keys))}]"


def dispatched_job(parent: Job, payload: bytes, meta: Mapping[str, str], child_id: str) -> Job:
    """Return the job to register for one dispatch: the parent with an ID of its own, the payload and the metadata."""
    return {
        **without_empty_lists(parent),
        "ID": child_id,
        "Name": child_id,
        "ParentID": parent["ID"],
        "ParameterizedJob": None,
        "Meta": {**(parent["Meta"] or {}), **meta} or None,
        "Payload": base64.b64encode(payload).decode() if payload else None,
    }


def child_id(parent_id: str, seconds: int, suffix: str) -> str:
    """Return the ID of a job dispatched at a Unix time; ``suffix`` is 8 random hex digits."""
    return f"{parent_id}/dispatch-{seconds}-{suffix}"


def launch_schedule(job: Job | SubmittedJob) -> PeriodicConfig | None:
    """Return the Periodic block of a job that launches by itself; None when it has none or the block is off.

    A job with a block that is off still counts as periodic: it gets no evaluation when it is registered or
    deregistered, and none by force. Only a block that is on is validated, tracked, launched by force, and gives a plan
    its ``NextPeriodicLaunch``.
    """
    periodic = job["Periodic"]
    return periodic if periodic and periodic["Enabled"] else None


def periodic_child(parent: Job, seconds: int) -> Job:
    """Return the job to register for the launch at a Unix time: the parent with an ID of its own, not periodic."""
    launched_id = f"{parent['ID']}/periodic-{seconds}"
    return {
        **without_empty_lists(parent),
        "ID": launched_id,
        "Name": launched_id,
        "ParentID": parent["ID"],
        "Periodic": None,
    }
