"""One fault: what it does, to which requests, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

from mockserver.faults.effect import Effect
from mockserver.faults.kinds import duration, effect
from mockserver.journal.matcher import Matcher

if TYPE_CHECKING:
    import random

    from mockserver.cluster.timetable import Timer
    from mockserver.http.requests import Request

_ONCE = frozenset(("index-reset",))
"""Kinds that have an effect once unless ``times`` says otherwise."""


@dataclass(slots=True)
class Fault:
    """A fault: an effect and the requests that meet it.

    ``document`` is the ``NewFault`` that was asked for. Of the requests that fit the matcher, ``nth`` picks one by its
    number, ``every`` each second, third and so on, and ``probability`` some at random. The fault is over after
    ``times`` hits, or ``lifetime`` nanoseconds after it began; then ``following`` (also a ``NewFault``) begins. It
    begins when it is added, or else is ``waiting`` until the fault of the number ``after`` has ended. A request meets
    only the first one that is ``expected``.
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
    after: int | None = None
    expected: bool = False
    began: int = 0
    seen: int = 0
    hits: int = 0
    active: bool = False
    waiting: bool = False
    timer: "Timer | None" = field(default=None, repr=False)

    @classmethod
    def read(cls, number: int, document: Mapping[str, Any]) -> "Fault":
        """Read a ``NewFault`` of the description. Raises ``FaultError``."""
        kind = document["fault"]["kind"]
        times, lasting = document.get("times", 1 if kind in _ONCE else None), document.get("for")
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
            after=int(document["after_fault"]) if "after_fault" in document else None,
            expected=bool(document.get("expected", False)),
            lifetime=None if lasting is None else duration(lasting),
        )

    @property
    def following(self) -> Mapping[str, Any] | None:
        """The fault that begins when this one is over."""
        then: Mapping[str, Any] | None = self.document.get("then")
        return then

    def hit(self, request: "Request", scope: Scope, source: "random.Random") -> bool:
        """Return whether this request meets the fault, and count the request."""
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
        """The fault as ``Fault`` in the description."""
        return {
            "number": self.number,
            "name": self.name,
            "active": self.active,
            "seen": self.seen,
            "hits": self.hits,
            "began": self.began,
            "ends": None if self.lifetime is None or self.waiting else self.began + self.lifetime,
            **{key: self.document[key] for key in _ASKED if key in self.document},
        }


_ASKED = ("match", "nth", "every", "probability", "times", "for", "after_fault", "expected", "fault", "then", "preset")


@dataclass(frozen=True, slots=True)
class FaultChanged:
    """A fault was ``added``, ``met`` by a request, is ``over``, or was ``removed``."""

    what: str
    fault: "Fault"
