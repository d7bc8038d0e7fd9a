"""A JSON document on a disk that grows step by step, and can be read at every moment."""

import errno
import os
from contextlib import suppress
from pathlib import Path

_END = b"\n ]\n}\n"


class GrowingFile:
    """A document whose last member is the list ``steps``. Raises ``OSError`` when it can't be begun.

    Each step is added by one write that takes the place of the document's end: whoever is killed between two of them
    leaves all steps so far, in a document that is whole.
    """

    def __init__(self, path: Path, about: str) -> None:
        """Begin a document; ``about`` is the document without steps: an object with members, as JSON.

        Raises:
            OSError: The file can't be written.
        """
        beside = path.with_name(f"{path.name}.part")
        self._file = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            head = about.rstrip().removesuffix("}").rstrip().encode() + b',\n "steps": ['
            self._size = os.pwrite(self._file, head, 0)
            os.pwrite(self._file, _END, self._size)
            beside.replace(path)
        except OSError:
            self.close()
            raise
        self._separator = b"\n"

    def add(self, step: bytes) -> None:
        """Add a step, as JSON.

        Raises:
            OSError: The file can't be written; the document is as it was before.
        """
        text = self._separator + step
        try:
            if os.pwrite(self._file, text + _END, self._size) < len(text) + len(_END):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301 - undone below
        except OSError:
            with suppress(OSError):
                os.pwrite(self._file, _END, self._size)
                os.ftruncate(self._file, self._size + len(_END))
            raise
        self._size += len(text)
        self._separator = b",\n"

    def close(self) -> None:
        """Add nothing any more."""
        os.close(self._file)
