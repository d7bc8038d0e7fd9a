"""Check which requests clients were expected to make; where some are missing, show the nearest ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal, request_of
from mockserver.journal.matcher import Difference, Matcher
from mockserver.journal.secrets import SECRETS

_NEAREST = 5


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
            return f"at least {_times(self.least)}"
        if self.least == self.most:
            return f"exactly {_times(self.least)}"
        return f"at most {_times(self.most)}" if self.least == 0 else f"{self.least} to {_times(self.most)}"


def verdict(journal: Journal, expectation: Expectation, *, after: int = 0) -> dict[str, Any]:
    """Return whether an expectation is met (``Verdict`` in the description)."""
    found = journal.matching(expectation.matcher, after=after)
    met = expectation.least <= len(found) and (expectation.most is None or len(found) <= expectation.most)
    wanting = len(found) < expectation.least
    near = _nearest(journal, expectation.matcher, after) if wanting else []
    return {
        "met": met,
        "expected": expectation.text,
        "count": len(found),
        "numbers": [entry.number for entry in found],
        "nearest": [
            {"number": entry.number, "request": shown(entry), "differences": [each.document for each in differences]}
            for entry, differences in near
        ],
        "text": _text(expectation, len(found), near, met=met),
    }


def shown(entry: Exchange) -> str:
    """Return a request in one line."""
    request = request_of(entry)
    return f"{request.method} {request.path}" + (f"?{SECRETS.query(request.query)}" if request.query else "")


def _nearest(journal: Journal, matcher: Matcher, after: int) -> list[tuple[Exchange, list[Difference]]]:
    """Return the requests that don't match, those with the fewest differences first, the newest of them first."""
    others = [(entry, list(matcher.differences(request_of(entry)))) for entry in journal if entry.number > after]
    missed = [(entry, differences) for entry, differences in others if differences]
    return sorted(missed, key=lambda one: (len(one[1]), -one[0].number))[:_NEAREST]


def _text(expectation: Expectation, count: int, near: list[tuple[Exchange, list[Difference]]], *, met: bool) -> str:
    wanted = expectation.matcher.document or "any request"
    lines = [f"expected {expectation.text}, came {_times(count)}: {wanted}"]
    if not met and count < expectation.least:
        lines.append("nearest requests:" if near else "no other request came")
    for entry, differences in near:
        lines.append(f"  #{entry.number} {shown(entry)}")
        lines += [f"    {difference}" for difference in differences]
    return "\n".join(lines)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
