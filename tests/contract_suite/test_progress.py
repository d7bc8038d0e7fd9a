"""Progress on the terminal while the suite runs."""

import io
import sys

import pytest

from contract_tests.suite import progress as module
from contract_tests.suite.progress import Progress
from contract_tests.suite.verdicts import Evidence

TESTS = ["job/test_query.py::test_a", "job/test_query.py::test_b", "common/test_errors_paths.py::test_c"]


class Window(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return the stream that is printed to."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", stream)
    return stream


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Window:
    """Return the terminal that is printed to, 60 characters wide."""
    stream = Window()
    monkeypatch.setattr(sys, "__stdout__", stream)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(module, "_EVERY", 0.0)
    return stream


def show(progress: Progress, *tests: str) -> None:
    """Report tests that passed."""
    for test in tests:
        progress.show(test, Evidence([]), lambda _: True)


def test_a_mark_is_printed_as_soon_as_its_test_is_done(screen: io.StringIO) -> None:
    """In a single process, a mark is printed as soon as its test is done."""
    progress = Progress(on=True, verbose=True)
    show(progress, TESTS[0])
    assert screen.getvalue() == f"{'job query':<30}."
    show(progress, *TESTS[1:])
    assert screen.getvalue() == f"{'job query':<30}..\n{'common errors paths':<30}."


def test_chapters_of_several_processes_are_printed_whole(screen: io.StringIO) -> None:
    """With several processes, a chapter's line is printed with its last test."""
    progress = Progress(on=True, verbose=True)
    progress.expect(TESTS)
    show(progress, TESTS[0], TESTS[2])
    assert screen.getvalue() == f"{'common errors paths':<30}."
    show(progress, TESTS[1])
    assert screen.getvalue() == f"{'common errors paths':<30}.\n{'job query':<30}.."


def test_a_pipe_is_told_nothing_before_the_end(screen: io.StringIO) -> None:
    """A log is read when all is over."""
    progress = Progress(on=True)
    progress.expect(TESTS)
    show(progress, *TESTS)
    assert screen.getvalue() == ""


def test_a_terminal_shows_a_live_counter(window: Window) -> None:
    """One line, never longer than the window: how much is done, what failed, and the time that is left."""
    progress = Progress(on=True)
    progress.count(3)
    show(progress, TESTS[0])
    violation = {"statement": "job.query.returns-the-job"}
    progress.show(TESTS[1], Evidence([], violations=[violation]), lambda _: True)
    _, first, second = window.getvalue().split("\r\x1b[K")
    assert first == " 33%  1 of 3 tests, about 0 s left  job query"
    assert second == " 67%  2 of 3 tests, 1 failed, about 0 s left  job query"
    show(progress, f"job/test_{'long_' * 20}.py::test_x")
    assert len(window.getvalue().rpartition("\x1b[K")[2]) == 59
    assert "\n" not in window.getvalue()
