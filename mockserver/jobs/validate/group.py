"""Rules of a task group."""

from typing import Any

from mockserver.gostd.fmt import duration, int64, quote
from mockserver.jobs.validate.constraints import constraints_problems
from mockserver.jobs.validate.problems import Problems, nested
from mockserver.jobs.validate.task import task_problems
from mockserver.shapes import Task, TaskGroup


def group_problems(group: TaskGroup) -> Problems:
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
    disk = group["EphemeralDisk"]["SizeMB"]
    if disk < 10:
        yield f"minimum DiskMB value is 10; got {disk}"
    yield from _task_list_problems(group["Tasks"] or [])
    for task in group["Tasks"] or ():
        yield from nested(f"Task {task['Name']} validation failed: ", task_problems(task, disk))


def _restart_problems(policy: dict[str, Any]) -> Problems:
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


def _task_list_problems(tasks: list[Task]) -> Problems:
    first_place: dict[str, int] = {}
    for place, task in enumerate(tasks, 1):
        name = task["Name"]
        if not name:
            yield f"Task {place} missing name"
        elif first_place.setdefault(name, place) != place:
            yield f"Task {place} redefines '{name}' from task {first_place[name]}"
