"""Launching a periodic job.

Source: documentation "Force New Periodic Instance"; recordings ``periodic-force-*``.
"""

from mockserver.jobs.canonicalize import without_empty_lists
from mockserver.shapes import Job


def is_periodic(job: Job) -> bool:
    """Say whether a job has a Periodic block, enabled or not: such a job gets no evaluation of its own.

    Registration, deregistration, forced evaluation and status go by this; only ``launches_by_itself`` jobs are
    tracked, can be forced, are checked at validation, and have a ``NextPeriodicLaunch`` in a plan.
    """
    return job["Periodic"] is not None


def launches_by_itself(job: Job) -> bool:
    """Say whether a job's Periodic block is enabled."""
    return is_periodic(job) and bool(job["Periodic"]["Enabled"])


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
