"""Check a submitted job as a whole: its drivers, fields that must not be submitted, check-and-set.

Source: documentation "Create or Update a Job"; recording ``register-check-index-conflict``.
"""

from collections.abc import Collection

from mockserver.errors import Refused
from mockserver.gostd.fmt import quote
from mockserver.jobs.canonicalize import signals_of
from mockserver.jobs.validate.drivers import config_problems, driver_named
from mockserver.jobs.validate.job import job_problems
from mockserver.jobs.validate.problems import Place, Problem, Problems, nested
from mockserver.nomad_types import Job, SubmittedJob, SubmittedTask, SubmittedTaskGroup


def submission_problems(job: SubmittedJob, drivers: Collection[str]) -> Problems:
    """List the problems of a job that is registered or planned."""
    yield from job_problems(job)
    signals = _signals(job)
    for group_index, group in enumerate(job["TaskGroups"] or ()):
        for task_index, task in enumerate(group["Tasks"] or ()):
            at = ("TaskGroups", group_index, "Tasks", task_index)
            yield from _driver_problems(group, task, at, drivers, signals.get((group["Name"], task["Name"]), []))
    yield from own_submission_problems(job)


def own_submission_problems(job: SubmittedJob) -> Problems:
    """List what a job has that must not be submitted, outside of its groups."""
    if job["Type"] == "_core":
        yield Problem("job type cannot be core", "Type")
    if job["Payload"]:
        yield Problem("job can't be submitted with a payload, only dispatched", "Payload")


def _driver_problems(
    group: SubmittedTaskGroup, task: SubmittedTask, at: Place, drivers: Collection[str], signals: list[str]
) -> Problems:
    name = task["Driver"]
    if name not in drivers:
        # The agent swaps the two names in this message.
        yield Problem(
            f"failed to create driver for task {quote(group['Name'])} in group {quote(task['Name'])} "
            f"for validation: unknown driver '{name}'",
            *at,
            "Driver",
            word=name,
            known=sorted(drivers),
        )
        return
    place = f"group {quote(group['Name'])} -> task {quote(task['Name'])}"
    driver = driver_named(name)
    yield from nested(f"{place} -> config: ", config_problems(driver, task["Config"] or {}), *at, "Config")
    if signals and not driver.sends_signals:
        wanted = ", ".join(signals)
        text = f"{place}: driver {quote(name)} doesn't support sending signals. Requested signals are {wanted}"
        yield Problem(text, *at, "Driver")


def _signals(job: SubmittedJob) -> dict[tuple[str, str], list[str]]:
    """Return the signals by the names of group and task; of tasks with one name, the last that has any counts."""
    return {
        (group["Name"], task["Name"]): signals
        for group in job["TaskGroups"] or ()
        for task in group["Tasks"] or ()
        if (signals := signals_of(task))
    }


def check_enforced_index(stored: Job | None, index: int) -> None:
    """Check the ``JobModifyIndex`` sent with ``EnforceIndex`` against the stored job's; 0 means there must be none.

    Raises:
        Refused: when they differ.
    """
    current = 0 if stored is None else stored["JobModifyIndex"]
    if index == current:
        return
    if stored is None:
        reason = "job does not exist"
    elif index == 0:
        reason = "job already exists"
    else:
        reason = f"job exists with conflicting job modify index: {current}"
    raise Refused(f"Enforcing job modify index {index}: {reason}")
