"""Run one simulated task from Received to dead, with its events (recordings ``allocations-*``)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from mockserver.cluster.clock import Clock
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tasks.behaviour import Behaviour, behaviour_of
from mockserver.cluster.tasks.restarts import Restarts, Verdict
from mockserver.cluster.tasks.rules import Rules, TaskAddress
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.gostd.fmt import quote
from mockserver.nomad_types import Job, Task, TaskEvent, TaskGroup, TaskState

if TYPE_CHECKING:
    from mockserver.cluster.timetable import Timer

_KEPT_EVENTS = 10
"""A node reports the newest ten events of a task."""

_BLANK = {
    "DiskLimit": 0,
    "DownloadError": "",
    "DriverError": "",
    "DriverMessage": "",
    "ExitCode": 0,
    "FailedSibling": "",
    "FailsTask": False,
    "KillError": "",
    "KillReason": "",
    "KillTimeout": 0,
    "Message": "",
    "RestartReason": "",
    "SetupError": "",
    "Signal": 0,
    "StartDelay": 0,
    "TaskSignal": "",
    "TaskSignalReason": "",
    "Time": 0,
    "Type": "",
    "ValidationError": "",
    "VaultError": "",
}

FRESH: TaskState = {"Events": [], "Failed": False, "State": "pending"}
"""A task of which nothing is known yet."""


def with_event(state: TaskState, kind: str, time: int, *, task_state: str = "", **details: object) -> TaskState:
    """Return the state after an event of type ``kind`` at ``time`` (Unix ns).

    ``task_state`` is the new State, if it changes. An event that has ``FailsTask`` set marks the task as failed.
    """
    event = cast("TaskEvent", {**_BLANK, **details, "Time": time, "Type": kind})
    return {
        "Events": [*(state["Events"] or ()), event][-_KEPT_EVENTS:],
        "Failed": state["Failed"] or event["FailsTask"],
        "State": task_state or state["State"],
    }


START_UP = 15 * MILLISECOND
"""How long a driver needs to start a task."""
_SHUT_DOWN = 20 * MILLISECOND
"""How long a well-behaved process needs to end when told to."""
_LONGEST_KILL_TIMEOUT = 30 * SECOND
"""A node's limit for KillTimeout."""

_FAILED_FOR_GOOD = Verdict("failed", "Error was unrecoverable")


class TaskRun:
    """A simulated task; calls ``changing`` before anything about it changes, ``changed`` after its ``state`` did."""

    def __init__(
        self,
        job: Job,
        group: TaskGroup,
        task: Task,
        *,
        allocation_id: str,
        clock: Clock,
        ids: RandomSource,
        rules: Rules,
        changed: Callable[[], None],
        changing: Callable[[], None],
    ) -> None:
        self.address = TaskAddress(allocation_id, job["ID"], group["Name"], task["Name"])
        self.state = FRESH
        self._task = task
        self._clock = clock
        self._changed = changed
        self._changing = changing
        self._rules = rules
        self._by_nature: Behaviour = behaviour_of(task, job["Type"])
        self._behaviour = self._by_nature
        self._restarts = Restarts(group["RestartPolicy"], job["Type"], now=clock.now(), ids=ids)
        self._step = ""
        self._timer: Timer | None = None

    @property
    def is_dead(self) -> bool:
        """Whether the task ended for good."""
        return bool(self.state["State"] == "dead")

    @property
    def is_running(self) -> bool:
        """Whether the task runs and was not told to end."""
        return bool(self.state["State"] == "running") and self._step != "killed"

    @property
    def is_waiting(self) -> bool:
        """Whether the task has yet to start, for the first time or again."""
        return bool(self.state["State"] == "pending")

    def receive(self, later: int = 0) -> None:
        """Take the task on and start it, ``later`` nanoseconds later than a driver needs."""
        self._happen("Received")
        self._later(START_UP + later, "prepare")

    def update(self, group: TaskGroup, task: Task) -> None:
        """Take on a new version of the job without replacing the running task."""
        self._task = task
        self._restarts.policy = group["RestartPolicy"]

    def stop(self, sibling: str = "") -> None:
        """End the task; ``sibling`` names the task whose failure is the reason."""
        if self.is_dead:
            return
        if self.state["State"] == "pending":
            self._cancel()
            self._happen("Sibling task failed" if sibling else "Killed", to="dead", FailedSibling=sibling)
            return
        if sibling:
            self._happen("Sibling task failed", FailedSibling=sibling)
        timeout = min(self._task["KillTimeout"], _LONGEST_KILL_TIMEOUT)
        self._happen("Killing", KillTimeout=timeout)
        self._later(min(max(self._behaviour.kill_after, _SHUT_DOWN), timeout), "killed")

    def abandon(self) -> None:
        """Nothing happens to the task any more: its node is gone."""
        self._cancel()

    def start(self) -> None:
        """Start the waiting task now, whatever it waits for."""
        self._cancel()
        self._start()

    def finish(self, exit_code: int, *, signal: int = 0, message: str = "", for_good: bool = False) -> None:
        """End the running task; its restart policy decides what follows, unless it fails ``for_good``."""
        self._cancel()
        self._happen("Terminated", ExitCode=exit_code, Signal=signal, Message=message)
        success = exit_code == 0 and signal == 0 and not message
        verdict = self._restarts.after_exit(success=success, now=self._clock.now())
        self._follow(_FAILED_FOR_GOOD if for_good else verdict)

    def saved(self) -> dict[str, Any]:
        """Everything about this run that its job does not say, as JSON; ``restore`` takes it."""
        return {
            "task": self.address.task,
            "state": self.state,
            "behaviour": self._behaviour.saved(),
            "restarts": self._restarts.saved(),
            "next": None if self._timer is None else {"step": self._step, **self._timer.saved()},
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on where the saved run was."""
        self.state = saved["state"]
        self._behaviour = Behaviour(**saved["behaviour"])
        self._restarts.restore(saved["restarts"])
        if saved["next"] is not None:
            self._step = saved["next"]["step"]
            self._timer = self._clock.restore(saved["next"], self._take_step)

    def _prepare(self) -> None:
        self._behaviour = self._rules.apply(self.address, self._by_nature)
        if self._behaviour.start_after is None:
            return
        if self._behaviour.start_after:
            self._later(self._behaviour.start_after, "start")
        else:
            self._start()

    def _start(self) -> None:
        behaviour = self._behaviour
        if behaviour.start_error:
            where = f"failed to start task {quote(self.address.task)} for alloc {quote(self.address.allocation)}"
            self._happen("Driver Failure", DriverError=f"{where}: {behaviour.start_error}")
            recoverable = behaviour.start_error_recoverable
            self._follow(self._restarts.after_start_error(recoverable=recoverable, now=self._clock.now()))
            return
        self._happen("Started", to="running")
        if behaviour.run_for is not None:
            self._later(behaviour.run_for, "end")

    def _end(self) -> None:
        self.finish(self._behaviour.exit_code, signal=self._behaviour.signal, message=self._behaviour.message)

    def _killed(self) -> None:
        self._happen("Killed", to="dead")

    def _follow(self, verdict: Verdict) -> None:
        if verdict.what == "restart":
            self._happen("Restarting", to="pending", RestartReason=verdict.reason, StartDelay=verdict.delay)
            self._later(verdict.delay + START_UP, "prepare")
        elif verdict.what == "failed":
            self._happen("Not Restarting", to="dead", RestartReason=verdict.reason, FailsTask=True)
        else:
            self.state = {**self.state, "State": "dead"}
            self._changed()

    def _happen(self, kind: str, *, to: str = "", **details: object) -> None:
        self._changing()
        self.state = with_event(self.state, kind, self._clock.now(), task_state=to, **details)
        self._changed()

    def _later(self, delay: int, step: str) -> None:
        self._changing()
        self._cancel()
        self._step = step
        self._timer = self._clock.call_later(delay, self._take_step)

    def _take_step(self) -> None:
        self._changing()
        step, self._step, self._timer = self._step, "", None
        _STEPS[step](self)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._changing()
            self._timer.cancel()
            self._step, self._timer = "", None


_STEPS: Mapping[str, Callable[[TaskRun], None]] = {
    "prepare": TaskRun._prepare,
    "start": TaskRun._start,
    "end": TaskRun._end,
    "killed": TaskRun._killed,
}
"""What a task can have ahead of it."""
