"""One fault: what it does, to which requests, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.faults.effect import Effect
from mockserver.faults.kinds import duration, effect
from mockserver.journal.matcher import Matcher

if TYPE_CHECKING:
    import random

    from starlette.types import Scope

    from mockserver.cluster.clock import Timer
    from mockserver.http.requests import Request

_ONCE = frozenset(("index-reset",))
"""Kinds that make sense once, unless somebody says otherwise."""


@dataclass(slots=True)
class Fault:
    """A fault. ``document`` is how it was asked for (``NewFault`` in the description).

    Of the requests that its matcher means, ``nth`` picks one by its number, ``every`` one in so many, and
    ``probability`` some at random. It is over after ``times`` hits, or ``lifetime`` nanoseconds after it began;
    then ``following`` (a ``NewFault``, too) begins.
    """

    number: int
    document: Mapping[str, Any]
    effect: Effect
    matcher: Matcher
    name: str
    nth: int | None = None
    every: int = 1
    probability: float = 1
    times: int | None = None
    lifetime: int | None = None
    began: int = 0
    seen: int = 0
    hits: int = 0
    active: bool = True
    timer: "Timer | None" = field(default=None, repr=False)

    @classmethod
    def read(cls, number: int, document: Mapping[str, Any]) -> "Fault":
        """Out of a ``NewFault``; raises ``FaultError``."""
        kind = document["fault"]["kind"]
        times = document.get("times", 1 if kind in _ONCE else None)
        return cls(
            number=number,
            document=document,
            effect=effect(document["fault"]),
            matcher=Matcher.read(document.get("match", {})),
            name=document.get("name", kind),
            nth=int(document["nth"]) if "nth" in document else None,
            every=int(document.get("every", 1)),
            probability=float(document.get("probability", 1)),
            times=None if times is None else int(times),
            lifetime=duration(document["for"]) if "for" in document else None,
        )

    @property
    def following(self) -> Mapping[str, Any] | None:
        """What begins when it is over."""
        then: Mapping[str, Any] | None = self.document.get("then")
        return then

    def hit(self, request: "Request", scope: "Scope", source: "random.Random") -> bool:
        """Whether it meets this request, which is counted."""
        if not (self.matcher.fits(request) and self.effect.concerns(scope)):
            return False
        self.seen += 1
        if self.nth not in (None, self.seen) or self.seen % self.every:
            return False
        if self.probability < 1 and source.random() >= self.probability:
            return False
        self.hits += 1
        return True

    @property
    def used_up(self) -> bool:
        """Whether it can meet no more requests."""
        return (self.times is not None and self.hits >= self.times) or (self.nth is not None and self.seen >= self.nth)

    @property
    def saved(self) -> dict[str, Any]:
        """The rule as ``Fault`` in the description."""
        return {
            "number": self.number,
            "name": self.name,
            "active": self.active,
            "seen": self.seen,
            "hits": self.hits,
            "began": self.began,
            "ends": None if self.lifetime is None else self.began + self.lifetime,
            **{key: self.document[key] for key in _ASKED if key in self.document},
        }


_ASKED = ("match", "nth", "every", "probability", "times", "for", "fault", "then", "preset")
