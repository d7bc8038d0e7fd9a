"""Read the job files that a command line names."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mockserver.hcl import SUFFIXES
from mockserver.openapi.weight import is_too_dense

LONGEST = 8 * 1024 * 1024
"""Bytes of the largest file that is judged; an agent has no limit."""
_STDIN = "-"
_SUFFIXES = (".json", *SUFFIXES)


class Unjudged(Exception):
    """A file that cannot be judged; the text says why."""


def named(path: str) -> Iterator[str]:
    """Yield the file itself, or all job files in a folder and the folders in it by name, hidden ones left out."""
    folder = Path(path)
    if path == _STDIN or not folder.is_dir():
        yield path
        return
    for file in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix in _SUFFIXES and not is_hidden and file.is_file():
            yield str(file)


def read(path: str) -> bytes:
    """Return what is in a file, or comes on standard input for ``-``.

    Raises:
        Unjudged: It cannot be read, is a folder without job files, or is too large.
    """
    if path == _STDIN:
        return _bounded(sys.stdin.buffer)
    if Path(path).is_dir():
        raise Unjudged("there is no *.json, *.nomad or *.hcl file in this folder")
    try:
        with Path(path).open("rb") as file:
            return _bounded(file)
    except OSError as error:
        raise Unjudged(error.strerror or str(error)) from None


def _bounded(file: BinaryIO) -> bytes:
    text = file.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise Unjudged(f"the file is larger than {LONGEST // 1024**2} MiB, and such a file is not judged")
    if is_too_dense(text):
        raise Unjudged("reading the file would take too much memory: nearly all of it is brackets and commas")
    return text
