"""What releases of Nomad do, condensed from reports on them (``schemas/releases/``).

Several reports on one release make one description. It says of each statement whether it holds, how the release
departs, or why that is not known. It also says where the runs differ: a statement held in some, or they show different
departures.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from contract_tests.statements import schemas_folder
from contract_tests.suite.departures import NOT_REACHED, OWN, Departure, Kind, alike, departure, not_reached

Report: TypeAlias = dict[str, Any]
Entry: TypeAlias = dict[str, Any]

_TOLD_BY_VALUES = (Kind.VALUE, Kind.TEXT)
"""The kinds of departures of which both values say more than the place."""
_FLAGS = ("sometimes", "varies", "once")
_BELOW = re.compile(r"below level \w+(?:; )?")
"""What begins the reason of a statement below the level; the rest says why it was not put to the test."""
FOLDER = "releases"
"""The folder in ``schemas`` with a file for each release."""


@dataclass(frozen=True, slots=True)
class Departures:
    """How a release departs from one statement."""

    seen: Mapping[Departure, tuple[str, str]]
    """The departures of all runs, each with expected and actual in words; "" where the runs tell it
    differently, and where the departure says it all."""
    sometimes: bool = False
    """Whether the statement held in other runs."""
    varies: bool = False
    """Whether the runs do not all show the same departures."""
    once: bool = False
    """Whether a single run shows them, so that nothing is known of what varies."""

    def include(self, found: Departure) -> bool:
        """Return whether a departure is the release's own.

        Where the runs vary it is enough that its kind is; where they may vary, too, unless a field or a header is
        gone. Values that depart in several places depart in others with other requests.
        """
        alike_in_kind = [one for one in self.seen if one.kind == found.kind]
        if found in self.seen or not alike_in_kind:
            return found in self.seen
        several_values = found.kind in _TOLD_BY_VALUES and len(alike_in_kind) > 1
        return self.varies or several_values or (self.once and found.kind not in (Kind.GONE, Kind.HEADER))


@dataclass(frozen=True, slots=True)
class Release:
    """What a release does: every statement is in one of ``holds``, ``departs`` and ``unknown``."""

    name: str
    level: str
    """The lowest level whose violations ended a test."""
    runs: Sequence[Mapping[str, Any]] = ()
    """How the reports were made."""
    holds: frozenset[str] = frozenset()
    departs: Mapping[str, Departures] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Why it is not known of a statement whether it holds."""
    additions: Mapping[str, bool] = field(default_factory=dict)
    """What it answers beyond the contract, and whether every run saw it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the release as JSON data; equal releases make equal data."""
        return {
            "release": self.name,
            "level": self.level,
            "runs": list(self.runs),
            "departs": {name: _departures_as_dict(found) for name, found in sorted(self.departs.items())},
            "additions": {
                "every_run": [name for name, always in sorted(self.additions.items()) if always],
                "some_runs": [name for name, always in sorted(self.additions.items()) if not always],
            },
            "unknown": dict(sorted(self.unknown.items())),
            "holds": sorted(self.holds),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Release":
        """Return the release that ``as_dict`` described."""
        return Release(
            data["release"],
            data["level"],
            data["runs"],
            frozenset(data["holds"]),
            {name: _departures_from_dict(one) for name, one in data["departs"].items()},
            data["unknown"],
            {name: always == "every_run" for always, names in data["additions"].items() for name in names},
        )


def condensed(reports: Sequence[Report]) -> Release:
    """Return what a release does, from one or more reports on it, in whatever order.

    Raises:
        ValueError: The reports are on servers of several versions, or of runs at several levels.
    """
    names, levels = {one["target"]["version"] for one in reports}, {_level(one) for one in reports}
    for what, values in (("versions", names), ("levels", levels)):
        if len(values) != 1:
            raise ValueError(f"the reports are of several {what}: {', '.join(sorted(values))}")
    entries: dict[str, list[Entry]] = {}
    for report in reports:
        for entry in report["statements"]:
            entries.setdefault(entry["id"], []).append(entry)
    departs = {name: found for name, of_it in entries.items() if (found := _departures(of_it))}
    holds = frozenset(name for name, of_it in entries.items() if name not in departs and any(map(held, of_it)))
    rest = entries.keys() - departs.keys() - holds
    seen = [{one["what"] for one in report["additions"]} for report in reports]
    return Release(
        names.pop(),
        levels.pop(),
        sorted(map(_run, reports), key=lambda run: [str(value) for value in run.values()]),
        holds,
        departs,
        {name: min(map(_why, entries[name])) for name in rest},
        {what: all(what in those for those in seen) for what in set().union(*seen)},
    )


def finding_in(entry: Entry) -> dict[str, Any] | None:
    """Return the departure that an entry of a report shows, unless that is another statement's."""
    found: dict[str, Any] | None = entry.get("failure") or entry.get("difference")
    return None if found is None or NOT_REACHED.match(found["actual"]) else found


def held(entry: Entry) -> bool:
    """Return whether a statement was held against an exchange, and held each time; also one below the level."""
    return not finding_in(entry) and (entry["outcome"] == "pass" or bool(entry.get("held")))


def known() -> list[str]:
    """Return the releases that are described, the oldest first."""
    folder = schemas_folder() / FOLDER
    names = (file.name.removesuffix(".json") for file in folder.iterdir()) if folder.is_dir() else iter(())
    return sorted(names, key=_numbers)


def load(name: str) -> Release:
    """Return the description of a release that is known under this name."""
    return Release.from_dict(json.loads((schemas_folder() / FOLDER / f"{name}.json").read_text("utf-8")))


def named(name: str, releases: Sequence[str]) -> str | None:
    """Return the release of this name, or the newest of this line, such as 1.10; None when there is none."""
    wanted = name.removeprefix("v")
    return next((one for one in reversed(releases) if one == wanted or one.startswith(f"{wanted}.")), None)


def nearest(name: str, releases: Iterable[str]) -> str:
    """Return the release whose number is nearest to one that is not known."""
    wanted = [*_numbers(name), 0, 0, 0][:3]

    def distance(release: str) -> list[int]:
        return [abs(one - other) for one, other in zip(_numbers(release), wanted, strict=False)]

    return min(releases, key=distance)


def text_of(release: Release) -> str:
    """Return the text of a release's file."""
    return json.dumps(release.as_dict(), indent=2, ensure_ascii=False) + "\n"


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", name)]


def _level(report: Report) -> str:
    """Return the level at which tests ended: of a run with a baseline, that of the baseline."""
    return str((report.get("baseline") or report["settings"])["level"])


def _run(report: Report) -> dict[str, Any]:
    settings = report["settings"]
    how = {name: settings[name] for name in ("profile", "seed", "placement")}
    return {**how, "date": report["created"][: len("2026-11-30")], "suite": report["suite"]}


def _departures(entries: Sequence[Entry]) -> Departures | None:
    """Return how a release departs from a statement, from its entries in all reports; None when it does not."""
    runs = [_departures_in(entry) for entry in entries if finding_in(entry)]
    if not runs:
        return None
    found = {
        one: [run[one] for run in runs if one in run]
        for one in sorted({departure for run in runs for departure in run})
    }
    seen = {
        one: (alike(each["expected"] for each in those), alike(each["actual"] for each in those))
        if one.kind in _TOLD_BY_VALUES
        else ("", "")
        for one, those in found.items()
    }
    varies = any(run.keys() != found.keys() for run in runs)
    return Departures(seen, sometimes=any(map(held, entries)), varies=varies, once=len(runs) == 1)


def _departures_in(entry: Entry) -> dict[Departure, dict[str, Any]]:
    """Return every departure of an entry; of one in a report of an older suite, that of the finding shown."""
    if several := entry.get("departures"):
        return {Departure(one["kind"], one["where"]): one for one in several}
    finding = finding_in(entry)
    return {departure(finding): finding} if finding else {}


def _why(entry: Entry) -> str:
    """Return why it is not known of an entry whether its statement holds, without what differs from run to run."""
    found = entry.get("failure") or entry.get("difference")
    told: str = found["actual"] if found else _BELOW.sub("", entry.get("reason", ""))
    if cause := NOT_REACHED.match(told):
        return not_reached(cause[1])
    return OWN.sub("…", told) or "nothing put it to the test"


def _departures_as_dict(found: Departures) -> dict[str, Any]:
    departures = [
        asdict(one) | {name: text for name, text in zip(("expected", "actual"), told, strict=True) if text}
        for one, told in found.seen.items()
    ]
    flags = {name: True for name in _FLAGS if getattr(found, name)}
    return {"departures": departures, **flags}


def _departures_from_dict(data: Mapping[str, Any]) -> Departures:
    seen = {
        Departure(one["kind"], one["where"]): (one.get("expected", ""), one.get("actual", ""))
        for one in data["departures"]
    }
    return Departures(seen, **{name: data.get(name, False) for name in _FLAGS})
