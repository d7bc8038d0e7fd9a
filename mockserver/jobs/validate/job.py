"""Validate the fields of a job and of its task groups."""

from mockserver.gostd.cronexpr import check_cron
from mockserver.gostd.fmt import duration, int64, quote
from mockserver.jobs.children import launch_schedule
from mockserver.jobs.validate.constraints import constraints_problems
from mockserver.jobs.validate.problems import Problems, nested
from mockserver.jobs.validate.task import task_problems
from mockserver.nomad_types import (
    ParameterizedJobConfig,
    PeriodicConfig,
    RestartPolicy,
    SubmittedJob,
    SubmittedTask,
    SubmittedTaskGroup,
)


def group_problems(group: SubmittedTaskGroup) -> Problems:
    """List the problems of a group, those of its tasks included."""
    if not group["Name"]:
        yield "Missing task group name"
    if group["Count"] < 0:
        yield "Task group count can't be negative"
    if not group["Tasks"]:
        yield "Missing tasks for task group"
    yield from constraints_problems(group["Constraints"])
    if group["RestartPolicy"] is None:
        yield f"Task Group {group['Name']} should have a restart policy"
    else:
        yield from _restart_problems(group["RestartPolicy"])
    assert group["EphemeralDisk"] is not None  # has its default by now
    disk = group["EphemeralDisk"]["SizeMB"]
    if disk < 10:
        yield f"minimum DiskMB value is 10; got {disk}"
    yield from _task_list_problems(group["Tasks"] or [])
    for task in group["Tasks"] or ():
        yield from nested(f"Task {task['Name']} validation failed: ", task_problems(task, disk))


def _restart_problems(policy: RestartPolicy) -> Problems:
    mode, attempts, interval, delay = policy["Mode"], policy["Attempts"], policy["Interval"], policy["Delay"]
    if mode not in ("delay", "fail"):
        yield f"Unsupported restart mode: {quote(mode)}"
    elif attempts == 0 and mode != "fail":
        yield f'Restart policy "{mode}" with 0 attempts is ambiguous'
    elif interval != 0 and int64(attempts * delay) > interval:
        yield (
            f"Nomad can't restart the TaskGroup {attempts} times in an interval of {duration(interval)} "
            f"with a delay of {duration(delay)}"
        )


def _task_list_problems(tasks: list[SubmittedTask]) -> Problems:
    first_place: dict[str, int] = {}
    for place, task in enumerate(tasks, 1):
        name = task["Name"]
        if not name:
            yield f"Task {place} missing name"
        elif first_place.setdefault(name, place) != place:
            yield f"Task {place} redefines '{name}' from task {first_place[name]}"


def job_problems(job: SubmittedJob) -> Problems:
    """List the problems of a job, those of its groups and tasks included."""
    yield from _identity_problems(job)
    yield from constraints_problems(job["Constraints"])
    yield from _group_list_problems(job)
    for group in job["TaskGroups"] or ():
        yield from nested(f"Task group {group['Name']} validation failed: ", group_problems(group))
    periodic = launch_schedule(job)
    if periodic is not None:
        if job["Type"] != "batch":
            yield 'Periodic can only be used with "batch" scheduler'
        yield from _periodic_problems(periodic)
    if job["ParameterizedJob"] is not None:
        if job["Type"] != "batch":
            yield 'Parameterized job can only be used with "batch" scheduler'
        yield from nested("", _parameterized_problems(job["ParameterizedJob"]))


def _identity_problems(job: SubmittedJob) -> Problems:
    if not job["Region"]:
        yield "Missing job region"
    if not job["ID"]:
        yield "Missing job ID"
    elif " " in job["ID"]:
        yield "Job ID contains a space"
    if not job["Name"]:
        yield "Missing job name"
    if not job["Type"]:
        yield "Missing job type"
    if not 1 <= job["Priority"] <= 100:
        yield "Job priority must be between [1, 100]"
    if not job["Datacenters"]:
        yield "Missing job datacenters"
    if not job["TaskGroups"]:
        yield "Missing job task groups"


def _group_list_problems(job: SubmittedJob) -> Problems:
    first_place: dict[str, int] = {}
    for place, group in enumerate(job["TaskGroups"] or (), 1):
        name, count = group["Name"], group["Count"]
        if not name:
            yield f"Job task group {place} missing name"
        elif first_place.setdefault(name, place) != place:
            yield f"Job task group {place} redefines '{name}' from group {first_place[name]}"
        if job["Type"] == "system" and count > 1:
            yield f"Job task group {name} has count {count}. Count cannot exceed 1 with system scheduler"


def _periodic_problems(periodic: PeriodicConfig) -> Problems:
    spec, kind = periodic["Spec"], periodic["SpecType"]
    if not spec:
        yield "Must specify a spec"
    elif kind == "cron":
        mistake = check_cron(spec)
        if mistake is not None:
            yield f"Invalid cron spec {quote(spec)}: {mistake}"
    elif kind != "_internal_test":
        yield f"Unknown periodic specification type {quote(kind)}"


def _parameterized_problems(config: ParameterizedJobConfig) -> Problems:
    if config["Payload"] not in ("optional", "required", "forbidden"):
        yield f"Unknown payload requirement: {quote(config['Payload'])}"
    both = sorted(set(config["MetaRequired"] or ()) & set(config["MetaOptional"] or ()))
    if both:
        keys = " ".join(both)
        yield f"Required and optional meta keys should be disjoint. Following keys exist in both: [{keys}]"
