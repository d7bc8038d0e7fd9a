"""The places where something differs from what was expected: what each is, how much it weighs, and how it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from mockserver.journal.secrets import REDACTED, SECRETS, is_secret

_LONGEST = 200
"""Characters of a value that are compared and shown."""

_LEAST = 0.05
"""The weight of a text with the same letters in another order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs; ``actual`` is None when nothing is there."""

    place: str
    expected: Any
    actual: Any

    @property
    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return {"place": self.place, "expected": self.expected, "actual": self.told}

    @property
    def weight(self) -> float:
        """How much of a difference it is: of texts the part that is not alike, 0 to 1, else the values that differ."""
        if not isinstance(self.expected, str) or not isinstance(self.actual, str):
            return max(_values(self.expected), _values(self.actual))
        compared = SequenceMatcher(None, self.expected[:_LONGEST], self.actual[:_LONGEST], autojunk=False)
        return max(1 - compared.quick_ratio(), _LEAST)  # of the letters, not of their order: a fifth of the time

    def __str__(self) -> str:
        return f"{self.place}: expected {_short(self.expected)}, was {_short(self.told)}"

    @property
    def told(self) -> Any:
        """The actual value, unless it is a secret: differences are read in logs."""
        if is_secret(self.place):
            return REDACTED if self.actual else self.actual
        return SECRETS.value(self.actual)


def differences_in(place: str, expected: Any, actual: Any, *, exactly: bool = False) -> Iterator[Difference]:
    """Yield the places in which JSON differs; objects may have more members than expected, unless ``exactly``."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in {**expected, **actual} if exactly else expected:
            yield from differences_in(f"{place}/{name}", expected.get(name), actual.get(name), exactly=exactly)
    elif isinstance(expected, list) and isinstance(actual, list) and _is_deep(expected, actual):
        if len(expected) != len(actual):
            yield Difference(f"{place}, number of members", len(expected), len(actual))
        for number, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from differences_in(f"{place}/{number}", one, other, exactly=exactly)
    elif type(expected) is bool or type(actual) is bool:
        if expected is not actual:
            yield Difference(place, expected, actual)
    elif expected != actual:
        yield Difference(place, expected, actual)


def _is_deep(expected: list[Any], actual: list[Any]) -> bool:
    """Whether lists hold more than plain values, which are best read side by side."""
    return any(isinstance(value, dict | list) for value in (*expected, *actual))


def _values(value: Any) -> int:
    """Return how many plain values there are in a value of JSON; one at least."""
    if not isinstance(value, dict | list):
        return 1
    return sum(map(_values, value.values() if isinstance(value, dict) else value)) or 1


def _short(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
