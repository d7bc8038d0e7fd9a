"""How long the suite waits for a server: less once it has waited in vain, never longer than the run may take."""

import time
from collections import Counter
from dataclasses import dataclass, field

SHORTEST_REPLY = 1.0
"""Seconds that a reply may always take."""
LONG_ENOUGH = 5.0
"""Seconds for a reply where patience is short."""
SHORTEST_WAIT = 2.0
"""Seconds that the server may always take for what it does by itself."""
_IN_A_ROW = 3
"""The number of requests of one kind without a whole reply after which most others of the kind are not sent."""
_OF_ANY_KIND = 6
"""The number of requests in a row, of any kind, after which most others are not sent."""
_ANY = ""
_LAST_REPLIES = 3
"""The number of replies, one after the other, that cleaning up takes: what is left, its end, what is left now."""
PROMPT = 0.25
"""Seconds for a reply that are no sign of a slow server."""


@dataclass(frozen=True, slots=True)
class Experience:
    """How fast a server was, told to those who begin to ask it."""

    hung: bool = False
    """Whether a request got no whole reply in time."""
    slowest: float = 0.0
    """Seconds of its slowest reply."""


class Patience:
    """Seconds to wait: all of them until a wait was in vain, then a multiple of the server's slowest reply.

    Each kind of wait shrinks by itself, so that a server which never wakes a query still has its time to place a job.
    """

    def __init__(self, whole: float, limit: "TimeLimit") -> None:
        self._limit = limit
        self.whole = whole
        """Seconds that the server may take for what it does by itself: placing, starting, launching."""
        self._hung = False
        self._vain: set[str] = set()
        """The kinds of things that were waited for and did not come."""
        self._slowest = 0.0

    @property
    def ran_out(self) -> bool:
        """Whether something did not come in time."""
        return self._hung or bool(self._vain)

    @property
    def experience(self) -> Experience:
        """How fast the server was so far."""
        return Experience(self._hung, self._slowest)

    def learn(self, others: Experience) -> None:
        """Take over what others know of the server."""
        self._hung = self._hung or others.hung
        self._slowest = max(self._slowest, others.slowest)

    def seconds(self, kind: str) -> float:
        """Return the seconds that the server may take for one kind of thing, such as ``placing``."""
        return min(self.whole, max(SHORTEST_WAIT, 5 * self._slowest)) if kind in self._vain else self.whole

    @property
    def reply(self) -> float:
        """Seconds for a reply, from the request to the reply's last byte, beyond the ``wait`` that was asked for."""
        longest = max(min(self.whole, LONG_ENOUGH), self.whole / 2)
        return min(longest, max(SHORTEST_REPLY, 2 * self._slowest)) if self._hung else longest

    @property
    def brief(self) -> float:
        """Seconds for a reply that is hardly expected any more."""
        return min(self.reply, max(PROMPT, 2 * self._slowest))

    def deadline(self, kind: str) -> float:
        """Return the moment of ``time.monotonic()`` until which one kind of thing may be waited for from now on."""
        return time.monotonic() + self.seconds(kind)

    def answered(self, seconds: float) -> None:
        """Note how long a request took that asked for no wait."""
        self._slowest = max(self._slowest, seconds)

    def in_vain(self, kind: str) -> None:
        """Note that one kind of thing did not come in time."""
        self._limit.lost += self.seconds(kind)
        self._vain.add(kind)

    def hung(self) -> None:
        """Note that no whole reply came in time."""
        self._hung = True


class Silence:
    """The kinds of requests that get no whole reply: most of them are not sent any more.

    Now and then one is sent all the same, the more rarely the longer the silence: a server that hangs on some requests
    only is asked the others. After a silence of any kind, a kind that got every reply so far is still tried briefly.
    """

    def __init__(self) -> None:
        self._missed: Counter[str] = Counter()
        self._held_back: Counter[str] = Counter()

    def keeps(self, kind: str) -> int:
        """Return the number of requests without a whole reply because of which this one is not sent, 0 to send it."""
        return self._keeps(_ANY, _OF_ANY_KIND) or self._keeps(kind, _IN_A_ROW)

    def _keeps(self, kind: str, most: int) -> int:
        missed = self._missed[kind]
        if missed < most:
            return 0
        self._held_back[kind] += 1
        if self._held_back[kind] <= 4 ** (missed - most + 1):
            return missed
        self._held_back[kind] = 0
        return 0

    def may_be_broken(self, kind: str) -> bool:
        """Return whether no request of a kind missed its reply since the last that came."""
        return not self._missed[kind]

    def missed(self, kind: str) -> None:
        """Note a request that got no whole reply."""
        self._missed.update((kind, _ANY))

    def broken(self, kind: str) -> None:
        """Note that a whole reply came; one of a kind that never missed any does not end the silence of the others."""
        if self._missed.pop(kind, 0) or self._missed[_ANY] < _OF_ANY_KIND:
            self._missed.pop(_ANY, None)


@dataclass(slots=True)
class TimeLimit:
    """The seconds that a run may take; it ends no run that is slow for other reasons than its server, unless ``hard``.

    Where the machine is busy, everything takes longer; that is no reason to check less. So a limit that nobody asked
    for counts only where most replies are slow, or where half of the time went into waits in vain.
    """

    seconds: float = 0.0
    """0 for no limit."""
    hard: bool = False
    """Whether the limit was asked for, and counts in any case."""
    started: float = field(default_factory=time.monotonic)
    """The moment of ``time.monotonic()``, which all processes of a machine share, at which the run began."""
    lost: float = 0.0
    """Seconds of waits in vain: for whole replies, for what did not happen, for a server that was too busy."""
    _replies: int = 0
    _slow: int = 0
    _took: float = 0.0

    def took(self, seconds: float) -> None:
        """Note the seconds that a reply took beyond the ``wait`` that was asked for."""
        self._replies += 1
        self._slow += seconds > PROMPT
        self._took += seconds

    @property
    def counts(self) -> bool:
        """Whether the limit counts: it was asked for, or the server is slow or keeps the run waiting in vain."""
        slow = self._slow * 2 > self._replies or self.lost * 2 > time.monotonic() - self.started
        return self.seconds > 0 and (self.hard or slow)

    @property
    def left(self) -> float:
        """Seconds until the run ends, infinite where no limit counts; a slow server needs time for cleaning up, too."""
        if not self.counts:
            return float("inf")
        reserve = 0.0 if self.hard else min(self.seconds / 2, _LAST_REPLIES * self._average)
        return self.seconds - reserve - (time.monotonic() - self.started)

    @property
    def _average(self) -> float:
        """Seconds for a reply, on average."""
        return self._took / max(1, self._replies)

    def reason(self) -> str:
        """Return why the run ends."""
        if self.hard:
            return f"the time limit of {self.seconds:g} s was reached"
        waits = f"{self._average:.1f} s a reply, {self.lost:.0f} s of waits in vain"
        return f"{self.seconds:g} s are over ({waits}); see --time-limit"
