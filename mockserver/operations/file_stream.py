"""A file of an allocation as a client follows it, frame by frame (observed on 0.5.4)."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.operations.alloc_dir import AllocDir
from mockserver.operations.results import Read

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

_LARGEST_FRAME = 64 * 1024

Frame = dict[str, Any]
"""``Data`` (base64), ``File``, ``FileEvent`` and ``Offset`` (where the data end); what is empty is left out."""


@dataclass(slots=True)
class FileStream:
    """A file of an allocation that a client reads from ``position`` on.

    With ``goes_on`` the stream goes on when the end of the file is reached; ``plain`` sends the data without frames.
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
