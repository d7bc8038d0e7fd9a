"""A server that is judged by what a release does."""

import importlib
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contract_tests import cli
from contract_tests.findings import violation
from contract_tests.statements import Level, catalogue
from contract_tests.suite.baseline import Baseline, Standing, baseline_named, located, shown
from contract_tests.suite.cli_arguments import Mistake
from contract_tests.suite.departures import Departure, departure, departures_of
from contract_tests.suite.releases import Departures, Release, known
from contract_tests.suite.reports import badge, console, html, junit, markdown
from contract_tests.suite.reports import json as json_report
from contract_tests.suite.reports.ink import Ink
from contract_tests.suite.reports.standings import told
from contract_tests.suite.verdicts import Outcome, Verdict, exit_status
from contract_tests.words import ABSENT, At
from mockserver.client import MockClient
from mockserver.settings import Settings
from tests.browser.report_data import EXCHANGE, a_report
from tests.contract_suite.made import exchange
from tests.contract_suite.test_cli import run
from tests.served import serving
from tests.trial.test_reports import on_client

ROOT = Path(__file__).parents[2]
MUST, OTHER_MUST = "job.register.creates", "job.query.returns-the-job"
SHOULD, OTHER_SHOULD = "job.query.status", "job.summary.missing-job"


def finding(actual: str = "Name: 2", statement: str = MUST) -> dict[str, Any]:
    """Return a violation."""
    return {"statement": statement, "expected": "Name: 1", "actual": actual, "exchange": EXCHANGE}


def release(*, varies: bool = False, sometimes: bool = False) -> Release:
    """Return a release that departs from MUST and SHOULD, keeps the other two, and of which no more is known."""
    own = Departures({departure(finding()): ("Name: …", "Name: …")}, sometimes=sometimes, varies=varies)
    return Release("1.10.5", "MUST", [{"seed": "1"}], frozenset({OTHER_MUST, OTHER_SHOULD}), {MUST: own, SHOULD: own})


def outcome(statement: str, found: str | None) -> Outcome:
    """Return the outcome of a statement that does not hold, as these words tell, or that holds."""
    if found is None:
        return Outcome(catalogue()[statement], Verdict.PASS, held=2)
    return Outcome(catalogue()[statement], Verdict.FAIL, failure=finding(found, statement))


@pytest.mark.parametrize(
    ("statement", "found", "standing", "verdict"),
    [
        (MUST, "Name: 3", Standing.SAME, Verdict.NOT_SELECTED),
        (SHOULD, "Name: 3", Standing.SAME, Verdict.NOT_SELECTED),
        (MUST, "Name: no such field", Standing.OTHERWISE, Verdict.FAIL),
        (SHOULD, "Name: no such field", Standing.OTHERWISE, Verdict.FAIL),
        (OTHER_MUST, "Name: 3", Standing.ALONE, Verdict.FAIL),
        (OTHER_SHOULD, "Name: 3", Standing.ALONE, Verdict.FAIL),
        (MUST, None, Standing.KEPT, Verdict.PASS),
        (OTHER_MUST, None, None, Verdict.PASS),
        ("job.plan.is-accepted", "Name: 3", Standing.UNKNOWN, Verdict.FAIL),
        ("job.plan.spelling", "Name: 3", Standing.UNKNOWN, Verdict.NOT_SELECTED),
    ],
)
def test_a_release_says_what_fails(
    statement: str, found: str | None, standing: Standing | None, verdict: Verdict
) -> None:
    """Its own departures do not; others do, also of what was only observed; what is not known is left to the page."""
    baseline = Baseline(release())
    (judged,) = baseline.judged([outcome(statement, found)])
    assert (judged.baseline or {}).get("standing") == standing
    assert judged.verdict == verdict
    assert bool(judged.failure) == (verdict == Verdict.FAIL)
    assert bool(judged.difference) == (verdict == Verdict.NOT_SELECTED)
    if found:
        assert baseline.excuses(finding(found, statement)) == (standing == Standing.SAME)


def test_where_a_release_varies_the_kind_counts() -> None:
    """Its runs show several departures: another one of these kinds is its own, one of another kind is not."""
    baseline = Baseline(release(varies=True))
    assert baseline.excuses(finding("Region: 2"))
    assert not baseline.excuses(finding("Region: no such field"))
    assert not Baseline(release()).excuses(finding("Region: 2"))
    several = {**release().departs[MUST].seen, Departure("value changed", "ID"): ("", "")}
    assert Baseline(replace(release(), departs={MUST: Departures(several)})).excuses(finding("Region: 2"))
    gone = Departures({Departure("field gone", "ID"): ("", "")}, once=True)
    assert not Baseline(replace(release(), departs={MUST: gone})).excuses(finding("Region: no such field"))
    once = Departures(release().departs[MUST].seen, once=True)
    assert Baseline(replace(release(), departs={MUST: once})).excuses(finding("Region: 2"))


def test_what_a_release_keeps_at_times_may_be_kept() -> None:
    """To hold and to depart as the release does are both as the release."""
    (held,) = Baseline(release(sometimes=True)).judged([outcome(MUST, None)])
    assert (held.verdict, held.baseline) == (Verdict.PASS, None)


def test_what_the_release_has_not_is_shown() -> None:
    """Of several violations of a statement; every departure has to be the release's own."""
    own, other = (
        violation(MUST, At(("Name",), 1), At(("Name",), found), exchange(reply={"ID": "x" * size}))
        for found, size in ((2, 1), (ABSENT, 9))
    )
    baseline = Baseline(release())
    assert shown([own, other], None)["actual"] == "Name: 2"
    assert shown([own, other], baseline)["actual"] == "Name: no such field"
    assert shown([own], baseline)["excused"]
    departs = replace(outcome(MUST, "Name: 2"), departures=departures_of([own]))
    (same,) = baseline.judged([departs])
    (otherwise,) = baseline.judged([replace(departs, departures=departures_of([own, other]))])
    assert [(one.baseline or {})["standing"] for one in (same, otherwise)] == [Standing.SAME, Standing.OTHERWISE]


@pytest.mark.parametrize(
    ("unknown", "holds", "standing"),
    [
        ("not reached: job.x did not hold", False, Standing.SAME),
        ("needs a second region", False, Standing.UNKNOWN),
        ("", True, Standing.ALONE),
    ],
)
def test_what_was_not_reached(unknown: str, holds: bool, standing: Standing) -> None:
    """A statement that the release does not get to either, for the same reason, is as the release."""
    reasons = {MUST: unknown} if unknown else {}
    of_release = Release("1.0", "MUST", holds=frozenset({MUST} if holds else ()), unknown=reasons)
    (judged,) = Baseline(of_release).judged([outcome(MUST, "not reached: job.x did not hold: 5")])
    assert (judged.baseline or {})["standing"] == standing


def test_the_release_itself_passes() -> None:
    """A server that does what the release does has nothing that fails."""
    outcomes = [outcome(MUST, "Name: 9"), outcome(SHOULD, "Name: 9"), outcome(OTHER_MUST, None)]
    assert exit_status(Baseline(release()).judged(outcomes), allow_incomplete=False) == 0
    assert exit_status(outcomes, allow_incomplete=False) == 1


def whole_report() -> dict[str, Any]:
    """Return a report with a statement of each standing."""
    found = {MUST: "Name: 3", SHOULD: "Name: no such field", OTHER_MUST: "Name: 3", "job.plan.spelling": "Name: 3"}
    baseline = Baseline(release())
    outcomes = baseline.judged([outcome(*one) for one in found.items()] + [outcome(OTHER_SHOULD, None)])
    return a_report() | json_report.judged(outcomes, 1.0) | {"baseline": baseline.as_dict(outcomes)}


TOLD = "judged by what 1.10.5 does (1 run): departs from 4 statements: 1 as 1.10.5 does, "


def test_every_form_of_a_report_tells_the_baseline() -> None:
    """Which release it is, how many statements compare how, and what the release does."""
    one = whole_report()
    jsonschema.validate(one, json.loads((ROOT / "schemas" / "report.json").read_text("utf-8")))
    brief = console.summary(one, Ink(on=False), width=200, verbose=False)
    assert "The contract does not hold as 1.10.5 keeps it on " in brief
    assert f"  {TOLD}1 in another way, 1 that 1.10.5 keeps, 1 that 1.10.5 was not tried on\n" in brief
    assert "    release  value changed: Name (Name: …)\n" in brief
    assert "    release  keeps it\n" in brief
    whole = console.summary(one, Ink(on=False), width=200, verbose=True)
    assert f"as the release: {MUST} (MUST): value changed: Name (Name: …)\n" in whole
    summary = markdown.render(one)
    assert f"\n{TOLD}".replace("(", r"(") in summary
    assert f"| {MUST} | MUST | Name: 3 | value changed: Name (Name: …) |" in summary
    page = html.render([one])
    assert TOLD in page
    assert "<p>as 1.10.5 does</p><p>The release: value changed: Name (Name: …)</p>" in page.replace("</p>\n", "</p>")
    assert json.loads(badge.render(one))["label"] == "Nomad 0.5 contract as 1.10.5 keeps it"
    suite = ET.fromstring(junit.render(one).encode()).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "2", "2")
    assert suite.find(".//property[@name='baseline'][@value='1.10.5']") is not None
    assert [skip.get("message", "").partition(":")[0] for skip in suite.iter("skipped")] == [
        "as 1.10.5 does",
        "not known of 1.10.5",
    ]


def test_what_the_server_alone_keeps_is_counted() -> None:
    """It stands behind the departures, which end with their last kind."""
    counts = {str(each): 0 for each in Standing} | {"kept here alone": 2, "otherwise than the release": 1}
    said = told({"baseline": {"release": "1.10.5", "runs": 2, "standings": counts}})
    ends = "departs from 1 statement: 1 in another way; keeps 2 that 1.10.5 does not keep"
    assert said == f"judged by what 1.10.5 does (2 runs): {ends}"


def test_a_server_that_does_not_depart_at_all_is_told_so() -> None:
    """Also one of which no version is known."""
    baseline = Baseline(Release("", "MUST", [{}, {}], frozenset({MUST})))
    outcomes = baseline.judged([outcome(MUST, None)])
    one = a_report() | json_report.judged(outcomes, 1.0) | {"baseline": baseline.as_dict(outcomes)}
    said = console.summary(one, Ink(on=False), width=200, verbose=False)
    assert "judged by what the other server does (2 runs): departs from no statements\n" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("99.1", f"no release '99.1' is known; did you mean {known()[-1]}? There are "),
        ("newest", "no release 'newest' is known; there are "),
        ("gone.json", "--baseline: there is no file "),
        ("empty/", "--baseline: there is no report in "),
        ("client.json", "client.json' is about a client and 'the server to check' about a server"),
        ("both/", "--baseline: the reports are of several versions: 0.5.4, 1.0"),
    ],
)
def test_a_baseline_that_is_none_is_told_what_would_be(tmp_path: Path, name: str, said: str) -> None:
    """The nearest release that is known; how files and folders are written; which reports do not go together."""
    for folder in ("empty", "both"):
        (tmp_path / folder).mkdir()
    for file, version in (("a", "0.5.4"), ("b", "1.0")):
        target = {"address": "http://x", "version": version, "region": "global"}
        (tmp_path / "both" / f"{file}.json").write_text(json.dumps(a_report(target=target)), "utf-8")
    (tmp_path / "client.json").write_text(json.dumps(on_client()), "utf-8")
    with pytest.raises(Mistake) as found:
        baseline_named(located(name, tmp_path))
    assert said in str(found.value)


def test_reports_are_a_baseline(tmp_path: Path) -> None:
    """A file, or all files of a folder; a release that is known needs no file."""
    (tmp_path / "a.json").write_text(json.dumps(a_report()), "utf-8")
    alone, together = (baseline_named(located(name, tmp_path)).release for name in ("a.json", "./"))
    assert alone == together
    assert set(alone.departs) == {"job.query.b", "job.plan.e"}
    newest = known()[-1]
    assert baseline_named(newest.rpartition(".")[0]).release.name == newest
    assert Level[baseline_named(newest).release.level] in Level


def test_a_mistake_is_told_before_anything_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2 and one line."""
    assert cli.main(["check", "--address", "http://127.0.0.1:9", "--baseline", "99"]) == 2
    assert "no release '99' is known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "word"), [("1.10", "1.10"), ("a.json", "{here}/a.json"), ("reports/", "{here}/reports")]
)
def test_the_fixture_takes_a_baseline(given: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a folder is relative to where pytest runs; a release is no file."""
    monkeypatch.syspath_prepend(str(ROOT / "contract_tests" / "top_level"))
    words = importlib.import_module("nomad_contract_pytest")._words({"baseline": given})
    assert list(words) == [f"--baseline={word.format(here=Path.cwd())}"]


@pytest.mark.slow
def test_a_server_is_judged_by_its_own_report(tmp_path: Path) -> None:
    """A departure fails without a baseline, and fails no more with the report that shows it."""
    report = str(tmp_path / "odd.json")
    only = ("--profile", "smoke", "--seed", "1", "--only", "job.evaluate.creates-*", "--only", "job.summary.names-*")
    with serving(Settings()) as port:
        address = f"http://127.0.0.1:{port}"
        MockClient(address).fault("status", status=503, body="no", match={"operation": "evaluate"})
        assert run("check", "--address", address, *only, "--report-json", report).returncode == 1
        done = run("check", "--address", address, *only, "--baseline", "odd.json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "judged by what 0.5.4 does (1 run): departs from 1 statement: 1 as 0.5.4 does" in done.stdout
