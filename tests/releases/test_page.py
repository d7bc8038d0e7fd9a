"""The page about the releases, made of what is known of them."""

import json
import sys
from pathlib import Path

import pytest

from contract_tests.statements import Level, catalogue
from contract_tests.suite.departures import Departure
from contract_tests.suite.releases import Departures, Release, known, load
from tests.browser.report_data import a_report
from tests.releases import __main__ as command
from tests.releases.page import page

GONE = {Departure("field gone", "LastContact"): ("", "")}
VALUE = {Departure("value changed", "TaskGroups[].Count"): ("Count: 1", "Count: 2")}
RUN = {"seed": "1", "date": "2026-11-30"}
OLD = Release(
    "0.5.6",
    "MUST",
    [RUN],
    frozenset({"job.query.reply-is-json", "job.query.status"}),
    {"job.dispatch.reply-has-documented-fields": Departures(GONE)},
    {"common.regions.another": "needs a second region"},
    {"Job.New": True},
)
NEW = Release(
    "1.0",
    "MUST",
    [RUN, {**RUN, "seed": "2"}],
    frozenset({"job.query.reply-is-json"}),
    {
        "job.dispatch.reply-has-documented-fields": Departures(GONE | VALUE, varies=True),
        "job.query.status": Departures(VALUE, sometimes=True),
    },
    {"common.regions.another": "needs a second region"},
    {"Job.Newer": False},
)


def test_the_page_is_current() -> None:
    """It is what the command makes of the files of the releases."""
    assert command.PAGE.read_text("utf-8") == page([load(name) for name in known()])


def test_a_client_author_reads_what_holds_first() -> None:
    """Then what changed, since when, and what is done instead; what varies and what is not known is told."""
    text = page([OLD, NEW])
    must = sum(one.level == Level.MUST for one in catalogue().values())
    assert (
        f"Of the {must} statements that the page makes, 1 hold on every release from 0.5.6 to 1.0, and 1 do not."
        in text
    )
    assert "- A job is answered as a JSON document. (`job.query.reply-is-json`)" in text
    first = "field gone: `LastContact`<br>1.0: value changed: `TaskGroups[].Count` `1` → `2` | ✗ |"
    assert f"`job.dispatch.reply-has-documented-fields` | 0.5.6 | {first}" in text
    assert "`job.query.status` | 1.0 | value changed: `TaskGroups[].Count` `1` → `2` | ✓ | ± |" in text
    assert (
        "| 0.5.6 | `Job.New` |\n| 1.0 | `Job.Newer` |\n\nNot met on 1.0, or not asked for by its runs: `Job.New`."
        in text
    )
    assert "| 1.0 | 2 | 2026-11-30 | 1, 2 | 1 | 2 | 2 | 1 | 1 |" in text
    assert "| `job.query.status` | 1.0 | – |" in text
    assert "| `common.regions.another` | all | needs a second region |" in text


def test_the_command_condenses_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All reports on a release make its file; without a report only the page is written."""
    monkeypatch.setattr(command, "FILES", tmp_path / "releases")
    monkeypatch.setattr(command, "PAGE", tmp_path / "page.md")
    files = [tmp_path / f"{seed}.json" for seed in "12"]
    for file in files:
        file.write_text(json.dumps(a_report()), "utf-8")
    monkeypatch.setattr(sys, "argv", ["releases", *map(str, files)])
    assert command.main() == 0
    written = Release.from_dict(json.loads((tmp_path / "releases" / "0.5.4.json").read_text("utf-8")))
    assert (len(written.runs), set(written.departs)) == (2, {"job.query.b", "job.plan.e"})
    assert (tmp_path / "page.md").read_text("utf-8").startswith("# What holds")
