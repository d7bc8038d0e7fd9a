"""Run the tasks of one allocation, and say what its node reports of it."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from mockserver.cluster.clock import Clock
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tables import AllocationReport
from mockserver.cluster.tasks.rules import Rules
from mockserver.cluster.tasks.task_run import TaskRun
from mockserver.nomad_types import Allocation, TaskGroup, TaskState


class AllocationRun:
    """The tasks of one allocation; when one fails for good, its siblings are stopped.

    Args:
        allocation: what to run.
        group: its task group.
        clock: when things happen.
        ids: the source of randomness.
        rules: what becomes of tasks instead of what their job says.
        changed: called when a task changed in a way that its node reports.
        changing: called before anything about a task changes.
    """

    def __init__(
        self,
        allocation: Allocation,
        group: TaskGroup,
        *,
        clock: Clock,
        ids: RandomSource,
        rules: Rules,
        changed: Callable[[], None],
        changing: Callable[[], None],
    ) -> None:
        self.allocation_id: str = allocation["ID"]
        self.node_id: str = allocation["NodeID"]
        self._changed = changed
        self._changing = changing
        self._failed = ""
        self._servers_know = False
        job = allocation["Job"]
        self.tasks = {
            task["Name"]: TaskRun(
                job,
                group,
                task,
                allocation_id=self.allocation_id,
                clock=clock,
                ids=ids,
                rules=rules,
                changed=partial(self._task_changed, task["Name"]),
                changing=changing,
            )
            for task in group["Tasks"]
        }

    @property
    def is_over(self) -> bool:
        """Whether every task is dead."""
        return all(task.is_dead for task in self.tasks.values())

    @property
    def ended_by_itself(self) -> bool:
        """Whether every task terminated without being stopped, and the servers have not acted on that yet.

        The servers send a node no further updates about other allocations that are over.
        """
        done = all(_last_event(task.state) == "Terminated" for task in self.tasks.values())
        return done and not self._servers_know

    def ended_as(self, states: Mapping[str, TaskState]) -> None:
        """Set the states with which the allocation ended."""
        self._changing()
        self._servers_know = True
        for name, task in self.tasks.items():
            task.state = states[name]

    def receive(self, later: int = 0) -> None:
        """Start the tasks, ``later`` nanoseconds later than drivers need: the allocation has come to its node."""
        for task in self.tasks.values():
            task.receive(later)

    def stop(self) -> None:
        """Stop the tasks: the servers want the allocation no longer."""
        self._changing()
        self._servers_know = True
        for task in self.tasks.values():
            task.stop()

    def abandon(self) -> None:
        """Drop the tasks without a report: their node is gone, or the servers forgot the allocation."""
        for task in self.tasks.values():
            task.abandon()

    def update(self, group: TaskGroup) -> None:
        """Take over a new version of the task group, changed in place."""
        for task in group["Tasks"]:
            self.tasks[task["Name"]].update(group, task)

    def states(self) -> dict[str, TaskState]:
        """Return the states of the tasks by name."""
        return {name: task.state for name, task in self.tasks.items()}

    def status(self) -> AllocationReport:
        """Return what the node says of this allocation."""
        states = self.states()
        return {
            "ClientDescription": "",
            "ClientStatus": _client_status(states.values()),
            "ID": self.allocation_id,
            "TaskStates": states,
        }

    def saved(self) -> dict[str, Any]:
        """Return the tasks as JSON; ``restore`` takes it."""
        tasks = [task.saved() for task in self.tasks.values()]
        return {
            "allocation": self.allocation_id,
            "failed": self._failed,
            "servers_know": self._servers_know,
            "tasks": tasks,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on where the saved tasks were."""
        self._failed = saved["failed"]
        self._servers_know = saved.get("servers_know", False)
        for task in saved["tasks"]:
            self.tasks[task["task"]].restore(task)

    def _task_changed(self, name: str) -> None:
        self._changed()
        changed = self.tasks[name]
        if not self._failed and changed.is_dead and changed.state["Failed"]:
            self._failed = name
            for task in self.tasks.values():
                task.stop(sibling=name)


def _client_status(states: Iterable[TaskState]) -> str:
    seen = {"failed" if state["State"] == "dead" and state["Failed"] else state["State"] for state in states}
    for status in ("failed", "running", "pending"):
        if status in seen:
            return status
    return "complete"


def _last_event(state: TaskState) -> str:
    return state["Events"][-1]["Type"] if state["Events"] else ""
