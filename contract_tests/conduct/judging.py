"""What a judge of one statement says: the statement was kept here, or broken there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from contract_tests.conduct.conversation import Conversation
from contract_tests.conduct.exchange import Exchange
from contract_tests.statements import Level, Statement, read_catalogue
from nomad_contract_spelling import meant


@dataclass(frozen=True, slots=True)
class Conduct(Statement):
    """One sentence about what a client does, and what to do when it does not."""

    advice: str = ""
    exercise: str = ""
    """What a client has to do so that the statement can be judged."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The statement was put to the test and held; ``text`` is the proof in words."""

    text: str
    exchanges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The statement was broken; ``text`` says what happened."""

    text: str
    exchanges: tuple[int, ...]


Evidence: TypeAlias = "Iterator[Kept | Broken]"
Judge: TypeAlias = Callable[[Conversation], Evidence]

JUDGES: dict[str, Judge] = {}
"""The judge of each statement, by its id."""


@cache
def conduct() -> Mapping[str, Conduct]:
    """Return the statements of conduct by their id, in the order of ``schemas/conduct.toml``."""
    entries = read_catalogue("conduct")["statement"]
    return {entry["id"]: Conduct(**{**entry, "level": Level[entry["level"]]}) for entry in entries}


def judges(statement: str) -> Callable[[Judge], Judge]:
    """Make a function the judge of a statement; an unknown id is an error at import.

    Raises:
        ValueError: The id is not in the catalogue, or has another judge already.
    """
    if statement not in conduct():
        raise ValueError(f"there is no statement {statement!r} in schemas/conduct.toml{meant(statement, conduct())}")

    def mark(judge: Judge) -> Judge:
        known = JUDGES.setdefault(statement, judge)
        if _name(known) != _name(judge):  # the same name comes again when a module with an error is imported again
            raise ValueError(f"{statement} has two judges: {_name(known)} and {_name(judge)}")
        return judge

    return mark


def need_judges() -> None:
    """Check, when all judges were imported, that each statement has one.

    Raises:
        ValueError: A statement has none.
    """
    if missing := [statement for statement in conduct() if statement not in JUDGES]:
        raise ValueError(f"no function in contract_tests/conduct judges {', '.join(missing)}")


def _name(judge: Judge) -> str:
    return f"{judge.__module__}.{judge.__qualname__}"


def kept(text: str, *exchanges: Exchange) -> Kept:
    """Say that a statement held in these exchanges."""
    return Kept(text, _numbers(exchanges))


def broken(text: str, *exchanges: Exchange) -> Broken:
    """Say that a statement was broken in these exchanges."""
    return Broken(text, _numbers(exchanges))


def _numbers(exchanges: Sequence[Exchange]) -> tuple[int, ...]:
    return tuple(each.number for each in exchanges)
