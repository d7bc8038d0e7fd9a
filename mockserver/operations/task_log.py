"""The logs of a simulated task: nothing runs, so it can only tell the truth about its own life.

A log is made from the events of the task, which a node keeps the newest ten of: the log of a task that is
restarted again and again begins anew with what is left, as a real one does when it is rotated.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mockserver.cluster.clock import MILLISECOND, SECOND
from mockserver.gostd.fmt import duration
from mockserver.shapes import Allocation, TaskState

_HAS_RUN = frozenset({"Started", "Terminated", "Restarting", "Killing"})
"""Events after which a task has logs: before it first ran there are none (observed)."""


def log(allocation: Allocation, task: str, kind: str) -> bytes | None:
    """What a task wrote to ``stdout`` or ``stderr``, a line for each event; None before it has run.

    Only what went wrong is in stderr, everything else in stdout.
    """
    state: TaskState = allocation["TaskStates"][task]
    events = state["Events"] or []
    if not any(event["Type"] in _HAS_RUN for event in events):
        return None
    lines = [_line(event) for event in events if _is_bad(event) == (kind == "stderr")]
    return "".join(lines).encode("utf-8", "replace")


def _line(event: dict[str, Any]) -> str:
    seconds, rest = divmod(event["Time"], SECOND)
    time = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // MILLISECOND:03d}Z"
    told = _TOLD.get(event["Type"])
    return f"{time} nomad-mock: {event['Type'].lower() if told is None else told(event)}\n"


def _is_bad(event: dict[str, Any]) -> bool:
    ended_badly = event["Type"] == "Terminated" and (event["ExitCode"] or event["Signal"] or event["Message"])
    return bool(ended_badly) or event["Type"] in {"Driver Failure", "Not Restarting", "Sibling task failed"}


def _terminated(event: dict[str, Any]) -> str:
    signal = f", signal {event['Signal']}" if event["Signal"] else ""
    message = f": {event['Message']}" if event["Message"] else ""
    return f"ended with exit code {event['ExitCode']}{signal}{message}"


_TOLD: dict[str, Callable[[dict[str, Any]], str]] = {
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
