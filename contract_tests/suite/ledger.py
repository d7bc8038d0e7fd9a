"""What has been found out so far: which statements held, which were violated, what the server adds."""

import contextlib
from collections.abc import Container, Iterator, Sequence

from contract_tests.suite.statements import Level, catalogue
from contract_tests.suite.violations import ContractViolation, Shown, violation


class Ledger:
    """Collects findings; the plugin takes them test by test.

    ``enforced`` is the lowest level whose violations end a test: what is below it is noted as a difference and the
    test goes on, and so it does when a statement is violated that is not ``selected``; None selects every one.
    """

    def __init__(self, enforced: Level = Level.SHOULD, selected: Container[str] | None = None) -> None:
        self.enforced = enforced
        self.selected = selected
        self.proving: Sequence[str] = ()
        """The statements that the running test says it proves."""
        self.held: set[str] = set()
        self.violations: dict[str, ContractViolation] = {}
        self.additions: dict[str, str] = {}

    def finding(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> ContractViolation:
        """Return a violation to be raised by the caller: one that the test cannot go on after."""
        return violation(statement, expected, actual, exchange)

    def note(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> ContractViolation:
        """Record a violation without ending the test, and return it; of each statement the smallest is kept."""
        found = violation(statement, expected, actual, exchange)
        self._keep(found)
        return found

    def violated(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> None:
        """Raise a violation, or only note it when its statement is below the enforced level or not selected."""
        found = violation(statement, expected, actual, exchange)
        if self.fails(statement):
            raise found
        self._keep(found)

    def fails(self, statement: str) -> bool:
        """Return whether a violation of this statement counts: it was asked for, at a level that is enforced."""
        asked_for = self.selected is None or statement in self.selected
        return asked_for and catalogue()[statement].level >= self.enforced

    def needed(self, documented: str) -> str:
        """Return the statement that an error in place of a needed answer breaks: no MUST where a test proves none."""
        levels = [catalogue()[one].level for one in self.proving]
        return self.proving[0] if levels and Level.MUST not in levels else documented

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Note a violation that ends the block, and go on after it: where the rest of a test is as good without it."""
        try:
            yield
        except ContractViolation as found:
            self._keep(found)

    def _keep(self, found: ContractViolation) -> None:
        known = self.violations.get(found.statement)
        self.violations[found.statement] = found if known is None or found.size <= known.size else known

    def holds(self, statement: str) -> None:
        """Record that a statement was checked once and held."""
        self.held.add(statement)

    def adds(self, what: str, example: str) -> None:
        """Record something that the server has and the contract does not."""
        self.additions.setdefault(what.encode(errors="backslashreplace").decode(), example)

    def take(self) -> tuple[set[str], dict[str, ContractViolation], dict[str, str]]:
        """Return what was recorded since the last call, and start anew."""
        taken = (self.held, self.violations, self.additions)
        self.held, self.violations, self.additions = set(), {}, {}
        return taken
