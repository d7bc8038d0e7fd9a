"""What a task's logs say. Nothing runs, so they are made from the task's events."""

from collections.abc import Callable
from datetime import UTC, datetime

from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.gostd.fmt import duration
from mockserver.nomad_types import Allocation, TaskEvent

_HAS_RUN = frozenset({"Started", "Terminated", "Restarting", "Killing"})
"""Events after which a task has logs: before it first ran there are none (observed)."""


def log(allocation: Allocation, task: str, kind: str) -> bytes | None:
    """Return what a task wrote to ``stdout`` or ``stderr``, a line for each event; None before it has run.

    Only what went wrong is in stderr, everything else in stdout.
    """
    events = events_of(allocation, task)
    if not any(event["Type"] in _HAS_RUN for event in events):
        return None
    lines = [_line(event) for event in events if _is_bad(event) == (kind == "stderr")]
    return "".join(lines).encode("utf-8", "replace")


def events_of(allocation: Allocation, task: str) -> list[TaskEvent]:
    """Return the events of a task, the oldest first."""
    return (allocation["TaskStates"] or {})[task]["Events"] or []


def _line(event: TaskEvent) -> str:
    seconds, rest = divmod(event["Time"], SECOND)
    time = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // MILLISECOND:03d}Z"
    told = _TOLD.get(event["Type"])
    return f"{time} nomad-mock: {event['Type'].lower() if told is None else told(event)}\n"


def _is_bad(event: TaskEvent) -> bool:
    ended_badly = event["Type"] == "Terminated" and (event["ExitCode"] or event["Signal"] or event["Message"])
    return bool(ended_badly) or event["Type"] in {"Driver Failure", "Not Restarting", "Sibling task failed"}


def _terminated(event: TaskEvent) -> str:
    signal = f", signal {event['Signal']}" if event["Signal"] else ""
    message = f": {event['Message']}" if event["Message"] else ""
    return f"ended with exit code {event['ExitCode']}{signal}{message}"


_TOLD: dict[str, Callable[[TaskEvent], str]] = {
    "Received": lambda _: "received by the node",
    "Driver Failure": lambda event: event["DriverError"],
    "Started": lambda _: "started; this is a simulation, no command is run",
    "Terminated": _terminated,
    "Restarting": lambda event: f"starts again in {duration(event['StartDelay'])}: {event['RestartReason']}",
    "Not Restarting": lambda event: f"does not start again: {event['RestartReason']}",
    "Sibling task failed": lambda event: f"has to end because the task {event['FailedSibling']} failed",
    "Killing": lambda event: f"is told to end within {duration(event['KillTimeout'])}",
    "Killed": lambda _: "has ended as it was told",
}
