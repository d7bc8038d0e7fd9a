"""A small state in memory that a scheduler reads and whose decisions are committed at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockserver.cluster.load import Carried
from mockserver.cluster.nodes import computed_class, simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler import Outcome, schedule
from mockserver.cluster.scheduler.reconcile import is_terminal
from mockserver.slices import finish
from tests.builders import a_task, an_evaluation
from tests.loose_types import Allocation, Job, Node

SUCCESS = {"State": "dead", "Failed": False, "Events": [{"Type": "Terminated", "ExitCode": 0}]}
FAILURE = {"State": "dead", "Failed": True, "Events": [{"Type": "Terminated", "ExitCode": 1}]}


class World:
    """Jobs, nodes and allocations by ID; each change takes the next index."""

    def __init__(self, nodes: int | Iterable[Node] = 1, seed: int = 1) -> None:
        self.ids = RandomSource(seed)
        made = simulated_nodes(nodes, ids=self.ids) if isinstance(nodes, int) else nodes
        self.node_table = {node["ID"]: node for node in made}
        self.jobs: dict[str, Job] = {}
        self.allocations: dict[str, Allocation] = {}
        self.index = 10
        self.shuffled = False

    def job(self, job_id: str) -> Job | None:
        """See View."""
        return self.jobs.get(job_id.lower())

    def allocations_of(self, job_id: str, *, all_instances: bool) -> Sequence[Allocation]:
        """See View."""
        assert all_instances, "a scheduler has to stop what an earlier registration of the job left"
        return [a for a in self.allocations.values() if a["JobID"].lower() == job_id.lower()]

    def nodes(self) -> Iterable[Node]:
        """See View."""
        return self.node_table.values()

    def node(self, node_id: str) -> Node | None:
        """See View."""
        return self.node_table.get(node_id)

    def carried_by(self, node_id: str) -> Carried:
        """See View."""
        return Carried(a for a in self.allocations.values() if a["NodeID"] == node_id and not is_terminal(a))

    def register(self, job: Job) -> None:
        """Store a job as a new version."""
        self.index += 1
        self.jobs[job["ID"].lower()] = {**job, "JobModifyIndex": self.index}

    def remove(self, job_id: str) -> None:
        """Forget a job, not its allocations."""
        del self.jobs[job_id.lower()]

    def change_node(self, node_id: str, **changes: Any) -> None:
        """Give a node other fields, and the class that goes with them."""
        node: Node = {**self.node_table[node_id], **changes}
        self.node_table[node_id] = {**node, "ComputedClass": computed_class(node)}

    def decide(self, job: Job, **evaluation: Any) -> Outcome:
        """Return what a scheduler would do about a job, committing nothing."""
        known = {"ID": self.ids.uuid(), "JobID": job["ID"], "Type": job["Type"], "Priority": job["Priority"]}
        processed = an_evaluation(**known | evaluation)
        return finish(schedule(processed, self, ids=self.ids, now=0, shuffled=self.shuffled))

    def process(self, job: Job, **evaluation: Any) -> Outcome:
        """Decide and commit."""
        outcome = self.decide(job, **evaluation)
        self.index += 1
        for allocation in (*outcome.stops, *outcome.placements, *outcome.in_place):
            created = allocation["CreateIndex"] or self.index
            self.allocations[allocation["ID"]] = {**allocation, "CreateIndex": created, "ModifyIndex": self.index}
        return outcome

    def run(self, job: Job, **evaluation: Any) -> Outcome:
        """Register a job, decide and commit."""
        self.register(job)
        return self.process(job, **evaluation)

    def report(self, client_status: str, **task_states: Any) -> None:
        """Set the client status of every allocation that is not terminal."""
        for allocation in list(self.allocations.values()):
            if not is_terminal(allocation):
                changes = {"ClientStatus": client_status, "TaskStates": task_states or None}
                self.allocations[allocation["ID"]] = {**allocation, **changes}

    def only_allocation(self) -> Allocation:
        """Return the only allocation."""
        (allocation,) = self.allocations.values()
        return allocation


def a_task_with(network: Any = None, name: str = "t", **resources: int) -> Any:
    """Return a task that asks for these resources."""
    amounts = {"CPU": 100, "DiskMB": 0, "IOPS": 0, "MemoryMB": 32, **resources}
    return a_task(Name=name, Resources={**amounts, "Networks": [network] if network else None})


def a_network(mbits: int = 10, static: dict[str, int] | None = None, dynamic: Sequence[str] = (), **known: Any) -> Any:
    """Return a network ask: static ports by label, and labels of dynamic ones."""
    return {
        "CIDR": "",
        "Device": "",
        "DynamicPorts": [{"Label": label, "Value": 0} for label in dynamic] or None,
        "IP": "",
        "MBits": mbits,
        "ReservedPorts": [{"Label": label, "Value": value} for label, value in (static or {}).items()] or None,
    } | known


def a_constraint(left: str, operand: str, right: str) -> Any:
    """Return a constraint."""
    return {"LTarget": left, "Operand": operand, "RTarget": right}


DISTINCT_HOSTS = a_constraint("", "distinct_hosts", "")


def names(allocations: Iterable[Allocation]) -> list[str]:
    """Return the allocations' names, sorted."""
    return sorted(allocation["Name"] for allocation in allocations)
