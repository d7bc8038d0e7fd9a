"""What a person sees while the suite runs."""

import io
import sys

import pytest

from contract_tests.suite.outcomes import Findings
from contract_tests.suite.progress import Progress

TESTS = ["test_query.py::test_a", "test_query.py::test_b", "test_plan.py::test_c"]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is printed."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", stream)
    return stream


def show(progress: Progress, *tests: str) -> None:
    """Tell of tests that passed."""
    for test in tests:
        progress.show(test, Findings([]), lambda _: True)


def test_a_mark_is_printed_as_soon_as_its_test_is_done(screen: io.StringIO) -> None:
    """In a single process the chapters come one after the other."""
    progress = Progress(on=True)
    show(progress, TESTS[0])
    assert screen.getvalue() == f"{'query':<22}."
    show(progress, *TESTS[1:])
    assert screen.getvalue() == f"{'query':<22}..\n{'plan':<22}."


def test_chapters_of_several_processes_are_printed_whole(screen: io.StringIO) -> None:
    """Tests of several chapters end in any order; a chapter's line comes with its last one."""
    progress = Progress(on=True)
    progress.expect(TESTS)
    show(progress, TESTS[0], TESTS[2])
    assert screen.getvalue() == f"{'plan':<22}."
    show(progress, TESTS[1])
    assert screen.getvalue() == f"{'plan':<22}.\n{'query':<22}.."
