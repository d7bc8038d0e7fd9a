"""Which parts of a region changed since they were last stored."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

Part: TypeAlias = tuple[str, str]
"""A kind of part and which one: ``("job", ID in lower case)``, ``("run", allocation ID)`` and so on."""


class ChangedParts:
    """The parts that changed since they were last taken. Without a follower nothing is noted."""

    def __init__(self) -> None:
        self._noted: dict[Part, None] = {}
        self._follower: Callable[[], None] | None = None

    def follow(self, follower: Callable[[], None]) -> None:
        """Note changes from now on, and call ``follower`` at the first one after each ``take``."""
        self._follower = follower

    def note(self, *parts: Part) -> None:
        """Note that these parts changed, came or went."""
        self.note_all(parts)

    def note_all(self, parts: Iterable[Part]) -> None:
        """Note that these parts changed, came or went."""
        if self._follower is None:
            return
        if not self._noted:
            self._follower()
        self._noted.update(dict.fromkeys(parts))

    def __len__(self) -> int:
        return len(self._noted)

    def take(self) -> dict[Part, None]:
        """Return the noted parts in order, and forget them."""
        noted, self._noted = self._noted, {}
        return noted
