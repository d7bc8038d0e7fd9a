"""Actions planned for a time, in the order in which they are due.

Times are Unix nanoseconds.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypedDict

from mockserver.slices import Steps

Action: TypeAlias = Callable[[], Steps[None] | None]
"""What is done when its time has come. An action that is much work returns its steps; no other begins meanwhile."""

_FEW = 256


class SavedTimer(TypedDict):
    """``when`` is the time (Unix ns); among actions of the same time that with the lower ``order`` comes first."""

    when: int
    order: int


class Timer(Protocol):
    """A planned action; ``cancel()`` makes sure that it never runs."""

    def cancel(self) -> None:
        """Take the action back."""

    def saved(self) -> SavedTimer:
        """When the action is planned for, as JSON; ``Clock.restore`` takes it."""


@dataclass(order=True, slots=True)
class Planned:
    """A planned action: the ``Timer`` that the timetable makes."""

    when: int
    order: int
    action: Action = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Take the action back."""
        self.cancelled = True

    def saved(self) -> SavedTimer:
        """Return when the action is planned for, as JSON."""
        return {"when": self.when, "order": self.order}


class Timetable:
    """The planned actions of one clock. ``newest`` is the order number of the one that was planned last."""

    def __init__(self) -> None:
        self.newest = 0
        self._planned: list[Planned] = []
        self._crowded = _FEW

    def add(self, when: int, action: Action) -> Planned:
        """Plan an action for this time, after those already planned for it."""
        self.newest += 1
        return self._put(Planned(when, self.newest, action))

    def restore(self, saved: SavedTimer, action: Action) -> Planned:
        """Plan an action for the time, and in the place in the order, of a saved timer."""
        self.newest = max(self.newest, saved["order"])
        return self._put(Planned(saved["when"], saved["order"], action))

    def first(self) -> Planned | None:
        """Return the action that is due first, or None."""
        while self._planned and self._planned[0].cancelled:
            heapq.heappop(self._planned)
        return self._planned[0] if self._planned else None

    def take(self, planned: Planned) -> Action:
        """Remove the first action, which is to be run now."""
        assert planned is self._planned[0]
        return heapq.heappop(self._planned).action

    def clear(self) -> None:
        """Forget everything that is planned."""
        self._planned.clear()

    def __len__(self) -> int:
        """Return how many actions are kept, among them cancelled ones."""
        return len(self._planned)

    def _put(self, planned: Planned) -> Planned:
        if len(self._planned) >= self._crowded:
            self._drop_cancelled()
        heapq.heappush(self._planned, planned)
        return planned

    def _drop_cancelled(self) -> None:
        """Keep the memory of cancelled actions bounded by that of the others."""
        self._planned = [planned for planned in self._planned if not planned.cancelled]
        heapq.heapify(self._planned)
        self._crowded = max(2 * len(self._planned), _FEW)
