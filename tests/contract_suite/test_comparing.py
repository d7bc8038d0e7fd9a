"""Two reports, or two servers, side by side."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

from contract_tests import cli
from contract_tests.suite.reports.drift import Change, drift, regressions, told
from mockserver.settings import Settings
from tests import forked
from tests.browser.report_data import FAILURE, a_report
from tests.served import serving

ROOT = Path(__file__).parents[2]
Saved = Callable[..., str]


def report(**outcomes: Any) -> dict[str, Any]:
    """Return a report with these statements; an outcome is a word, or members of the entry."""
    base = {"level": "MUST", "section": "s", "source": "d"}
    entries = []
    for name, outcome in outcomes.items():
        members = {"outcome": outcome} if isinstance(outcome, str) else outcome
        entries.append({**base, "id": f"job.{name}", "text": f"Text of {name}.", **members})
    return a_report(statements=entries)


BROKEN = {"outcome": "fail", "failure": FAILURE}
OTHERWISE = {"outcome": "fail", "failure": {**FAILURE, "actual": "an error"}}
BELOW = {"outcome": "not selected", "difference": FAILURE}
UNREACHED = {"outcome": "skip", "reason": "not reached: job.x did not hold"}


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Return a function that writes a report and returns the name of its file."""

    def save(name: str, **outcomes: Any) -> str:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(report(**outcomes)), "utf-8")
        return str(file)

    return save


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("pass", BROKEN, Change.REGRESSED),
        ("pass", BELOW, Change.REGRESSED),
        ("pass", UNREACHED, Change.REGRESSED),
        ("pass", "error", Change.REGRESSED),
        (BROKEN, "pass", Change.MENDED),
        (BROKEN, OTHERWISE, Change.OTHERWISE),
        ("pass", "skip", Change.UNCHECKED),
        ("not selected", "pass", Change.CHECKED),
        ("skip", BROKEN, Change.BROKEN),
        ("pass", "pass", None),
        (BROKEN, BROKEN, None),
        ("skip", "not selected", None),
        (BROKEN, "skip", None),
    ],
)
def test_what_became_of_a_statement(before: Any, after: Any, change: Change | None) -> None:
    """A statement that held and does not is a regression, also when it was not reached or is below the level."""
    found = drift(report(x=before), report(x=after))
    assert [one.change for one in found] == ([change] if change else [])


def test_ids_and_times_are_no_difference() -> None:
    """Two runs of one server use other job IDs and get other indexes."""
    one, other = copy.deepcopy(BROKEN), copy.deepcopy(BROKEN)
    one["failure"] = {**FAILURE, "actual": "job nomad-contract-1-x at 12"}
    other["failure"] = {**FAILURE, "actual": "job nomad-contract-2-y at 345"}
    assert drift(report(x=one), report(x=other)) == []


def test_a_line_break_that_makes_the_difference_is_shown() -> None:
    """Texts that look the same on one line are told with their line breaks written out."""
    failure = {**FAILURE, "expected": "status 404: job not found", "actual": "status 404: job not found\n"}
    text = told(drift(report(c="pass"), report(c={"outcome": "fail", "failure": failure})), ("old", "new"))
    assert text.endswith("    new  status 404: job not found\\n; expected: status 404: job not found\n")


def test_regressions_come_first() -> None:
    """Then what was mended, then the rest; each says what the two sides do."""
    found = drift(report(a="skip", b=BROKEN, c="pass"), report(a="pass", b="pass", c=BROKEN))
    assert [one.after["id"] for one in found] == ["job.c", "job.b", "job.a"]
    assert regressions(found) == 1
    text = told(found, ("old", "new"))
    assert text.startswith(
        "regressed (1):\n  job.c (MUST): Text of c.\n    old  holds\n    new  12; expected: an index above 12"
    )
    assert "newly checked (1):\n  job.a (MUST): Text of a.\n" in text


def test_a_statement_that_is_new_in_the_suite_is_newly_checked() -> None:
    """A report of an older suite does not have it."""
    (one,) = drift(report(), report(x="pass"))
    assert one.change == Change.CHECKED


def test_compare_is_a_gate(saved: Saved, capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 1 when something got worse, 0 when it got better, 2 without an old and a new report."""
    good, bad = saved("good", a="pass", b=BROKEN), saved("bad", a=BROKEN, b="pass")
    assert cli.main(["compare", good, bad, "--fail-on-regression"]) == 1
    assert "regressed (1):\n  job.a" in (said := capsys.readouterr().out)
    assert "mended (1):\n  job.b" in said
    assert said.endswith("1 regressions\n")
    assert cli.main(["compare", bad, saved("best", a="pass", b="pass"), "--fail-on-regression"]) == 0
    assert cli.main(["compare", bad, "--fail-on-regression"]) == 2
    assert "the old one, then the new one" in capsys.readouterr().err


def test_diff_takes_reports(saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The status is that of diff: 1 when they differ."""
    one, other = saved("one", a="pass", b="pass"), saved("other", a=BROKEN, b="pass")
    page = tmp_path / "page.html"
    assert cli.main(["diff", one, other, "--report-html", str(page)]) == 1
    assert capsys.readouterr().out.endswith("1 statements differ\n")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert cli.main(["diff", one, one]) == 0


@pytest.mark.slow
def test_diff_checks_servers(saved: Saved, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An address is checked now; one that cannot be is status 2, in one line."""
    forking = SimpleNamespace(run=forked.run_program, DEVNULL=subprocess.DEVNULL, PIPE=subprocess.PIPE)
    with monkeypatch.context() as patch, serving(Settings()) as one, serving(Settings()) as other:
        patch.setattr("contract_tests.suite.comparing.subprocess", forking)
        urls = [f"http://127.0.0.1:{port}" for port in (one, other)]
        assert cli.main(["diff", *urls, "--profile", "smoke", "--only", "job.summary.reply-is-json"]) == 0
    assert capfd.readouterr().out == "0 statements differ\n"
    assert cli.main(["diff", "http://127.0.0.1:9", saved("one", a="pass")]) == 2
    assert "nomad-contract: http://127.0.0.1:9 does not answer" in capfd.readouterr().err


def closed(schema: Any) -> Any:
    """Return the schema with no other members than those it names, so that it cannot fall behind."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(one) for name, one in schema.items()}
    if isinstance(schema.get("properties"), dict):
        shut.setdefault("additionalProperties", False)
    return shut


def test_the_schema_of_reports_is_sound() -> None:
    """It is a schema of 2020-12, and the reports that tests are made of fit it."""
    schema = json.loads((ROOT / "schemas" / "report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(a_report(), closed(schema))
