"""The terminal window that progress is told in."""

import shutil
from typing import TextIO

WIPE = "\r\x1b[K"
"""Goes to the beginning of the line and wipes it."""
_NARROW = 40
"""The narrowest window that is written for."""
_PIPED = 120
"""The width of what is not a window."""


def width(stream: TextIO | None) -> int:
    """Return the width of a stream's window, or of a long line when it has none."""
    if stream is None or not stream.isatty():
        return _PIPED
    return max(shutil.get_terminal_size().columns, _NARROW)
