"""One task of one allocation, from Received to dead."""

from collections.abc import Callable

from mockserver.cluster.clock import MILLISECOND, SECOND, Clock, Timer
from mockserver.cluster.ids import Ids
from mockserver.cluster.tasks.behaviour import Behaviour, behaviour_of
from mockserver.cluster.tasks.events import FRESH, with_event
from mockserver.cluster.tasks.restarts import Restarts, Verdict
from mockserver.shapes import Job, Task, TaskGroup

START_UP = 15 * MILLISECOND
"""How long a driver needs to start a task."""
_SHUT_DOWN = 20 * MILLISECOND
"""How long a well-behaved process needs to end when told to."""
_LONGEST_KILL_TIMEOUT = 30 * SECOND
"""A node's limit for KillTimeout."""


class TaskRun:
    """A simulated task; ``changed`` is called after every change of its ``state``."""

    def __init__(
        self,
        job: Job,
        group: TaskGroup,
        task: Task,
        *,
        allocation_id: str,
        clock: Clock,
        ids: Ids,
        changed: Callable[[], None],
    ) -> None:
        self.state = FRESH
        self._task = task
        self._allocation_id = allocation_id
        self._clock = clock
        self._changed = changed
        self._behaviour: Behaviour = behaviour_of(task, job["Type"])
        self._restarts = Restarts(group["RestartPolicy"], job["Type"], now=clock.now(), ids=ids)
        self._timer: Timer | None = None

    @property
    def is_dead(self) -> bool:
        """Whether the task ended for good."""
        return bool(self.state["State"] == "dead")

    def receive(self) -> None:
        """The node takes the task on and starts it."""
        self._happen("Received")
        self._later(START_UP, self._start)

    def update(self, group: TaskGroup, task: Task) -> None:
        """A new version of the job reached the running task without replacing it."""
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
        self._later(min(max(self._behaviour.kill_after, _SHUT_DOWN), timeout), self._killed)

    def finish(self, exit_code: int, *, signal: int = 0, message: str = "") -> None:
        """The running task ends by itself."""
        self._happen("Terminated", ExitCode=exit_code, Signal=signal, Message=message)
        success = exit_code == 0 and signal == 0 and not message
        self._follow(self._restarts.after_exit(success=success, now=self._clock.now()))

    def _start(self) -> None:
        behaviour = self._behaviour
        if behaviour.start_error:
            where = f'failed to start task "{self._task["Name"]}" for alloc "{self._allocation_id}"'
            self._happen("Driver Failure", DriverError=f"{where}: {behaviour.start_error}")
            recoverable = behaviour.start_error_recoverable
            self._follow(self._restarts.after_start_error(recoverable=recoverable, now=self._clock.now()))
            return
        self._happen("Started", to="running")
        if behaviour.run_for is not None:
            self._later(behaviour.run_for, self._end)

    def _end(self) -> None:
        self.finish(self._behaviour.exit_code, signal=self._behaviour.signal, message=self._behaviour.message)

    def _killed(self) -> None:
        self._happen("Killed", to="dead")

    def _follow(self, verdict: Verdict) -> None:
        if verdict.what == "restart":
            self._happen("Restarting", to="pending", RestartReason=verdict.reason, StartDelay=verdict.delay)
            self._later(verdict.delay, self._start)
        elif verdict.what == "failed":
            self._happen("Not Restarting", to="dead", RestartReason=verdict.reason, FailsTask=True)
        else:
            self.state = {**self.state, "State": "dead"}
            self._changed()

    def _happen(self, kind: str, *, to: str = "", **details: object) -> None:
        self.state = with_event(self.state, kind, self._clock.now(), task_state=to, **details)
        self._changed()

    def _later(self, delay: int, action: Callable[[], None]) -> None:
        self._cancel()
        self._timer = self._clock.call_later(delay, action)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
