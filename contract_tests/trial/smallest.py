"""Delta debugging: the smallest part of what makes a run fail that still makes it fail."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def smallest(
    parts: Sequence[Part], first_failing: Callable[[Sequence[Sequence[Part]]], int | None], tries: int
) -> list[Part]:
    """Return parts that fail together and of which none can be left out, in their order.

    Args:
        parts: fail together.
        first_failing: runs with each of several selections of the parts, in turn or at once, and returns the place of
            the first with which the run fails; None when none does.
        tries: how many runs it may take in turn; then what is smallest so far is returned.
    """
    rest, pieces = list(parts), 2

    def failing(selections: Sequence[list[Part]]) -> list[Part] | None:
        nonlocal tries
        affordable = selections[:tries]
        place = first_failing(affordable) if affordable else None
        tries -= len(affordable) if place is None else place + 1
        return None if place is None else affordable[place]

    while len(rest) > 1 and tries > 0:
        cut = [rest[len(rest) * n // pieces : len(rest) * (n + 1) // pieces] for n in range(pieces)]
        part = failing(cut[::-1])
        if part is not None:
            rest, pieces = part, 2
            continue
        others = [[one for other in cut if other is not piece for one in other] for piece in cut] if pieces > 2 else []
        part = failing(others)
        if part is not None:
            rest, pieces = part, max(pieces - 1, 2)
        elif pieces < len(rest):
            pieces = min(2 * pieces, len(rest))
        else:
            break
    return rest
