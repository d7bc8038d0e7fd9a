"""Work that takes long, done in slices, so that it never stops those who want little.

A piece of work is a generator that yields between its steps and returns its result. Where the slices end depends on
how fast the machine is; what comes out does not, for nobody else changes what the work looks at (``Clock.occupy``).
"""

import asyncio
import time
from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Steps: TypeAlias = Generator[None, None, T]
"""Work in steps of a few milliseconds at the most; it returns a T."""

SLICE = 0.008
"""Seconds of work after which the others have their turn."""


class Turn:
    """A turn at the event loop, which begins now."""

    __slots__ = ("_end",)

    def __init__(self) -> None:
        self._end = time.perf_counter() + SLICE

    @property
    def is_over(self) -> bool:
        """Whether others should have their turn."""
        return time.perf_counter() >= self._end


def finish(steps: Steps[T]) -> T:
    """Do all the work at once, where there is nobody to wait."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


async def in_slices(steps: Steps[T]) -> T:
    """Do the work slice by slice; the other tasks of the event loop run in between."""
    turn = Turn()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if turn.is_over:
            await asyncio.sleep(0)
            turn = Turn()
