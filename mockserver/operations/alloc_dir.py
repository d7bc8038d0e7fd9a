"""The directory of an allocation: its folders and files, made from what is known of the allocation.

Source: observed on 0.5.4.
"""

import posixpath
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mockserver.errors import Refused
from mockserver.gostd.durations import SECOND
from mockserver.nomad_types import Allocation, Task
from mockserver.operations.task_log import events_of, log

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
    events = events_of(allocation, name)
    for kind in ("stderr", "stdout"):
        content = log(allocation, name, kind)
        if content is not None:
            yield f"alloc/logs/{name}.{kind}.0", Entry(_FILE, events[-1]["Time"], content)


def _time(nanoseconds: int) -> str:
    """Print a time as Go does: with as many digits of a second as it has."""
    seconds, fraction = divmod(nanoseconds, SECOND)
    digits = f"{fraction:09d}".rstrip("0")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{'.' if digits else ''}{digits}Z"
