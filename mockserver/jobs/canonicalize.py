"""Rewrite a job as an agent does: defaults before it validates, the stored form, and the form that a copy has.

Source: "observed"; recordings ``register-defaults``, ``register-all-fields``, ``plan-edit-artifacts-templates``.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

from mockserver.gostd import fmt
from mockserver.gostd.durations import HOUR, SECOND
from mockserver.nomad_types import (
    Constraint,
    EphemeralDisk,
    Job,
    NetworkResource,
    ParameterizedJobConfig,
    Resources,
    RestartPolicy,
    Service,
    ServiceCheck,
    SubmittedJob,
    SubmittedTask,
    SubmittedTaskGroup,
    SubmittedVault,
    Task,
    TaskGroup,
    Template,
)

T = TypeVar("T")
U = TypeVar("U")
Signalling = TypeVar("Signalling", SubmittedVault, Template)

_DEFAULT_KILL_TIMEOUT = 5 * SECOND
_DEFAULT_RESOURCES: Resources = {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 10, "Networks": None}
_DEFAULT_DISK: EphemeralDisk = {"Migrate": False, "SizeMB": 300, "Sticky": False}
_SERVICE_RESTARTS: RestartPolicy = {"Attempts": 2, "Delay": 15 * SECOND, "Interval": 60 * SECOND, "Mode": "delay"}
_BATCH_RESTARTS: RestartPolicy = {"Attempts": 15, "Delay": 15 * SECOND, "Interval": 7 * 24 * HOUR, "Mode": "delay"}
_DEFAULT_RESTARTS = {"service": _SERVICE_RESTARTS, "system": _SERVICE_RESTARTS, "batch": _BATCH_RESTARTS}
_VARIABLE = re.compile(r"\$\{([a-zA-Z0-9_\-.]+)\}")
_NEEDS_VAULT: Constraint = {"LTarget": "${attr.vault.version}", "Operand": "version", "RTarget": ">= 0.6.1"}


def as_stored(job: SubmittedJob) -> Job:
    """Return the form in which an agent stores a valid job.

    The defaults are filled in once more, as an agent does when it writes its log. This changes something only where a
    name contains a variable such as ``${TASK}`` which stands for another variable. The Vault token is dropped.
    """
    twice = with_defaults(job) if _names_a_variable(job) else job
    return valid({**twice, "VaultToken": ""})


def _names_a_variable(job: SubmittedJob) -> bool:
    """Whether the name of a service has a variable in it, with the defaults filled in."""
    tasks = (task for group in job["TaskGroups"] or () for task in group["Tasks"] or ())
    return any("${" in service["Name"] for task in tasks for service in task["Services"] or ())


def valid(job: SubmittedJob) -> Job:
    """Return the same job with the type of one that has passed ``with_defaults`` and ``validate``."""
    return cast("Job", job)


# Defaults


def with_defaults(job: SubmittedJob) -> SubmittedJob:
    """Fill in what the sender left out and rewrite what an agent rewrites, at registration and before a plan.

    Empty maps of text, ``Networks``, ports, ``Tags``, ``Checks`` and ``Args`` become null here. Empty
    ``Constraints`` and ``GetterOptions`` stay: a plan compares them as sent (see ``without_empty_lists``).
    """
    return {
        **job,
        "Meta": job["Meta"] or None,
        "TaskGroups": _each(job["TaskGroups"], lambda group: _group(group, job)),
        "ParameterizedJob": _parameterized(job["ParameterizedJob"]),
    }


def _group(group: SubmittedTaskGroup, job: SubmittedJob) -> SubmittedTaskGroup:
    asked = sum(task["Resources"]["DiskMB"] for task in group["Tasks"] or () if task["Resources"])
    default = _DEFAULT_RESTARTS.get(job["Type"])
    return {
        **group,
        "Meta": group["Meta"] or None,
        "RestartPolicy": group["RestartPolicy"] or (default and {**default}),
        "EphemeralDisk": _disk(group["EphemeralDisk"] or _DEFAULT_DISK, fmt.int64(asked)),
        "Tasks": _each(group["Tasks"], lambda task: _task(task, job["Name"], group["Name"])),
    }


def _disk(disk: EphemeralDisk, asked: int) -> EphemeralDisk:
    """Up to 0.4 tasks asked for disk space; the sum of what they ask for still overrides the group's."""
    return {**disk, "SizeMB": asked if asked > 0 else disk["SizeMB"]}


def _task(task: SubmittedTask, job_name: str, group_name: str) -> SubmittedTask:
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
        "Vault": task["Vault"] and _signal_in_capitals(task["Vault"]),
        "Templates": _each(task["Templates"], _signal_in_capitals),
    }


def _service(service: Service, names: Mapping[str, str]) -> Service:
    name = _VARIABLE.sub(lambda variable: names.get(variable[1], variable[0]), service["Name"])
    return {
        **service,
        "Name": name,
        "Tags": service["Tags"] or None,
        "Checks": _each(service["Checks"], lambda check: _check(check, name)) or None,
    }


def _check(check: ServiceCheck, service_name: str) -> ServiceCheck:
    name = check["Name"] or f"service: {fmt.quote(service_name)} check"
    return {**check, "Name": name, "Args": check["Args"] or None}


def _resources(resources: Resources | None) -> Resources:
    if resources is None:
        return {**_DEFAULT_RESOURCES}
    networks = _each(resources["Networks"], _network) or None
    return {**resources, "Networks": networks, "DiskMB": max(resources["DiskMB"], 0)}


def _network(network: NetworkResource) -> NetworkResource:
    return {
        **network,
        "ReservedPorts": network["ReservedPorts"] or None,
        "DynamicPorts": network["DynamicPorts"] or None,
    }


def _signal_in_capitals(block: Signalling) -> Signalling:
    return {**block, "ChangeSignal": fmt.upper(block["ChangeSignal"])}


def _parameterized(config: ParameterizedJobConfig | None) -> ParameterizedJobConfig | None:
    return config and {**config, "Payload": config["Payload"] or "optional"}


def _each(items: list[T] | None, change: Callable[[T], U]) -> list[U] | None:
    return None if items is None else [change(item) for item in items]


# Implicit constraints


def add_implicit_constraints(job: SubmittedJob) -> SubmittedJob:
    """Return the job with the constraints on the node's Vault and signals that its tasks imply.

    Expects a job with its defaults. A constraint that is already there is not added twice.
    """
    return {**job, "TaskGroups": job["TaskGroups"] and [_with_implied(group) for group in job["TaskGroups"]]}


def signals_of(task: SubmittedTask) -> list[str]:
    """List the signals that a task's Vault block and templates send on a change, sorted."""
    if not task["Vault"] and not task["Templates"]:
        return []
    blocks = [task["Vault"], *(task["Templates"] or ())]
    return sorted({block["ChangeSignal"] for block in blocks if block and block["ChangeMode"] == "signal"})


def _with_implied(group: SubmittedTaskGroup) -> SubmittedTaskGroup:
    given = group["Constraints"] or []
    added = [implied for implied in _implied(group["Tasks"] or []) if implied not in given]
    return {**group, "Constraints": [*given, *added]} if added else group


def _implied(tasks: list[SubmittedTask]) -> Iterator[Constraint]:
    if any(task["Vault"] is not None for task in tasks):
        yield {**_NEEDS_VAULT}
    signals = sorted({signal for task in tasks for signal in signals_of(task)})
    if signals:
        yield {"LTarget": "${attr.os.signals}", "Operand": "set_contains", "RTarget": ",".join(signals)}


# The form of a copy


def without_empty_lists(job: Job) -> Job:
    """Return the job as an agent copies it: the lists and maps that a copy drops when they are empty are null.

    An agent copies a job when its status changes (so always at first registration), when it dispatches and
    when it launches a periodic job. ``Artifacts``, ``Services`` and ``Templates`` survive as ``[]``.
    """
    return {
        **job,
        "Constraints": job["Constraints"] or None,
        "Meta": job["Meta"] or None,
        "ParameterizedJob": _empty_to_null(job["ParameterizedJob"], "MetaOptional", "MetaRequired"),
        "TaskGroups": _each_changed(job["TaskGroups"], _copied_group),
    }


def _copied_group(group: TaskGroup) -> TaskGroup:
    tasks = _each_changed(group["Tasks"], _copied_task)
    copied = _empty_to_null(group, "Constraints", "Meta")
    return copied if tasks is group["Tasks"] else {**copied, "Tasks": tasks}


def _copied_task(task: Task) -> Task:
    services = task["Services"] and _each_changed(task["Services"], lambda each: _empty_to_null(each, "Tags"))
    artifacts = task["Artifacts"] and _each_changed(
        task["Artifacts"], lambda each: _empty_to_null(each, "GetterOptions")
    )
    copied = _empty_to_null(task, "Constraints", "Env", "Meta")
    if services is task["Services"] and artifacts is task["Artifacts"]:
        return copied
    return {**copied, "Services": services, "Artifacts": artifacts}


def _empty_to_null(block: T, *fields: str) -> T:
    """Return the block with null for those of the nullable fields that are empty; nearly always the block itself."""
    if not block:
        return block
    members: Mapping[str, Any] = block  # type: ignore[assignment]  # any T is a TypedDict or None, and this is no None
    empty = None
    for field in fields:
        value = members[field]
        if not value and value is not None:
            empty = {**(empty or members), field: None}
    return block if empty is None else cast("T", empty)


def _each_changed(items: list[T], change: Callable[[T], T]) -> list[T]:
    """Return the changed items, or the list itself when none of them changes."""
    changed = list(map(change, items))
    return changed if any(map(operator.is_not, changed, items)) else items
