"""What has been found out so far: which statements held, which were violated, what the server adds."""

from collections.abc import Container
from typing import TYPE_CHECKING

from contract_tests.statements import Level, catalogue
from contract_tests.violations import ContractViolation, violation

if TYPE_CHECKING:
    from contract_tests.exchange import Exchange


class Ledger:
    """Collects findings; the plugin takes them test by test.

    ``enforced`` is the lowest level whose violations end a test: what is below it is noted as a difference and the
    test goes on, and so it does when a statement is violated that is not ``selected``; None selects every one.
    """

    def __init__(self, enforced: Level = Level.SHOULD, selected: Container[str] | None = None) -> None:
        self.enforced = enforced
        self.selected = selected
        self.held: set[str] = set()
        self.violations: dict[str, ContractViolation] = {}
        self.additions: dict[str, str] = {}

    def finding(
        self, statement: str, expected: object, actual: object, exchange: "Exchange | None"
    ) -> ContractViolation:
        """Return a violation to be raised by the caller: one that the test cannot go on after."""
        return violation(statement, expected, actual, exchange)

    def note(self, statement: str, expected: object, actual: object, exchange: "Exchange | None") -> None:
        """Record a violation without ending the test; the smallest example of each statement is kept."""
        found = violation(statement, expected, actual, exchange)
        known = self.violations.get(statement)
        self.violations[statement] = found if known is None or found.size <= known.size else known

    def violated(self, statement: str, expected: object, actual: object, exchange: "Exchange | None") -> None:
        """Raise a violation, or only note it when its statement is below the enforced level or not selected."""
        asked_for = self.selected is None or statement in self.selected
        if asked_for and catalogue()[statement].level >= self.enforced:
            raise violation(statement, expected, actual, exchange)
        self.note(statement, expected, actual, exchange)

    def holds(self, statement: str) -> None:
        """Record that a statement was checked once and held."""
        self.held.add(statement)

    def adds(self, what: str, example: str) -> None:
        """Record something that the server has and the contract does not."""
        self.additions.setdefault(what, example)

    def take(self) -> tuple[set[str], dict[str, ContractViolation], dict[str, str]]:
        """Return what was recorded since the last call, and start anew."""
        taken = (self.held, self.violations, self.additions)
        self.held, self.violations, self.additions = set(), {}, {}
        return taken
