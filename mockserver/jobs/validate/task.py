"""Rules of a task, in the order of its parts."""

from typing import Any

from mockserver.gostd.fmt import int64
from mockserver.jobs.validate.artifacts import artifact_problems
from mockserver.jobs.validate.constraints import constraints_problems
from mockserver.jobs.validate.paths import escapes
from mockserver.jobs.validate.problems import Problems, nested
from mockserver.jobs.validate.resources import resources_problems
from mockserver.jobs.validate.services import services_problems
from mockserver.jobs.validate.templates import templates_problems
from mockserver.jobs.validate.vault import vault_problems
from mockserver.shapes import Task


def task_problems(task: Task, disk: int) -> Problems:
    """List the problems of a task in a group with ``disk`` MB; its driver and driver configuration come later."""
    yield from _own_problems(task)
    yield from nested("", resources_problems(task["Resources"]))
    if task["Resources"]["DiskMB"] > 0:
        yield "Task can't ask for disk resources, they have to be specified at the task group level."
    yield from _log_problems(task["LogConfig"])
    yield from constraints_problems(task["Constraints"])
    yield from nested("", services_problems(task))
    yield from _log_space_problems(task["LogConfig"], disk)
    for place, artifact in enumerate(task["Artifacts"] or (), 1):
        yield from nested(f"Artifact {place} validation failed: ", artifact_problems(artifact))
    if task["Vault"] is not None:
        yield from vault_problems(task["Vault"])
    yield from templates_problems(task["Templates"] or [])
    if task["DispatchPayload"] and escapes("task/local", task["DispatchPayload"]["File"]):
        yield "Dispatch Payload validation failed: destination escapes allocation directory"


def _own_problems(task: Task) -> Problems:
    if not task["Name"]:
        yield "Missing task name"
    if "/" in task["Name"] or "\\" in task["Name"]:
        yield "Task name cannot include slashes"
    if not task["Driver"]:
        yield "Missing task driver"
    if task["KillTimeout"] < 0:
        yield "KillTimeout must be a positive value"


def _log_problems(logs: dict[str, Any] | None) -> Problems:
    if logs is None:
        yield "Missing Log Config"
    else:
        yield from nested("", _log_limit_problems(logs))


def _log_limit_problems(logs: dict[str, Any]) -> Problems:
    if logs["MaxFiles"] < 1:
        yield f"minimum number of files is 1; got {logs['MaxFiles']}"
    if logs["MaxFileSizeMB"] < 1:
        yield f"minimum file size is 1MB; got {logs['MaxFileSizeMB']}"


def _log_space_problems(logs: dict[str, Any] | None, disk: int) -> Problems:
    if logs is None:
        return
    used = int64(logs["MaxFiles"] * logs["MaxFileSizeMB"])
    if disk <= used:
        yield f"log storage ({used} MB) must be less than requested disk capacity ({disk} MB)"
