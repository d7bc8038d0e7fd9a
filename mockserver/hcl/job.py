"""Make a registration of a job that is written in HCL, as ``nomad run`` of 0.5.4 does."""

import re
from collections.abc import Iterable
from typing import Any

from mockserver.hcl.blocks import all_named, fields_of, merged, named, one
from mockserver.hcl.parser import Block, Item, parse
from mockserver.hcl.scanner import HclError
from mockserver.hcl.values import Fields, block, boolean, config, duration, mapping, text, texts, whole

_JOB: Fields = {
    "all_at_once": ("AllAtOnce", boolean),
    "datacenters": ("Datacenters", texts),
    "id": ("ID", text),
    "name": ("Name", text),
    "priority": ("Priority", whole),
    "region": ("Region", text),
    "type": ("Type", text),
    "vault_token": ("VaultToken", text),
}
_JOB_BLOCKS = ("constraint", "group", "meta", "parameterized", "periodic", "task", "update", "vault")
_UPDATE: Fields = {"stagger": ("Stagger", duration), "max_parallel": ("MaxParallel", whole)}
_PERIODIC: Fields = {
    "enabled": ("Enabled", boolean),
    "cron": ("Spec", text),
    "prohibit_overlap": ("ProhibitOverlap", boolean),
}
_PARAMETERIZED: Fields = {
    "payload": ("Payload", text),
    "meta_required": ("MetaRequired", texts),
    "meta_optional": ("MetaOptional", texts),
}
_GROUP: Fields = {"count": ("Count", whole)}
_GROUP_BLOCKS = ("constraint", "ephemeral_disk", "meta", "restart", "task", "vault")
_RESTART: Fields = {
    "attempts": ("Attempts", whole),
    "interval": ("Interval", duration),
    "delay": ("Delay", duration),
    "mode": ("Mode", text),
}
_DISK: Fields = {"sticky": ("Sticky", boolean), "size": ("SizeMB", whole), "migrate": ("Migrate", boolean)}
_DEFAULT_DISK = {"Sticky": False, "SizeMB": 300, "Migrate": False}
_TASK: Fields = {"driver": ("Driver", text), "user": ("User", text), "kill_timeout": ("KillTimeout", duration)}
_TASK_BLOCKS = (
    *("artifact", "config", "constraint", "dispatch_payload", "env", "logs", "meta"),
    *("resources", "service", "template", "vault"),
)
_LOGS: Fields = {"max_files": ("MaxFiles", whole), "max_file_size": ("MaxFileSizeMB", whole)}
_DEFAULT_LOGS = {"MaxFiles": 10, "MaxFileSizeMB": 10}
_ARTIFACT: Fields = {"source": ("GetterSource", text), "destination": ("RelativeDest", text)}
_TEMPLATE: Fields = {
    "source": ("SourcePath", text),
    "destination": ("DestPath", text),
    "data": ("EmbeddedTmpl", text),
    "change_mode": ("ChangeMode", text),
    "change_signal": ("ChangeSignal", text),
    "splay": ("Splay", duration),
}
_DEFAULT_TEMPLATE = {"ChangeMode": "restart", "Splay": 5_000_000_000}
_VAULT: Fields = {
    "policies": ("Policies", texts),
    "env": ("Env", boolean),
    "change_mode": ("ChangeMode", text),
    "change_signal": ("ChangeSignal", text),
}
_DEFAULT_VAULT = {"Env": True, "ChangeMode": "restart"}
_SERVICE: Fields = {"name": ("Name", text), "tags": ("Tags", texts), "port": ("PortLabel", text)}
_CHECK: Fields = {
    "name": ("Name", text),
    "type": ("Type", text),
    "interval": ("Interval", duration),
    "timeout": ("Timeout", duration),
    "path": ("Path", text),
    "protocol": ("Protocol", text),
    "port": ("PortLabel", text),
    "command": ("Command", text),
    "args": ("Args", texts),
    "initial_status": ("InitialStatus", text),
}
_RESOURCES: Fields = {
    "cpu": ("CPU", whole),
    "iops": ("IOPS", whole),
    "disk": ("DiskMB", whole),
    "memory": ("MemoryMB", whole),
}
_DEFAULT_RESOURCES = {"CPU": 100, "MemoryMB": 10, "IOPS": 0}
_NETWORK: Fields = {"mbits": ("MBits", whole)}
_PORT: Fields = {"static": ("Value", whole)}
_PORT_LABEL = re.compile(r"[a-zA-Z0-9_]+")
_CONSTRAINT: Fields = {
    "attribute": ("LTarget", text),
    "value": ("RTarget", text),
    "operator": ("Operand", text),
    "version": ("version", text),
    "regexp": ("regexp", text),
    "set_contains": ("set_contains", text),
    "distinct_hosts": ("distinct_hosts", boolean),
}
FIELDS = (
    *(_JOB, _UPDATE, _PERIODIC, _PARAMETERIZED, _GROUP, _RESTART, _DISK, _TASK, _LOGS, _ARTIFACT, _TEMPLATE, _VAULT),
    *(_SERVICE, _CHECK, _RESOURCES, _NETWORK, _PORT, _CONSTRAINT),
)
"""The fields of all kinds of blocks."""


def job_in(hcl: str) -> dict[str, Any]:
    """Return the registration of the job in a text of HCL; raises ``HclError`` where there is none."""
    return registration(parse(hcl))


def registration(whole_text: Block) -> dict[str, Any]:
    """Return the registration of the job that the items of a text describe.

    Raises:
        HclError: They are not those of one job of Nomad 0.5.
    """
    fields_of(whole_text, {}, ["job"])
    jobs = [*whole_text.all("job")]
    if len(jobs) != 1:
        place = jobs[1].place if jobs else whole_text.place
        raise HclError(place, 'a job file has one job: job "NAME" { … }')
    (job,) = jobs
    name, body = named(job)
    return {"Job": _job(name, body)}


def _job(name: str, body: Block) -> dict[str, Any]:
    job: dict[str, Any] = {"ID": name, "Name": name, "Priority": 50, "Region": "global", "Type": "service"}
    job |= fields_of(body, _JOB, _JOB_BLOCKS)
    if constraints := _constraints(body):
        job["Constraints"] = constraints
    if update := one(body, "update"):
        job["Update"] = fields_of(update, _UPDATE)
    if periodic := one(body, "periodic"):
        given = fields_of(periodic, _PERIODIC)
        job["Periodic"] = {"Enabled": True, **({"SpecType": "cron"} if "Spec" in given else {}), **given}
    if parameterized := one(body, "parameterized"):
        job["ParameterizedJob"] = fields_of(parameterized, _PARAMETERIZED)
    if meta := merged(body, "meta"):
        job["Meta"] = meta
    alone = _tasks(job["Name"], "", body)
    groups = [{"Name": task["Name"], "Count": 1, "EphemeralDisk": _DEFAULT_DISK, "Tasks": [task]} for task in alone]
    groups += [_group(job["Name"], *each) for each in all_named(body, "group")]
    _inherit_vault(body, (task for group in groups for task in group["Tasks"] or ()))
    return {**job, "TaskGroups": groups or None}


def _group(job: str, name: str, body: Block) -> dict[str, Any]:
    group = {"Name": name, "Count": 1, **fields_of(body, _GROUP, _GROUP_BLOCKS), "EphemeralDisk": _DEFAULT_DISK}
    if constraints := _constraints(body):
        group["Constraints"] = constraints
    if restart := one(body, "restart"):
        group["RestartPolicy"] = fields_of(restart, _RESTART)
    if disk := one(body, "ephemeral_disk"):
        group["EphemeralDisk"] = fields_of(disk, _DISK)
    if meta := merged(body, "meta"):
        group["Meta"] = meta
    tasks = _tasks(job, name, body)
    _inherit_vault(body, tasks)
    return {**group, "Tasks": tasks or None}


def _tasks(job: str, group: str, body: Block) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = []
    for name, task in all_named(body, "task"):
        group = group or name  # tasks outside of groups are named after the first of them (observed)
        tasks.append(_task(f"{job}-{group}-{name}", name, task))
    return tasks


def _task(service_name: str, name: str, body: Block) -> dict[str, Any]:
    task = {"Name": name, **fields_of(body, _TASK, _TASK_BLOCKS)}
    if env := merged(body, "env"):
        task["Env"] = env
    if services := [*body.all("service")]:
        task["Services"] = _services(service_name, services)
    for item in body.all("config"):
        task["Config"] = {**task.get("Config", {}), **config(block(item))}
    if constraints := _constraints(body):
        task["Constraints"] = constraints
    if meta := merged(body, "meta"):
        task["Meta"] = meta
    if resources := one(body, "resources"):
        task["Resources"] = _resources(resources)
    logs = one(body, "logs")
    task["LogConfig"] = {**_DEFAULT_LOGS, **(fields_of(logs, _LOGS) if logs else {})}
    if artifacts := [_artifact(block(item)) for item in body.all("artifact")]:
        task["Artifacts"] = artifacts
    templates = [fields_of(block(item), _TEMPLATE, ["once"]) for item in body.all("template")]
    if templates:
        task["Templates"] = [{**_DEFAULT_TEMPLATE, **template} for template in templates]
    if vault := one(body, "vault"):
        task["Vault"] = {**_DEFAULT_VAULT, **fields_of(vault, _VAULT)}
    if payload := one(body, "dispatch_payload"):
        task["DispatchPayload"] = fields_of(payload, {"file": ("File", text)})
    return task


def _services(default: str, items: Iterable[Item]) -> list[dict[str, Any]]:
    services: list[dict[str, Any]] = []
    for item in items:
        service = fields_of(block(item), _SERVICE, ["check"])
        if not service.get("Name"):
            if any(each["Name"] == default for each in services):
                raise HclError(item.place, "only one service of a task may be without a name")
            service["Name"] = default
        if checks := [fields_of(block(check), _CHECK) for check in block(item).all("check")]:
            service["Checks"] = checks
        services.append(service)
    return services


def _resources(body: Block) -> dict[str, Any]:
    given = {name: amount for name, amount in fields_of(body, _RESOURCES, ["network"]).items() if amount}
    resources = {**_DEFAULT_RESOURCES, **given}
    if network := one(body, "network"):
        resources["Networks"] = [_network(network)]
    return resources


def _network(body: Block) -> dict[str, Any]:
    network = fields_of(body, _NETWORK, ["port"])
    seen: set[str] = set()
    for item in body.all("port"):
        label, _ = named(item)
        if not _PORT_LABEL.fullmatch(label):
            raise HclError(item.place, f"{label!r} is no name of a port: use letters, digits and _")
        if label.lower() in seen:
            raise HclError(item.place, f"there are two ports {label!r}")
        seen.add(label.lower())
        kind, value = port(item)
        network.setdefault(kind, []).append({"Label": label, "Value": value})
    return network


def port(item: Item) -> tuple[str, int]:
    """Return the list to which a port belongs, ``ReservedPorts`` or ``DynamicPorts``, and its number."""
    value = fields_of(named(item)[1], _PORT).get("Value", 0)
    return "ReservedPorts" if value > 0 else "DynamicPorts", value


def _artifact(body: Block) -> dict[str, Any]:
    artifact = {"RelativeDest": "local/", **fields_of(body, _ARTIFACT, ["options"])}
    options = [*body.all("options")]
    if len(options) > 1:
        raise HclError(options[1].place, "only one options block is allowed here")
    if options:
        artifact["GetterOptions"] = mapping(options[0])
    return artifact


def _constraints(body: Block) -> list[dict[str, Any]]:
    found = (constraint(item) for item in body.all("constraint"))
    return [each for each in found if each is not None]


def constraint(item: Item) -> dict[str, Any] | None:
    """Return a constraint; one with ``distinct_hosts = false`` is none."""
    given = fields_of(block(item), _CONSTRAINT)
    made: dict[str, Any] = {name: given[name] for name in ("LTarget", "RTarget", "Operand") if name in given}
    for operand in ("version", "regexp", "set_contains"):
        if operand in given:
            made |= {"Operand": operand, "RTarget": given[operand]}
    if given.get("distinct_hosts"):
        made["Operand"] = "distinct_hosts"
    return {**made, "Operand": made.get("Operand") or "="} if given.get("distinct_hosts", True) else None


def _inherit_vault(body: Block, tasks: Iterable[dict[str, Any]]) -> None:
    """Give tasks without a vault block that of their group or job."""
    vault = one(body, "vault")
    if vault is not None:
        for task in tasks:
            task.setdefault("Vault", {**_DEFAULT_VAULT, **fields_of(vault, _VAULT)})
