"""The HTML report: one self-contained file, for one server or for several side by side.

The page is plain HTML and reads without scripts; the script only filters. The template is ``page.html.jinja``, with
autoescape: text from servers is never markup.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from contract_tests.suite.reports.causes import Cause, causes, in_short, told
from contract_tests.suite.reports.drift import Drift, drift
from contract_tests.suite.reports.standings import of_release
from contract_tests.suite.reports.standings import told as told_of_baseline
from contract_tests.suite.reports.subject import is_of_client, name
from contract_tests.suite.verdicts import Verdict

_HERE = Path(__file__).parent
_FIRST = 10
"""The number of causes that are shown first."""
_BRIEF = 300
"""The number of characters of what was expected and what came, where they are shown with a cause."""
_ROOM = 1_000_000
"""The number of bytes that all texts of findings may have together."""
_TEXTS = 5
"""The number of such texts of a finding: expected, actual, request, reply, script."""
_SHORTEST, _LONGEST = 300, 6000
"""The fewest and the most bytes that one such text may have."""
_DIFFERENCE = "difference"
"""The outcome of a statement below the enforced level that the server does not keep."""
_MARKS = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.SKIP: "–",
    Verdict.NOT_SELECTED: "·",
    Verdict.ERROR: "!",
    _DIFFERENCE: "≠",
}

Report = dict[str, Any]
Entry = dict[str, Any]


def render(reports: list[Report]) -> str:
    """Return the page for one or more reports, the oldest first."""
    rows = _rows(reports)
    sections = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row[0]["section"])]
    findings = sum(entry["found"] is not None for row in rows for entry in row)
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            reports=reports,
            several=len(reports) > 1,
            of_client=any(map(is_of_client, reports)),
            sections=sections,
            everything=[entry for row in rows for entry in row],
            marks=_MARKS,
            difference=_DIFFERENCE,
            first=_FIRST,
            brief=_BRIEF,
            limit=_limit(findings),
            style=_own("page.css"),
            script=_own("page.js"),
        )
    )


def _limit(findings: int) -> int:
    """Return how many bytes a text of a finding may have, so that the page stays small enough to open anywhere."""
    return max(_SHORTEST, min(_LONGEST, _ROOM // max(1, findings * _TEXTS)))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    filters = (name, facts, outcome, counts, headers, pretty, css_class, slug, room, differs, in_short)
    environment.filters.update({one.__name__: one for one in filters}, causes=causes, told=_told, drift=_drift)
    return environment


def _own(name: str) -> Markup:
    """Return a file of this package that is copied into the page without escapes."""
    return Markup((_HERE / name).read_text("utf-8"))  # our own file


def _rows(reports: list[Report]) -> list[list[Entry]]:
    """Return the entries of each statement, one of every report, by section; a report may lack a statement."""
    tables = [{entry["id"]: entry for entry in report["statements"]} for report in reports]
    statements = {name: entry for table in tables for name, entry in table.items()}
    order = {section: rank for rank, section in enumerate(dict.fromkeys(e["section"] for e in statements.values()))}
    absent = {"outcome": str(Verdict.NOT_SELECTED), "reason": "not in this report"}
    rows = [[_complete(table.get(name, {**entry, **absent})) for table in tables] for name, entry in statements.items()]
    return sorted(rows, key=lambda row: order[row[0]["section"]])


def _complete(entry: Entry) -> Entry:
    """Return an entry with all fields that the template reads."""
    found = entry.get("failure") or entry.get("difference")
    return {"reason": "", "page": "", "why": "", "held": 0, "found": found, "release": of_release(entry), **entry}


def facts(report: Report) -> list[tuple[str, object]]:
    """Return how a run was made, as terms and values."""
    settings = report["settings"]
    if client := report.get("client"):
        plain = f"{client['plain_exchanges']} exchanges in {client['plain_seconds']} s"
        own = [("runs", client["runs"]), ("when nothing varies", plain)]
    else:
        own = [("profile", settings["profile"])]
    own += [("baseline", told_of_baseline(report))] if "baseline" in report else []
    others = [("took", f"{report['seconds']} s"), ("at", report["created"]), ("suite", report["suite"])]
    return [("level", settings["level"]), *own, ("seed", settings["seed"]), *others]


def outcome(entry: Entry) -> str:
    """Return the outcome of a statement; one below the level that the server does not keep is a difference."""
    return _DIFFERENCE if "difference" in entry else entry["outcome"]


def counts(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """Return the number of entries of each outcome, without the outcomes that no entry has."""
    found = Counter(map(outcome, entries))
    return [(str(one), found[one]) for one in _MARKS if found[one]]


def headers(sent: Mapping[str, str]) -> str:
    """Return headers as they are on the wire."""
    return "".join(f"{header}: {value}\n" for header, value in sent.items())


def pretty(body: str) -> str:
    """Return a body indented when it is JSON, else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def css_class(word: str) -> str:
    """Return an outcome as the name of a class."""
    return word.replace(" ", "-")


def slug(section: str) -> str:
    """Return the anchor of a section."""
    return "section-" + "".join(char if char.isalnum() else "-" for char in section.lower())


def room(text: str, limit: int) -> str:
    """Return a text, or its beginning and how much is left out; ``limit`` is in bytes as they are in the page."""
    shown = text[:limit]
    size = len(escape(shown).encode())
    if size > limit:
        shown = shown[: limit * len(shown) // size]
    left = len(text) - len(shown)
    return f"{shown}… ({left} more characters in the JSON report)" if left else text


def differs(row: Sequence[Entry]) -> bool:
    """Return whether the servers differ in a statement."""
    return len({outcome(entry) for entry in row}) > 1


def _told(found: Sequence[Cause]) -> str:
    return told(found, _FIRST)


def _drift(before: Report, after: Report) -> list[tuple[str, list[Drift]]]:
    """Return the statements on which two reports differ, by what became of them."""
    return [(str(change), list(those)) for change, those in groupby(drift(before, after), key=lambda one: one.change)]
