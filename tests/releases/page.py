"""The page about releases: what of the page of 0.5 holds on each of them, and what they do instead."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from contract_tests.statements import Level, Statement, catalogue
from contract_tests.suite.departures import Departure, Kind
from contract_tests.suite.releases import Departures, Release

HEAD = """# What holds on the releases of Nomad

This page says what of the contract of Nomad 0.5 a client can rely on today. Each release below was built from source
and checked with `nomad-contract check`; `python -m tests.releases` makes this page from the reports.
[Check a server](../guides/check-a-server.md#judge-a-server-by-a-release) tells how a server is judged by one of them.
"""
_MARKS = """In the tables a release has one of these marks:

| mark | meaning |
|---|---|
| ✓ | the statement holds |
| ✗ | the release does something else |
| ± | it held in some runs and not in others: it depends on chance, or on how busy the server is |
| · | no run put it to the test, for a reason that the [end of this page](#not-known) names |

Releases that have the same mark in every row share a column.
"""
_HOLDS, _DEPARTS, _SOMETIMES, _UNKNOWN = "✓", "✗", "±", "·"
_MOST_WAYS = 3
"""The number of ways to depart that are told of one statement."""
_MOST_NAMES = 16
"""The number of fields that are told which are gone, or added."""
_MOST_PLACES = 3
"""The number of places, or of texts, that are told of one way."""


def page(releases: Sequence[Release]) -> str:
    """Return the page; the releases come in their order, the oldest first."""
    statements = list(catalogue().values())
    parts = [
        HEAD,
        *_reliable(releases, statements),
        *_changed(releases, statements, Level.MUST, "What the page says, and a release does not do"),
        *_changed(releases, statements, Level.SHOULD, "What was observed on 0.5.4, and a release does not do"),
        *_additions(releases),
        *_runs(releases),
        *_varying(releases),
        *_not_known(releases),
    ]
    return "\n".join(parts).rstrip() + "\n"


def mark(release: Release, statement: str) -> str:
    """Return whether a statement holds on a release, as one sign."""
    if found := release.departs.get(statement):
        return _SOMETIMES if found.sometimes else _DEPARTS
    return _HOLDS if statement in release.holds else _UNKNOWN


def _reliable(releases: Sequence[Release], statements: Sequence[Statement]) -> Iterator[str]:
    marks = {one.id: {mark(release, one.id) for release in releases} for one in statements}
    must = [one for one in statements if one.level == Level.MUST]
    everywhere = [one for one in must if marks[one.id] == {_HOLDS}]
    broken = [one for one in must if marks[one.id] & {_DEPARTS, _SOMETIMES}]
    yield "## What you can rely on\n"
    yield (
        f"Of the {len(must)} statements that the page makes, {len(everywhere)} hold on every release from "
        f"{releases[0].name} to {releases[-1].name}, and {len(broken)} do not.\n"
    )
    kinds = [f"{kind} | holds everywhere | changed" for kind in ("the page says", "observed on 0.5.4")]
    yield f"| operation or subject | {' | '.join(kinds)} |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for section, group in groupby(statements, key=lambda one: one.section):
        of_it = list(group)
        cells = []
        for level in (Level.MUST, Level.SHOULD):
            those = [marks[one.id] for one in of_it if one.level == level]
            changed = sum(bool(found & {_DEPARTS, _SOMETIMES}) for found in those)
            cells += [len(those), sum(found == {_HOLDS} for found in those), changed]
        yield f"| {section} | {' | '.join(str(number) if number else '–' for number in cells)} |"
    yield "\nWhat holds on every release, of what the page says:\n"
    for section, group in groupby(everywhere, key=lambda one: one.section):
        lines = [f"- {_cell(one.text)} (`{one.id}`)" for one in group]
        yield f"**{section}**\n\n" + "\n".join(lines) + "\n"


def _changed(releases: Sequence[Release], statements: Sequence[Statement], level: Level, title: str) -> Iterator[str]:
    changed = [
        one for one in statements if one.level == level and any(one.id in release.departs for release in releases)
    ]
    yield f"## {title}\n"
    if level == Level.MUST:
        yield _MARKS
    columns = _columns(releases, changed)
    for section, group in groupby(changed, key=lambda one: one.section):
        yield f"### {section}{'' if level == Level.MUST else ' (observed)'}\n"
        yield f"| statement | first | instead | {' | '.join(map(_heading, columns))} |"
        yield f"|---|---|---|{':-:|' * len(columns)}"
        for one in group:
            first = next(release.name for release in releases if one.id in release.departs)
            marks = " | ".join(mark(column[0], one.id) for column in columns)
            yield f"| {_cell(one.text)} `{one.id}` | {first} | {_instead(releases, one.id)} | {marks} |"
        yield ""


def _columns(releases: Sequence[Release], statements: Sequence[Statement]) -> list[list[Release]]:
    """Return neighbouring releases together that have the same mark for each of these statements."""
    return [
        list(group)
        for _, group in groupby(releases, key=lambda release: tuple(mark(release, one.id) for one in statements))
    ]


def _heading(column: Sequence[Release]) -> str:
    return column[0].name if len(column) == 1 else f"{column[0].name} to {column[-1].name}"


def _instead(releases: Sequence[Release], statement: str) -> str:
    """Return what the releases do, and of a later one what none before it does."""
    known: set[Departure] = set()
    ways: list[str] = []
    first = next(release.name for release in releases if statement in release.departs)
    for release in releases:
        if found := release.departs.get(statement):
            new = {one: told for one, told in found.seen.items() if one not in known}
            ways += [way if release.name == first else f"{release.name}: {way}" for way in _ways(Departures(new))]
            known |= new.keys()
    more = [f"and {len(ways) - _MOST_WAYS} more"] if len(ways) > _MOST_WAYS else []
    return "<br>".join([*ways[:_MOST_WAYS], *more])


def _ways(found: Departures) -> Iterator[str]:
    """Yield what a release does, once for each kind of departure."""
    for kind, group in groupby(found.seen.items(), key=lambda one: one[0].kind):
        places = [*dict.fromkeys(filter(None, (_place(departure, *told) for departure, told in group)))]
        most = _MOST_NAMES if kind in (Kind.GONE, Kind.ADDED) else _MOST_PLACES
        more = f" and {len(places) - most} more" if len(places) > most else ""
        yield f"{kind}: {', '.join(places[:most])}{more}" if places else kind


def _place(departure: Departure, expected: str, actual: str) -> str:
    """Return where a release departs, with both values where they say more than the place; "" for nowhere."""
    if departure.kind in (Kind.GONE, Kind.ADDED):
        name = departure.where.rpartition(".")[2]
        return f"`{departure.where if name in ('[]', '*') or name.endswith('[]') else name}`"
    differ = expected and actual and expected != actual
    if departure.kind in (Kind.VALUE, Kind.TEXT) and differ:
        is_place = departure.where and " → " not in departure.where
        values = (
            f"`{_code(_value(expected) if is_place else expected)}` → `{_code(_value(actual) if is_place else actual)}`"
        )
        return f"`{departure.where}` {values}" if is_place else values
    return f"`{_code(departure.where)}`" if departure.where else ""


def _value(told: str) -> str:
    """Return a value without its place, which is told before."""
    return told.partition(": ")[2] or told


def _additions(releases: Sequence[Release]) -> Iterator[str]:
    yield "## What releases add\n"
    yield "No reply of 0.5.4 has these members. A client that ignores what it does not know can do without them.\n"
    yield "| since | additions |\n|---|---|"
    known: set[str] = set()
    for release in releases:
        new = sorted(release.additions.keys() - known)
        known |= release.additions.keys()
        if new:
            yield f"| {release.name} | {', '.join(f'`{_code(what)}`' for what in new)} |"
    gone = sorted(known - releases[-1].additions.keys())
    if gone:
        names = ", ".join(f"`{_code(what)}`" for what in gone)
        yield f"\nNot met on {releases[-1].name}, or not asked for by its runs: {names}."
    yield ""


def _runs(releases: Sequence[Release]) -> Iterator[str]:
    yield "## How it was measured\n"
    yield "| release | runs | date | seeds | holds | departs | differs from run to run | not known | additions |"
    yield "|---|---:|---|---|---:|---:|---:|---:|---:|"
    for release in releases:
        dates, seeds = ({str(run[name]) for run in release.runs} for name in ("date", "seed"))
        unsteady = sum(one.sometimes or one.varies for one in release.departs.values())
        numbers = (len(release.holds), len(release.departs), unsteady, len(release.unknown), len(release.additions))
        facts = (release.name, len(release.runs), ", ".join(sorted(dates)), ", ".join(sorted(seeds)), *numbers)
        yield f"| {' | '.join(map(str, facts))} |"
    yield ""


def _varying(releases: Sequence[Release]) -> Iterator[str]:
    yield "## Not the same in every run\n"
    yield "A statement that held in some runs on a release and not in others, or departed in several ways:\n"
    yield "| statement | held in some runs | departs in several ways |\n|---|---|---|"
    for statement in catalogue().values():
        found = {release.name: release.departs[statement.id] for release in releases if statement.id in release.departs}
        sometimes = ", ".join(name for name, one in found.items() if one.sometimes)
        varies = ", ".join(name for name, one in found.items() if one.varies)
        if sometimes or varies:
            yield f"| `{statement.id}` | {sometimes or '–'} | {varies or '–'} |"
    yield ""


def _not_known(releases: Sequence[Release]) -> Iterator[str]:
    yield "## Not known\n"
    yield "| statement | release | why |\n|---|---|---|"
    for statement in catalogue():
        by_reason: dict[str, list[str]] = {}
        for release in releases:
            if mark(release, statement) == _UNKNOWN:
                why = release.unknown.get(statement, "the statement is newer than the reports")
                by_reason.setdefault(why, []).append(release.name)
        for why, names in by_reason.items():
            everywhere = len(names) == len(releases)
            yield f"| `{statement}` | {'all' if everywhere else ', '.join(names)} | {_cell(why)} |"


def _cell(text: str) -> str:
    """Return a text as Markdown shows it in a cell."""
    escaped = " ".join(text.split())
    for character in "\\|<>*_[]$":
        escaped = escaped.replace(character, f"\\{character}")
    return escaped


def _code(text: str) -> str:
    """Return a text that can stand between backticks in a cell."""
    return text.replace("`", "'").replace("|", "\\|")
