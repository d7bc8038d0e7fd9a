"""Estimate how much memory a JSON text will take, before it is read.

Two bytes can become an object of sixty: ``[[],[],…]`` of 10 MiB takes 250 MB. What a client means to send is far from
that: a state as it is exported takes 4 times its length.
"""

_CONTAINER = 200
"""An empty object or list, and what checking and decoding add to it."""

_VALUE = 64
"""Any other value."""

DENSEST = 16
"""A text may weigh this many times its length ..."""

_PART = 8 * 1024 * 1024
"""Bytes that are counted at once: other threads have their turn in between."""

LIGHT = 64 * 1024 * 1024
"""... or this many bytes, whichever is more."""


def weight(text: bytes) -> int:
    """Estimate the bytes of memory that the values in a JSON text take; brackets and commas in strings count, too."""
    return len(text) + _CONTAINER * (_number(text, b"[") + _number(text, b"{")) + _VALUE * _number(text, b",")


def is_too_dense(text: bytes) -> bool:
    """Say whether reading a JSON text would take more memory than a text of this length may take."""
    least = LIGHT // (_CONTAINER + _VALUE + 1)  # shorter ones can't be, and most are
    return len(text) > least and weight(text) > max(DENSEST * len(text), LIGHT)


def _number(text: bytes, mark: bytes) -> int:
    return sum(text.count(mark, start, start + _PART) for start in range(0, len(text), _PART))
