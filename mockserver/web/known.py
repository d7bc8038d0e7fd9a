"""Replies that were made before and still hold, within a known number of bytes."""

from collections.abc import Callable
from typing import TypeAlias

from mockserver.web.reply import Reply

Key: TypeAlias = tuple[str, str, str, bool, bool]
"""Operation, region, target, whether the reply is pretty, and whether it is compressed."""

_SHOWN = 8
"""An object in memory is about this many times as long as its JSON."""


class KnownReplies:
    """Replies by the object they show: what is stored never changes, so the same object has the same reply.

    At most ``limit`` replies are kept, with what they show no more than ``room`` bytes, and none whose body is longer
    than ``largest``. The oldest go first.
    """

    def __init__(self, limit: int = 1024, largest: int = 64 * 1024, room: int = 64 * 1024 * 1024) -> None:
        self._limit = limit
        self._largest = largest
        self._room = room
        self._known: dict[Key, tuple[object, Reply]] = {}
        self.bytes = 0

    def get(self, key: Key, shown: object, make: Callable[[], Reply]) -> Reply:
        """The reply that shows ``shown``; made anew when what ``key`` stands for is another object by now."""
        known = self.find(key, shown)
        if known is not None:
            return known
        reply = make()
        if key in self._known:
            self._forget(key)
        if len(reply.body) <= self._largest:
            self._known[key] = (shown, reply)
            self.bytes += _size(key, reply)
            while len(self._known) > self._limit or self.bytes > self._room:
                self._forget(next(iter(self._known)))
        return reply

    def find(self, key: Key, shown: object) -> Reply | None:
        """The reply that shows ``shown``, when it is kept."""
        known = self._known.get(key)
        return known[1] if known is not None and known[0] is shown else None

    def _forget(self, key: Key) -> None:
        _, reply = self._known.pop(key)
        self.bytes -= _size(key, reply)


def _size(key: Key, reply: Reply) -> int:
    return len(key[2]) + (1 + _SHOWN) * len(reply.body) + len(reply.gzipped or b"")
