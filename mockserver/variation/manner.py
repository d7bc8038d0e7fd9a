"""In which way a request is carried out: when a query stops waiting, how long evaluations and allocations take."""

import random
from collections.abc import Callable

from mockserver.cluster.pace import Pace
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.http.blocking import JITTER_FRACTION, Patience
from mockserver.http.endpoint import Manner
from mockserver.vary import ReplyChoices

EARLY = "blocking.early"
LATE = "blocking.late"
PENDING = "evaluation.pending"
FOLLOWED = "evaluation.followed"
SLOW_START = "allocation.slow-start"

_OFTEN = 0.5
WRITES = frozenset(("PUT", "POST", "DELETE"))


def manner_of(method: str, choices: ReplyChoices) -> Manner:
    """Return the manner that is chosen for a request."""
    if method not in WRITES:
        return Manner(patience=_patience(choices))
    pending, followed, start = (choices.draw(each, _OFTEN) for each in (PENDING, FOLLOWED, SLOW_START))
    pace = Pace(
        pending=0 if pending is None else _between(pending, 20, 600),
        follow_up=None if followed is None else _between(followed, 20, 300),
        start=0 if start is None else _between(start, 100, 1000),
    )
    return Manner(pace=pace)


def note_pace(manner: Manner, choices: ReplyChoices) -> None:
    """Note what a write made use of, once it is known to have made an evaluation."""
    pace = manner.pace
    for freedom, is_used in ((PENDING, pace.pending), (FOLLOWED, pace.follow_up), (SLOW_START, pace.start)):
        if is_used:
            choices.note(freedom)


def note_patience(manner: Manner, choices: ReplyChoices) -> None:
    """Note what a query made use of that waited in vain."""
    if isinstance(manner.patience, _Patience) and manner.patience.waited:
        choices.note(manner.patience.freedom)


def _patience(choices: ReplyChoices) -> Patience | None:
    early, late = choices.draw(EARLY, _OFTEN), choices.draw(LATE)
    if early is not None:
        return _Patience(EARLY, lambda wait: early.randrange(min(wait, SECOND) + 1))
    return None if late is None else _Patience(LATE, lambda wait: _late(wait, late))


def _late(wait: int, source: random.Random) -> int:
    """Return a duration in the last quarter of the sixteenth by which a query may be late."""
    most = wait // JITTER_FRACTION
    return wait + most - source.randrange(most // 4 + 1)


class _Patience:
    """How long a query waits; ``waited`` says whether it began to."""

    def __init__(self, freedom: str, how_long: Callable[[int], int]) -> None:
        self.freedom = freedom
        self.waited = False
        self._how_long = how_long

    def __call__(self, wait: int) -> int:
        self.waited = True
        return self._how_long(wait)


def _between(source: random.Random, least: int, most: int) -> int:
    """Return nanoseconds between two numbers of milliseconds."""
    return source.randint(least * MILLISECOND, most * MILLISECOND)
