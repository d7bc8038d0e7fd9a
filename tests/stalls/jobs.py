"""Small jobs, and nodes on which thousands of their allocations fit."""

from typing import Any

_LARGE = {"CPU": 10**7, "MemoryMB": 10**7, "DiskMB": 10**7, "IOPS": 0}


def large_nodes(count: int) -> tuple[dict[str, Any], ...]:
    """Return nodes that are larger than any machine."""
    return tuple({"Name": f"n{number}", "Resources": _LARGE} for number in range(count))


def a_group(name: str, *, count: int = 1, tasks: int = 1, **more: Any) -> dict[str, Any]:
    """Return a small group, of which many fit on a node."""
    return {
        "Name": name,
        "Count": count,
        "Tasks": [a_task(f"t{n}") for n in range(tasks)],
        "EphemeralDisk": {"SizeMB": 10},
    } | more


def a_task(name: str, **more: Any) -> dict[str, Any]:
    """Return a task that asks for as little as possible."""
    return {
        "Name": name,
        "Driver": "exec",
        "Config": {"command": "/bin/x"},
        "Resources": {"CPU": 20, "MemoryMB": 10},
        "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1},
    } | more


def a_job(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a job ``j`` of these groups."""
    return {
        "ID": "j",
        "Name": "j",
        "Region": "global",
        "Type": "service",
        "Priority": 50,
        "Datacenters": ["dc1"],
        "TaskGroups": list(groups),
    } | more
