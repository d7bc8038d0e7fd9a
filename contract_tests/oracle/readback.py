"""A registered job as it is read back: every property present, defaults filled in.

Works on the plain JSON of a request with properly spelt property names. Sources: the page's samples for what is
documented; defaults and null-or-empty as observed on a 0.5.4 agent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.durations import SECOND
from contract_tests.words import ABSENT, Place

SERVER_FIELDS = ("Status", "CreateIndex", "ModifyIndex", "JobModifyIndex")
"""The fields of a job that the server sets, whatever was submitted."""

JOB = {
    "Region": "",
    "ID": "",
    "ParentID": "",
    "Name": "",
    "Type": "",
    "Priority": 0,
    "AllAtOnce": False,
    "Datacenters": None,
    "Constraints": None,
    "TaskGroups": None,
    "Meta": None,
    "Periodic": None,
    "Update": {"Stagger": 0, "MaxParallel": 0},
    "ParameterizedJob": None,
    "Payload": None,
    "VaultToken": "",
    "StatusDescription": "",
}
GROUP = {"Name": "", "Count": 0, "Constraints": None, "RestartPolicy": None, "Tasks": None, "EphemeralDisk": None}
TASK = {
    "Name": "",
    "Driver": "",
    "User": "",
    "Config": None,
    "Env": None,
    "Services": None,
    "Vault": None,
    "Templates": None,
    "Constraints": None,
    "Resources": None,
    "DispatchPayload": None,
    "Meta": None,
    "KillTimeout": 0,
    "LogConfig": None,
    "Artifacts": None,
}
RESOURCES = {"CPU": 0, "MemoryMB": 0, "DiskMB": 0, "IOPS": 0, "Networks": None}
NETWORK = {"Device": "", "CIDR": "", "IP": "", "MBits": 0, "ReservedPorts": None, "DynamicPorts": None}
SERVICE = {"Name": "", "PortLabel": "", "Tags": None, "Checks": None}
CHECK = {
    "Name": "",
    "Type": "",
    "Command": "",
    "Args": None,
    "Path": "",
    "Protocol": "",
    "PortLabel": "",
    "Interval": 0,
    "Timeout": 0,
    "InitialStatus": "",
}
ARTIFACT = {"GetterSource": "", "GetterOptions": None, "RelativeDest": ""}
TEMPLATE = {"SourcePath": "", "DestPath": "", "EmbeddedTmpl": "", "ChangeMode": "", "ChangeSignal": "", "Splay": 0}
VAULT = {"Policies": None, "Env": False, "ChangeMode": "", "ChangeSignal": ""}
PERIODIC = {"Enabled": False, "Spec": "", "SpecType": "", "ProhibitOverlap": False}
PARAMETERIZED = {"Payload": "optional", "MetaRequired": None, "MetaOptional": None}
RESTART = {
    "batch": {"Attempts": 15, "Delay": 15 * SECOND, "Interval": 604_800 * SECOND, "Mode": "delay"},
    "service": {"Attempts": 2, "Delay": 15 * SECOND, "Interval": 60 * SECOND, "Mode": "delay"},
    "system": {"Attempts": 2, "Delay": 15 * SECOND, "Interval": 60 * SECOND, "Mode": "delay"},
}


def readback(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job as it is read back, without the fields that the server sets; it shares parts with ``job``."""
    full = _filled(JOB, job)
    for name in SERVER_FIELDS:
        full.pop(name, None)
    full["VaultToken"] = ""
    full["Constraints"] = _constraints(full["Constraints"])
    full["Meta"] = full["Meta"] or None
    full["Update"] = {"Stagger": 0, "MaxParallel": 0, **(job.get("Update") or {})}
    full["Periodic"] = full["Periodic"] and _filled(PERIODIC, full["Periodic"])
    if full["ParameterizedJob"] is not None:
        rules = _filled(PARAMETERIZED, full["ParameterizedJob"])
        full["ParameterizedJob"] = {**rules, "Payload": rules["Payload"] or "optional"}
    full["TaskGroups"] = [_group(full, group) for group in full["TaskGroups"]]
    return full


def _group(job: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    group = _filled({**GROUP, "Meta": None}, given)
    group["Meta"] = group["Meta"] or None
    group["RestartPolicy"] = group["RestartPolicy"] or dict(RESTART[job["Type"]])
    group["EphemeralDisk"] = {"Sticky": False, "Migrate": False, "SizeMB": 0} | (
        group["EphemeralDisk"] or {"SizeMB": 300}
    )
    group["Tasks"] = [_task(job, group, task) for task in group["Tasks"]]
    own = _constraints(group["Constraints"]) or []
    implied = [one for one in implied_constraints(group) if one not in own]
    group["Constraints"] = [*own, *implied] or None
    return group


def implied_constraints(group: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the constraints that a server adds to a group for what its tasks need (observed)."""
    implied = []
    if any(task["Vault"] for task in group["Tasks"]):
        implied.append({"LTarget": "${attr.vault.version}", "RTarget": ">= 0.6.1", "Operand": "version"})
    signals = sorted({signal for task in group["Tasks"] for signal in _signals(task)})
    if signals:
        implied.append({"LTarget": "${attr.os.signals}", "RTarget": ",".join(signals), "Operand": "set_contains"})
    return implied


def _signals(task: Mapping[str, Any]) -> Iterator[str]:
    for one in [task["Vault"] or {}, *(task["Templates"] or [])]:
        if one.get("ChangeMode") == "signal":
            yield one["ChangeSignal"]


def _task(job: Mapping[str, Any], group: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    task = _filled(TASK, given)
    for name in ("Config", "Env", "Meta"):
        task[name] = task[name] or None
    task["Constraints"] = _constraints(task["Constraints"])
    task["KillTimeout"] = task["KillTimeout"] or 5 * SECOND
    task["LogConfig"] = {"MaxFiles": 0, "MaxFileSizeMB": 0} | (task["LogConfig"] or {})
    task["Resources"] = _resources({"CPU": 100, "MemoryMB": 10} if task["Resources"] is None else task["Resources"])
    task["DispatchPayload"] = task["DispatchPayload"] and _filled({"File": ""}, task["DispatchPayload"])
    names = {"JOB": job["Name"], "TASKGROUP": group["Name"], "TASK": task["Name"]}
    task["Services"] = _each(task["Services"], lambda service: _service(names, service))
    task["Artifacts"] = _each(task["Artifacts"], _artifact)
    task["Templates"] = _each(task["Templates"], lambda template: _upper(_filled(TEMPLATE, template)))
    task["Vault"] = task["Vault"] and _upper(_filled(VAULT, task["Vault"]))
    return task


def _resources(given: Mapping[str, Any]) -> dict[str, Any]:
    resources = _filled(RESOURCES, given)
    resources["Networks"] = _each(resources["Networks"], _network) or None
    return resources


def _network(given: Mapping[str, Any]) -> dict[str, Any]:
    network = _filled(NETWORK, given)
    for name in ("ReservedPorts", "DynamicPorts"):
        network[name] = _each(network[name], lambda port: _filled({"Label": "", "Value": 0}, port)) or None
    return network


def _service(names: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    service = _filled(SERVICE, given)
    base = "-".join(names.values())
    for name, value in {**names, "BASE": base}.items():
        service["Name"] = service["Name"].replace(f"${{{name}}}", value)
    service["Tags"] = service["Tags"] or None
    service["Checks"] = _each(service["Checks"], lambda check: _check(service["Name"], check)) or None
    return service


def _check(service_name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    check = _filled(CHECK, given)
    check["Name"] = check["Name"] or f'service: "{service_name}" check'
    check["Args"] = check["Args"] or None
    return check


def _artifact(given: Mapping[str, Any]) -> dict[str, Any]:
    artifact = _filled(ARTIFACT, given)
    artifact["GetterOptions"] = artifact["GetterOptions"] or None
    return artifact


def _upper(holder: dict[str, Any]) -> dict[str, Any]:
    return {**holder, "ChangeSignal": holder["ChangeSignal"].upper()}


def _constraints(given: list[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    return [_filled({"LTarget": "", "RTarget": "", "Operand": ""}, one) for one in given or ()] or None


def _filled(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: default if (value := given.get(name)) is None else value for name, default in defaults.items()}


def _each(given: list[Mapping[str, Any]] | None, make: Any) -> list[dict[str, Any]] | None:
    return None if given is None else [make(one) for one in given]


FREE_FORM = ("Config", "Env", "GetterOptions", "Meta")
"""The properties that are maps with any keys."""


def differences(expected: Any, actual: Any, place: Place = ()) -> Iterator[tuple[Place, Any, Any]]:
    """Yield (place, expected, actual) for every leaf that differs.

    Fields that only ``actual`` has don't count, except the keys of free-form maps.

    Numbers compare by value, so that 6.379E+03 is 6379; true is not 1.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in expected:
            if name not in actual:
                yield (*place, name), expected[name], ABSENT
            else:
                yield from differences(expected[name], dict.get(actual, name), (*place, name))
        if any(name in FREE_FORM for name in place):
            yield from (((*place, name), ABSENT, actual[name]) for name in actual if name not in expected)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, (*place, number))
    elif isinstance(expected, bool) is not isinstance(actual, bool) or expected != actual:
        yield place, expected, actual
