"""Progress on the terminal while the suite runs.

On a terminal one line tells how far the run is, and is wiped at the end. With ``verbose`` a mark for each test is
printed, by chapter. Otherwise nothing is printed before the summary: a pipe or a log is read at the end.
"""

import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from contract_tests.suite.reports import console
from contract_tests.suite.reports.ink import ink_for
from contract_tests.suite.settings import Settings
from contract_tests.suite.verdicts import Evidence, Verdict
from contract_tests.suite.window import WIPE, width
from contract_tests.words import shortened

MARKS = {Verdict.PASS: ".", Verdict.FAIL: "F", Verdict.SKIP: "s", Verdict.ERROR: "E", Verdict.NOT_SELECTED: "-"}
_EVERY = 0.1
"""Seconds between two updates of the line."""


class Progress:
    """Tells how far the run is, then the summary; tells nothing when switched off.

    Several processes work on several chapters at a time; then a line is printed when its chapter is complete.
    """

    def __init__(self, on: bool, *, verbose: bool = False) -> None:
        self.on = on
        self.verbose = verbose
        stream = sys.__stdout__
        self._window = bool(on and not verbose and stream is not None and stream.isatty())
        self._started = time.monotonic()
        self._told = 0.0
        self._all = 0
        self._done = 0
        self._failed = 0
        self._busy = 0.0
        self._chapter = ""
        self._open: Counter[str] = Counter()
        self._marks: dict[str, str] = {}

    def count(self, number: int) -> None:
        """Note how many tests there are; the first begins now."""
        self._all = number
        self._started = time.monotonic()

    def expect(self, nodeids: Iterable[str]) -> None:
        """Note which tests are shared among several processes."""
        self._open = Counter(map(_chapter_of, nodeids))
        self.count(self._open.total())

    def show(self, nodeid: str, findings: Evidence, fails: Callable[[dict[str, Any]], bool]) -> None:
        """Tell of one finished test; ``fails`` tells whether a violation counts."""
        chapter = _chapter_of(nodeid)
        failing = any(map(fails, findings.violations))
        mark = "F" if failing else MARKS[Verdict(findings.verdict)] if findings.verdict != Verdict.FAIL else "s"
        self._done += 1
        self._failed += mark in "FE"
        self._busy += findings.busy
        if self.verbose:
            self._show_mark(chapter, mark)
        else:
            self._show_line(chapter)

    def warn(self, text: str) -> None:
        """Print what will go wrong, before it does."""
        self._say(f"WARNING {text}\n\n")

    def errors(self, traces: list[str]) -> None:
        """Print the suite's own errors."""
        self._wipe()
        for trace in traces:
            self._say(f"\n\nERROR of the suite, not of the server:\n{trace}")

    def summary(self, report: dict[str, Any]) -> None:
        """Print what to mend first and the totals; every failure, too, when verbose."""
        for chapter, marks in self._marks.items():  # of a run that was cut short
            self._print_marks(chapter, marks)
        self._wipe()
        self._say("\n\n" if self._chapter else "")
        stream = sys.__stdout__
        if self.on and stream is not None:
            self._say(console.summary(report, ink_for(stream), width=_width(), verbose=self.verbose))

    def left_behind(self, settings: Settings, jobs: list[str]) -> None:
        """Name the jobs that are still on the server, and the command that removes them."""
        if not jobs:
            return
        named = f"LEFT on the server, {len(jobs)} jobs: {', '.join(jobs)}"
        self._say(f"{shortened(named, _width())}\n")
        target = settings.target
        where = "".join(f" --{name} {shlex.quote(value)}" for name, value in target.scope.items())
        command = f"nomad-contract cleanup --address {target.address}{where} --prefix {settings.prefix}"
        self._say(f"  remove them: {command}\n")

    def _show_mark(self, chapter: str, mark: str) -> None:
        if self._open:
            self._marks[chapter] = self._marks.get(chapter, "") + mark
            self._open[chapter] -= 1
            if self._open[chapter]:
                return
            mark = self._marks.pop(chapter)
        self._print_marks(chapter, mark)

    def _print_marks(self, chapter: str, marks: str) -> None:
        if chapter != self._chapter:
            self._say(f"{chr(10) if self._chapter else ''}{chapter:<30}")
            self._chapter = chapter
        self._say(marks)

    def _show_line(self, chapter: str) -> None:
        now = time.monotonic()
        if not self._window or (now - self._told < _EVERY and self._done < self._all):
            return
        self._told = now
        everything = max(self._all, self._done)
        rest = (now - self._started) / self._done * (everything - self._done)
        failed = f", {self._failed} failed" if self._failed else ""
        failed += f", waited {_time(self._busy)} for a busy server" if self._busy else ""
        line = f"{self._done / everything:4.0%}  {self._done} of {everything} tests{failed}, about {_time(rest)} left"
        self._say(f"{WIPE}{f'{line}  {chapter}'[: _width() - 1]}")

    def _wipe(self) -> None:
        if self._window and self._told:
            self._say(WIPE)

    def _say(self, text: str) -> None:
        if self.on:
            sys.__stdout__.write(text)  # type: ignore[union-attr] # a command without stdout has nobody to tell
            sys.__stdout__.flush()  # type: ignore[union-attr] # as above


def _width() -> int:
    return width(sys.__stdout__)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _chapter_of(nodeid: str) -> str:
    """Return the chapter of a test as the ids of its statements begin: ``job register contents``."""
    *room, module = nodeid.split("::")[0].removesuffix(".py").split("/")
    return " ".join([*room[-1:], module.removeprefix("test_").replace("_", " ")])
