"""Decide whether a running allocation can be updated in place or has to be replaced.

Source: behaviour observed with an agent's plan annotations; recordings ``plan-annotations-dev`` and
``allocations-update-destructive``.
"""

from typing import Any

from mockserver.nomad_types import Job, NetworkResource, Task


def tasks_updated(old: Job, new: Job, group: str) -> bool:
    """Say whether the change to a group that is in both jobs is destructive (True) or can be done in place (False).

    Destructive is a change of the set of tasks, the ephemeral disk, what a task runs, its merged Meta (so a change of
    the job's Meta counts), its networks or its other resources. All else (counts, constraints, services, restart
    policy, log config, kill timeout …) is done in place.
    """
    return _essence(old, group) != _essence(new, group)


def _essence(job: Job, group_name: str) -> dict[str, Any]:
    """Return the group's fields whose change forces replacement."""
    group = {each["Name"]: each for each in job["TaskGroups"]}[group_name]
    inherited = {**(job["Meta"] or {}), **(group["Meta"] or {})}
    return {
        "EphemeralDisk": group["EphemeralDisk"],
        "Tasks": {task["Name"]: _task_essence(task, inherited) for task in group["Tasks"]},
    }


def _task_essence(task: Task, inherited_meta: dict[str, str]) -> dict[str, Any]:
    resources = task["Resources"]
    return {
        "Driver": task["Driver"],
        "User": task["User"],
        "Config": task["Config"],
        "Env": task["Env"],
        "Artifacts": task["Artifacts"],
        "Vault": task["Vault"],
        "Templates": task["Templates"],
        "CPU": resources["CPU"],
        "MemoryMB": resources["MemoryMB"],
        "IOPS": resources["IOPS"],
        "Meta": {**inherited_meta, **(task["Meta"] or {})},
        "Networks": [_network_essence(network) for network in resources["Networks"] or ()],
    }


def _network_essence(network: NetworkResource) -> dict[str, Any]:
    static = {port["Label"]: port["Value"] for port in network["ReservedPorts"] or ()}
    dynamic = {port["Label"]: -1 for port in network["DynamicPorts"] or ()}
    return {"MBits": network["MBits"], "Ports": {**static, **dynamic}}
