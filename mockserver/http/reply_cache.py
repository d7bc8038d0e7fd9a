"""Keep rendered replies by the object that they show."""

from collections.abc import Callable
from typing import TypeAlias

from mockserver.http.replies import Reply

Key: TypeAlias = tuple[str, str, str, bool, bool]
"""Operation, region, target, whether the reply is pretty, and whether it is compressed."""

_OBJECT_PER_JSON = 8
"""An object in memory takes about this many times the bytes of its JSON."""


class ReplyCache:
    """Replies by the object they show: a stored object never changes, so the same object has the same reply.

    The oldest replies make room for new ones.

    Args:
        limit: how many replies are kept.
        largest: the longest body of a reply that is kept, in bytes.
        room: how many bytes the replies may take, together with the objects that they show.
    """

    def __init__(self, limit: int = 1024, largest: int = 64 * 1024, room: int = 64 * 1024 * 1024) -> None:
        self._limit = limit
        self._largest = largest
        self._room = room
        self._replies: dict[Key, tuple[object, Reply]] = {}
        self.bytes = 0

    def find(self, key: Key, shown: object) -> Reply | None:
        """Return the reply that shows ``shown``, None when it is not kept."""
        kept = self._replies.get(key)
        return kept[1] if kept is not None and kept[0] is shown else None

    def get(self, key: Key, shown: object, make: Callable[[], Reply]) -> Reply:
        """Return the reply that shows ``shown``; ``make`` makes it unless it is kept."""
        kept = self.find(key, shown)
        if kept is not None:
            return kept
        reply = make()
        if key in self._replies:
            self._drop(key)
        if len(reply.body) <= self._largest:
            self._replies[key] = (shown, reply)
            self.bytes += _size(key, reply)
            while len(self._replies) > self._limit or self.bytes > self._room:
                self._drop(next(iter(self._replies)))
        return reply

    def _drop(self, key: Key) -> None:
        _, reply = self._replies.pop(key)
        self.bytes -= _size(key, reply)


def _size(key: Key, reply: Reply) -> int:
    return len(key[2]) + (1 + _OBJECT_PER_JSON) * len(reply.body) + len(reply.gzipped or b"")
