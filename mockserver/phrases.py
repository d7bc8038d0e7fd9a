"""Phrases that many messages are made of."""

from collections.abc import Sequence

_PAIR = 2


def counted(number: int, noun: str) -> str:
    """Return a number and its noun, in the plural unless it is one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """Return the items as one text: ``a, b, c``, or ``a and b``."""
    return (" and " if len(items) == _PAIR else ", ").join(items)


def often(number: int) -> str:
    """Return how often something happens: ``once``, ``3 times``."""
    return "once" if number == 1 else f"{number} times"
