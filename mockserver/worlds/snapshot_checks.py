"""Check what a schema can't say of a document: that its parts fit each other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.cluster.random_source import RandomSource
from mockserver.gostd.durations import HOUR
from mockserver.gostd.fmt import lower
from mockserver.openapi.checks import is_network
from nomad_contract_spelling import shown

_LATEST = HOUR
"""How overdue a launch may be, in nanoseconds; time may have gone on a little while a world was exported."""


def contradictions(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield, in words, where a document that fits its schema contradicts itself."""
    try:
        RandomSource().restore(document["ids"])
    except ValueError:
        yield "document/ids: not the state of a generator"
    yield from _twins("document/rules", "number", document["rules"])
    yield from _twins("document/regions", "region", document["regions"])
    for number, region in enumerate(document["regions"]):
        yield from _in_region(f"document/regions/{number}", region, document["clock"]["now"])


def _in_region(where: str, region: Mapping[str, Any], now: int) -> Iterator[str]:
    state = region["state"]
    for table, key in (("evaluations", "ID"), ("allocations", "ID"), ("nodes", "ID")):
        yield from _twins(f"{where}/state/{table}", key, state[table])
    for table, key in (("jobs", "ID"), ("summaries", "JobID")):
        yield from _twins(f"{where}/state/{table}", key, [{key: lower(each[key])} for each in state[table]])
    if any(index > state["index"] for index in state["table_indexes"].values()):
        yield f"{where}/state/table_indexes: a table is ahead of the last index"
    yield from _in_nodes(f"{where}/state/nodes", state["nodes"])
    yield from _in_scheduler(f"{where}/scheduler", region["scheduler"], state)
    yield from _in_clients(f"{where}/clients", region["clients"], state)
    yield from _in_periodic(f"{where}/periodic", region["periodic"], now)


def _in_nodes(where: str, nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for number, node in enumerate(nodes):
        for place, network in enumerate(node["Resources"]["Networks"] or ()):
            if not is_network(network["CIDR"]):
                network_place = f"{where}/{number}/Resources/Networks/{place}"
                yield f"{network_place}/CIDR: {shown(network['CIDR'])!r} is not a range of IP addresses"


def _in_scheduler(where: str, scheduler: Mapping[str, Any], state: Mapping[str, Any]) -> Iterator[str]:
    statuses = {evaluation["ID"]: evaluation["Status"] for evaluation in state["evaluations"]}
    yield from _twins(f"{where}/blocked", "JobID", scheduler["blocked"])
    yield from _twins(f"{where}/waiting", "evaluation", scheduler["waiting"])
    for number, evaluation in enumerate(scheduler["blocked"]):
        if statuses.get(evaluation["ID"]) in {"complete", "failed"}:
            yield f"{where}/blocked/{number}: evaluation {evaluation['ID']} is over"
    for number, waiting in enumerate(scheduler["waiting"]):
        if statuses.get(waiting["evaluation"]) != "pending":
            yield f"{where}/waiting/{number}: the state has no pending evaluation {waiting['evaluation']}"


def _in_clients(where: str, clients: Mapping[str, Any], state: Mapping[str, Any]) -> Iterator[str]:
    allocations = {allocation["ID"]: allocation for allocation in state["allocations"]}
    for allocation in state["allocations"]:
        if _tasks_of(allocation) is None:
            yield f"{where}: the job of allocation {allocation['ID']} has no group {allocation['TaskGroup']}"
            return
    yield from _twins(f"{where}/allocations", "allocation", clients["allocations"])
    yield from _twins(f"{where}/unreported", "node", clients["unreported"])
    running = {run["allocation"] for run in clients["allocations"]}
    for number, run in enumerate(clients["allocations"]):
        known = allocations.get(run["allocation"])
        if known is None:
            yield f"{where}/allocations/{number}: the state has no allocation {run['allocation']}"
        elif run["tasks"] and [task["task"] for task in run["tasks"]] != _tasks_of(known):
            yield f"{where}/allocations/{number}: these are not the tasks of the allocation's group"
        elif not run["tasks"] and {*(known["TaskStates"] or ())} != {*(_tasks_of(known) or ())}:
            yield f"{where}/allocations/{number}: the allocation has no states of tasks that are over"
    for number, each in enumerate(clients["unreported"]):
        for allocation_id in set(each["allocations"]) - running:
            yield f"{where}/unreported/{number}: no task of allocation {allocation_id} is known"


def _tasks_of(allocation: Mapping[str, Any]) -> list[str] | None:
    for group in allocation["Job"]["TaskGroups"]:
        if group["Name"] == allocation["TaskGroup"]:
            return [task["Name"] for task in group["Tasks"]]
    return None


def _in_periodic(where: str, tracked: Iterable[Mapping[str, Any]], now: int) -> Iterator[str]:
    for number, each in enumerate(tracked):
        if each["job"]["Periodic"] is None:
            yield f"{where}/{number}: job {each['job']['ID']} is not periodic"
        if each["launch"] is not None and each["launch"]["due"] < now - _LATEST:
            yield f"{where}/{number}/launch/due: is more than an hour ago, and every launch since would be made up for"


def _twins(where: str, key: str, objects: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    seen: set[Any] = set()
    for number, each in enumerate(objects):
        if each[key] in seen:
            yield f"{where}/{number}/{key}: {each[key]!r} comes twice"
        seen.add(each[key])
