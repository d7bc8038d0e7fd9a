"""One edit for every property of the job tree, applied to the rich job of ``jobs.JobFactory``.

An edit changes exactly one property; its name is the property's path, and its part says which statement a wrong diff
or a lost update breaks.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.client.jobs import constraint, group, task
from contract_tests.durations import SECOND

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one property."""

    name: str
    part: str
    """The part of the job tree that the edit changes, as in the ids of statements."""
    apply: Callable[[dict[str, Any]], None]

    def on(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return an edited copy."""
        edited = copy.deepcopy(job)
        self.apply(edited)
        return edited


GROUP: Path = ("TaskGroups", 0)
TASK: Path = (*GROUP, "Tasks", 0)
NETWORK: Path = (*TASK, "Resources", "Networks", 0)
SERVICE: Path = (*TASK, "Services", 0)

VALUES: list[tuple[str, Path, Any]] = [
    ("job", ("Priority",), 62),
    ("job", ("AllAtOnce",), False),
    ("job", ("Name",), "another-name"),
    ("job", ("Meta", "JobKey"), "another value"),
    ("job", ("Meta", "JobKey"), "Job Value"),
    ("job", ("Meta", "JobKey"), "job value "),
    ("job", ("Meta", "new-key"), "new value"),
    ("job", ("ParentID",), "nobody"),
    ("job", ("Datacenters", 1), "nomad-contract-elsewhere"),
    ("job", ("Region",), "global-2"),
    ("constraint", ("Constraints", 0, "LTarget"), "${attr.os.name}"),
    ("constraint", ("Constraints", 0, "RTarget"), "plan9"),
    ("constraint", ("Constraints", 0, "Operand"), "!="),
    ("update", ("Update", "Stagger"), 12 * SECOND),
    ("update", ("Update", "MaxParallel"), 4),
    ("periodic", ("Periodic", "Spec"), "0 0 2 2 * 2099"),
    ("periodic", ("Periodic", "ProhibitOverlap"), False),
    ("periodic", ("Periodic", "Enabled"), False),
    ("task-group", (*GROUP, "Name"), "renamed"),
    ("task-group", (*GROUP, "Count"), 3),
    ("task-group", (*GROUP, "Meta", "Group.Key"), "another value"),
    ("constraint", (*GROUP, "Constraints", 0, "RTarget"), "small"),
    ("restart-policy", (*GROUP, "RestartPolicy", "Attempts"), 5),
    ("restart-policy", (*GROUP, "RestartPolicy", "Delay"), 8 * SECOND),
    ("restart-policy", (*GROUP, "RestartPolicy", "Interval"), 302 * SECOND),
    ("restart-policy", (*GROUP, "RestartPolicy", "Mode"), "delay"),
    ("ephemeral-disk", (*GROUP, "EphemeralDisk", "Sticky"), False),
    ("ephemeral-disk", (*GROUP, "EphemeralDisk", "SizeMB"), 412),
    ("ephemeral-disk", (*GROUP, "EphemeralDisk", "Migrate"), False),
    ("task", (*TASK, "Name"), "renamed"),
    ("task", (*TASK, "User"), "somebody"),
    ("task", (*TASK, "User"), "Nobody"),
    ("task", (*TASK, "Env", "KEY"), "VALUE"),
    ("task", (*TASK, "Env", "KEY"), "another"),
    ("task", (*TASK, "Env", "NEW"), "new"),
    ("task", (*TASK, "Meta", "TASK_Key"), "another"),
    ("task", (*TASK, "KillTimeout"), 2**53 + 1),
    ("task", (*TASK, "Config", "image"), "busybox:2"),
    ("task", (*TASK, "Config", "args", 1), "false"),
    ("task", (*TASK, "Config", "labels", 0, "a"), "z"),
    ("task", (*TASK, "Config", "port_map", 0, "http"), 9090),
    ("task", (*TASK, "Config", "privileged"), False),
    ("task", (*TASK, "Config", "hostname"), "added"),
    ("constraint", (*TASK, "Constraints", 0, "RTarget"), "0"),
    ("resources", (*TASK, "Resources", "CPU"), 124),
    ("resources", (*TASK, "Resources", "MemoryMB"), 58),
    ("resources", (*TASK, "Resources", "IOPS"), 3),
    ("network", (*NETWORK, "MBits"), 10),
    ("network", (*NETWORK, "Device"), "eth1"),
    ("network", (*NETWORK, "CIDR"), "10.2.0.0/16"),
    ("network", (*NETWORK, "IP"), "10.9.9.9"),
    ("network", (*NETWORK, "ReservedPorts", 0, "Value"), 7002),
    ("network", (*NETWORK, "DynamicPorts", 1, "Label"), "relabelled"),
    ("network", (*NETWORK, "DynamicPorts", 1, "Value"), 7003),
    ("network", (*NETWORK, "ReservedPorts", 1), {"Label": "extra", "Value": 7005}),
    ("network", (*NETWORK, "DynamicPorts", 2), {"Label": "more", "Value": 0}),
    ("log-config", (*TASK, "LogConfig", "MaxFiles"), 4),
    ("log-config", (*TASK, "LogConfig", "MaxFileSizeMB"), 5),
    ("artifact", (*TASK, "Artifacts", 0, "GetterSource"), "https://example.com/b.tgz"),
    ("artifact", (*TASK, "Artifacts", 0, "RelativeDest"), "local/b"),
    ("artifact", (*TASK, "Artifacts", 0, "GetterOptions", "archive"), "false"),
    ("template", (*TASK, "Templates", 0, "SourcePath"), "local/other.tpl"),
    ("template", (*TASK, "Templates", 0, "DestPath"), "local/other"),
    ("template", (*TASK, "Templates", 0, "Splay"), 4 * SECOND),
    ("template", (*TASK, "Templates", 0, "ChangeSignal"), "SIGUSR1"),
    ("template", (*TASK, "Templates", 1, "EmbeddedTmpl"), "x={{ 2 }}"),
    ("template", (*TASK, "Templates", 1, "ChangeMode"), "noop"),
    ("dispatch-payload", (*TASK, "DispatchPayload", "File"), "other.bin"),
    ("service", (*SERVICE, "Name"), "api"),
    ("service", (*SERVICE, "PortLabel"), "admin"),
    ("service", (*SERVICE, "Tags", 0), "uno"),
    ("check", (*SERVICE, "Checks", 0, "Path"), "/alive"),
    ("check", (*SERVICE, "Checks", 0, "Protocol"), "http"),
    ("check", (*SERVICE, "Checks", 0, "PortLabel"), "http"),
    ("check", (*SERVICE, "Checks", 0, "Interval"), 13 * SECOND),
    ("check", (*SERVICE, "Checks", 0, "Timeout"), 3 * SECOND),
    ("check", (*SERVICE, "Checks", 1, "Name"), "renamed"),
    ("check", (*SERVICE, "Checks", 1, "InitialStatus"), "warning"),
    ("check", (*SERVICE, "Checks", 1, "Type"), "script+command"),
    ("check", (*SERVICE, "Checks", 2, "Command"), "/bin/other"),
    ("check", (*SERVICE, "Checks", 2, "Args", 0), "-q"),
]

REMOVED: list[tuple[str, Path]] = [
    ("job", ("Meta", "JobKey")),
    ("job", ("Meta",)),
    ("job", ("Datacenters", 1)),
    ("constraint", ("Constraints", 0)),
    ("constraint", ("Constraints",)),
    ("update", ("Update",)),
    ("periodic", ("Periodic",)),
    ("task-group", ("TaskGroups", 1)),
    ("task-group", (*GROUP, "Meta")),
    ("constraint", (*GROUP, "Constraints")),
    ("restart-policy", (*GROUP, "RestartPolicy")),
    ("ephemeral-disk", (*GROUP, "EphemeralDisk")),
    ("task", (*GROUP, "Tasks", 1)),
    ("task", (*TASK, "User")),
    ("task", (*TASK, "Env")),
    ("task", (*TASK, "Meta")),
    ("task", (*TASK, "KillTimeout")),
    ("task", (*TASK, "Config", "args")),
    ("constraint", (*TASK, "Constraints")),
    ("resources", (*TASK, "Resources", "IOPS")),
    ("network", (*NETWORK, "DynamicPorts", 1)),
    ("artifact", (*TASK, "Artifacts", 0)),
    ("template", (*TASK, "Templates", 1)),
    ("dispatch-payload", (*TASK, "DispatchPayload")),
    ("service", (*TASK, "Services")),
    ("check", (*SERVICE, "Checks", 1)),
]

ADDED: list[tuple[str, Path, Any]] = [
    ("job", ("Datacenters",), "nomad-contract-third"),
    ("constraint", ("Constraints",), constraint("", "true", "distinct_hosts")),
    ("task-group", ("TaskGroups",), group("third")),
    ("task", (*GROUP, "Tasks"), task("third")),
    ("network", (*TASK, "Resources", "Networks"), {"MBits": 4}),
    ("artifact", (*TASK, "Artifacts"), {"GetterSource": "https://example.com/c.tgz"}),
    ("service", (*TASK, "Services"), {"Name": "added", "PortLabel": "http"}),
    (
        "template",
        (*TASK, "Templates"),
        {"EmbeddedTmpl": "three", "DestPath": "local/three", "ChangeMode": "noop", "Splay": SECOND},
    ),
]


def edits_of(job: dict[str, Any], *, lenient: bool) -> Iterator[Edit]:
    """Yield every edit that applies to the job; servers that are not ``lenient`` take no job for another region."""
    for edit in edits():
        has = edit.part != "update" or "Update" in job
        if has and (lenient or not edit.name.startswith("set Region ")):
            yield edit


def edits() -> Iterator[Edit]:
    """Yield every edit."""
    for part, path, value in VALUES:
        yield Edit(f"set {_name(path)} to {value!r}", part, _setter(path, value))
    for part, path in REMOVED:
        yield Edit(f"remove {_name(path)}", part, _remover(path))
    for part, path, value in ADDED:
        yield Edit(f"add to {_name(path)}", part, _adder(path, value))


def _holder(job: Any, path: Path) -> Any:
    for step in path:
        job = job[step]
    return job


def _setter(path: Path, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(job: dict[str, Any]) -> None:
        holder = _holder(job, path[:-1])
        if isinstance(holder, list) and path[-1] == len(holder):
            holder.append(copy.deepcopy(value))
        elif value == "script+command":
            holder.update({"Type": "script", "Command": "/bin/true"})
        else:
            holder[path[-1]] = copy.deepcopy(value)

    return apply


def _remover(path: Path) -> Callable[[dict[str, Any]], None]:
    def apply(job: dict[str, Any]) -> None:
        del _holder(job, path[:-1])[path[-1]]

    return apply


def _adder(path: Path, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda job: _holder(job, path).append(copy.deepcopy(value))


def _name(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
