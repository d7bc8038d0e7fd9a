"""Results that are remembered, within a known number of bytes."""

from collections.abc import Callable, Sized
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

MOST = 1024
"""This many results are remembered by each function."""

LONGEST = 1024
"""The longest arguments, all together, whose result is remembered. What is made of longer ones is made each time."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def remembered(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let ``function``, a pure one of texts, remember its latest results.

    ``lru_cache`` alone counts its results, not their size: 1024 paths of 1 MiB, the longest that a client may send,
    would take a gigabyte.
    """
    known = lru_cache(MOST)(function)

    @wraps(function)
    def short(*texts: Sized) -> _R:
        return known(*texts) if sum(map(len, texts)) <= LONGEST else function(*texts)  # type: ignore[arg-type, call-arg]  # known takes anything hashable

    return short  # type: ignore[return-value]  # it takes what function takes
