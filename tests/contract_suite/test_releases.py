"""What a release does, condensed from reports on it."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from contract_tests.statements import schemas_folder
from contract_tests.suite import releases
from contract_tests.suite.departures import Kind, alike, departure
from contract_tests.suite.releases import Release, condensed, named, nearest
from tests.browser.report_data import FAILURE, a_report
from tests.contract_suite.test_causes import failing
from tests.contract_suite.test_comparing import report


@pytest.mark.parametrize(
    ("expected", "actual", "status", "kind", "where"),
    [
        ("a.Meta: a map", "a.Meta: no such field", 200, Kind.GONE, "*.Meta"),
        ("[1]: 5", "[1]: no such item", 200, Kind.GONE, "[]"),
        ("Update.AutoRevert: no such field", "Update.AutoRevert: false", 200, Kind.ADDED, "Update.AutoRevert"),
        ('Meta."a b": "x"', 'Meta."a b": 5', 200, Kind.TYPE, "Meta.*: string → number"),
        ("Wait: an integer", 'Wait: "1s"', 200, Kind.TYPE, "Wait: number → string"),
        ("Meta: a map of strings, may be null", "Meta: [1]", 200, Kind.TYPE, "Meta: object → list"),
        ("Tasks[0].KillTimeout: 5", "Tasks[3].KillTimeout: 6", 200, Kind.VALUE, "Tasks[].KillTimeout"),
        ("dead", "running", 200, Kind.VALUE, "text → text"),
        ("an index above 12", "200", 404, Kind.VALUE, "text → number"),
        ("status 200", 'status 500: job "a" at 7', 500, Kind.REFUSED, '200 → 500 job "…" at …'),
        ("status 200", "status 500: 2 error(s) occurred:\n\n* one\n* two", 500, Kind.REFUSED, "200 → 500 two"),
        ("one of [200, 500]", "400 EOF", 400, Kind.REFUSED, "… → 400 EOF"),
        ("status 404: job not found", 'status 200: {"ID":"x"}', 200, Kind.ACCEPTED, "404 → 200"),
        ("status 200", "status 204: ", 204, Kind.STATUS, "200 → 204"),
        ("status 404: no", "status 405: Invalid method", 405, Kind.STATUS, "404 → 405 Invalid method"),
        ("status 400: no", "status 400: never", 400, Kind.TEXT, "400 → 400 never"),
        ("from character 9 on: …a", "from character 9 on: …b", 500, Kind.TEXT, ""),
        ("Vary: x", "Vary: no such header", 200, Kind.HEADER, "Vary gone"),
        ("Vary: x", "Vary: y", 200, Kind.HEADER, "Vary changed"),
        ("status 200", "the connection was closed", None, Kind.SILENT, ""),
        ("a reply", "the check stumbled over it: KeyError: 'x' (a.py, line 3)", 200, Kind.OTHER, "KeyError: 'x'"),
    ],
)
def test_a_departure_is_known_by_its_kind_and_place(
    expected: str, actual: str, status: int | None, kind: Kind, where: str
) -> None:
    """Names that a user chose, IDs, numbers of items, indexes and values are no part of it."""
    found = departure(failing("job.a", "query", expected, actual, status)["failure"])
    assert (found.kind, found.where.removeprefix("the check stumbled over it: ")) == (kind, where)
    assert str(found) == (f"{kind}: {found.where}" if found.where else str(kind))


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["MemoryMB: 300", "MemoryMB: 300"], "MemoryMB: 300"),
        (["MemoryMB: 300"], "MemoryMB: …"),
        (["an index above 12", "an index above 13"], "an index above …"),
        (["job nomad-contract-1-x", "job nomad-contract-2-y"], "job …"),
        (["dead", "running"], ""),
        (
            ["status 500: 1 error(s) occurred:\n\n* no\n* 7", "500 1 error(s) occurred:\n\n* no\n* 8"],
            "status 500: no * …",
        ),
        (['status 200: {"ID":"a"}', 'status 200: {"ID":"b"}'], "status 200"),
    ],
)
def test_words_of_several_runs(texts: Sequence[str], told: str) -> None:
    """Numbers are kept where several runs have the same; what the runs tell differently is left out."""
    assert alike(texts) == told


def run(seed: str, **outcomes: Any) -> dict[str, Any]:
    """Return a report of a run with a seed."""
    one = report(**outcomes)
    return {**one, "settings": {**one["settings"], "seed": seed}}


BROKEN: dict[str, Any] = {"outcome": "fail", "failure": {**FAILURE, "expected": "A: 1", "actual": "A: 2"}}
GONE: dict[str, Any] = {"outcome": "fail", "failure": {**FAILURE, "expected": "A: 1", "actual": "A: no such field"}}
BELOW: dict[str, Any] = {"outcome": "not selected", "difference": BROKEN["failure"]}
HELD = {"outcome": "not selected", "reason": "below level MUST", "held": 3}
UNTRIED = {"outcome": "not selected", "reason": "below level MUST; not reached: job.b did not hold"}
UNREACHED: dict[str, Any] = {"outcome": "fail", "failure": {**FAILURE, "actual": "not reached: job.a did not hold: 5"}}


def test_reports_are_condensed_in_any_order() -> None:
    """Runs with other seeds and IDs make the same; where they differ, that is told and nothing is dropped."""
    one = run("1", a="pass", b=BROKEN, c=BELOW, d=HELD, e=BROKEN, f="skip", g=UNREACHED, h=HELD, i=UNTRIED)
    other = run("2", a="pass", b=GONE, c=BELOW, d=HELD, e="pass", f="skip", g=UNREACHED, h="skip", i=UNTRIED)
    other["additions"] = []
    release = condensed([one, other])
    assert release == condensed([other, one])
    assert json.loads(releases.text_of(release)) == release.as_dict()
    assert Release.from_dict(release.as_dict()) == release
    assert release.holds == {"job.a", "job.d", "job.h"}
    assert {name: (one.sometimes, one.varies, one.once, len(one.seen)) for name, one in release.departs.items()} == {
        "job.b": (False, True, False, 2),
        "job.c": (False, False, False, 1),
        "job.e": (True, False, True, 1),
    }
    assert dict(release.unknown) == {
        "job.f": "nothing put it to the test",
        "job.g": "not reached: job.a did not hold",
        "job.i": "not reached: job.b did not hold",
    }
    assert dict(release.additions) == {"Job.Namespace": False}
    assert [each["seed"] for each in release.runs] == ["1", "2"]


def test_reports_list_every_departure() -> None:
    """A run that shows one of them first has them all; runs vary when one has a departure that the other has not."""
    first = {"kind": "field gone", "where": "KnownLeader", "expected": "KnownLeader: …", "actual": "gone"}
    more = {**first, "where": "LastContact"}
    one = run("1", a={**BROKEN, "departures": [first, more]})
    release = condensed([one, run("2", a={**GONE, "departures": [first, more]})])
    assert [departure.where for departure in release.departs["job.a"].seen] == ["KnownLeader", "LastContact"]
    assert not release.departs["job.a"].varies
    assert condensed([one, run("2", a={**GONE, "departures": [first]})]).departs["job.a"].varies


def test_reports_of_one_release_belong_together() -> None:
    """Reports on two versions, or of runs that ended tests at two levels, are refused."""
    other = run("2", a="pass")
    with pytest.raises(ValueError, match=r"several versions: 0\.5\.4, 1\.0"):
        condensed([run("1", a="pass"), {**other, "target": {**other["target"], "version": "1.0"}}])
    with pytest.raises(ValueError, match="several levels: MUST, SHOULD"):
        condensed([run("1", a="pass"), {**other, "baseline": {"level": "MUST"}}])


KNOWN = ["0.5.4", "0.5.6", "0.12.12", "1.7.7", "1.10.5", "2.0.5"]


@pytest.mark.parametrize(
    ("name", "release", "near"),
    [
        ("1.10.5", "1.10.5", "1.10.5"),
        ("v1.10", "1.10.5", "1.10.5"),
        ("0.5", "0.5.6", "0.5.4"),
        ("1.1", None, "1.7.7"),
        ("1.11", None, "1.10.5"),
        ("0.5.5", None, "0.5.4"),
        ("3", None, "2.0.5"),
    ],
)
def test_a_release_is_known_by_its_line(name: str, release: str | None, near: str) -> None:
    """The newest of a line is meant; of a number that is not known, the nearest one is told."""
    assert named(name, KNOWN) == release
    assert nearest(name, KNOWN) == near


def test_the_releases_known_are_in_order() -> None:
    """As numbers, not as texts; each is described whole."""
    names = releases.known()
    assert names == sorted(names, key=lambda name: [int(number) for number in name.split(".")])
    for name in names:
        release = releases.load(name)
        assert release.name == name
        assert releases.text_of(release) == (schemas_folder() / "releases" / f"{name}.json").read_text("utf-8")


def test_a_report_with_a_baseline_tells_at_which_level_tests_ended() -> None:
    """That is the baseline's, not the level that binds."""
    assert condensed([a_report(baseline={"level": "MUST"})]).level == "MUST"
    assert condensed([a_report()]).level == "SHOULD"
