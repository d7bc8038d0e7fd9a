"""What contract tests find: violations (the server's fault), what a server does not offer, faults of the suite.

The Ledger collects the findings of the running test.
"""

import contextlib
import functools
from collections import Counter
from collections.abc import Container, Hashable, Iterator, Sequence
from typing import Any, Protocol

import pytest

from contract_tests.statements import Level, catalogue
from contract_tests.words import ABSENT, NO_ITEM, At, told_apart

TOO_BUSY = "the cluster is so busy that a list of all jobs is always newer"
"""Why a test is skipped that needs a moment in which nobody else writes."""
_MOST_SORTS = 16
"""The number of sorts of violations that are kept of one statement in one test."""
_TOLD = 40
"""The number of characters by which texts of errors are told apart."""
_DIGITS = str.maketrans("", "", "0123456789abcdef")
"""Leaves of numbers and IDs what is the same in each."""


class Shown(Protocol):
    """The parts of an exchange that a violation shows."""

    @property
    def method(self) -> str:
        """The method of the request."""

    @property
    def target(self) -> str:
        """Path and query of the request."""

    @property
    def body(self) -> bytes:
        """The body of the request."""

    @property
    def reply_body(self) -> bytes:
        """The body of the reply."""

    @property
    def status(self) -> int | None:
        """The status of the reply; None when there is none."""

    def as_dict(self) -> dict[str, Any]:
        """Return the whole exchange as JSON data."""


class ContractViolation(AssertionError):
    """The server broke a statement: what was expected, what it did, and the exchange that shows it."""

    def __init__(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> None:
        super().__init__(statement)
        self.statement = statement
        self.expected = expected
        self.actual = actual
        self.exchange = exchange

    def __str__(self) -> str:
        where = f" on {self.exchange.method} {self.exchange.target}" if self.exchange else ""
        expected, actual = told_apart(self.expected, self.actual, 600)
        return f"{self.statement}{where}: expected {expected}, got {actual}"

    @property
    def sort(self) -> Hashable:
        """What violations of one sort have in common, found out cheaply: there may be thousands in a test."""
        status, wanted, found = self.exchange and self.exchange.status, self.expected, self.actual
        if isinstance(found, At):
            names = tuple(step for step in found.place if isinstance(step, str))
            added = isinstance(wanted, At) and _is_nothing(wanted.value)
            return status, names, type(found.value), _is_nothing(found.value), added
        return status, type(found), found[:_TOLD].translate(_DIGITS) if isinstance(found, str) else ""

    @property
    def size(self) -> int:
        """The size of its exchange in bytes: the smaller exchange is the better example."""
        shown = self.exchange
        return len(shown.target) + len(shown.body) + len(shown.reply_body) if shown else 0

    def as_dict(self) -> dict[str, Any]:
        """Return the violation as JSON data, for reports and for the way from an xdist worker."""
        expected, actual = told_apart(self.expected, self.actual)
        return {
            "statement": self.statement,
            "expected": expected,
            "actual": actual,
            "exchange": self.exchange.as_dict() if self.exchange else None,
        }


class NotOffered(Exception):
    """The server does not offer what a test needs; the report gives the text as the reason of the skip."""


class CutShort(pytest.skip.Exception):  # type: ignore[misc, name-defined] # made at run time
    """The run ends before this test could; the text says why.

    Hypothesis passes the exceptions that skip a test on at once: nothing is generated or shrunk after it.
    """


class Falsified(pytest.skip.Exception):  # type: ignore[misc, name-defined] # made at run time
    """A generated test has shown that a statement does not hold, and looked long enough for a smaller example."""


class SuiteError(Exception):
    """The suite itself is at fault, or would do something unsafe."""


class Ledger:
    """Collects what the running test finds; the run takes the findings test by test.

    ``enforced`` is the lowest level whose violations end a test. A violation of a lower level is noted as a
    difference and the test goes on. The same goes for a statement that is not ``selected``; None selects every one.
    """

    def __init__(self, enforced: Level = Level.SHOULD, selected: Container[str] | None = None) -> None:
        self.enforced = enforced
        self.selected = selected
        self.proving: Sequence[str] = ()
        """The statements that the running test says it proves."""
        self.held: Counter[str] = Counter()
        """How often each statement was held against an exchange, and held."""
        self.violations: dict[str, ContractViolation] = {}
        self.raised: dict[str, ContractViolation] = {}
        """The smallest violations with which the running test, or one of its generated examples, ended."""
        self.additions: dict[str, str] = {}
        self.sorts: dict[str, dict[Hashable, ContractViolation]] = {}
        """Of each statement the smallest violation of every sort that the running test met."""
        self.last: Shown | None = None
        """The last exchange of the running test."""

    def finding(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> ContractViolation:
        """Return a violation that the caller raises, because the test cannot go on after it."""
        return self.raising(violation(statement, expected, actual, exchange))

    def raising(self, found: ContractViolation) -> ContractViolation:
        """Return a violation that the caller raises."""
        self._collect(found)
        _keep(self.raised, found)
        return found

    def note(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> ContractViolation:
        """Record a violation without ending the test, and return it; the smallest of each statement is kept."""
        found = violation(statement, expected, actual, exchange)
        self._collect(found)
        _keep(self.violations, found)
        return found

    def _collect(self, found: ContractViolation) -> None:
        sorts = self.sorts.setdefault(found.statement, {})
        known = sorts.get(found.sort)
        if (known is None and len(sorts) < _MOST_SORTS) or (known is not None and found.size < known.size):
            sorts[found.sort] = found

    def violated(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> None:
        """Raise a violation, or only note it when its statement is below the enforced level or not selected."""
        if self.fails(statement):
            raise self.finding(statement, expected, actual, exchange)
        self.note(statement, expected, actual, exchange)

    def fails(self, statement: str) -> bool:
        """Return whether a violation of this statement fails the run: it is selected, at an enforced level."""
        asked_for = self.selected is None or statement in self.selected
        return asked_for and catalogue()[statement].level >= self.enforced

    def asked(self, otherwise: str) -> str:
        """Return the statement that a request without an answer breaks: the one that the running test was to prove."""
        asked_for = [one for one in self.proving if self.fails(one)]
        if otherwise in asked_for:
            return otherwise
        return next((one for one in asked_for if not self.held[one]), asked_for[0] if asked_for else otherwise)

    def needed(self, documented: str) -> str:
        """Return the statement that an error in place of a needed answer breaks.

        It is the documented one, unless the running test proves no MUST: then it is the test's own first statement.
        """
        levels = [catalogue()[one].level for one in self.proving]
        return self.proving[0] if levels and Level.MUST not in levels else documented

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Note a violation that ends the block, and continue after it: the rest of the test does not need the block."""
        raised = dict(self.raised)
        try:
            yield
        except ContractViolation as found:
            _keep(self.violations, found)
            self.raised = raised

    def holds(self, statement: str) -> None:
        """Record that a statement was checked once and held."""
        self.held[statement] += 1

    def adds(self, what: str, example: str) -> None:
        """Record something that the server answers beyond the contract."""
        self.additions.setdefault(what.encode(errors="backslashreplace").decode(), example)

    def take(self) -> tuple[Counter[str], dict[str, ContractViolation], dict[str, str]]:
        """Return what was recorded since the last call (held, violations, additions), and start anew."""
        taken = (self.held, self.violations, self.additions)
        self.last, self.raised, self.sorts = None, {}, {}
        self.held, self.violations, self.additions = Counter(), {}, {}
        return taken


def _is_nothing(value: object) -> bool:
    return isinstance(value, str) and value in (ABSENT, NO_ITEM)


def _keep(those: dict[str, ContractViolation], found: ContractViolation) -> None:
    """Keep a violation unless a smaller one of the same statement is known."""
    known = those.get(found.statement)
    those[found.statement] = found if known is None or found.size <= known.size else known


@functools.cache
def _class_for(statement: str) -> type[ContractViolation]:
    return type("ContractViolation", (ContractViolation,), {"__doc__": statement})


def violation(statement: str, expected: object, actual: object, exchange: Shown | None) -> ContractViolation:
    """Return a violation of a class of its own per statement, so that Hypothesis never shrinks one into another."""
    return _class_for(statement)(statement, expected, actual, exchange)
