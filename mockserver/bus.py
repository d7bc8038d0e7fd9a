"""The bus of a world: whatever happens there is published on it, for those who listen.

Each room defines the events that it publishes; those of the clock and of spaces are here. Publishers look at
``Bus.listening`` first, so that an event is not made when nobody listens. Queries that wait for a change are not woken
by the bus but by ``cluster/watchers.py``, which knows the queries that wait for each part of the state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Kind = TypeVar("Kind")


class Bus:
    """Passes each published event to the listeners of its class, at once and in the order in which they came.

    Attributes:
        listening: whether there are listeners, to events of any class.
    """

    __slots__ = ("_listeners", "listening")

    def __init__(self) -> None:
        self._listeners: dict[type, tuple[Callable[[Any], None], ...]] = {}
        self.listening = False

    def listen(self, kind: type[Kind], listener: Callable[[Kind], None]) -> Callable[[], None]:
        """Call ``listener`` with each event of this class, until the returned function is called."""
        self._listeners[kind] = (*self._listeners.get(kind, ()), listener)
        self.listening = True

        def leave() -> None:
            self._listeners[kind] = tuple(each for each in self._listeners[kind] if each is not listener)
            self.listening = any(self._listeners.values())

        return leave

    def publish(self, event: object) -> None:
        """Pass an event to its listeners."""
        for listener in self._listeners.get(type(event), ()):
            listener(event)


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """Time was moved, or passes at another speed; ``until`` is where it is moved to, None when it is there."""

    until: int | None = None


@dataclass(frozen=True, slots=True)
class SpaceChanged:
    """A space was ``created``, ``dropped``, ``reset`` or ``imported`` into."""

    space: str
    what: str
