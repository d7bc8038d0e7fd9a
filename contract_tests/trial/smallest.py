"""Delta debugging: the smallest part of what makes a run fail that still makes it fail."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def smallest(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool], tries: int) -> list[Part]:
    """Return parts that fail together and of which none can be left out, in their order.

    Args:
        parts: fail together.
        fails: runs with some of the parts, and tells whether that fails.
        tries: how many runs it may take; then what is smallest so far is returned.
    """
    rest, pieces = list(parts), 2

    def fails_in_time(some: Sequence[Part]) -> bool:
        nonlocal tries
        tries -= 1
        return tries >= 0 and fails(some)

    while len(rest) > 1 and tries > 0:
        cut = [rest[len(rest) * n // pieces : len(rest) * (n + 1) // pieces] for n in range(pieces)]
        part = next((piece for piece in reversed(cut) if fails_in_time(piece)), None)
        if part is not None:
            rest, pieces = part, 2
            continue
        others = [[one for other in cut if other is not piece for one in other] for piece in cut] if pieces > 2 else []
        part = next((other for other in others if fails_in_time(other)), None)
        if part is not None:
            rest, pieces = part, max(pieces - 1, 2)
        elif pieces < len(rest):
            pieces = min(2 * pieces, len(rest))
        else:
            break
    return rest
