"""Progress on the terminal while the suite runs, and the summary at the end."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from contract_tests.statements import Level, catalogue
from contract_tests.suite.settings import Settings
from contract_tests.suite.verdicts import Evidence, Outcome, Verdict

UNTOLD = "no version told: see --server-version"
"""Shown in place of a version: a token may not be allowed to read /v1/agent/self."""
_DIFFERENCES = "observed on 0.5.4, not promised by the page, so none fails; --level should has them fail"
MARKS = {Verdict.PASS: ".", Verdict.FAIL: "F", Verdict.SKIP: "s", Verdict.ERROR: "E", Verdict.NOT_SELECTED: "-"}

_MOST = 12
"""The largest number of reasons, or of jobs, that are shown."""


class Progress:
    """Prints a mark per test and a line per chapter; prints nothing when switched off.

    Several processes work on several chapters at a time; then a line is printed when its chapter is complete.
    """

    def __init__(self, on: bool) -> None:
        self.on = on
        self._chapter = ""
        self._open: Counter[str] = Counter()
        self._marks: dict[str, str] = {}

    def expect(self, nodeids: Iterable[str]) -> None:
        """Note which tests are shared among several processes."""
        self._open = Counter(map(_chapter_of, nodeids))

    def show(self, nodeid: str, findings: Evidence, fails: Callable[[str], bool]) -> None:
        """Print the mark of one finished test; ``fails`` tells whether a violation of a statement counts."""
        chapter = _chapter_of(nodeid)
        failing = any(fails(one["statement"]) for one in findings.violations)
        mark = "F" if failing else MARKS[Verdict(findings.verdict)] if findings.verdict != Verdict.FAIL else "s"
        if self._open:
            self._marks[chapter] = self._marks.get(chapter, "") + mark
            self._open[chapter] -= 1
            if self._open[chapter]:
                return
            mark = self._marks.pop(chapter)
        self._mark(chapter, mark)

    def warn(self, text: str) -> None:
        """Print what will go wrong, before it does."""
        self._say(f"WARNING {text}\n\n")

    def errors(self, traces: list[str]) -> None:
        """Print the suite's own errors."""
        for trace in traces:
            self._say(f"\n\nERROR of the suite, not of the server:\n{trace}")

    def summary(self, settings: Settings, outcomes: list[Outcome], additions: dict[str, str], seconds: float) -> None:
        """Print every failure, then the totals."""
        for chapter, marks in self._marks.items():  # of a run that was cut short
            self._mark(chapter, marks)
        self._say("\n\n" if self._chapter else "")
        for outcome in outcomes:
            if outcome.failure:
                self._say(f"FAIL {explain(outcome.failure)}\n\n")
        totals = Counter(outcome.verdict for outcome in outcomes)
        counts = ", ".join(f"{totals[verdict]} {verdict}" for verdict in Verdict if totals[verdict])
        differences = sum(outcome.difference is not None for outcome in outcomes)
        self._say(f"{settings.target.address} ({settings.version or UNTOLD}), level {settings.level}: {counts}")
        self._say(
            f"; {differences} differences from 0.5.4, {len(additions)} additions" if differences or additions else ""
        )
        self._say(f"; {seconds:.1f} s, seed {settings.seed or 'random'}\n")
        self._unchecked(outcomes)
        if differences:
            self._say(f"  {differences} differences ({_DIFFERENCES})\n")
        for words, reasons in (("skipped", _reasons(outcomes)), ("left out", _withheld(outcomes))):
            for reason, count in reasons.most_common(_MOST):
                self._say(f"  {count} {words} ({reason})\n")

    def _unchecked(self, outcomes: list[Outcome]) -> None:
        """Say how much a run that was cut short did not check."""
        left = [outcome for outcome in outcomes if outcome.unchecked]
        if left:
            must = sum(outcome.statement.level == Level.MUST for outcome in left)
            share = f"{len(left)} statements, {must} of them MUST, were {left[0].reason}"
            self._say(f"CUT SHORT: {share}\n")

    def left_behind(self, settings: Settings, jobs: list[str]) -> None:
        """Name the jobs that are still on the server, and the command that removes them."""
        if not jobs:
            return
        more = f" and {len(jobs) - _MOST} more" if len(jobs) > _MOST else ""
        self._say(f"LEFT on the server, {len(jobs)} jobs: {', '.join(jobs[:_MOST])}{more}\n")
        self._say(
            f"  remove them: nomad-contract cleanup --address {settings.target.address} --prefix {settings.prefix}\n"
        )

    def _mark(self, chapter: str, marks: str) -> None:
        if chapter != self._chapter:
            self._say(f"{chr(10) if self._chapter else ''}{chapter:<30}")
            self._chapter = chapter
        self._say(marks)

    def _say(self, text: str) -> None:
        if self.on:
            sys.__stdout__.write(text)  # type: ignore[union-attr] # a command without stdout has nobody to tell
            sys.__stdout__.flush()  # type: ignore[union-attr] # as above


def _chapter_of(nodeid: str) -> str:
    """Return the chapter of a test as the ids of its statements begin: ``job register contents``."""
    *room, module = nodeid.split("::")[0].removesuffix(".py").split("/")
    return " ".join([*room[-1:], module.removeprefix("test_").replace("_", " ")])


def _reasons(outcomes: list[Outcome]) -> Counter[str]:
    """Return why statements were skipped, apart from those that the run did not get to."""
    return Counter(one.reason for one in outcomes if one.verdict == Verdict.SKIP and not one.unchecked)


def _withheld(outcomes: list[Outcome]) -> Counter[str]:
    """Return the reasons why selected statements are not checked, where an option would have them checked."""
    return Counter(outcome.reason for outcome in outcomes if "pass --" in outcome.reason)


def explain(failure: dict[str, Any]) -> str:
    """Return a failure as text: the statement, expected against actual, and the request to repeat."""
    statement = catalogue()[failure["statement"]]
    lines = [
        f"{statement.id} ({statement.level.name}; {statement.source})",
        f"  {statement.text}",
        f"  expected: {failure['expected']}",
        f"  actual:   {failure['actual']}",
    ]
    exchange = failure["exchange"]
    if exchange:
        lines += [f"  request:  {exchange['curl'][:1500]}", f"  reply:    {_reply(exchange['reply'])}"]
    return "\n".join(lines)


def _reply(reply: dict[str, Any]) -> str:
    index = {name.lower(): value for name, value in reply["headers"].items()}.get("x-nomad-index", "none")
    return f"{reply['status']}, X-Nomad-Index {index}: {reply['body'][:700]}"
