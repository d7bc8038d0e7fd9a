"""The nodes' side of the cluster: takes on what is placed, runs it, and reports what became of it."""

from collections.abc import Callable, Iterable, Sequence

from mockserver.cluster.clock import MILLISECOND, Clock
from mockserver.cluster.ids import Ids
from mockserver.cluster.tasks.task_run import TaskRun
from mockserver.shapes import Allocation, Job, TaskGroup, TaskState

_TAKE_ON = 1 * MILLISECOND
"""How long it takes until a node knows what was placed on it."""
_REPORT_INTERVAL = 200 * MILLISECOND
"""A node collects changes for so long before it reports them."""

Report = Callable[[Sequence[Allocation]], None]
"""Takes what nodes report: ``ID``, ``ClientStatus``, ``ClientDescription``, ``TaskStates``."""


class Client:
    """All simulated nodes of a region, as far as running tasks goes."""

    def __init__(self, clock: Clock, ids: Ids, report: Report) -> None:
        self._clock = clock
        self._ids = ids
        self._report = report
        self._runs: dict[str, _AllocationRun] = {}
        self._unreported: dict[str, dict[str, None]] = {}

    def notice(self, allocations: Iterable[Allocation]) -> None:
        """Allocations were placed, changed or stopped by a plan; the nodes act on it in a moment."""
        noticed = list(allocations)
        if noticed:
            self._clock.call_later(_TAKE_ON, lambda: self._act_on(noticed))

    def run_of(self, allocation_id: str, task: str) -> TaskRun | None:
        """The simulated task, while its allocation is not over."""
        run = self._runs.get(allocation_id)
        return None if run is None else run.tasks.get(task)

    def _act_on(self, allocations: Iterable[Allocation]) -> None:
        for allocation in allocations:
            run = self._runs.get(allocation["ID"])
            if allocation["DesiredStatus"] != "run":
                if run is not None:
                    run.stop()
            elif run is not None:
                run.update(allocation["Job"])
            elif allocation["TaskStates"] is None:
                self._take_on(allocation)

    def _take_on(self, allocation: Allocation) -> None:
        allocation_id, node_id = allocation["ID"], allocation["NodeID"]
        run = _AllocationRun(
            allocation, clock=self._clock, ids=self._ids, changed=lambda: self._note(allocation_id, node_id)
        )
        self._runs[allocation_id] = run
        run.receive()

    def _note(self, allocation_id: str, node_id: str) -> None:
        if not (unreported := self._unreported.setdefault(node_id, {})):
            self._clock.call_later(_REPORT_INTERVAL, lambda: self._send(node_id))
        unreported[allocation_id] = None

    def _send(self, node_id: str) -> None:
        changed = [self._runs[allocation_id] for allocation_id in self._unreported.pop(node_id)]
        for run in changed:
            if run.is_over:
                del self._runs[run.allocation_id]
        self._report([run.status() for run in changed])


class _AllocationRun:
    """The tasks of one allocation; when one fails for good, its siblings are stopped."""

    def __init__(self, allocation: Allocation, *, clock: Clock, ids: Ids, changed: Callable[[], None]) -> None:
        self.allocation_id: str = allocation["ID"]
        self._group_name: str = allocation["TaskGroup"]
        self._changed = changed
        self._failed = ""
        job, group = allocation["Job"], _group(allocation["Job"], allocation["TaskGroup"])
        self.tasks = {
            task["Name"]: TaskRun(
                job, group, task, allocation_id=self.allocation_id, clock=clock, ids=ids, changed=self._task_changed
            )
            for task in group["Tasks"]
        }

    @property
    def is_over(self) -> bool:
        """Whether every task is dead."""
        return all(task.is_dead for task in self.tasks.values())

    def receive(self) -> None:
        for task in self.tasks.values():
            task.receive()

    def stop(self) -> None:
        for task in self.tasks.values():
            task.stop()

    def update(self, job: Job) -> None:
        group = _group(job, self._group_name)
        for task in group["Tasks"]:
            self.tasks[task["Name"]].update(group, task)

    def status(self) -> Allocation:
        """What the node says of this allocation."""
        states = {name: task.state for name, task in self.tasks.items()}
        return {
            "ClientDescription": "",
            "ClientStatus": _client_status(states.values()),
            "ID": self.allocation_id,
            "TaskStates": states,
        }

    def _task_changed(self) -> None:
        self._changed()
        if self._failed:
            return
        self._failed = next((name for name, task in self.tasks.items() if task.is_dead and task.state["Failed"]), "")
        if self._failed:
            for task in self.tasks.values():
                task.stop(sibling=self._failed)


def _client_status(states: Iterable[TaskState]) -> str:
    seen = {"failed" if state["State"] == "dead" and state["Failed"] else state["State"] for state in states}
    for status in ("failed", "running", "pending"):
        if status in seen:
            return status
    return "complete"


def _group(job: Job, name: str) -> TaskGroup:
    group: TaskGroup = next(group for group in job["TaskGroups"] if group["Name"] == name)
    return group
