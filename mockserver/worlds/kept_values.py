"""The values of a saved world as they are kept: equal jobs are one object, fractions are Go's ``float64``."""

from collections.abc import Iterator
from typing import Any

from mockserver.gostd.numbers import Float64
from mockserver.jobs.limits import MOST_ALLOCATIONS
from mockserver.worlds.state_json import encode

_FRACTIONS: dict[str, tuple[type, ...]] = {"Config": (int, float), "Scores": (float,), "speed": (float,)}
"""Under these names numbers need not be integers, and become ``float64`` when Python read them as one of the types.

JSON Schema accepts 3.0 as an integer. A configuration has no other numbers than ``float64``.
"""

_PLAIN = frozenset((str, int, bool, type(None)))
"""Types of values that are kept as they are."""


class OddNumber(ValueError):
    """A number is not an integer where it has to be, or too large; ``odd_numbers`` tells which one."""


def keep_values(document: dict[str, Any]) -> None:
    """Make what is kept of a document that was read, in place; raises ``OddNumber`` where a number cannot be kept."""
    _Keeping().members(document)


class _Keeping:
    """An allocation has its job in it, and many have the same: each is looked at once."""

    def __init__(self) -> None:
        self._jobs: dict[bytes, Any] = {}

    def members(self, value: dict[str, Any]) -> None:
        """Keep what is in an object.

        Raises:
            OddNumber: A number cannot be kept.
        """
        count = value.get("Count")
        if type(count) is int and count > MOST_ALLOCATIONS:
            raise OddNumber
        for name, each in value.items():
            if type(each) not in _PLAIN:
                types = _FRACTIONS.get(name)
                kept = self._kept(each) if types is None else _with_fractions(each, types)
                if kept is not each:
                    value[name] = kept

    def _kept(self, value: Any) -> Any:
        if isinstance(value, float):
            raise OddNumber
        if isinstance(value, dict):
            if "TaskGroups" in value:
                return self._job(value)
            self.members(value)
        else:
            for number, each in enumerate(value):
                if type(each) not in _PLAIN:
                    value[number] = self._kept(each)
        return value

    def _job(self, job: dict[str, Any]) -> Any:
        text = encode(job)
        if text not in self._jobs:
            self.members(job)
            self._jobs[text] = job
        return self._jobs[text]


def _with_fractions(value: Any, types: tuple[type, ...]) -> Any:
    if type(value) in types:
        return Float64(value)
    if isinstance(value, list):
        return [_with_fractions(each, types) for each in value]
    if isinstance(value, dict):
        return {name: _with_fractions(each, types) for name, each in value.items()}
    return value


def odd_numbers(where: str, value: Any) -> Iterator[str]:
    """Yield, in words, which numbers of a document cannot be kept."""
    if isinstance(value, float):
        yield f"{where}: {value} is not written as an integer"
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "Count" and isinstance(each, int) and each > MOST_ALLOCATIONS:
                yield f"{where}/Count: more than {MOST_ALLOCATIONS} allocations have no room here"
            elif name not in _FRACTIONS:
                yield from odd_numbers(f"{where}/{name}", each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from odd_numbers(f"{where}/{number}", each)
