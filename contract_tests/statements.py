"""The catalogue of statements: what the contract says, one sentence each (``schemas/statements.toml``)."""

import enum
import fnmatch
import functools
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from nomad_contract_spelling import meant

Test = TypeVar("Test", bound=Callable[..., object])


class Level(enum.IntEnum):
    """How binding a statement is: MUST is documented, SHOULD is observed on a 0.5.4 agent, MAY is tolerated."""

    MAY = 1
    SHOULD = 2
    MUST = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the contract."""

    id: str
    level: Level
    section: str
    source: str
    text: str
    needs: str = ""
    """What a run must offer for a check: ``placement``, ``other-region``, ``companion``, or several with commas."""
    page: str = ""
    """What the page itself says in the section of a documented statement; "" for what is only observed."""


def schemas_folder() -> Traversable:
    """Return the folder ``schemas``, which is beside this package in a checkout and in a wheel."""
    beside = Path(__file__).parent.parent / "schemas"
    return beside if beside.is_dir() else resources.files("schemas")


def read_catalogue(name: str) -> dict[str, Any]:
    """Return one of the catalogues in the folder ``schemas``, such as ``statements``."""
    return tomllib.loads((schemas_folder() / f"{name}.toml").read_text(encoding="utf-8"))


@functools.cache
def catalogue() -> Mapping[str, Statement]:
    """Return every statement by its id, in the order of the page.

    Raises:
        ValueError: Two statements have the same id.
    """
    document = read_catalogue("statements")
    statements = [
        Statement(**{**entry, "level": Level[entry["level"]]}, page=document["page"].get(entry["source"], ""))
        for entry in document["statement"]
    ]
    by_id = {statement.id: statement for statement in statements}
    if len(by_id) != len(statements):
        twice = sorted({s.id for s in statements if sum(other.id == s.id for other in statements) > 1})
        raise ValueError(f"statements defined twice: {twice}")
    return by_id


def matching(patterns: Iterable[str]) -> list[Statement]:
    """Return the statements whose id matches any of the glob patterns, or all statements when there is no pattern."""
    globs = list(patterns)
    return [s for s in catalogue().values() if not globs or any(fnmatch.fnmatchcase(s.id, glob) for glob in globs)]


def withheld(*, companion: bool) -> dict[str, str]:
    """Return the statements that a run leaves out by itself, with the reason."""
    reason = "companion endpoints: pass --companion"
    return {} if companion else {s.id: reason for s in catalogue().values() if "companion" in s.needs}


def states(*ids: str) -> Callable[[Test], Test]:
    """Mark a contract test with the ids of the statements it proves; an unknown id is an error at import."""

    def mark(test: Test) -> Test:
        marked: Test = statement_mark(*ids)(test)
        return marked

    return mark


def statement_mark(*ids: str) -> pytest.MarkDecorator:
    """Return the mark that ``states`` applies, for a single case of a parametrized test.

    Raises:
        ValueError: An id is not in the catalogue, or there is none.
    """
    unknown = [one for one in ids if one not in catalogue()]
    if unknown or not ids:
        hint = meant(unknown[0], catalogue()) if unknown else ""
        raise ValueError(f"not in schemas/statements.toml: {unknown}{hint}")
    return pytest.mark.states(*ids)
