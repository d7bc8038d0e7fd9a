"""The HTML report: one self-contained file, for one server or for several side by side.

Everything is in the page as plain HTML, so it reads without scripts; the script only filters.
"""

import json
from collections import Counter
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from contract_tests.suite.verdicts import Verdict

_HERE = Path(__file__).parent
_DIFFERENCE = "difference"
"""How a statement below the enforced level shows that the server does otherwise."""
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
    title = " and ".join(_name(report) for report in reports)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Nomad job contract: {escape(title)}</title>",
        f"<style>{(_HERE / 'page.css').read_text('utf-8')}</style></head><body>",
        "<header><h1>Nomad <code>/v1/job</code> contract</h1>",
        *(_target(report) for report in reports),
        "</header>",
        _filters(reports, rows),
        "<main>",
        _overview(reports, rows),
        *(_section(name, list(group), reports) for name, group in groupby(rows, key=lambda row: row[0]["section"])),
        *(_additions(report) for report in reports),
        "</main>",
        f"<script>{(_HERE / 'page.js').read_text('utf-8')}</script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _rows(reports: list[Report]) -> list[list[Entry]]:
    """For each statement its entry in every report, in the order of the first; a report may lack one."""
    tables = [{entry["id"]: entry for entry in report["statements"]} for report in reports]
    statements = {name: entry for table in tables for name, entry in table.items()}
    order = {section: rank for rank, section in enumerate(dict.fromkeys(e["section"] for e in statements.values()))}
    absent = {"outcome": str(Verdict.NOT_SELECTED), "reason": "not in this report"}
    rows = [[table.get(name, {**entry, **absent}) for table in tables] for name, entry in statements.items()]
    return sorted(rows, key=lambda row: order[row[0]["section"]])


def _name(report: Report) -> str:
    return f"{report['target']['address']} ({report['target']['version'] or 'no version told'})"


def _outcome(entry: Entry) -> str:
    return _DIFFERENCE if "difference" in entry else entry["outcome"]


def _target(report: Report) -> str:
    totals, settings = report["totals"], report["settings"]
    broken, errors = totals["fail"], totals["error"]
    verdict = "fail" if broken else "error" if errors else "pass"
    said = (
        f"{broken} of {_checked(totals)} statements do not hold" if broken else f"all {_checked(totals)} checked hold"
    )
    if errors:
        said += f"; {errors} could not be judged, by a fault of the suite"
    facts = {
        "level": settings["level"],
        "profile": settings["profile"],
        "seed": settings["seed"],
        "took": f"{report['seconds']} s",
        "at": report["created"],
        "suite": report["suite"],
    }
    details = "".join(f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts.items())
    return (
        f'<article class="target {verdict}"><h2>{escape(_name(report))}</h2>'
        f"<p><strong>{_pill(verdict)} {said}</strong></p>{_differing(totals)}<dl>{details}</dl></article>"
    )


def _differing(totals: dict[str, int]) -> str:
    """Return what differences mean, where there are any."""
    if not totals["differences"]:
        return ""
    return (
        f"<p>{_pill(_DIFFERENCE)} {totals['differences']} statements observed on 0.5.4 are otherwise here; "
        "the page does not promise them, so none of them fails.</p>"
    )


def _checked(totals: dict[str, int]) -> int:
    return totals["pass"] + totals["fail"]


def _filters(reports: list[Report], rows: list[list[Entry]]) -> str:
    counts = Counter(_outcome(entry) for row in rows for entry in row)
    buttons = "".join(
        f'<button type="button" aria-pressed="true" data-outcome="{_class(outcome)}">'
        f"{mark} {outcome} <b>{counts[outcome]}</b></button>"
        for outcome, mark in _MARKS.items()
        if counts[outcome]
    )
    levels = "".join(f"<option>{level}</option>" for level in ("MUST", "SHOULD", "MAY"))
    hint = "of any server" if len(reports) > 1 else ""
    return (
        '<nav aria-label="Filter"><label>Find <input type="search" placeholder="id or text"></label>'
        f'<label>Level <select><option value="">all</option>{levels}</select></label>'
        f'<span class="outcomes" role="group" aria-label="Outcomes {hint}">{buttons}</span>'
        '<output aria-live="polite"></output></nav>'
    )


def _overview(reports: list[Report], rows: list[list[Entry]]) -> str:
    head = "".join(f"<th>{escape(_name(report))}</th>" for report in reports)
    body = ""
    for name, group in groupby(rows, key=lambda row: row[0]["section"]):
        of_section = list(group)
        cells = "".join(_bar([row[column] for row in of_section]) for column in range(len(reports)))
        body += f'<tr><th scope="row"><a href="#{_slug(name)}">{escape(name)}</a></th>{cells}</tr>'
    return (
        '<section id="overview"><h2>Overview</h2><div class="wide"><table class="overview">'
        f"<thead><tr><th>Section</th>{head}</tr></thead><tbody>{body}</tbody></table></div></section>"
    )


def _bar(entries: list[Entry]) -> str:
    counts = Counter(_outcome(entry) for entry in entries)
    shown = [(outcome, counts[outcome]) for outcome in _MARKS if counts[outcome]]
    parts = "".join(f'<i class="{_class(outcome)}" style="flex:{count}"></i>' for outcome, count in shown)
    words = ", ".join(f"{count} {outcome}" for outcome, count in shown)
    return f'<td><span class="bar" aria-hidden="true">{parts}</span><small>{words}</small></td>'


def _section(name: str, rows: list[list[Entry]], reports: list[Report]) -> str:
    head = "".join(f"<th>{escape(_name(report)) if len(reports) > 1 else 'Outcome'}</th>" for report in reports)
    return (
        f'<section id="{_slug(name)}" class="statements"><h2>{escape(name)}</h2><div class="wide"><table>'
        f"<thead><tr><th>Level</th><th>Statement</th>{head}</tr></thead>"
        f"{''.join(_statement(row, reports) for row in rows)}</table></div></section>"
    )


def _statement(row: list[Entry], reports: list[Report]) -> str:
    entry = row[0]
    outcomes = " ".join(_class(_outcome(each)) for each in row)
    cells = "".join(f"<td>{_pill(_outcome(each))}{_reason(each)}</td>" for each in row)
    found = "".join(_finding(each, report, len(reports)) for each, report in zip(row, reports, strict=True))
    detail = f'<tr class="detail"><td colspan="{2 + len(row)}">{found}</td></tr>' if found else ""
    return (
        f'<tbody data-level="{entry["level"]}" data-outcomes="{outcomes}" id="{escape(entry["id"])}">'
        f'<tr><td class="level">{entry["level"]}</td><td><p>{escape(entry["text"])}</p>'
        f"<code>{escape(entry['id'])}</code> <small>{escape(entry['source'])}</small></td>{cells}</tr>{detail}</tbody>"
    )


def _reason(entry: Entry) -> str:
    return f"<small>{escape(entry['reason'])}</small>" if entry.get("reason") else ""


def _finding(entry: Entry, report: Report, servers: int) -> str:
    found = entry.get("failure") or entry.get("difference")
    if not found:
        return ""
    where = f" on {escape(_name(report))}" if servers > 1 else ""
    exchange = found["exchange"]
    return (
        f"<details open><summary>What happened{where}</summary>"
        f'<div class="pair"><div><h3>Expected</h3><pre>{escape(found["expected"])}</pre></div>'
        f"<div><h3>Actual</h3><pre>{escape(found['actual'])}</pre></div></div>"
        f"{_exchange(exchange) if exchange else ''}</details>"
    )


def _exchange(exchange: dict[str, Any]) -> str:
    request, reply = exchange["request"], exchange["reply"]
    sent = f"{request['method']} {request['target']}\n{_headers(request['headers'])}\n{_pretty(request['body'])}"
    status = "no answer" if reply["status"] is None else reply["status"]
    came = f"{status}\n{_headers(reply['headers'])}\n{_pretty(reply['body'])}"
    return (
        f'<div class="pair"><div><h3>Request</h3><pre>{escape(sent)}</pre></div>'
        f"<div><h3>Reply, after {reply['milliseconds']} ms</h3><pre>{escape(came)}</pre></div></div>"
        f"<h3>Again with curl</h3><pre>{escape(exchange['curl'])}</pre>"
    )


def _headers(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _additions(report: Report) -> str:
    if not report["additions"]:
        return ""
    items = "".join(
        f"<li><code>{escape(each['what'])}</code> <small>{escape(each['example'])}</small></li>"
        for each in report["additions"]
    )
    return (
        f"<section><h2>Beyond the page: {escape(_name(report))}</h2>"
        f"<p>The server answers more than is documented; that breaks nothing.</p><ul>{items}</ul></section>"
    )


def _pill(outcome: str) -> str:
    return f'<span class="pill {_class(outcome)}"><span aria-hidden="true">{_MARKS[outcome]}</span> {outcome}</span>'


def _class(outcome: str) -> str:
    return outcome.replace(" ", "-")


def _slug(section: str) -> str:
    return "section-" + "".join(char if char.isalnum() else "-" for char in section.lower())
