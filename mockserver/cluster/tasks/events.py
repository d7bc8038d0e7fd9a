"""Task states and their events, as a node reports them (recordings ``allocations-*``)."""

from mockserver.shapes import TaskState

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
    """The state after an event of type ``kind`` at ``time`` (Unix ns); ``task_state`` is the new State, if it changes.

    An event that has ``FailsTask`` set marks the task as failed.
    """
    event = {**_BLANK, **details, "Time": time, "Type": kind}
    return {
        "Events": [*state["Events"], event][-_KEPT_EVENTS:],
        "Failed": state["Failed"] or event["FailsTask"],
        "State": task_state or state["State"],
    }
