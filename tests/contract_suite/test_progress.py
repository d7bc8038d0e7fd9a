"""Progress on the terminal while the suite runs."""

import io
import sys

import pytest

from contract_tests.suite.progress import Progress
from contract_tests.suite.verdicts import Evidence

TESTS = ["job/test_query.py::test_a", "job/test_query.py::test_b", "common/test_errors_paths.py::test_c"]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return the stream that is printed to."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", stream)
    return stream


def show(progress: Progress, *tests: str) -> None:
    """Report tests that passed."""
    for test in tests:
        progress.show(test, Evidence([]), lambda _: True)


def test_a_mark_is_printed_as_soon_as_its_test_is_done(screen: io.StringIO) -> None:
    """In a single process, a mark is printed as soon as its test is done."""
    progress = Progress(on=True)
    show(progress, TESTS[0])
    assert screen.getvalue() == f"{'job query':<30}."
    show(progress, *TESTS[1:])
    assert screen.getvalue() == f"{'job query':<30}..\n{'common errors paths':<30}."


def test_chapters_of_several_processes_are_printed_whole(screen: io.StringIO) -> None:
    """With several processes, a chapter's line is printed with its last test."""
    progress = Progress(on=True)
    progress.expect(TESTS)
    show(progress, TESTS[0], TESTS[2])
    assert screen.getvalue() == f"{'common errors paths':<30}."
    show(progress, TESTS[1])
    assert screen.getvalue() == f"{'common errors paths':<30}.\n{'job query':<30}.."
