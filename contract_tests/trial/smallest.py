"""The smallest part of what makes a run fail that still makes it fail, found by halving."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def smallest(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool], tries: int) -> list[Part]:
    """Return parts that fail together and of which none can be left out, in their order.

    The last part of the shortest beginning that fails is needed, whatever else is; then the same is asked of what
    stands before it. Each needed part takes about as many runs as the number of parts can be halved.

    Args:
        parts: fail together.
        fails: runs with some of the parts, and returns whether the run fails.
        tries: how many runs it may take; then what is smallest so far is returned.
    """
    rest, needed = list(parts), list[Part]()
    while rest:
        passing, failing = (-1 if needed else 0), len(rest)  # lengths of beginnings; without any part a run passes
        while failing - passing > 1 and tries > 0:
            middle = 0 if passing < 0 else (passing + failing) // 2
            tries -= 1
            if fails([*rest[:middle], *needed]):
                failing = middle
            else:
                passing = middle
        if failing - passing > 1:
            return [*rest[:failing], *needed]
        if failing == 0:
            break
        needed.insert(0, rest[failing - 1])
        rest = rest[: failing - 1]
    return needed
