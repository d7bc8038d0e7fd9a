"""Verdicts: one per statement, from the evidence of all tests."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.findings import ContractViolation
from contract_tests.statements import Level, Statement, catalogue

NOTHING: Mapping[str, str] = {}


class Verdict(enum.StrEnum):
    """The five verdicts."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    NOT_SELECTED = "not selected"
    ERROR = "error"


@dataclass(slots=True)
class Evidence:
    """What one test found, as plain data that can travel from an xdist worker."""

    declared: list[str]
    verdict: str = Verdict.PASS
    reason: str = ""
    violations: list[dict[str, Any]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    additions: dict[str, str] = field(default_factory=dict)
    trace: str = ""
    """The traceback of an error of the suite."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one statement; ``difference`` is a violation below the enforced level, which fails no run."""

    statement: Statement
    verdict: Verdict
    reason: str = ""
    failure: dict[str, Any] | None = None
    difference: dict[str, Any] | None = None


def violations_in(problem: BaseException | None) -> Iterator[ContractViolation]:
    """Yield the violations in an exception, also those in Hypothesis's groups of several."""
    if isinstance(problem, ContractViolation):
        yield problem
    elif isinstance(problem, BaseExceptionGroup):
        for one in problem.exceptions:
            yield from violations_in(one)
    elif problem is not None and problem.__cause__ is not None:
        yield from violations_in(problem.__cause__)


class Outcomes:
    """Gathers the evidence of all tests and turns it into verdicts."""

    def __init__(self, enforced: Level, selected: Iterable[str], withheld: Mapping[str, str] = NOTHING) -> None:
        """Judge the selected statements except those withheld; ``withheld`` gives the reason by id."""
        self.enforced = enforced
        asked_for = set(selected)
        self.selected = asked_for - withheld.keys()
        self._withheld = {one: reason for one, reason in withheld.items() if one in asked_for}
        self.additions: dict[str, str] = {}
        self._passed: set[str] = set()
        self._violations: dict[str, dict[str, Any]] = {}
        self._skipped: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._unreached: dict[str, str] = {}
        self.traces: list[str] = []

    def add(self, findings: Evidence) -> None:
        """Add what one test found."""
        for one in findings.violations:
            best = self._violations.get(one["statement"])
            if best is None or _weight(one) < _weight(best):
                self._violations[one["statement"]] = one
        self._passed.update(findings.held)
        for addition, example in findings.additions.items():
            self.additions.setdefault(addition, example)
        if findings.trace:
            self.traces.append(findings.trace)
        self._judge_declared(findings)

    def _judge_declared(self, findings: Evidence) -> None:
        if findings.verdict == Verdict.PASS:
            self._passed.update(findings.declared)
            return
        into = {Verdict.SKIP: self._skipped, Verdict.ERROR: self._errors}.get(
            Verdict(findings.verdict), self._unreached
        )
        for one in findings.declared:
            into.setdefault(one, findings.reason)

    def verdicts(self) -> list[Outcome]:
        """Return the outcome of every statement, in the page's order."""
        return [self._outcome(statement) for statement in catalogue().values()]

    def _outcome(self, statement: Statement) -> Outcome:
        found = self._violations.get(statement.id)
        if statement.id not in self.selected:
            return Outcome(statement, Verdict.NOT_SELECTED, self._withheld.get(statement.id, "not asked for"))
        if statement.level < self.enforced:
            return Outcome(statement, Verdict.NOT_SELECTED, f"below level {self.enforced.name}", difference=found)
        if found:
            return Outcome(statement, Verdict.FAIL, failure=found)
        if statement.id in self._errors:
            return Outcome(statement, Verdict.ERROR, self._errors[statement.id])
        if statement.id in self._passed:
            return Outcome(statement, Verdict.PASS)
        if statement.id in self._unreached:
            return Outcome(statement, Verdict.SKIP, self._unreached[statement.id])
        if statement.id in self._skipped:
            return Outcome(statement, Verdict.SKIP, self._skipped[statement.id])
        return Outcome(statement, Verdict.NOT_SELECTED, "no test of it ran")


def _weight(violation: dict[str, Any]) -> int:
    exchange = violation["exchange"] or {"request": {"body": ""}, "reply": {"body": ""}}
    return len(exchange["request"]["body"]) + len(exchange["reply"]["body"])
