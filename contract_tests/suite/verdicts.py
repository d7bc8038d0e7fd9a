"""Verdicts: one per statement, from the evidence of all tests."""

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract_tests.findings import ContractViolation
from contract_tests.statements import Level, Statement, catalogue
from contract_tests.suite.departures import not_reached

NOTHING: Mapping[str, str] = {}
UNTRIED = "nothing that this run sent put it to the test"
"""Why a statement is skipped whose tests ran and held no exchange against it."""


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
    held: dict[str, int] = field(default_factory=dict)
    """How often each statement was held against an exchange, and held."""
    departures: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Every departure from each statement that does not hold, in brief."""
    cause: dict[str, Any] | None = None
    """The violation that ended the test, so that it did not reach the rest of what it proves."""
    additions: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    """Why the run ended before this test could."""
    busy: float = 0.0
    """The seconds that the test waited for a server which said that it was too busy."""
    trace: str = ""
    """The traceback of an error of the suite."""

    @property
    def unproved(self) -> list[str]:
        """The statements that the test declares and that no exchange was held against."""
        return [one for one in self.declared if not self.held.get(one)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one statement.

    ``difference`` is a violation below the enforced level, which fails no run. ``held`` is how often the statement was
    held against an exchange, and held: also below the level, so that a report tells what holds from what was not tried.
    """

    statement: Statement
    verdict: Verdict
    reason: str = ""
    failure: dict[str, Any] | None = None
    difference: dict[str, Any] | None = None
    held: int = 0
    unchecked: bool = False
    """Whether the run ended before the statement could be checked."""
    departures: Sequence[dict[str, str]] = ()
    """Every departure of the run from it, in brief; ``failure`` or ``difference`` shows one of them whole."""
    baseline: dict[str, Any] | None = None
    """How the server compares with the release that it is judged by, where one of them departs."""


def exit_status(outcomes: Sequence[Outcome], *, allow_incomplete: bool) -> int:
    """Return 0 when all that was to be checked holds, 1 when it does not, 2 when nothing could be checked.

    A MUST that the run did not get to counts as one that does not hold, unless incomplete runs are allowed.
    """
    verdicts = {outcome.verdict for outcome in outcomes}
    left = any(outcome.unchecked and outcome.statement.level == Level.MUST for outcome in outcomes)
    if Verdict.FAIL in verdicts or (left and not allow_incomplete):
        return 1
    return 2 if Verdict.ERROR in verdicts or Verdict.PASS not in verdicts else 0


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
        self._held: Counter[str] = Counter()
        self._violations: dict[str, dict[str, Any]] = {}
        self._departures: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
        self._skipped: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._unreached: dict[str, dict[str, Any]] = {}
        self.cut = ""
        """Why the run ended before all of it was checked."""
        self.busy = 0.0
        """The seconds that all tests waited for a server which said that it was too busy."""
        self.traces: list[str] = []

    def add(self, findings: Evidence) -> None:
        """Add what one test found."""
        for one in findings.violations:
            best = self._violations.get(one["statement"])
            if best is None or _weight(one) < _weight(best):
                self._violations[one["statement"]] = one
        for statement, those in findings.departures.items():
            known = self._departures.setdefault(statement, {})
            for each in those:
                known.setdefault((each["kind"], each["where"]), each)
        self._held.update(findings.held)
        self.busy += findings.busy
        for addition, example in findings.additions.items():
            self.additions.setdefault(addition, example)
        if findings.trace:
            self.traces.append(findings.trace)
        self._judge_declared(findings)

    def _judge_declared(self, findings: Evidence) -> None:
        if findings.cause:
            for one in findings.declared:
                self._unreached.setdefault(one, findings.cause)
            return
        if findings.cut:
            self.cut = findings.cut
            return
        into = self._errors if findings.verdict == Verdict.ERROR else self._skipped
        for one in findings.declared:
            into.setdefault(one, findings.reason or UNTRIED)

    def verdicts(self) -> list[Outcome]:
        """Return the outcome of every statement, in the page's order."""
        return [self._outcome(statement) for statement in catalogue().values()]

    def _outcome(self, statement: Statement) -> Outcome:
        found = self._violations.get(statement.id)
        departures = [each for _, each in sorted(self._departures.get(statement.id, {}).items())]
        if statement.id not in self.selected:
            return Outcome(statement, Verdict.NOT_SELECTED, self._withheld.get(statement.id, "not asked for"))
        if statement.level < self.enforced:
            held = 0 if found else self._held[statement.id]
            why = f"below level {self.enforced.name}{'' if held or found else self._untried(statement.id)}"
            return Outcome(statement, Verdict.NOT_SELECTED, why, difference=found, held=held, departures=departures)
        if found:
            return Outcome(statement, Verdict.FAIL, failure=found, departures=departures)
        if statement.id in self._errors:
            return Outcome(statement, Verdict.ERROR, self._errors[statement.id])
        if held := self._held[statement.id]:
            return Outcome(statement, Verdict.PASS, held=held)
        if cause := self._unreached.get(statement.id):
            return self._not_reached(statement, cause)
        if statement.id in self._skipped:
            return Outcome(statement, Verdict.SKIP, self._skipped[statement.id])
        if self.cut:
            return Outcome(statement, Verdict.SKIP, f"not checked: {self.cut}", unchecked=True)
        return Outcome(statement, Verdict.NOT_SELECTED, "no test of it ran")

    def _untried(self, statement: str) -> str:
        """Return why a statement below the level was not put to the test, as what follows that it is below."""
        cause = self._unreached.get(statement)
        why = not_reached(cause["statement"]) if cause else self._errors.get(statement) or self._skipped.get(statement)
        return f"; {why}" if why else ""

    def _not_reached(self, statement: Statement, cause: dict[str, Any]) -> Outcome:
        """Return the outcome of a statement whose tests all ended before it: a failure, unless its cause is one."""
        reason = not_reached(cause["statement"])
        by_id = catalogue()[cause["statement"]]
        if by_id.id in self.selected and by_id.level >= self.enforced:
            return Outcome(statement, Verdict.SKIP, reason)
        shown = {**cause, "statement": statement.id, "actual": f"{reason}: {cause['actual']}"}
        return Outcome(statement, Verdict.FAIL, reason, failure=shown)


def _weight(violation: dict[str, Any]) -> tuple[bool, int]:
    """Return what the best example has least of: what the baseline excuses comes last.

    First comes what a person reads soonest: the script that repeats the exchange, the writes before it included, and
    the reply.
    """
    exchange = violation["exchange"] or {"curl": "", "reply": {"body": ""}}
    return violation.get("excused", False), len(exchange["curl"]) + len(exchange["reply"]["body"])
