"""A baseline: a server is judged by what a release does, where that departs from the contract.

What the release keeps binds, whether the page says it or it was only observed. Where the release departs, the same
departure fails nothing, another one does. What is not known of the release is judged by the page alone.
"""

import enum
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contract_tests.findings import ContractViolation
from contract_tests.statements import Level
from contract_tests.suite import cli_arguments as given_as
from contract_tests.suite import releases
from contract_tests.suite.departures import NOT_REACHED, Departure, departure, departures_of, not_reached
from contract_tests.suite.releases import Departures, Release
from contract_tests.suite.verdicts import Outcome, Verdict
from nomad_contract_spelling import did_you_mean

_MOST = 4
"""The number of departures of a release that are told of one statement."""


class Standing(enum.StrEnum):
    """How a server compares with a release in a statement in which one of them departs."""

    SAME = "as the release"
    """Both depart in the same way."""
    OTHERWISE = "otherwise than the release"
    """Both depart, in different ways."""
    ALONE = "kept by the release"
    """The server departs, the release does not."""
    KEPT = "kept here alone"
    """The server keeps what the release breaks."""
    UNKNOWN = "not known of the release"
    """The server departs; no run on the release put it to the test."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a server is judged by."""

    release: Release

    def excuses(self, finding: dict[str, Any]) -> bool:
        """Return whether a violation, with its ``statement``, is one that a server with this baseline may show."""
        name = finding["statement"]
        return self._standing(name, finding) == Standing.SAME

    def has(self, name: str, departures: Sequence[dict[str, str]]) -> bool:
        """Return whether the release has all of these departures, too, from the statement of this name."""
        own = self.release.departs.get(name)
        return own is not None and all(own.include(Departure(one["kind"], one["where"])) for one in departures)

    def judged(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes by the baseline: a departure of the release itself is a difference, not a failure."""
        return [self._judged(one) for one in outcomes]

    def as_dict(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """Return what a report says of its baseline."""
        counts = Counter(one.baseline["standing"] for one in outcomes if one.baseline)
        return {
            "release": self.release.name,
            "level": self.release.level,
            "runs": len(self.release.runs),
            "standings": {str(one): counts[str(one)] for one in Standing},
        }

    def _judged(self, outcome: Outcome) -> Outcome:
        name, found = outcome.statement.id, outcome.failure or outcome.difference
        own = self.release.departs.get(name)
        does = _told(own) if own else []
        if found is None:
            kept = own is not None and not own.sometimes and outcome.verdict == Verdict.PASS
            return replace(outcome, baseline={"standing": str(Standing.KEPT), "does": does}) if kept else outcome
        standing = self._standing(name, found, outcome.departures)
        judged = replace(outcome, baseline={"standing": str(standing), "does": does})
        if standing == Standing.SAME:
            return replace(judged, **_excused(found), reason=f"as {self.release.name} does")
        if standing == Standing.UNKNOWN and outcome.statement.level < Level[self.release.level]:
            why = self.release.unknown.get(name, "it is not in the reports")
            return replace(judged, **_excused(found), reason=f"not known of {self.release.name}: {why}")
        return judged

    def _standing(self, name: str, found: dict[str, Any], more: Sequence[dict[str, str]] = ()) -> Standing:
        own = self.release.departs.get(name)
        if cause := NOT_REACHED.match(found["actual"]):
            known = Standing.ALONE if name in self.release.holds else Standing.UNKNOWN
            return Standing.SAME if self.release.unknown.get(name) == not_reached(cause[1]) else known
        if own:
            own_alone = self.has(name, more) if more else own.include(departure(found))
            return Standing.SAME if own_alone else Standing.OTHERWISE
        return Standing.ALONE if name in self.release.holds else Standing.UNKNOWN


def shown(violations: Sequence[ContractViolation], baseline: Baseline | None) -> dict[str, Any]:
    """Return, as JSON data, the violation to show of those of one statement.

    It is the first, or the smallest that the baseline does not excuse; ``excused`` says that it excuses all.
    """
    if baseline is None:
        return violations[0].as_dict()
    for one in sorted(violations, key=lambda violation: violation.size):
        if not baseline.has(one.statement, departures_of([one])):
            return one.as_dict()
    return violations[0].as_dict() | {"excused": True}


def baseline_named(name: str) -> Baseline:
    """Return the baseline that is a known release, such as ``1.10``, or a file or folder of JSON reports.

    Raises:
        Mistake: There is no such release and no such file; or the file holds no report, or those of several servers.
    """
    if is_place(name):
        return Baseline(_reported(Path(name)))
    names = releases.known()
    if found := releases.named(name, names):
        return Baseline(releases.load(found))
    near = f"{did_you_mean(releases.nearest(name, names))} There" if re.search(r"\d", name) else "there"
    files = "a file of a report ends in .json, a folder of them in a slash"
    raise given_as.Mistake(f"--baseline: no release {name!r} is known; {near} are {', '.join(names)}; {files}")


def is_place(name: str) -> bool:
    """Return whether the name of a baseline means a file or a folder of reports, not a release."""
    return name.endswith(".json") or Path(name).name != name


def located(name: str, folder: Path) -> str:
    """Return the name of a baseline; a file or a folder of reports is relative to ``folder`` before, absolute after."""
    return str(folder / name) if is_place(name) else name


def _reported(path: Path) -> Release:
    given_as.need_files(**({} if path.is_dir() else {"baseline": str(path)}))
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise given_as.Mistake(f"--baseline: there is no report in {str(path)!r}")
    reports = [(str(file), given_as.report(str(file))) for file in files]
    given_as.need_alike([("the server to check", None), *reports])
    try:
        return releases.condensed([report for _, report in reports])
    except ValueError as problem:
        raise given_as.Mistake(f"--baseline: {problem}") from None


def _excused(found: dict[str, Any]) -> dict[str, Any]:
    return {"verdict": Verdict.NOT_SELECTED, "failure": None, "difference": found}


def _told(own: Departures) -> list[str]:
    """Return what a release does, in words."""
    told = [f"{one} ({actual})" if actual else str(one) for one, (_, actual) in own.seen.items()]
    more = [f"and {len(told) - _MOST} other departures"] if len(told) > _MOST else []
    return told[:_MOST] + more
