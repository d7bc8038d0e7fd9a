"""Validate the fields of a job and of its task groups."""

from mockserver.gostd.cronexpr import check_cron
from mockserver.gostd.fmt import duration, int64, quote
from mockserver.jobs.children import launch_schedule
from mockserver.jobs.validate.constraints import constraints_problems
from mockserver.jobs.validate.problems import Problem, Problems, nested
from mockserver.jobs.validate.task import task_problems
from mockserver.nomad_types import (
    ParameterizedJobConfig,
    PeriodicConfig,
    RestartPolicy,
    SubmittedJob,
    SubmittedTask,
    SubmittedTaskGroup,
)

_MODES = ("delay", "fail")
_PAYLOADS = ("optional", "required", "forbidden")


def group_problems(group: SubmittedTaskGroup) -> Problems:
    """List the problems of a group, those of its tasks included."""
    if not group["Name"]:
        yield Problem("Missing task group name", "Name")
    if group["Count"] < 0:
        yield Problem("Task group count can't be negative", "Count")
    if not group["Tasks"]:
        yield Problem("Missing tasks for task group", "Tasks")
    yield from constraints_problems(group["Constraints"])
    if group["RestartPolicy"] is None:
        yield Problem(f"Task Group {group['Name']} should have a restart policy", "RestartPolicy")
    else:
        yield from _restart_problems(group["RestartPolicy"])
    assert group["EphemeralDisk"] is not None  # has its default by now
    disk = group["EphemeralDisk"]["SizeMB"]
    if disk < 10:
        yield Problem(f"minimum DiskMB value is 10; got {disk}", "EphemeralDisk", "SizeMB")
    yield from _task_list_problems(group["Tasks"] or [])
    for index, task in enumerate(group["Tasks"] or ()):
        yield from nested(f"Task {task['Name']} validation failed: ", task_problems(task, disk), "Tasks", index)


def _restart_problems(policy: RestartPolicy) -> Problems:
    mode, attempts, interval, delay = policy["Mode"], policy["Attempts"], policy["Interval"], policy["Delay"]
    if mode not in _MODES:
        text = f"Unsupported restart mode: {quote(mode)}"
        yield Problem(text, "RestartPolicy", "Mode", word=mode, known=_MODES)
    elif attempts == 0 and mode != "fail":
        yield Problem(f'Restart policy "{mode}" with 0 attempts is ambiguous', "RestartPolicy", "Attempts")
    elif interval != 0 and int64(attempts * delay) > interval:
        yield Problem(
            f"Nomad can't restart the TaskGroup {attempts} times in an interval of {duration(interval)} "
            f"with a delay of {duration(delay)}",
            "RestartPolicy",
            "Interval",
        )


def _task_list_problems(tasks: list[SubmittedTask]) -> Problems:
    first_place: dict[str, int] = {}
    for place, task in enumerate(tasks, 1):
        name, at = task["Name"], ("Tasks", place - 1, "Name")
        if not name:
            yield Problem(f"Task {place} missing name", *at)
        elif first_place.setdefault(name, place) != place:
            yield Problem(f"Task {place} redefines '{name}' from task {first_place[name]}", *at)


def job_problems(job: SubmittedJob, *, sound_groups: bool = False) -> Problems:
    """List the problems of a job, those of its groups and tasks included, unless they are known to have none."""
    yield from _identity_problems(job)
    yield from constraints_problems(job["Constraints"])
    yield from _group_list_problems(job)
    for index, group in enumerate(() if sound_groups else job["TaskGroups"] or ()):
        prefix = f"Task group {group['Name']} validation failed: "
        yield from nested(prefix, group_problems(group), "TaskGroups", index)
    periodic = launch_schedule(job)
    if periodic is not None:
        if job["Type"] != "batch":
            yield Problem('Periodic can only be used with "batch" scheduler', "Periodic")
        yield from _periodic_problems(periodic)
    if job["ParameterizedJob"] is not None:
        if job["Type"] != "batch":
            yield Problem('Parameterized job can only be used with "batch" scheduler', "ParameterizedJob")
        yield from nested("", _parameterized_problems(job["ParameterizedJob"]), "ParameterizedJob")


def _identity_problems(job: SubmittedJob) -> Problems:
    if not job["Region"]:
        yield Problem("Missing job region", "Region")
    if not job["ID"]:
        yield Problem("Missing job ID", "ID")
    elif " " in job["ID"]:
        yield Problem("Job ID contains a space", "ID")
    if not job["Name"]:
        yield Problem("Missing job name", "Name")
    if not job["Type"]:
        yield Problem("Missing job type", "Type")
    if not 1 <= job["Priority"] <= 100:
        yield Problem("Job priority must be between [1, 100]", "Priority")
    if not job["Datacenters"]:
        yield Problem("Missing job datacenters", "Datacenters")
    if not job["TaskGroups"]:
        yield Problem("Missing job task groups", "TaskGroups")


def _group_list_problems(job: SubmittedJob) -> Problems:
    first_place: dict[str, int] = {}
    for place, group in enumerate(job["TaskGroups"] or (), 1):
        name, count, at = group["Name"], group["Count"], ("TaskGroups", place - 1)
        if not name:
            yield Problem(f"Job task group {place} missing name", *at, "Name")
        elif first_place.setdefault(name, place) != place:
            yield Problem(f"Job task group {place} redefines '{name}' from group {first_place[name]}", *at, "Name")
        if job["Type"] == "system" and count > 1:
            text = f"Job task group {name} has count {count}. Count cannot exceed 1 with system scheduler"
            yield Problem(text, *at, "Count")


def _periodic_problems(periodic: PeriodicConfig) -> Problems:
    spec, kind = periodic["Spec"], periodic["SpecType"]
    if not spec:
        yield Problem("Must specify a spec", "Periodic", "Spec")
    elif kind == "cron":
        mistake = check_cron(spec)
        if mistake is not None:
            yield Problem(f"Invalid cron spec {quote(spec)}: {mistake}", "Periodic", "Spec")
    elif kind != "_internal_test":
        text = f"Unknown periodic specification type {quote(kind)}"
        yield Problem(text, "Periodic", "SpecType", word=kind, known=("cron",))


def _parameterized_problems(config: ParameterizedJobConfig) -> Problems:
    payload = config["Payload"]
    if payload not in _PAYLOADS:
        yield Problem(f"Unknown payload requirement: {quote(payload)}", "Payload", word=payload, known=_PAYLOADS)
    both = sorted(set(config["MetaRequired"] or ()) & set(config["MetaOptional"] or ()))
    if both:
        keys = " ".join(both)
        text = f"Required and optional meta keys should be disjoint. Following keys exist in both: [{keys}]"
        yield Problem(text, "MetaOptional")
