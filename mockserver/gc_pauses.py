"""Short pauses for a process that keeps many objects.

Python looks for reference cycles among all living objects. With 100,000 jobs that takes a second and a half each time.
What a mock stores has no cycles, so what survived one full collection is left out of the next. Only the ``nomad-mock``
command does this: in somebody else's process it would not be ours to decide.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FULL = 2


@contextmanager
def short() -> Iterator[None]:
    """Inside the block, leave out of later collections what survives a full one."""
    gc.callbacks.append(_freeze)
    try:
        yield
    finally:
        gc.callbacks.remove(_freeze)
        gc.unfreeze()


def look_at_everything_again() -> None:
    """Let the next full collection see what was left out before: a whole world was given up."""
    if _freeze in gc.callbacks:
        gc.unfreeze()


def _freeze(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop" and info["generation"] == _FULL:
        gc.freeze()
