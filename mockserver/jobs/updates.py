"""Whether a running allocation can be updated in place or has to be replaced.

Source: behaviour observed with an agent's plan annotations; recordings ``plan-annotations-dev`` and
``allocations-update-destructive``.
"""

from collections.abc import Iterable
from typing import Any

from mockserver.jobs.diff.flatten import deep_equal
from mockserver.nomad_types import Job, Network, Task

_TASK_KEYS = ("Driver", "User", "Config", "Env", "Artifacts", "Vault", "Templates")
_RESOURCE_KEYS = ("CPU", "MemoryMB", "IOPS")


def tasks_updated(old: Job, new: Job, group: str) -> bool:
    """Say whether the change to a group that is in both jobs is destructive (True) or can be done in place (False).

    Destructive is a change of the set of tasks, the ephemeral disk, what a task runs, its merged Meta (so a change of
    the job's Meta counts), its networks or its other resources. All else (counts, constraints, services, restart
    policy, log config, kill timeout …) is done in place.
    """
    return not deep_equal(_essence(old, group), _essence(new, group))


def _essence(job: Job, group_name: str) -> dict[str, Any]:
    """Return of a group what an allocation cannot live through a change of."""
    group = _named(job["TaskGroups"], group_name)
    inherited = {**(job["Meta"] or {}), **(group["Meta"] or {})}
    return {
        "EphemeralDisk": group["EphemeralDisk"],
        "Tasks": {task["Name"]: _task_essence(task, inherited) for task in group["Tasks"]},
    }


def _task_essence(task: Task, inherited_meta: dict[str, str]) -> dict[str, Any]:
    resources = task["Resources"]
    return {
        **{key: task[key] for key in _TASK_KEYS},
        **{key: resources[key] for key in _RESOURCE_KEYS},
        "Meta": {**inherited_meta, **(task["Meta"] or {})},
        "Networks": [_network_essence(network) for network in resources["Networks"] or ()],
    }


def _network_essence(network: Network) -> dict[str, Any]:
    static = {port["Label"]: port["Value"] for port in network["ReservedPorts"] or ()}
    dynamic = {port["Label"]: -1 for port in network["DynamicPorts"] or ()}
    return {"MBits": network["MBits"], "Ports": {**static, **dynamic}}


def _named(things: Iterable[dict[str, Any]], name: str) -> dict[str, Any]:
    return {thing["Name"]: thing for thing in things}[name]
