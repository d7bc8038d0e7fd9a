"""PUT and POST /v1/job/<ID>/plan: changes deep inside the tasks of running allocations, and changes without effect."""

import copy
from collections.abc import Callable
from typing import Any

from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Job, Nomad
from contract_tests.findings import NotOffered
from contract_tests.statements import states
from contract_tests.suite import verify

STATEMENT = "job.plan.which-updates-replace"
PORTS = (61023, 61024, 61025)
Change = Callable[[Job], object]


def first(job: Job) -> dict[str, Any]:
    """Return the first task of the first group."""
    return job["TaskGroups"][0]["Tasks"][0]  # type: ignore[no-any-return]  # JSON data


def network(job: Job) -> dict[str, Any]:
    """Return the only network."""
    return first(job)["Resources"]["Networks"][0]  # type: ignore[no-any-return]  # JSON data


def foretold(nomad: Nomad, job: Job, changes: dict[str, Change], wanted: str) -> None:
    """Require that a plan of each change of a running job predicts this update of its first group, and no other."""
    for name, change in changes.items():
        edited = copy.deepcopy(job)
        change(edited)
        planned = verify.ok(STATEMENT, nomad.plan(edited))
        updates = planned.json["Annotations"]["DesiredTGUpdates"]
        shown = {group: {way: count for way, count in counts.items() if count} for group, counts in updates.items()}
        expected = {"g": {wanted: 1}, "other": {"InPlaceUpdate": 1}}
        verify.that(STATEMENT, planned, shown == expected, f"{name}: {expected}", shown)


def started(nomad: Nomad, running: JobFactory, **resources: Any) -> Job:
    """Register a job of two groups, the first of two tasks, which are placed."""
    groups = [running.group(name, Count=1, Meta={"over": "task's"}) for name in ("g", "other")]
    task = groups[0]["Tasks"][0]
    groups[0]["Tasks"].append({**task, "Name": "u"})
    task["Env"] = {"A": "1", "B": "2"}
    task["Resources"] = {**task["Resources"], **resources}
    job = running.service(nomad.new_id(), TaskGroups=groups, Meta={"over": "job's", "own": "1"})
    if nomad.plan(job).json["FailedTGAllocs"]:
        raise NotOffered("there is no room for it on any node")
    verify.ok("job.register.creates", nomad.register(job))
    nomad.settle(job["ID"])
    return job


@states(STATEMENT)
def test_what_is_the_same_after_all(nomad: Nomad, running: JobFactory) -> None:
    """Another order of tasks or names, and metadata that a task overrides, change nothing for a task."""
    job = started(nomad, running)
    keeping: dict[str, Change] = {
        "order of tasks": lambda job: job["TaskGroups"][0]["Tasks"].reverse(),
        "order of groups": lambda job: job["TaskGroups"].reverse(),
        "order of names": lambda job: first(job).update(Env={"B": "2", "A": "1"}),
        "overridden metadata of the job": lambda job: job["Meta"].update(over="of the job again"),
        "overridden metadata of the group": lambda job: job["TaskGroups"][0].update(Meta={"over": "group's"}),
        "services": lambda job: first(job).update(Services=[]),
        "constraints": lambda job: first(job).update(Constraints=[]),
        "parent": lambda job: job.update(ParentID="nobody"),
        "type": lambda job: job.update(Type="batch"),
        "datacenters": lambda job: job["Datacenters"].append("nomad-contract-elsewhere"),
        "description": lambda job: job.update(StatusDescription="another"),
    }
    foretold(nomad, job, keeping, "InPlaceUpdate")


@states(STATEMENT)
def test_what_is_not_the_same(nomad: Nomad, running: JobFactory) -> None:
    """Any difference deep inside a task's configuration, in any of its tasks, replaces; so does [] for null."""
    job = started(nomad, running)
    others = [f"{one}1" for one in first(job)["Config"].get("args", ["60"])]
    replacing: dict[str, Change] = {
        "an argument": lambda job: first(job)["Config"].update(args=others),
        "a second task": lambda job: job["TaskGroups"][0]["Tasks"][1].update(Env={"NEW": "1"}),
        "a task less": lambda job: job["TaskGroups"][0]["Tasks"].pop(),
        "a name of a variable": lambda job: first(job).update(Env={"A": "1", "b": "2"}),
        "metadata that comes through": lambda job: first(job).update(Meta=None),
        "no artifacts": lambda job: first(job).update(Artifacts=[]),
        "no templates": lambda job: first(job).update(Templates=[]),
    }
    foretold(nomad, job, replacing, "DestructiveUpdate")


@states(STATEMENT)
def test_what_of_a_network_replaces(nomad: Nomad, running: JobFactory) -> None:
    """Another label or another static port replaces; another order of ports, device or address does not."""
    dynamic = [{"Label": "a"}, {"Label": "b"}]
    one = {"MBits": 1, "DynamicPorts": dynamic, "ReservedPorts": [{"Label": "s", "Value": PORTS[0]}]}
    job = started(nomad, running, Networks=[one])
    keeping: dict[str, Change] = {
        "order of ports": lambda job: network(job)["DynamicPorts"].reverse(),
        "device": lambda job: network(job).update(Device="eth7"),
        "address": lambda job: network(job).update(CIDR="10.0.0.0/8", IP="10.0.0.1"),
    }
    replacing: dict[str, Change] = {
        "value": lambda job: network(job)["ReservedPorts"][0].update(Value=PORTS[1]),
        "label": lambda job: network(job)["ReservedPorts"][0].update(Label="t"),
        "one more": lambda job: network(job)["ReservedPorts"].append({"Label": "t", "Value": PORTS[2]}),
        "dynamic instead": lambda job: network(job).update(ReservedPorts=None, DynamicPorts=[*dynamic, {"Label": "s"}]),
    }
    foretold(nomad, job, keeping, "InPlaceUpdate")
    foretold(nomad, job, replacing, "DestructiveUpdate")
