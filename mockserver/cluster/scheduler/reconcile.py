"""Compare the allocations that a job should have with those it has: place, update, migrate, stop or leave alone.

An allocation is known by its name, ``<job Name>.<group>[<index>]``; a required name without a living allocation is a
place to fill. (Documentation: "Job Scheduling"; details observed.)
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mockserver.cluster.scheduler.outcome import View
from mockserver.nomad_types import Allocation, DesiredUpdates, Job, Node, TaskGroup
from mockserver.slices import Steps

_STOPPING = frozenset({"stop", "evict"})
_ENDED = frozenset({"complete", "failed", "lost"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place of a group: the allocation that holds it or held it last, and the node that it is bound to.

    Only a system job's slots are bound to a node; ``node_id`` is "" for others.
    """

    name: str
    group: TaskGroup
    allocation: Allocation | None
    node_id: str = ""


@dataclass(slots=True)
class Changes:
    """The slots by what has to happen to them; ``stop`` are allocations that no slot is left for."""

    place: list[Slot] = field(default_factory=list)
    update: list[Slot] = field(default_factory=list)
    migrate: list[Slot] = field(default_factory=list)
    lost: list[Slot] = field(default_factory=list)
    ignore: list[Slot] = field(default_factory=list)
    stop: list[Allocation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tainted:
    """IDs of the nodes that may keep nothing: those that are down or gone, and those that are being drained."""

    down: frozenset[str]
    draining: frozenset[str]

    def __contains__(self, node_id: str) -> bool:
        return node_id in self.down or node_id in self.draining


def tainted(view: View, allocations: Iterable[Allocation]) -> Tainted:
    """Return the tainted nodes among those of the allocations."""
    nodes = {node_id: view.node(node_id) for node_id in {allocation["NodeID"] for allocation in allocations}}
    down = frozenset(node_id for node_id, node in nodes.items() if node is None or node["Status"] == "down")
    draining = frozenset(node_id for node_id, node in nodes.items() if node is not None and node["Drain"])
    return Tainted(down, draining - down)


def required_slots(job: Job | None) -> dict[str, TaskGroup]:
    """Every name that the job should have an allocation for, with its group; none for a job that is gone."""
    if job is None:
        return {}
    return {
        f"{job['Name']}.{group['Name']}[{index}]": group
        for group in job["TaskGroups"]
        for index in range(group["Count"])
    }


def is_terminal(allocation: Allocation) -> bool:
    """Return whether the allocation is to stop or has ended."""
    return allocation["DesiredStatus"] in _STOPPING or allocation["ClientStatus"] in _ENDED


def ran_successfully(allocation: Allocation) -> bool:
    """All its tasks started, and the last that happened to each is that it ended with exit code 0."""
    states = (allocation["TaskStates"] or {}).values()
    return bool(states) and all(_succeeded(state["State"], state["Events"] or ()) for state in states)


def _succeeded(state: str, events: Sequence[Mapping[str, object]]) -> bool:
    return state == "dead" and bool(events) and events[-1]["Type"] == "Terminated" and events[-1]["ExitCode"] == 0


def split(allocations: Iterable[Allocation], *, batch: bool) -> tuple[list[Allocation], dict[str, Allocation]]:
    """Return the allocations that hold their slot, and by name the newest of those that no longer do.

    A service's allocation loses its slot when it is terminal. A batch job's keeps it once it has run successfully,
    so that finished work is not done again; it loses it by failing or by being stopped before it was done.
    """
    holding: list[Allocation] = []
    ended: dict[str, Allocation] = {}
    for allocation in allocations:
        if _lost_its_slot(allocation) if batch else is_terminal(allocation):
            _keep_newest(ended, allocation)
        else:
            holding.append(allocation)
    return (_newest_of_each_name(holding) if batch else holding), ended


def _lost_its_slot(allocation: Allocation) -> bool:
    if allocation["DesiredStatus"] in _STOPPING:
        return not ran_successfully(allocation)
    return bool(allocation["ClientStatus"] == "failed")


def _newest_of_each_name(allocations: Iterable[Allocation]) -> list[Allocation]:
    newest: dict[str, Allocation] = {}
    for allocation in allocations:
        _keep_newest(newest, allocation)
    return list(newest.values())


def _keep_newest(by_name: dict[str, Allocation], allocation: Allocation) -> None:
    known = by_name.get(allocation["Name"])
    if known is None or known["CreateIndex"] < allocation["CreateIndex"]:
        by_name[allocation["Name"]] = allocation


def reconcile(
    job: Job | None, holding: Sequence[Allocation], ended: Mapping[str, Allocation], taint: Tainted, node_id: str = ""
) -> Steps[Changes]:
    """Compare the slots of a job with the allocations that hold them; on one node when ``node_id`` is given."""
    changes = Changes()
    required = required_slots(job)
    for allocation in holding:
        yield
        group = required.get(allocation["Name"])
        if job is None or group is None:
            changes.stop.append(allocation)
        else:
            _fate(job, allocation, taint, changes).append(Slot(allocation["Name"], group, allocation, node_id))
    held = {allocation["Name"] for allocation in holding}
    for name, group in required.items():
        yield
        if name not in held:
            changes.place.append(Slot(name, group, ended.get(name), node_id))
    return changes


def _fate(job: Job, allocation: Allocation, taint: Tainted, changes: Changes) -> list[Slot]:
    if allocation["NodeID"] in taint:
        if allocation["Job"]["Type"] == "batch" and ran_successfully(allocation):
            return changes.ignore
        return changes.lost if allocation["NodeID"] in taint.down else changes.migrate
    return changes.ignore if allocation["Job"]["JobModifyIndex"] == job["JobModifyIndex"] else changes.update


def reconcile_system(
    job: Job | None,
    nodes: Iterable[Node],
    holding: Iterable[Allocation],
    ended: Mapping[str, Allocation],
    taint: Tainted,
) -> Steps[Changes]:
    """Compare a system job, which has each of its slots once on every ready node.

    A drained node needs nothing of the job: its allocations stop there without being moved.
    """
    by_node: dict[str, list[Allocation]] = {}
    for allocation in holding:
        by_node.setdefault(allocation["NodeID"], []).append(allocation)
    for node in nodes:
        by_node.setdefault(node["ID"], [])
    total = Changes()
    for node_id, allocations in by_node.items():
        changes = yield from reconcile(job, allocations, ended, taint, node_id)
        _append(total, changes, places=node_id not in taint)
    return total


def _append(total: Changes, changes: Changes, *, places: bool) -> None:
    total.place += changes.place if places else ()
    total.update += changes.update
    total.lost += changes.lost
    total.ignore += changes.ignore
    total.stop += [*changes.stop, *(slot.allocation for slot in changes.migrate if slot.allocation)]


def desired_updates(
    changes: Changes, in_place: Collection[Slot], destructive: Collection[Slot]
) -> dict[str, DesiredUpdates]:
    """Return the annotations of a plan: for every group that it touches, how many allocations go which way."""
    counts: dict[str, DesiredUpdates] = {}
    for direction, groups in _touched(changes, in_place, destructive):
        for group in groups:
            if group not in counts:
                counts[group] = {**_NOTHING}
            counts[group][direction] += 1
    return counts


_Direction: TypeAlias = Literal["DestructiveUpdate", "Ignore", "InPlaceUpdate", "Migrate", "Place", "Stop"]
_NOTHING: DesiredUpdates = {
    "DestructiveUpdate": 0,
    "Ignore": 0,
    "InPlaceUpdate": 0,
    "Migrate": 0,
    "Place": 0,
    "Stop": 0,
}


def _touched(
    changes: Changes, in_place: Collection[Slot], destructive: Collection[Slot]
) -> Iterator[tuple[_Direction, list[str]]]:
    """Yield for each direction that any allocation goes the group of every one of them."""
    slots: dict[_Direction, Collection[Slot]] = {
        "Place": changes.place,
        "Ignore": changes.ignore,
        "Migrate": changes.migrate,
        "InPlaceUpdate": in_place,
        "DestructiveUpdate": destructive,
    }
    for field_name, those in slots.items():
        if those:
            yield field_name, [slot.group["Name"] for slot in those]
    if changes.stop:
        yield "Stop", [allocation["TaskGroup"] for allocation in changes.stop]
