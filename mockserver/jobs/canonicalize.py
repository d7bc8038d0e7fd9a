"""Rewrite a job as an agent does before it validates: defaults, empty lists, implicit constraints.

Source: "observed"; recordings ``register-defaults``, ``register-all-fields``, ``plan-edit-artifacts-templates``.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.errors import Refused
from mockserver.gostd import fmt
from mockserver.gostd.durations import SECOND
from mockserver.nomad_types import Constraint, Job, Network, Resources, Task, TaskGroup

_VAULT: Constraint = {"LTarget": "${attr.vault.version}", "Operand": "version", "RTarget": ">= 0.6.1"}


def add_implicit_constraints(job: Job) -> Job:
    """Return the job with the constraints on the node's Vault and signals that its tasks imply.

    Expects a canonicalized job. A constraint that is already there is not added twice.
    """
    return {**job, "TaskGroups": job["TaskGroups"] and [_with_implied(group) for group in job["TaskGroups"]]}


def signals_of(task: Task) -> list[str]:
    """List the signals that a task's Vault block and templates send on a change, sorted."""
    blocks = [task["Vault"], *(task["Templates"] or ())]
    return sorted({block["ChangeSignal"] for block in blocks if block and block["ChangeMode"] == "signal"})


def _with_implied(group: TaskGroup) -> TaskGroup:
    given = group["Constraints"] or []
    added = [implied for implied in _implied(group["Tasks"] or []) if implied not in given]
    return {**group, "Constraints": [*given, *added]} if added else group


def _implied(tasks: list[Task]) -> Iterator[Constraint]:
    if any(task["Vault"] is not None for task in tasks):
        yield {**_VAULT}
    signals = sorted({signal for task in tasks for signal in signals_of(task)})
    if signals:
        yield {"LTarget": "${attr.os.signals}", "Operand": "set_contains", "RTarget": ",".join(signals)}


__all__ = [
    "add_implicit_constraints",
    "canonicalize",
    "check_counts",
    "check_null_elements",
    "null_elements",
    "with_defaults",
    "without_empty_lists",
]

MOST_ALLOCATIONS = 10_000
"""A job may want so many allocations: what one evaluation places becomes one log entry, made in one go."""

MOST_TASKS = 1_000
"""A task group may have so many tasks: all of them are placed and reported in one go."""

_DEFAULT_KILL_TIMEOUT = 5 * SECOND
_DEFAULT_RESOURCES: Resources = {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 10, "Networks": None}
_DEFAULT_DISK = {"Migrate": False, "SizeMB": 300, "Sticky": False}
_SERVICE_RESTARTS = {"Attempts": 2, "Delay": 15 * SECOND, "Interval": 60 * SECOND, "Mode": "delay"}
_BATCH_RESTARTS = {"Attempts": 15, "Delay": 15 * SECOND, "Interval": 7 * 24 * 3600 * SECOND, "Mode": "delay"}
_DEFAULT_RESTARTS = {"service": _SERVICE_RESTARTS, "system": _SERVICE_RESTARTS, "batch": _BATCH_RESTARTS}
_VARIABLE = re.compile(r"\$\{([a-zA-Z0-9_\-.]+)\}")

_ELEMENTS = {
    "": ("Constraints", "TaskGroups"),
    "TaskGroups": ("Constraints", "Tasks"),
    "Tasks": ("Artifacts", "Constraints", "Resources", "Services", "Templates"),
    "Resources": ("Networks",),
    "Services": ("Checks",),
}
"""Under each object, the lists of objects inside it (and ``Resources``, which holds one)."""


def canonicalize(job: Job) -> Job:
    """Return the job as an agent stores it: with defaults, and ``null`` for the lists and maps that are empty."""
    return without_empty_lists(with_defaults(job))


def with_defaults(job: Job) -> Job:
    """Fill in what the sender left out and rewrite what an agent rewrites, at registration and before a plan.

    Empty maps of text, ``Networks``, ports, ``Tags``, ``Checks`` and ``Args`` become null here. Empty
    ``Constraints`` and ``GetterOptions`` do not yet: a plan compares them as sent, see ``without_empty_lists``.
    """
    return {
        **job,
        "Meta": job["Meta"] or None,
        "TaskGroups": _each(job["TaskGroups"], lambda group: _group(group, job)),
        "ParameterizedJob": _parameterized(job["ParameterizedJob"]),
    }


def without_empty_lists(job: Job) -> Job:
    """Return the job as an agent copies it: the lists and maps that a copy drops when they are empty are null.

    An agent copies a job when its status changes (so always at first registration), when it dispatches and
    when it launches a periodic job. ``Artifacts``, ``Services`` and ``Templates`` survive as ``[]``.
    """
    return {
        **job,
        "Datacenters": job["Datacenters"] or None,
        "Constraints": job["Constraints"] or None,
        "Meta": job["Meta"] or None,
        "ParameterizedJob": _empty_to_null(job["ParameterizedJob"], "MetaOptional", "MetaRequired"),
        "TaskGroups": _each_changed(job["TaskGroups"], _copied_group),
    }


def null_elements(job: Job) -> str | None:
    """Find the first ``null`` where an object has to stand, as a JSON pointer such as ``/TaskGroups/0``.

    A real agent's request handler crashes on it and closes the connection without an answer (recording
    ``register-null-group-drops-connection``).
    """
    return _null_inside("", job, "")


def check_null_elements(job: Job) -> None:
    """Refuse a job with a null element.

    Raises:
        Refused: in place of the crash, with the place of the element.
    """
    place = null_elements(job)
    if place is not None:
        raise Refused(f"null is not an object at {place} of the job (a real agent closes the connection here)")


def check_counts(job: Job) -> None:
    """Refuse a job that wants more allocations or tasks than this mock can place in a short time.

    Raises:
        Refused: with what the job wants, and the limit.
    """
    groups = job["TaskGroups"] or ()
    allocations = sum(group["Count"] for group in groups)
    if allocations > MOST_ALLOCATIONS:
        raise Refused(
            f"the task groups of job {fmt.quote(job['ID'])} want {allocations} allocations in all, "
            f"the limit of this mock is {MOST_ALLOCATIONS}"
        )
    for group in groups:
        if len(group["Tasks"] or ()) > MOST_TASKS:
            wanted = f"task group {fmt.quote(group['Name'])} has {len(group['Tasks'])} tasks"
            raise Refused(f"{wanted}, the limit of this mock is {MOST_TASKS}")


def _group(group: TaskGroup, job: Job) -> TaskGroup:
    asked = sum(task["Resources"]["DiskMB"] for task in group["Tasks"] or () if task["Resources"])
    return {
        **group,
        "Meta": group["Meta"] or None,
        "RestartPolicy": group["RestartPolicy"] or _copy(_DEFAULT_RESTARTS.get(job["Type"])),
        "EphemeralDisk": _disk(group["EphemeralDisk"] or _DEFAULT_DISK, fmt.int64(asked)),
        "Tasks": _each(group["Tasks"], lambda task: _task(task, job["Name"], group["Name"])),
    }


def _disk(disk: Mapping[str, Any], asked: int) -> dict[str, Any]:
    """Up to 0.4 tasks asked for disk space; what they ask for together still overrides the group's."""
    return {**disk, "SizeMB": asked if asked > 0 else disk["SizeMB"]}


def _task(task: Task, job_name: str, group_name: str) -> Task:
    names = {
        "JOB": job_name,
        "TASKGROUP": group_name,
        "TASK": task["Name"],
        "BASE": f"{job_name}-{group_name}-{task['Name']}",
    }
    return {
        **task,
        "Meta": task["Meta"] or None,
        "Config": task["Config"] or None,
        "Env": task["Env"] or None,
        "Services": _each(task["Services"], lambda service: _service(service, names)),
        "Resources": _resources(task["Resources"]),
        "KillTimeout": task["KillTimeout"] or _DEFAULT_KILL_TIMEOUT,
        "Vault": _signal_in_capitals(task["Vault"]),
        "Templates": _each(task["Templates"], _signal_in_capitals),
    }


def _service(service: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    name = _VARIABLE.sub(lambda variable: names.get(variable[1], variable[0]), service["Name"])
    return {
        **service,
        "Name": name,
        "Tags": service["Tags"] or None,
        "Checks": _each(service["Checks"], lambda check: _check(check, name)) or None,
    }


def _check(check: dict[str, Any], service_name: str) -> dict[str, Any]:
    name = check["Name"] or f"service: {fmt.quote(service_name)} check"
    return {**check, "Name": name, "Args": check["Args"] or None}


def _resources(resources: Resources | None) -> Resources:
    if resources is None:
        return {**_DEFAULT_RESOURCES}
    networks = _each(resources["Networks"], _network) or None
    return {**resources, "Networks": networks, "DiskMB": max(resources["DiskMB"], 0)}


def _network(network: Network) -> Network:
    return {
        **network,
        "ReservedPorts": network["ReservedPorts"] or None,
        "DynamicPorts": network["DynamicPorts"] or None,
    }


def _signal_in_capitals(block: dict[str, Any] | None) -> dict[str, Any] | None:
    return block and {**block, "ChangeSignal": fmt.upper(block["ChangeSignal"])}


def _parameterized(config: dict[str, Any] | None) -> dict[str, Any] | None:
    return config and {**config, "Payload": config["Payload"] or "optional"}


def _copied_group(group: TaskGroup) -> TaskGroup:
    copied = _empty_to_null(group, "Constraints", "Meta")
    return _with(copied, "Tasks", _each_changed(group["Tasks"], _copied_task))


def _copied_task(task: Task) -> Task:
    copied = _empty_to_null(task, "Constraints", "Env", "Meta")
    copied = _with(copied, "Services", _each_changed(task["Services"], lambda each: _empty_to_null(each, "Tags")))
    options = _each_changed(task["Artifacts"], lambda each: _empty_to_null(each, "GetterOptions"))
    return _with(copied, "Artifacts", options)


def _empty_to_null(block: Any, *fields: str) -> Any:
    """The block itself where nothing is empty, as nearly always."""
    if not block:
        return block
    empty = [field for field in fields if not block[field] and block[field] is not None]
    return {**block, **dict.fromkeys(empty)} if empty else block


def _with(block: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    return block if block[field] is value else {**block, field: value}


def _each_changed(items: list[Any] | None, change: Callable[[Any], Any]) -> list[Any] | None:
    """The changed items, or the list itself when none of them changes."""
    if not items:
        return items
    changed = [change(item) for item in items]
    return changed if any(map(operator.is_not, changed, items)) else items


def _each(items: list[Any] | None, change: Callable[[Any], Any]) -> list[Any] | None:
    return None if items is None else [change(item) for item in items]


def _copy(block: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if block is None else {**block}


def _null_inside(kind: str, holder: Mapping[str, Any], place: str) -> str | None:
    for field in _ELEMENTS.get(kind, ()):
        value = holder[field]
        if isinstance(value, dict):
            found = _null_inside(field, value, f"{place}/{field}")
        else:
            found = _null_in_list(field, value or [], f"{place}/{field}")
        if found is not None:
            return found
    return None


def _null_in_list(field: str, items: list[Any], place: str) -> str | None:
    for index, item in enumerate(items):
        found = f"{place}/{index}" if item is None else _null_inside(field, item, f"{place}/{index}")
        if found is not None:
            return found
    return None
