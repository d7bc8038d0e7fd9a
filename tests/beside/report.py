"""Reporting: lines of progress, and each difference once with the fewest requests that show it."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace

from tests.attack.reducing import reduced
from tests.attack.report import say
from tests.attack.steps import Life
from tests.beside.playing import Pair, Played

_EVERY = 10.0
"""Seconds between lines of progress."""
_TRIALS = 3
"""A difference counts when it shows each of so many times: what it depends on otherwise is chance."""
_ADDRESS = "http://127.0.0.1:4646"
"""Stands in the requests of ``tests.attack``."""


@dataclass
class Report:
    """Plays lives and tells what came of them; ``reducing`` is how many seconds making one difference small may take.

    ``repeat`` are the words of the command that plays a life again, but for the life.
    """

    pair: Pair
    reducing: float
    repeat: str
    sent: int = 0
    lives: int = 0
    _told: "Counter[str]" = field(default_factory=Counter)
    _real: "Counter[str]" = field(default_factory=Counter)
    _seldom: "Counter[str]" = field(default_factory=Counter)
    _began: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)

    def play(self, life: Life) -> None:
        """Play one more life; when it shows a new difference, play it again, and tell the difference if that stays."""
        played = self._played(life)
        if played.difference is not None:
            self._judge(replace(life, steps=life.steps[: played.sent]), played)
        if time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            say(self.line())

    def line(self) -> str:
        """Return how far the comparison is, in one line."""
        seconds = time.monotonic() - self._began
        kinds = ", ".join(f"{kind}: {number}" for kind, number in sorted(self._told.items()))
        return (
            f"{self.sent} requests in {self.lives} lives and {seconds:.0f} s, {len(self._real)} kinds of differences; "
            f"replies compared, by the agent's status: {kinds or 'none'}"
        )

    def tell_all(self) -> int:
        """Tell how often each difference was met, and return how many kinds there are."""
        say(self.line())
        for key, number in self._real.most_common():
            say(f"{number} times: {key}")
        for key, number in self._seldom.most_common():
            say(f"{number} times, but not each time that the life was played again: {key}")
        return len(self._real)

    def _played(self, life: Life) -> Played:
        played = self.pair.play(life)
        self.sent += played.sent
        self.lives += 1
        self._told += played.told
        return played

    def _judge(self, life: Life, played: Played) -> None:
        found = played.difference
        assert found is not None
        if found.key in self._real:
            self._real[found.key] += 1
            return
        if found.key not in self._seldom:
            say(f"life {life.name}, request {played.sent}: {found}")
        if any(not self._shows(life, found.key) for _ in range(_TRIALS - 1)):
            self._seldom[found.key] += 1
            return
        self._real[found.key] += 1
        small = reduced(life, lambda each: self._shows(each, found.key), self.reducing)
        steps = "\n".join(map(str, small.steps)).replace(_ADDRESS, self.pair.agent.address.rstrip("/"))
        say(f"\n{found.key}\nrepeat: {self.repeat} --life {life.name}\n{steps}\n")

    def _shows(self, life: Life, key: str) -> bool:
        difference = self.pair.play(life).difference
        return difference is not None and difference.key == key
