"""The catalogue of freedoms: what the documentation leaves open to a server (``schemas/freedoms.toml``)."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from nomad_contract_spelling import advice, shown

FREEDOM = "freedom"
WEATHER = "weather"


@dataclass(frozen=True, slots=True)
class Freedom:
    """Something that a server may do.

    Attributes:
        id: its name, such as ``json.key-order``.
        group: ``freedom`` for what the contract allows, ``weather`` for what production does to every client.
        scope: ``reply`` when it is used on each reply anew, ``world`` when it holds for all replies alike.
        text: what a server may do, in one sentence.
        source: where it is said, or left open.
        why: why a server may do it.
        contradicts: ids (or globs) of statements that a real agent is observed to keep, and this does not.
    """

    id: str
    group: str
    scope: str
    text: str
    source: str
    why: str
    contradicts: tuple[str, ...] = ()


@cache
def freedoms() -> Mapping[str, Freedom]:
    """Return all freedoms by id, in the order of the catalogue."""
    file = Path(__file__).parents[2] / "schemas" / "freedoms.toml"
    entries = tomllib.loads(file.read_text("utf-8"))["freedom"]
    found = (Freedom(**{**entry, "contradicts": tuple(entry.get("contradicts", ()))}) for entry in entries)
    return {freedom.id: freedom for freedom in found}


def of_group(group: str) -> list[str]:
    """Return the ids of the freedoms of a group."""
    return [each.id for each in freedoms().values() if each.group == group]


def chosen(globs: Iterable[str], group: str) -> Iterator[str]:
    """Yield the ids in a group that match any of these globs, in the order of the catalogue.

    Raises:
        ValueError: A glob matches none of them; the text names the nearest id.
    """
    known, wanted = of_group(group), list(globs)
    for glob in wanted:
        if not any(fnmatchcase(each, glob) for each in known):
            others = any(fnmatchcase(each, glob) for each in freedoms())
            hint = "that names what is of the other group" if others else advice(glob, known)
            raise ValueError(f"no {group} is named {shown(glob)!r}; {hint}")
    for each in known:
        if any(fnmatchcase(each, glob) for glob in wanted):
            yield each
