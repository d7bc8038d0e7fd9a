"""Short pauses for a process that keeps many objects.

Python looks for reference cycles among all living objects. With 100,000 jobs that takes a second and a half each time.
What a mock stores has no cycles, so what survived one full collection is left out of the next. Full collections also
come more often than Python plans them, so that each has less to look at: some 20,000 objects, which takes 15 ms. Only
the ``nomad-mock`` command does this: in somebody else's process it would not be ours to decide.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FULL = 2

_UNTIL_A_FULL_ONE = 2
"""Collections of the middle generation after which a full one comes; Python's own number is 10."""

MOST_GIVEN_UP = 32 * 1024 * 1024
"""How many bytes of worlds that were given up may lie around before everything is looked at again. That takes some
80 ms: a small world for each test would cost as much each time."""


@contextmanager
def short() -> Iterator[None]:
    """Inside the block, collect often, and leave out of later collections what survives a full one."""
    young, middle, full = gc.get_threshold()
    gc.set_threshold(young, middle, _UNTIL_A_FULL_ONE)
    gc.callbacks.append(_freeze)
    try:
        yield
    finally:
        gc.callbacks.remove(_freeze)
        gc.unfreeze()
        gc.set_threshold(young, middle, full)


@contextmanager
def none() -> Iterator[None]:
    """Inside the block, look for no cycles: much is made that is going to stay, such as a world that is imported.

    Each search would look at all of it again. At the end it is left out of later collections. In a process that did not
    ask for short pauses nothing is different.
    """
    if _freeze not in gc.callbacks or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class GivenUp:
    """Counts the worlds that were given up: they may be among what is left out of collections."""

    def __init__(self) -> None:
        self._bytes = 0

    def add(self, size: int) -> None:
        """Count a world of about ``size`` bytes; when they are too many, let the next full collection see them."""
        self._bytes += size
        if self._bytes > MOST_GIVEN_UP:
            self._bytes = 0
            look_at_everything_again()


def look_at_everything_again() -> None:
    """Let the next full collection see what was left out before."""
    if _freeze in gc.callbacks:
        gc.unfreeze()


def _freeze(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop" and info["generation"] == _FULL:
        gc.freeze()
