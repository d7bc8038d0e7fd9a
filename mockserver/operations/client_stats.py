"""``/v1/client/stats`` and ``/v1/client/allocation/<ID>/stats`` (shapes observed on 0.5.4).

Nothing runs on a simulated node, so nothing is used: the numbers are those of an idle machine.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from mockserver.errors import NotFound, Refused
from mockserver.gostd.durations import SECOND
from mockserver.gostd.fmt import quote
from mockserver.gostd.numbers import Float64
from mockserver.gostd.strconv import parse_int
from mockserver.operations.results import Answer, Parameters

if TYPE_CHECKING:
    from mockserver.nomad_types import Node
    from mockserver.operations.agent import Agent

_NONE = Float64(0.0)
_ALL = Float64(100.0)
_MOST_CORES = 1_024
"""Of which there is something to tell: an attribute may claim millions."""
_MEASURED_CPU = ("System Mode", "User Mode", "Percent")
_MEASURED_MEMORY = ("RSS", "Swap")


def host(agent: "Agent", _target: str, _query: Parameters) -> Answer:
    """Return the use of the agent's own node; raises Refused when it has none."""
    node = local_node(agent)
    now = agent.local.clock.now()
    attributes = node["Attributes"] or {}
    memory, size = (_number(attributes, name) for name in ("memory.totalbytes", "unique.storage.bytestotal"))
    disk = {
        "Available": min(_number(attributes, "unique.storage.bytesfree"), size),
        "InodesUsedPercent": _NONE,
        "Size": size,
    }
    disk |= {"Used": disk["Size"] - disk["Available"], "UsedPercent": _percent(disk)}
    device = attributes.get("unique.storage.volume", "")
    return Answer(
        {
            "AllocDirStats": {**disk, "Device": "", "Mountpoint": ""},
            "CPU": [_idle(core) for core in range(min(_number(attributes, "cpu.numcores") or 1, _MOST_CORES))],
            "CPUTicksConsumed": _NONE,
            "DiskStats": [{**disk, "Device": device, "Mountpoint": "/"}],
            "Memory": {"Available": memory, "Free": memory, "Total": memory, "Used": 0},
            "Timestamp": now,
            "Uptime": max(now // SECOND - node["StatusUpdatedAt"], 0),
        }
    )


def allocation(agent: "Agent", allocation_id: str, query: Parameters) -> Answer:
    """Return the use of an allocation's running tasks.

    Raises:
        NotFound: the path goes on after the ID.
        Refused: there is no such allocation or task here.
    """
    local_node(agent)
    if "/" in allocation_id:
        raise NotFound("resource not found")
    found = agent.allocation(allocation_id)
    if found is None:
        raise Refused(f"unknown allocation ID {quote(allocation_id)}")
    states = found["TaskStates"] or {}
    if query["task"] and query["task"] not in states:
        raise Refused(f"allocation {quote(allocation_id)} has no task {quote(query['task'])}")
    wanted = [query["task"]] if query["task"] else states
    running = [name for name in wanted if states[name]["State"] == "running"]
    now = agent.local.clock.now() if running else 0
    tasks = {name: {"Pids": {}, "ResourceUsage": _usage(running), "Timestamp": now} for name in running}
    return Answer({"ResourceUsage": _usage(running), "Tasks": tasks, "Timestamp": now})


def nothing(agent: "Agent", _target: str, _query: Parameters) -> NoReturn:
    """Refuse every other request about an allocation.

    Raises:
        NotFound: always, where the agent has a node.
    """
    local_node(agent)
    raise NotFound("resource not found")


def local_node(agent: "Agent") -> "Node":
    """Return the agent's own node.

    Raises:
        Refused: it has none.
    """
    if agent.node is None:
        raise Refused("node is not running a Nomad Client")
    return agent.node


def _number(attributes: Mapping[str, str], name: str) -> int:
    """Return the number in an attribute, 0 when there is none: a test author may have written any text."""
    try:
        return max(parse_int(attributes.get(name, "")), 0)
    except ValueError:
        return 0


def _idle(core: int) -> dict[str, Any]:
    return {"CPU": f"cpu{core}", "Idle": _ALL, "System": _NONE, "Total": _NONE, "User": _NONE}


def _percent(disk: dict[str, Any]) -> Float64:
    used: int = disk["Size"] - disk["Available"]
    return Float64(100.0 * used / disk["Size"] if disk["Size"] else 0.0)


def _usage(running: Iterable[str]) -> dict[str, Any]:
    """No use at all; without a running task nothing was even measured (observed)."""
    measured = any(True for _ in running)
    cpu = {
        "Measured": list(_MEASURED_CPU) if measured else None,
        "Percent": _NONE,
        "SystemMode": _NONE,
        "ThrottledPeriods": 0,
        "ThrottledTime": 0,
        "TotalTicks": _NONE,
        "UserMode": _NONE,
    }
    memory = {
        "Cache": 0,
        "KernelMaxUsage": 0,
        "KernelUsage": 0,
        "MaxUsage": 0,
        "Measured": list(_MEASURED_MEMORY) if measured else None,
        "RSS": 0,
        "Swap": 0,
    }
    return {"CpuStats": cpu, "MemoryStats": memory}
