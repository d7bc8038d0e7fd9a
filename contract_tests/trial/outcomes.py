"""The verdicts of a trial: one for each freedom, one for all of them together, one for each statement of conduct."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from json import dumps
from typing import Any

from contract_tests.conduct import Judgement, Violation, together
from contract_tests.statements import Level, Statement
from contract_tests.suite.verdicts import Outcome, Verdict
from contract_tests.trial.difference import differing, same_request, shown
from contract_tests.trial.freedoms import WEATHER, Freedom, Vary, freedoms
from contract_tests.trial.mocks import SEED, Entry
from contract_tests.trial.runs import Run
from contract_tests.trial.secrets import Secrets
from contract_tests.trial.trial import Course, Result, named

TOGETHER = Statement(
    id="all-together",
    level=Level.MUST,
    section="Freedoms",
    source="RFC 9170, section 4.3: vary what may vary, or it stops being usable",
    text="A server makes use of all these freedoms at once.",
)
"""The statement about the runs under all freedoms that the client survives alone."""
_UNSTEADY = "cannot be judged: the client's tests also fail at times when nothing varies"
_NUMBER = re.compile(r"\d+")
_LAST_LINES = 20
_LONGEST_OUTPUT = 1500


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Works out the verdicts of a trial from its result."""

    course: Course
    result: Result
    words: Sequence[str]
    """The client's test command."""
    secrets: Secrets
    level: Level
    left_out: Sequence[str] = ()
    """Globs of statements of conduct that are not judged."""
    load: Sequence[str] = ()
    """The options of the mock that say what it begins with."""

    def all(self) -> list[Outcome]:
        """Return the outcomes: freedoms and weather in the order of the catalogue, then conduct."""
        fair = [self._freedom(each) for each in freedoms().values() if each.group != WEATHER]
        storms = [self._freedom(each) for each in freedoms().values() if each.group == WEATHER]
        return [*fair, self._together(), *storms, *map(self._conduct, self._judgements())]

    def _freedom(self, freedom: Freedom) -> Outcome:
        run = self.result.alone.get(freedom.id)
        finding = next((each for each in self.result.findings if each.varied.freedoms == (freedom.id,)), None)
        if freedom.id not in self.course.freedoms:
            weather = "weather: pass --weather" if freedom.group == WEATHER else "not asked for"
            return Outcome(freedom, Verdict.NOT_SELECTED, weather)
        if freedom.id in self.result.errors:
            return Outcome(freedom, Verdict.ERROR, self.result.errors[freedom.id])
        if finding is not None:
            return self._failed(freedom, finding)
        if run is None:
            return self._not_run(freedom)
        if not run.passed:
            return self._unsteady(freedom, run)
        runs = (run, *(each for each in self.result.together.values() if each.passed))
        if used := sum(each.used.get(freedom.id, 0) for each in runs):
            return Outcome(freedom, Verdict.PASS, held=used)
        return Outcome(freedom, Verdict.SKIP, "not exercised: no reply to this client could make use of it")

    def _together(self) -> Outcome:
        names = [named(seed) for seed in self.result.together]
        several = [each for each in self.result.findings if len(each.varied.freedoms) > 1]
        if not self.course.seeds or len(self.course.freedoms) < 2:
            return Outcome(TOGETHER, Verdict.NOT_SELECTED, "not asked for")
        if several:
            return self._failed(TOGETHER, several[0])
        if unsteady := [run for run in self.result.together.values() if run.name in self.result.unsteady]:
            return self._unsteady(TOGETHER, unsteady[0])
        if errors := [self.result.errors[name] for name in names if name in self.result.errors]:
            return Outcome(TOGETHER, Verdict.ERROR, errors[0])
        passed = sum(run.passed for run in self.result.together.values())
        if passed == self.course.seeds:
            return Outcome(TOGETHER, Verdict.PASS, held=passed)
        if self.result.cut:
            return self._not_run(TOGETHER)
        return Outcome(TOGETHER, Verdict.SKIP, "a single freedom explains each run that failed")

    def _not_run(self, statement: Statement) -> Outcome:
        if self.result.cut:
            return Outcome(statement, Verdict.SKIP, f"not run: {self.result.cut}", unchecked=True)
        return Outcome(statement, Verdict.SKIP, "not run: fewer than two freedoms are survived alone")

    def _unsteady(self, statement: Statement, run: Run) -> Outcome:
        if run.name not in self.result.unsteady:
            return self._not_run(statement)
        reason = f"unsteady: failed once ({run.ended}) and passed when repeated, so nothing is held against it"
        return Outcome(statement, Verdict.SKIP, reason if self.result.steady else _UNSTEADY)

    def _failed(self, statement: Statement, run: Run) -> Outcome:
        if not self.result.steady:
            return Outcome(statement, Verdict.ERROR, _UNSTEADY)
        return Outcome(statement, Verdict.FAIL, self._reason(run), failure=self._finding(run))

    def _reason(self, run: Run) -> str:
        vary = run.varied
        which = f"{', '.join(vary.freedoms)} together; " if len(vary.freedoms) > 1 else ""
        numbers = vary.replies or ()
        if _is_of_the_world(vary):
            which += "all replies vary alike, the last one that differs is shown; "
        elif len(numbers) == 1:
            which += f"reply {numbers[0]} alone makes the difference; "
        elif numbers:
            which += f"replies {', '.join(map(str, numbers))} together make the difference; "
        return f"{which}seed {vary.seed}; the client's tests: {run.ended}"

    def _finding(self, run: Run) -> dict[str, Any]:
        """Return what a report shows: both exchanges, where they differ, what the client did, and how to repeat it."""
        vary, plain = run.varied, self.result.plain.journal
        candidates = self._candidates(run)
        varied = next(iter(candidates), None)
        other = None if varied is None else same_request(plain, varied)
        texts = " ".join(freedoms()[each].text for each in vary.freedoms)
        expected, actual = "the reply as in the plain run", f"a reply that says the same. {texts}"
        if difference := differing(plain, candidates):
            varied, other, expected, actual = difference
        found = {
            "expected": f"plain: {expected}",
            "actual": f"varied: {actual}",
            "exchange": None if varied is None else shown(varied, self._script(vary)),
            "plain": None if other is None else shown(other),
            "output": self._output(run),
        }
        return {**self.secrets.within(found), "vary": vary.document, "ended": str(run.ended)}

    def _candidates(self, run: Run) -> Sequence[Entry]:
        """Return the exchanges that may show a difference, the most telling first.

        That is the reply that varied, of several the last one, and those after the first; where all vary alike, the
        last one that the client had.
        """
        if _is_of_the_world(run.varied):
            return run.journal[::-1]
        numbers = run.varied.replies or run.replies(run.varied.freedoms) or [1]
        after = [entry for entry in run.journal if entry["number"] >= numbers[0]]
        return sorted(after, key=lambda entry: -entry["number"] if entry["number"] in numbers else entry["number"])

    def _output(self, run: Run) -> str:
        """Return the last lines that the client wrote in a run but not in the plain one; numbers make no difference."""
        lines = self.secrets.without(run.ended.output).rstrip().splitlines()
        plain = self.secrets.without(self.result.plain.ended.output).splitlines()
        known = {_NUMBER.sub("", line) for line in plain}
        own = [line for line in lines if _NUMBER.sub("", line) not in known]
        return "\n".join((own or lines)[-_LAST_LINES:])[-_LONGEST_OUTPUT:]

    @property
    def command(self) -> str:
        """The client's test command as a line for a shell, without secrets."""
        return self.secrets.without(shlex.join(self.words))

    def _script(self, vary: Vary | None) -> str:
        """Return a shell script that repeats a run."""
        lines = [f"nomad-mock --port 4646 --seed {SEED} {shlex.join(self.load)}".rstrip() + " & sleep 3"]
        if vary is not None:
            settings = shlex.quote(dumps({"vary": vary.document}))
            lines.append(f"curl -sS -X POST http://127.0.0.1:4646/__admin/reset --data {settings}")
        return "\n".join([*lines, f"NOMAD_ADDR=http://127.0.0.1:4646 {self.command}", "kill %1"])

    def _judgements(self) -> Iterator[Judgement]:
        judged = [run for run in self._runs() if run.judgements]
        yield from together(run.judgements for run in judged)

    def _runs(self) -> list[Run]:
        alone, together = self.result.alone, self.result.together
        by_freedom = [alone[each] for each in self.course.freedoms if each in alone]
        return [self.result.plain, *by_freedom, *(together[seed] for seed in sorted(together))]

    def _conduct(self, judgement: Judgement) -> Outcome:
        statement = judgement.statement
        if any(fnmatchcase(statement.id, glob) for glob in self.left_out):
            return Outcome(statement, Verdict.NOT_SELECTED, "not asked for")
        if judgement.verdict == Verdict.FAIL:
            finding = self._broken(judgement)
            if statement.level < self.level:
                return Outcome(statement, Verdict.NOT_SELECTED, f"below level {self.level.name}", difference=finding)
            times = "once" if judgement.times == 1 else f"{judgement.times} times"
            return Outcome(statement, Verdict.FAIL, times, failure=finding)
        if statement.level < self.level:
            return Outcome(statement, Verdict.NOT_SELECTED, f"below level {self.level.name}")
        if judgement.verdict == Verdict.SKIP:
            return Outcome(statement, Verdict.SKIP, judgement.reason)
        return Outcome(statement, Verdict.PASS, held=judgement.times)

    def _broken(self, judgement: Judgement) -> dict[str, Any]:
        first = judgement.violations[0]
        run = next(run for run in self._runs() if run.name == first.journal)
        entry: Entry | None = next((each for each in run.journal if each["number"] == first.exchanges[-1]), None)
        told = _apart(judgement.violations)
        more = [f"and {judgement.times - len(told)} more times"] if judgement.times > len(told) else []
        found: dict[str, Any] = {
            "actual": "\n".join([*told, *more]),
            "exchange": None if entry is None else shown(entry, self._script(run.vary)),
        }
        return {"expected": f"{judgement.statement.text} {judgement.statement.advice}", **self.secrets.within(found)}


def _is_of_the_world(vary: Vary) -> bool:
    return all(freedoms()[each].scope == "world" for each in vary.freedoms)


def _apart(violations: Sequence[Violation]) -> list[str]:
    """Return violations in words, each with the first run that shows it: most come again in every run."""
    found: dict[str, str] = {}
    for violation in violations:
        found.setdefault(_NUMBER.sub("", violation.text), f"{violation.journal}: {violation.text}")
    return list(found.values())
