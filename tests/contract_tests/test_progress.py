"""What a person sees while the suite runs."""

import sys

import pytest

from contract_tests.outcomes import Findings
from contract_tests.progress import Progress

TESTS = ["test_query.py::test_a", "test_query.py::test_b", "test_plan.py::test_c"]


def shown(progress: Progress, capsys: pytest.CaptureFixture[str], *tests: str) -> str:
    """What is printed for tests that passed."""
    for test in tests:
        progress.show(test, Findings([]), lambda _: True)
    return capsys.readouterr().out


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Progress:
    """Progress that capsys captures."""
    del capsys  # it has to be there before the stream is taken
    monkeypatch.setattr(sys, "__stdout__", sys.stdout)
    return Progress(on=True)


def test_a_mark_is_printed_as_soon_as_its_test_is_done(progress: Progress, capsys: pytest.CaptureFixture[str]) -> None:
    """In a single process the chapters come one after the other."""
    assert shown(progress, capsys, TESTS[0]) == f"{'query':<22}."
    assert shown(progress, capsys, TESTS[1]) == "."
    assert shown(progress, capsys, TESTS[2]) == f"\n{'plan':<22}."


def test_chapters_of_several_processes_are_printed_whole(
    progress: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests of several chapters end in any order; a chapter's line comes with its last one."""
    progress.expect(TESTS)
    assert shown(progress, capsys, TESTS[0], TESTS[2]) == f"{'plan':<22}."
    assert shown(progress, capsys, TESTS[1]) == f"\n{'query':<22}.."
