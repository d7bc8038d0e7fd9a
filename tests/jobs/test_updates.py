"""Which changes replace a running allocation, and which leave it running."""

from typing import Any

import pytest

from mockserver.jobs.updates import tasks_updated
from tests.builders import a_group, a_job, a_task
from tests.loose_types import Job

_RESOURCES = {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, "Networks": None}
_DISK = {"Migrate": False, "SizeMB": 300, "Sticky": False}


def _network(mbits: int = 1, *, static: dict[str, int] | None = None, dynamic: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "CIDR": "",
        "Device": "",
        "IP": "",
        "MBits": mbits,
        "ReservedPorts": [{"Label": label, "Value": value} for label, value in (static or {}).items()] or None,
        "DynamicPorts": [{"Label": label, "Value": 0} for label in dynamic] or None,
    }


def _with_task(**known: Any) -> Job:
    return a_job(a_group(a_task(**known)))


def _with_networks(*networks: dict[str, Any]) -> Job:
    return _with_task(Resources={**_RESOURCES, "Networks": list(networks)})


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(a_job(a_group(a_task(), a_task(Name="u"))), id="task added"),
        pytest.param(_with_task(Name="u"), id="task renamed"),
        pytest.param(a_job(a_group(EphemeralDisk={**_DISK, "Sticky": True})), id="disk"),
        pytest.param(_with_task(Driver="exec"), id="driver"),
        pytest.param(_with_task(User="nobody"), id="user"),
        pytest.param(_with_task(Config={"command": "/bin/other"}), id="config"),
        pytest.param(_with_task(Env={"A": "b"}), id="env"),
        pytest.param(_with_task(Artifacts=[]), id="artifacts [] for null"),
        pytest.param(_with_task(Templates=[]), id="templates [] for null"),
        pytest.param(_with_task(Vault={"ChangeMode": "noop", "Policies": ["p"]}), id="vault"),
        pytest.param(_with_task(Meta={"a": "b"}), id="task meta"),
        pytest.param(a_job(a_group(Meta={"a": "b"})), id="group meta"),
        pytest.param(a_job(Meta={"a": "b"}), id="job meta"),
        pytest.param(_with_networks(_network()), id="network added"),
        *(pytest.param(_with_task(Resources={**_RESOURCES, k: 101}), id=k) for k in ("CPU", "MemoryMB", "IOPS")),
    ],
)
def test_what_a_task_is_made_of_is_destructive(new: Job) -> None:
    """Changes of what a task runs replace its allocation."""
    assert tasks_updated(a_job(), new, "g")


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(a_job(), id="nothing"),
        pytest.param(a_job(a_group(Count=7)), id="count"),
        pytest.param(a_job(Priority=1, Type="batch", Datacenters=["x"], AllAtOnce=True), id="job fields"),
        pytest.param(a_job(Update={"MaxParallel": 1, "Stagger": 1}, Constraints=[]), id="update, constraints"),
        pytest.param(a_job(a_group(RestartPolicy=None, Constraints=[])), id="restart policy"),
        pytest.param(_with_task(Services=[], KillTimeout=1, LogConfig=None, Constraints=[]), id="task trifles"),
        pytest.param(_with_task(DispatchPayload={"File": "x"}), id="dispatch payload"),
        pytest.param(a_job(a_group(), a_group(a_task(User="x"), Name="other")), id="another group"),
    ],
)
def test_the_rest_is_done_in_place(new: Job) -> None:
    """Other changes leave the allocation running."""
    assert not tasks_updated(a_job(), new, "g")


@pytest.mark.parametrize(
    ("old", "new", "destructive"),
    [
        (_network(static={"a": 1}), _network(static={"a": 1}), False),
        (_network(static={"a": 1}), _network(static={"a": 2}), True),
        (_network(static={"a": 1}), _network(dynamic=("a",)), True),
        (_network(dynamic=("a",)), _network(dynamic=("b",)), True),
        (_network(dynamic=("a", "b")), _network(dynamic=("b", "a")), False),
        (_network(1), _network(2), True),
        (_network(), _network() | {"Device": "eth1"}, False),
    ],
)
def test_networks_are_compared_by_bandwidth_and_ports(
    old: dict[str, Any], new: dict[str, Any], *, destructive: bool
) -> None:
    """Labels and static values of ports count; the order of ports and the device do not."""
    assert tasks_updated(_with_networks(old), _with_networks(new), "g") is destructive


def test_meta_is_merged_before_it_is_compared() -> None:
    """Moving a key from the job to the task changes nothing, and the task's value counts."""
    old = a_job(Meta={"a": "1"})
    assert not tasks_updated(old, _with_task(Meta={"a": "1"}), "g")
    assert not tasks_updated(old, _with_task(Meta={"a": "1"}) | {"Meta": {"a": "2"}}, "g")


def test_the_order_of_tasks_plays_no_part() -> None:
    """Tasks are compared by name, in any order."""
    tasks = [a_task(), a_task(Name="u")]
    assert not tasks_updated(a_job(a_group(*tasks)), a_job(a_group(*reversed(tasks))), "g")
