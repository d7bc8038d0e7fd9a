"""The directory of an allocation: its folders, files and task logs, and files that a client follows.

Nothing runs, so everything in it is made from the allocation; the logs are made from the events of its tasks.
Source: observed on 0.5.4.
"""

import posixpath
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.errors import Refused
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.gostd.fmt import duration
from mockserver.nomad_types import Allocation, Task, TaskEvent
from mockserver.operations.results import Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


_HAS_RUN = frozenset({"Started", "Terminated", "Restarting", "Killing"})
"""Events after which a task has logs: before it first ran there are none (observed)."""


def log(allocation: Allocation, task: str, kind: str) -> bytes | None:
    """Return what a task wrote to ``stdout`` or ``stderr``, a line for each event; None before it has run.

    Only what went wrong is in stderr, everything else in stdout.
    """
    events = _events(allocation, task)
    if not any(event["Type"] in _HAS_RUN for event in events):
        return None
    lines = [_line(event) for event in events if _is_bad(event) == (kind == "stderr")]
    return "".join(lines).encode("utf-8", "replace")


def _events(allocation: Allocation, task: str) -> list[TaskEvent]:
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


DATA_DIR = "/var/lib/nomad"
"""Where a simulated node says that its data are."""

_FOLDER_SIZE = 4096
_ROOT = "drwxr-xr-x"
_FOLDER = "drwxrwxrwx"
_FILE = "-rw-r--r--"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder; ``modified`` is Unix nanoseconds, ``content`` None for a folder."""

    mode: str
    modified: int
    content: bytes | None = None

    @property
    def is_folder(self) -> bool:
        """Say whether it is a folder."""
        return self.content is None

    def info(self, name: str) -> dict[str, Any]:
        """Return the entry as an agent shows it."""
        return {
            "FileMode": self.mode,
            "IsDir": self.is_folder,
            "ModTime": _time(self.modified),
            "Name": name,
            "Size": _FOLDER_SIZE if self.content is None else len(self.content),
        }


class AllocDir:
    """The folder of one allocation; ``entries`` are by path, that of the folder itself is ``""``."""

    def __init__(self, allocation: Allocation) -> None:
        self.root = f"{DATA_DIR}/alloc/{allocation['ID']}"
        self._tasks = list(allocation["TaskStates"] or ())
        self.entries: Mapping[str, Entry] = dict(_entries(allocation))

    def path(self, given: str) -> str:
        """Return the path inside the folder that a client means.

        Raises:
            Refused: the path leads out of the folder.
        """
        found = posixpath.relpath(posixpath.normpath(f"/alloc/id/{given}"), "/alloc/id")
        if found.startswith(".."):
            raise Refused("Path escapes the alloc directory")
        return "" if found == "." else found

    def children(self, path: str) -> list[tuple[str, Entry]]:
        """Return the names and entries in a folder, by name."""
        below = f"{path}/" if path else ""
        found = [(name.removeprefix(below), entry) for name, entry in self.entries.items() if name.startswith(below)]
        return sorted((name, entry) for name, entry in found if name and "/" not in name)

    def entry(self, path: str, action: str) -> Entry:
        """Return the entry at ``path``.

        Raises:
            Refused: there is none, with the text of the failing system call ``action``.
        """
        entry = self.entries.get(path)
        if entry is not None:
            return entry
        above = self.entries.get(posixpath.dirname(path))
        reason = "no such file or directory" if above is None or above.is_folder else "not a directory"
        raise Refused(f"{action} {self.full(path)}: {reason}")

    def full(self, path: str) -> str:
        """Return the path on the node."""
        return f"{self.root}/{path}" if path else self.root

    def is_secret(self, path: str) -> bool:
        """Say whether an agent refuses to read this: any path that begins like a task's secrets (observed)."""
        return any(path.startswith(f"{task}/secrets") for task in self._tasks)


def _entries(allocation: Allocation) -> Iterator[tuple[str, Entry]]:
    placed = allocation["CreateTime"]
    yield "", Entry(_ROOT, placed)
    for name in ("alloc", "alloc/data", "alloc/logs", "alloc/tmp"):
        yield name, Entry(_FOLDER, placed)
    group = next(one for one in allocation["Job"]["TaskGroups"] if one["Name"] == allocation["TaskGroup"])
    for task in group["Tasks"]:
        if task["Name"] in (allocation["TaskStates"] or ()):
            yield from _entries_of_task(allocation, task)


def _entries_of_task(allocation: Allocation, task: Task) -> Iterator[tuple[str, Entry]]:
    name, placed = task["Name"], allocation["CreateTime"]
    for folder in ("", "/local", "/secrets", "/tmp"):
        yield f"{name}{folder}", Entry(_FOLDER, placed)
    wanted = task["DispatchPayload"] and task["DispatchPayload"]["File"]
    if wanted:
        payload = b64decode(allocation["Job"]["Payload"] or "")
        yield posixpath.normpath(f"{name}/local/{wanted}"), Entry(_FILE, placed, payload)
    events = _events(allocation, name)
    for kind in ("stderr", "stdout"):
        content = log(allocation, name, kind)
        if content is not None:
            yield f"alloc/logs/{name}.{kind}.0", Entry(_FILE, events[-1]["Time"], content)


def _time(nanoseconds: int) -> str:
    """Print a time as Go does: with as many digits of a second as it has."""
    seconds, fraction = divmod(nanoseconds, SECOND)
    digits = f"{fraction:09d}".rstrip("0")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{digits}Z"


_LARGEST_FRAME = 64 * 1024

Frame = dict[str, Any]
"""``Data`` (base64), ``File``, ``FileEvent`` and ``Offset`` (where the data end); what is empty is left out."""


@dataclass(slots=True)
class Follow:
    """A file of an allocation from ``position`` on.

    Without ``goes_on`` only what is there now is wanted; ``plain`` asks for the data without frames.
    """

    cluster: "Cluster"
    allocation_id: str
    path: str
    position: int
    goes_on: bool = True
    plain: bool = False
    _sent_of: bytes = b""

    def read(self) -> Read:
        """Return the file as it is now, at the index of its allocation; None once it is gone."""
        allocation = self.cluster.state.allocation(self.allocation_id)
        watch = ("allocation", self.allocation_id)
        if allocation is None:
            return Read(None, self.cluster.state.table_index("allocs"), watch)
        entry = AllocDir(allocation).entries.get(self.path)
        return Read(None if entry is None else entry.content, allocation["ModifyIndex"], watch)

    @staticmethod
    def data(frame: Frame) -> bytes:
        """Return the bare data of a frame."""
        return b64decode(frame.get("Data", ""))

    def frames(self, content: bytes | None) -> Iterator[Frame]:
        """Yield the unsent frames of this content and advance the position."""
        if content is None:
            yield {"File": self.path, "FileEvent": "file deleted", "Offset": self.position}
            return
        event = ""
        if self.position > len(content) or not content.startswith(self._sent_of):
            self.position, event = 0, "file truncated"
        self._sent_of = content
        for start in range(self.position, len(content), _LARGEST_FRAME):
            data = content[start : start + _LARGEST_FRAME]
            self.position = start + len(data)
            frame = {"Data": b64encode(data).decode(), "File": self.path, "Offset": self.position}
            yield {**frame, "FileEvent": event} if event else frame
            event = ""
