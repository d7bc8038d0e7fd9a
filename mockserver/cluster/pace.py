"""How long evaluations take, and the allocations that they place, where it is not as long as on an idle cluster."""

from dataclasses import dataclass, replace

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of one evaluation; times are nanoseconds.

    Attributes:
        pending: how long it waits before a scheduler takes it.
        follow_up: how long its follow-up waits, which does its work; None when it does its work itself.
        start: how much longer its allocations take to start.
    """

    pending: int = 0
    follow_up: int | None = None
    start: int = 0


AT_ONCE = Pace()
"""The pace of an idle cluster."""


class Paces:
    """The paces of evaluations by their IDs, the newest 10,000 of those that are not ``AT_ONCE``."""

    def __init__(self) -> None:
        self._known: dict[str, Pace] = {}

    def of(self, evaluation_id: str) -> Pace:
        """Return the pace of an evaluation."""
        return self._known.get(evaluation_id, AT_ONCE)

    def put(self, evaluation_id: str, pace: Pace) -> None:
        """Set the pace of an evaluation."""
        if pace == AT_ONCE:
            return
        self._known[evaluation_id] = pace
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def followed(self, evaluation_id: str, next_id: str) -> None:
        """Let a follow-up go on at the pace of the evaluation before it, and do its work itself."""
        pace = self._known.pop(evaluation_id)
        self.put(next_id, replace(pace, pending=0, follow_up=None))
