"""The steps that the schedulers share."""

from collections.abc import Iterable, Sequence

from mockserver.cluster.nodes import is_ready
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.draft import Draft
from mockserver.cluster.scheduler.outcome import View
from mockserver.cluster.scheduler.reconcile import Slot, Tainted, is_terminal
from mockserver.cluster.scheduler.selection import Option, Preferences, Selection, shared_resources
from mockserver.cluster.scheduler.usage import combined
from mockserver.jobs.groups import Groups
from mockserver.jobs.updates import tasks_updated
from mockserver.nomad_types import Allocation, AllocMetric, Evaluation, Job, Node, Resources
from mockserver.slices import Steps

NOT_NEEDED = "alloc not needed due to job update"
MIGRATING = "alloc is being migrated"
UPDATING = "alloc is being updated due to job update"
LOST = "alloc is lost since its node is down"

_ACTIVE = frozenset({"pending", "running"})


class Work:
    """One evaluation of a job that is there: the plan so far, and what could not be placed."""

    def __init__(
        self, evaluation: Evaluation, job: Job, view: View, ids: RandomSource, preferences: Preferences
    ) -> None:
        self.job = job
        self.draft = Draft(view)
        self.selection = Selection(job, self.draft, ids, preferences)
        self.queued: dict[str, int] = {}
        self.failed: dict[str, AllocMetric] = {}
        self.evaluation = evaluation
        self.attempts = preferences.attempts
        self._view = view
        self.ids = ids
        self._groups, self._old_groups = Groups(), Groups()
        self._replacing: dict[tuple[int, int, str], bool] = {}

    def ready_nodes(self) -> tuple[list[Node], dict[str, int]]:
        """Return the ready nodes in the job's datacenters, and how many there are in each of these."""
        available = dict.fromkeys(self.job["Datacenters"] or (), 0)
        ready = [node for node in self._view.nodes() if is_ready(node) and node["Datacenter"] in available]
        for node in ready:
            available[node["Datacenter"]] += 1
        return ready, available

    def update_in_place(self, slots: Iterable[Slot]) -> Steps[tuple[list[Slot], list[Slot]]]:
        """Carry allocations over to the job's new version where that can be done; returns those and the others.

        It cannot when what runs would have to change, nor when the node may or can no longer run the group.
        """
        done: list[Slot] = []
        destructive: list[Slot] = []
        for slot in slots:
            yield
            (done if self._updated(slot) else destructive).append(slot)
        return done, destructive

    def _updated(self, slot: Slot) -> bool:
        allocation = slot.allocation
        node = self._view.node(allocation["NodeID"]) if allocation else None
        if allocation is None or node is None or self._needs_replacing(allocation["Job"], slot.group["Name"]):
            return False
        self.selection.among([node])
        with self.draft.without(node, allocation):
            option, metric = self.selection.best(slot.group)
        if option is None:
            return False
        self.draft.update(node, self._carried_over(allocation, option, metric))
        return True

    def _needs_replacing(self, old: Job, group: str) -> bool:
        """Whether what runs would have to change; asked once for all allocations of a group and version."""
        key = (old["CreateIndex"], old["JobModifyIndex"], group)
        if key not in self._replacing:
            self._replacing[key] = not self._old_groups.has(old, group) or tasks_updated(
                self._old_groups.alone(old, group), self._groups.alone(self.job, group), group
            )
        return self._replacing[key]

    def _was_sticky(self, allocation: Allocation) -> bool:
        job, group = allocation["Job"], allocation["TaskGroup"]
        return self._old_groups.has(job, group) and bool(self._old_groups.of(job, group)["EphemeralDisk"]["Sticky"])

    def _carried_over(self, allocation: Allocation, option: Option, metric: AllocMetric) -> Allocation:
        """Networks stay as they were assigned; an allocation that has ended keeps the job it ran (observed)."""
        tasks: dict[str, Resources] = {
            name: {**resources, "Networks": allocation["TaskResources"][name]["Networks"]}
            for name, resources in option.task_resources.items()
        }
        return {
            **allocation,
            "EvalID": self.evaluation["ID"],
            "Job": allocation["Job"] if is_terminal(allocation) else self.job,
            "Metrics": metric,
            "Resources": combined(tasks, allocation["SharedResources"]),
            "TaskResources": tasks,
        }

    def queue(self, slots: Sequence[Slot]) -> None:
        """Count what is to be placed; with nothing to place every group is named with 0 (observed)."""
        if not slots:
            self.queued = {group["Name"]: 0 for group in self.job["TaskGroups"]}
        for slot in slots:
            self.queued[slot.group["Name"]] = self.queued.get(slot.group["Name"], 0) + 1

    def place(self, slot: Slot, option: Option, metric: AllocMetric) -> None:
        """Start a slot's new allocation on the node that was found."""
        self.queued[slot.group["Name"]] -= 1
        self.draft.place(option.node, self._new_allocation(slot, option, metric))

    def node_of_sticky_disk(self, previous: Allocation | None) -> Node | None:
        """Return the node that holds the data of a slot's former allocation, if its group's disk was sticky."""
        if previous is None or not self._was_sticky(previous):
            return None
        node = self._view.node(previous["NodeID"])
        return node if node and is_ready(node) else None

    def coalesced(self, group: str) -> bool:
        """Count one more failure of a group that has already failed; False when it has not."""
        if group not in self.failed:
            return False
        self.failed[group]["CoalescedFailures"] += 1
        return True

    def _new_allocation(self, slot: Slot, option: Option, metric: AllocMetric) -> Allocation:
        shared = shared_resources(slot.group)
        previous = slot.allocation
        if previous and slot.node_id and previous["NodeID"] != slot.node_id:
            previous = None
        return {
            "AllocModifyIndex": 0,
            "ClientDescription": "",
            "ClientStatus": "pending",
            "CreateIndex": 0,
            "CreateTime": 0,
            "DesiredDescription": "",
            "DesiredStatus": "run",
            "EvalID": self.evaluation["ID"],
            "ID": self.ids.uuid(),
            "Job": self.job,
            "JobID": self.job["ID"],
            "Metrics": metric,
            "ModifyIndex": 0,
            "Name": slot.name,
            "NodeID": option.node["ID"],
            "PreviousAllocation": previous["ID"] if previous else "",
            "Resources": combined(option.task_resources, shared),
            "SharedResources": shared,
            "TaskGroup": slot.group["Name"],
            "TaskResources": option.task_resources,
            "TaskStates": None,
        }


def mark_lost(draft: Draft, allocations: Iterable[Allocation], taint: Tainted) -> Steps[None]:
    """Mark as lost what was stopped and will not report any more, because its node is tainted."""
    for allocation in allocations:
        yield
        stopping = allocation["DesiredStatus"] == "stop" and allocation["ClientStatus"] in _ACTIVE
        if stopping and allocation["NodeID"] in taint:
            draft.stop(allocation, LOST, ClientStatus="lost")


def stop_unneeded(draft: Draft, allocations: Iterable[Allocation]) -> Steps[None]:
    """Stop allocations that the job asks for no longer."""
    for allocation in allocations:
        yield
        draft.stop(allocation, NOT_NEEDED)


def stop_for_update(draft: Draft, job: Job, *groups: tuple[Sequence[Slot], str]) -> Steps[tuple[list[Slot], bool]]:
    """Stop allocations for the reasons given, at most MaxParallel in all when the job's update is rolling.

    Returns the slots to fill anew, and whether the limit left some for a later evaluation.
    """
    limit = _rolling_limit(job)
    freed: list[Slot] = []
    for slots, reason in groups:
        now = slots if limit is None else slots[: limit - len(freed)]
        yield from stop_slots(draft, now, reason)
        freed += now
        if len(now) < len(slots):
            return freed, True
    return freed, False


def stop_slots(draft: Draft, slots: Iterable[Slot], reason: str) -> Steps[None]:
    """Stop the allocations that hold the slots; lost ones are over at once, as nobody will report their end."""
    changes = {"ClientStatus": "lost"} if reason == LOST else {}
    for slot in slots:
        yield
        if slot.allocation:
            draft.stop(slot.allocation, reason, **changes)


def _rolling_limit(job: Job) -> int | None:
    update = job["Update"]
    limit: int = update["MaxParallel"]
    return limit if update["Stagger"] > 0 and limit > 0 else None
