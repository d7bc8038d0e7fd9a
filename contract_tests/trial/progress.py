"""Progress of a trial on the terminal: one line that is wiped at the end, or with ``verbose`` a line for each run."""

import sys
import threading
import time
from typing import TextIO

from contract_tests.suite.window import WIPE, width
from contract_tests.trial.runs import Run
from contract_tests.words import shortened


class Progress:
    """Counts the runs, and tells about them; without a terminal nothing is told before the summary."""

    def __init__(self, stream: TextIO | None = None, *, verbose: bool = False) -> None:
        self._stream = stream or sys.stdout
        self._window = self._stream.isatty()
        self._verbose = verbose
        self._lock = threading.Lock()
        self._expected = 0
        self._began = time.monotonic()
        self.runs = 0
        self._failed = 0

    @property
    def width(self) -> int:
        """The width of the window, or of a long line when there is none."""
        return width(self._stream)

    def expect(self, runs: int) -> None:
        """Note that more runs are to come, at least as many as this."""
        with self._lock:
            self._expected = self.runs + runs

    def ended(self, run: Run) -> None:
        """Tell about a run."""
        with self._lock:
            self.runs += 1
            self._failed += not run.passed
            if self._verbose:
                self._write(f"{'passed' if run.passed else 'FAILED'}  {_told(run)}: {run.ended}\n")
            elif self._window:
                self._write(f"{WIPE}{shortened(self._line(run), self.width - 1)}")

    def wipe(self) -> None:
        """Remove the line."""
        if self._window and not self._verbose and self.runs:
            self._write(WIPE)

    def _line(self, run: Run) -> str:
        expected = max(self._expected, self.runs)
        left = (time.monotonic() - self._began) / self.runs * (expected - self.runs)
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self.runs} of {expected} runs{failed}, about {left:.0f} s left  {run.name}"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _told(run: Run) -> str:
    """Return the name of a run, and what it is narrowed to."""
    if run.vary is None:
        return run.name
    count = len(run.vary.freedoms)
    some = f", {count} freedoms" if count > 1 else "" if run.name in run.vary.freedoms else f", {run.vary.freedoms[0]}"
    replies = "" if run.vary.replies is None else f", {len(run.vary.replies)} replies"
    return f"{run.name}{some}{replies}"
