"""Replies that were made before and still hold."""

from collections.abc import Callable

from mockserver.web.reply import Reply


class KnownReplies:
    """Replies by the object they show: what is stored never changes, so the same object has the same reply."""

    def __init__(self, limit: int = 1024, largest: int = 64 * 1024) -> None:
        self._limit = limit
        self._largest = largest
        self._known: dict[object, tuple[object, Reply]] = {}

    def get(self, key: object, shown: object, make: Callable[[], Reply]) -> Reply:
        """The reply that shows ``shown``; made anew when what ``key`` stands for is another object by now."""
        known = self._known.get(key)
        if known is not None and known[0] is shown:
            return known[1]
        reply = make()
        if len(reply.body) <= self._largest:
            self._keep(key, shown, reply)
        return reply

    def _keep(self, key: object, shown: object, reply: Reply) -> None:
        self._known.pop(key, None)
        if len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]
        self._known[key] = (shown, reply)
