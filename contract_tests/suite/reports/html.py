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
from markupsafe import Markup

from contract_tests.suite.verdicts import Verdict

_HERE = Path(__file__).parent
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
    """Return the page for one or more reports."""
    rows = _rows(reports)
    sections = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row[0]["section"])]
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            reports=reports,
            sections=sections,
            everything=[entry for row in rows for entry in row],
            marks=_MARKS,
            difference=_DIFFERENCE,
            style=_own("page.css"),
            script=_own("page.js"),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters.update(
        name=_name, outcome=_outcome, counts=_counts, headers=_headers, pretty=_pretty, css_class=_css_class, slug=_slug
    )
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
    return {"reason": "", "found": entry.get("failure") or entry.get("difference"), **entry}


def _name(report: Report) -> str:
    return f"{report['target']['address']} ({report['target']['version'] or 'no version told'})"


def _outcome(entry: Entry) -> str:
    return _DIFFERENCE if "difference" in entry else entry["outcome"]


def _counts(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """Return the number of entries of each outcome, without the outcomes that no entry has."""
    counts = Counter(map(_outcome, entries))
    return [(str(outcome), counts[outcome]) for outcome in _MARKS if counts[outcome]]


def _headers(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _css_class(outcome: str) -> str:
    return outcome.replace(" ", "-")


def _slug(section: str) -> str:
    return "section-" + "".join(char if char.isalnum() else "-" for char in section.lower())
