"""The catalogue of freedoms: what a server may do that a client has to bear (``schemas/freedoms.toml``)."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from contract_tests.statements import Level, Statement, read_catalogue
from contract_tests.suite.cli_arguments import matching

WEATHER = "weather"
_SECTIONS = {"freedom": "Freedoms", WEATHER: "Weather"}


@dataclass(frozen=True, slots=True)
class Freedom(Statement):
    """Something that a server may do; as a statement it says that the client's tests pass all the same.

    Attributes:
        group: ``freedom`` for what the contract allows, ``weather`` for what production does to every client.
        scope: ``reply`` when it is used on each reply anew, ``world`` when it holds for all replies alike.
        why: why a server may do it.
    """

    group: str = ""
    scope: str = ""
    why: str = ""


@functools.cache
def freedoms() -> Mapping[str, Freedom]:
    """Return all freedoms by id, in the order of the catalogue: a freedom is MUST, weather is SHOULD."""
    entries = read_catalogue("freedoms")["freedom"]
    return {entry["id"]: _freedom(entry) for entry in entries}


def _freedom(entry: Mapping[str, Any]) -> Freedom:
    plain = {name: entry[name] for name in ("id", "text", "source", "group", "scope", "why")}
    level = Level.SHOULD if entry["group"] == WEATHER else Level.MUST
    return Freedom(**plain, level=level, section=_SECTIONS[entry["group"]])


def selected(only: Sequence[str], without: Sequence[str], weather: Sequence[str] | None) -> list[Freedom]:
    """Return the freedoms of a trial, in the order of the catalogue; a glob that matches nothing raises ``Mistake``.

    Args:
        only: globs of the freedoms that are used; none for all of the group ``freedom``.
        without: globs of what is left out of these.
        weather: globs of the weather that is used as well; None for none of it.
    """
    groups = {group: [each.id for each in freedoms().values() if each.group == group] for group in _SECTIONS}
    wanted = matching(only or ["*"], groups["freedom"], "freedom")
    wanted += matching(weather or (), groups[WEATHER], WEATHER)
    left_out = {each for each in wanted if any(fnmatchcase(each, glob) for glob in without)}
    return [each for each in freedoms().values() if each.id in wanted and each.id not in left_out]


@dataclass(frozen=True, slots=True)
class Vary:
    """What the mock of one run makes use of: freedoms and weather by id, on all replies or on some."""

    seed: int
    freedoms: tuple[str, ...]
    replies: tuple[int, ...] | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The same as the control plane takes it."""
        return {
            "seed": self.seed,
            "freedoms": [each for each in self.freedoms if freedoms()[each].group != WEATHER],
            "weather": [each for each in self.freedoms if freedoms()[each].group == WEATHER],
            "replies": None if self.replies is None else list(self.replies),
        }
