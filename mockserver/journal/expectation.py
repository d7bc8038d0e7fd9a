"""Check which requests clients were expected to make; where some are missing, show the nearest ones."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mockserver.journal.difference import Difference
from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal, looked_at_by, of_each, request_of
from mockserver.journal.matcher import Matcher
from mockserver.journal.secrets import SECRETS
from mockserver.off_loop import on_a_thread
from mockserver.phrases import often

_NEAREST = 5
_COMPARED = 1000
"""The newest requests, of which the nearest are shown; as many as a journal keeps by default."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How often matching requests are expected; ``most`` None means any number."""

    matcher: Matcher
    least: int = 1
    most: int | None = None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Expectation":
        """Read an ``Expectation`` of the description: times, or at_least and at_most; by default at least once."""
        matcher = Matcher.read(document.get("match", {}))
        times = document.get("times", document.get("exactly"))
        if times is not None:
            return cls(matcher, int(times), int(times))
        most = document.get("at_most")
        least = document.get("at_least", 1 if most is None else 0)
        return cls(matcher, int(least), None if most is None else int(most))

    @property
    def text(self) -> str:
        """Return in words how many requests are expected."""
        if self.most is None:
            return f"at least {often(self.least)}"
        if self.least == self.most:
            return f"exactly {often(self.least)}"
        return f"at most {often(self.most)}" if self.least == 0 else f"{self.least} to {often(self.most)}"


async def verdict(journal: Journal, expectation: Expectation, *, after: int = 0) -> dict[str, Any]:
    """Return whether an expectation is met (``Verdict`` in the description)."""
    found = await journal.matching(expectation.matcher, after=after)
    met = expectation.least <= len(found) and (expectation.most is None or len(found) <= expectation.most)
    wanting = len(found) < expectation.least
    near = await _nearest(journal, expectation.matcher, after) if wanting else []
    return {
        "met": met,
        "expected": expectation.text,
        "count": len(found),
        "numbers": [entry.number for entry in found],
        "nearest": [
            {
                "number": miss.entry.number,
                "request": shown(miss.entry),
                "differences": [each.document for each in miss.differences],
            }
            for miss in near
        ],
        "text": await on_a_thread(partial(_text, expectation, len(found), near, met=met)),
    }


def shown(entry: Exchange) -> str:
    """Return a request in one line."""
    request = request_of(entry)
    return f"{request.method} {request.path}" + (f"?{SECRETS.query(request.query)}" if request.query else "")


@dataclass(slots=True)
class _NearMiss:
    """Requests that are the same in what was asked, and differ in the same places: the newest, and their number.

    ``distance`` says how far they are from what was expected.
    """

    entry: Exchange
    differences: list[Difference]
    distance: float
    number: int = 1

    @classmethod
    def of(cls, matcher: Matcher, entry: Exchange) -> "_NearMiss":
        """Compare a request with what was expected."""
        differences = list(matcher.differences(request_of(entry)))
        return cls(entry, differences, sum(difference.weight for difference in differences))

    @property
    def alike(self) -> object:
        """What is the same for requests that are told as one."""
        entry = self.entry
        places = ((each.place, repr(each.actual)) for each in self.differences)
        return (entry.method, entry.raw_path, entry.raw_query, *places)

    @property
    def lines(self) -> list[str]:
        """The request, and the places in which it differs."""
        more = f" (and {self.number - 1} more like it)" if self.number > 1 else ""
        return [f"  #{self.entry.number} {shown(self.entry)}{more}", *(f"    {each}" for each in self.differences)]


async def _nearest(journal: Journal, matcher: Matcher, after: int) -> list[_NearMiss]:
    """Return the requests that don't match, the most alike first, of equal ones the newest; only late ones count."""
    late = deque((entry for entry in journal if entry.number > after), _COMPARED)
    compared = await of_each(late, partial(_compared, matcher), looked_at_by(matcher))
    misses: dict[object, _NearMiss] = {}
    for alike, miss in compared:
        if miss.differences:
            before = misses.get(alike)
            miss.number = 1 if before is None else before.number + 1
            misses[alike] = miss
    return sorted(misses.values(), key=lambda miss: (miss.distance, -miss.entry.number))[:_NEAREST]


def _compared(matcher: Matcher, entry: Exchange) -> tuple[object, _NearMiss]:
    miss = _NearMiss.of(matcher, entry)
    return miss.alike, miss


def _text(expectation: Expectation, count: int, near: list[_NearMiss], *, met: bool) -> str:
    wanted = expectation.matcher.document or "any request"
    lines = [f"expected {expectation.text}, came {often(count)}: {wanted}"]
    if not met and count < expectation.least:
        lines.append("nearest requests:" if near else "no other request came")
    for miss in near:
        lines += miss.lines
    return "\n".join(lines)
