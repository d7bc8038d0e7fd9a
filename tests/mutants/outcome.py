"""What the suite said of one mutant, and what that is worth.

The first globs of a mutant name the statement that should catch it. A catch by another statement alone is told apart,
because the statement that should catch it may be blind.
"""

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.mutants.catalogue import CATALOGUE

CAUGHT, ELSEWHERE = "caught", "CAUGHT ELSEWHERE"


@dataclass(slots=True)
class Outcome:
    """What the suite said of one mutant.

    ``failed`` are the statements that did not hold. ``status`` is the exit status of the last run.
    """

    name: str
    failed: list[str] = field(default_factory=list)
    status: int = 0
    seconds: float = 0.0
    trouble: str = ""
    """The last lines that the run printed, when it did not end as it should."""
    crash: str = ""
    """The first line that the mutant logged about an exception of its own: it crashed instead of deviating."""

    @property
    def fate(self) -> str:
        """Return in a word or two how the run ended."""
        if self.crash:
            return "CRASHED"
        if self.right:
            return CAUGHT
        return ELSEWHERE if self.failed else "SURVIVED" if self.status in (0, 1) else "NOT CHECKED"

    @property
    def right(self) -> list[str]:
        """Return the statements that failed and should, crash or not."""
        return matching(CATALOGUE[self.name].caught_by[:1], self.failed)

    @property
    def named(self) -> list[str]:
        """Return the statements that failed and that the mutant says it breaks."""
        return matching(CATALOGUE[self.name].caught_by, self.failed)

    @property
    def passes(self) -> bool:
        """Return whether one of the named statements failed, and the mutant did not crash."""
        return not self.crash and bool(self.named)


def matching(globs: Sequence[str], statements: Iterable[str]) -> list[str]:
    """Return those of the statements that match one of the globs."""
    return [one for one in statements if any(fnmatch.fnmatchcase(one, glob) for glob in globs)]


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return how many mutants were caught, and how many of them elsewhere, as words."""
    fates = [one.fate for one in outcomes]
    elsewhere = fates.count(ELSEWHERE)
    caught = f"{fates.count(CAUGHT) + elsewhere} of {len(fates)} caught"
    return f"{caught}, {elsewhere} of them only elsewhere" if elsewhere else caught
