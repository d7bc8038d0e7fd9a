"""A report on the console, in Markdown, as JUnit XML and as annotations of GitHub Actions."""

import io
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from contract_tests.statements import catalogue
from contract_tests.suite.reports import github, junit, markdown
from contract_tests.suite.reports.causes import PATHS
from contract_tests.suite.reports.console import summary
from contract_tests.suite.reports.ink import Ink, ink_for
from tests.browser.report_data import a_report
from tests.contract_suite.test_causes import failing

PLAIN = Ink(on=False)


def bad_report() -> dict[str, Any]:
    """Return a report on a server that keeps nothing: every statement fails, or is skipped for a reason of its own."""
    operations = list(PATHS)
    statements = []
    for number, one in enumerate(catalogue().values()):
        operation = operations[number % len(operations)]
        text = f"status 500: <b>`no`</b> {'x' * (number % 7)} | " + "long " * 100
        entry = failing(one.id, operation, "status 200", text, 500, text=one.text, section=one.section)
        if number % 5 == 0:
            entry = {**entry, "outcome": "skip", "reason": f"reason {number}: " + "why " * 60}
            del entry["failure"]
        statements.append(entry)
    failed = sum(entry["outcome"] == "fail" for entry in statements)
    totals = {"pass": 0, "fail": failed, "skip": len(statements) - failed, "error": 0, "not selected": 0}
    cut = {"reason": "not checked: the time limit of 1 s was reached", "unchecked": 9, "unchecked_must": 3}
    return a_report(statements=statements, totals={**totals, "differences": 4}, cut_short=cut)


def test_the_console_shows_a_bad_server_on_a_screen() -> None:
    """At most 40 lines, none longer than the window, and how to see the rest."""
    assert max(map(len, summary(bad_report(), PLAIN, width=60, verbose=False).splitlines())) <= 60
    lines = summary(bad_report(), PLAIN, width=100, verbose=False).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith("Mend these first: 5 of ")
    assert lines[2].startswith(" 1. ")
    assert " answers 500: " in lines[2]
    assert "Every failure, and a script that repeats it: -v" in lines[-1]
    assert any(line.startswith("CUT SHORT: 9 statements, 3 of them MUST") for line in lines)


def test_everything_is_shown_on_demand() -> None:
    """With the whole of each finding and the script that repeats it."""
    text = summary(bad_report(), PLAIN, width=80, verbose=True)
    assert text.count("\nFAIL ") + 1 == bad_report()["totals"]["fail"]
    assert "again, from nothing:\n    curl" in text


def test_a_sound_server_is_told_in_a_few_lines() -> None:
    """The verdict, the counts, how it was checked."""
    totals = {"pass": 2, "fail": 0, "skip": 0, "not selected": 0, "error": 0, "differences": 0}
    text = summary(a_report(totals=totals, statements=[], additions=[]), PLAIN, width=80, verbose=False)
    assert text == (
        "The contract holds on http://server:4646 (0.5.4)\n  2 pass\n  level SHOULD, profile default, 60.5 s, seed 1\n"
    )
    added = a_report(totals=totals, statements=[], additions=[{"what": "Job.Namespace", "example": '"default"'}])
    assert "profile default, 1 unknown field in replies, 60.5 s" in summary(added, PLAIN, width=80, verbose=False)
    nothing = a_report(totals={**totals, "pass": 0}, statements=[], additions=[])
    assert "was not checked" in summary(nothing, PLAIN, width=80, verbose=False)
    cut = {"reason": "not checked: 26 s are over", "unchecked": 1, "unchecked_must": 0}
    partly = a_report(totals=totals, statements=[], additions=[], cut_short=cut)
    assert "holds as far as it was checked on" in summary(partly, PLAIN, width=80, verbose=False)


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """``NO_COLOR`` and a terminal that knows none turn it off, and so does a pipe."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert ink_for(Terminal()).red("x") == "\x1b[31mx\x1b[0m"
    assert ink_for(io.StringIO()).green("x") == "x"
    monkeypatch.setenv("TERM", "dumb")
    assert ink_for(Terminal()).bold("x") == "x"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert ink_for(Terminal()).dim("x") == "x"
    assert "\x1b[" in summary(bad_report(), Ink(on=True), width=100, verbose=False)


def test_junit_has_a_case_for_each_statement() -> None:
    """Those that were selected, under their chapter, each with its verdict."""
    suite = ET.fromstring(junit.render(a_report()).encode()).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    cases = {
        f"{case.get('classname')}.{case.get('name')}": [child.tag for child in case] for case in suite.iter("testcase")
    }
    assert cases == {"job.query.a": [], "job.query.b": ["failure"], "job.plan.c": ["skipped"], "job.plan.d": ["error"]}
    failure = suite.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "expected an index above 12, got 12"
    assert "again, from nothing:" in (failure.text or "")


def test_markdown_shows_texts_as_they_are() -> None:
    """What a server says is no markup, in a table of one line each."""
    text = markdown.render(bad_report())
    assert text.startswith("### Nomad 0.5 contract does not hold\n")
    assert "<b>" not in text.replace("\\<b", "")
    assert r"\<b\>\`no\`\</b\>" in text
    assert len(text) < 1_000_000
    rows = [line for line in text.splitlines() if line.startswith("| job.")]
    assert len(rows) > 20
    assert all(line.replace("\\|", "").count("|") == 5 for line in rows)
    assert "**Cut short**: 9 statements" in text


def test_a_sound_server_in_markdown() -> None:
    """The totals are all there is."""
    totals = {"pass": 2, "fail": 0, "skip": 0, "not selected": 0, "error": 0, "differences": 0}
    text = markdown.render(a_report(totals=totals, statements=[], additions=[]))
    assert text.startswith("### Nomad 0.5 contract holds\n")
    assert "| pass |\n| ---: |\n| 2 |" in text
    assert "Mend" not in text


def test_github_is_told_where_it_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Annotations are printed in a job of GitHub Actions alone; the summary of a step grows where there is one."""
    screen = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", screen)
    github.tell(bad_report(), {})
    assert screen.getvalue() == ""
    summary_file = tmp_path / "summary.md"
    summary_file.write_text("before\n", "utf-8")
    github.tell(bad_report(), {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary_file)})
    lines = screen.getvalue().splitlines()
    assert 1 < len(lines) <= 10
    assert all(line.startswith("::error title=") and line.count("::") == 2 for line in lines)
    assert summary_file.read_text("utf-8").startswith("before\n### Nomad 0.5 contract does not hold\n")
