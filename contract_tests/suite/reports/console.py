"""A report as text for a terminal: what to mend first, and the totals; every failure when asked for."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from contract_tests.suite.baseline import Standing
from contract_tests.suite.reports.causes import Cause, causes, expected_and_actual, in_short, one_line, told
from contract_tests.suite.reports.ink import Ink
from contract_tests.suite.reports.standings import compared, of_release
from contract_tests.suite.reports.standings import told as told_of_baseline
from contract_tests.suite.reports.subject import name, verdict
from contract_tests.words import shortened

Report: TypeAlias = dict[str, Any]
Entry: TypeAlias = dict[str, Any]

_DIFFERENCES = "observed on 0.5.4, not promised by the page, so none fails; --level should has them fail"
_FIRST = 5
"""The number of causes that are shown; with them a report on any server fits on a screen."""
_REASONS = 3
"""The number of reasons of skips that are shown."""
_COLOURS = {"pass": "green", "fail": "red", "error": "red", "skip": "dim", "not selected": "dim"}


def summary(report: Report, ink: Ink, *, width: int, verbose: bool) -> str:
    """Return the text that ends a run; no line is longer than ``width``, unless all is asked for with ``verbose``."""
    found = causes(report)
    lines: list[str] = []
    if verbose:
        for entry in report["statements"]:
            if entry.get("failure"):
                lines += [ink.red("FAIL ") + explain(entry, entry["failure"]), ""]
        for entry in compared(report, Standing.SAME, Standing.KEPT):
            lines.append(f"{entry['baseline']['standing']}: {entry['id']} ({entry['level']}): {of_release(entry)}")
    if found:
        lines += [ink.bold(shortened(f"Mend these first: {told(found, _FIRST)}", width)), ""]
        for number, cause in enumerate(found[:_FIRST], 1):
            lines += _cause(number, cause, ink, width)
        lines.append("")
    lines += [*_totals(report, ink, width), *_notes(report, ink, width)]
    if found and not verbose:
        lines.append(shortened("Every failure, and a script that repeats it: -v or --report-html FILE", width))
    return "\n".join(lines) + "\n"


def explain(entry: Entry, finding: dict[str, Any]) -> str:
    """Return a finding as text: the statement, expected against actual, the reply, and the script that repeats it."""
    lines = [
        f"{entry['id']} ({entry['level']}; {entry['source']})",
        f"  {entry['text']}",
        f"  expected: {finding['expected']}",
        f"  actual:   {finding['actual']}",
    ]
    if release := of_release(entry):
        lines.append(f"  release:  {release}")
    exchange = finding["exchange"]
    if exchange:
        lines += [f"  reply:    {_reply(exchange['reply'])}", "  again, from nothing:"]
        lines.append(textwrap.indent(exchange["curl"], "    "))
    return "\n".join(lines)


def _cause(number: int, cause: Cause, ink: Ink, width: int) -> Iterator[str]:
    entry = cause.example
    finding = entry["failure"]
    unreached = f", {len(cause.unreached)} not reached" if cause.unreached else ""
    yield ink.red(shortened(f"{number:>2}. {cause.title}", width))
    yield shortened(f"    {len(cause.failing)} fail{unreached}, such as {entry['id']} ({entry['level']})", width)
    expected, actual = expected_and_actual(finding)
    yield shortened(f"    expected {expected}", width)
    yield shortened(f"    actual   {actual}", width)
    if release := of_release(entry):
        yield shortened(f"    release  {one_line(release)}", width)
    if exchange := finding["exchange"]:
        yield ink.dim(shortened(f"    {in_short(exchange)}", width))


def _totals(report: Report, ink: Ink, width: int) -> Iterator[str]:
    totals, settings = report["totals"], report["settings"]
    colour = "red" if totals["fail"] else "green" if totals["pass"] else ""
    yield f"The contract {ink.of(colour, verdict(report))} on {shortened(name(report), max(width - 40, 40))}"
    yield f"  {counted(totals, ink)}"
    added = len(report["additions"])
    beyond = [f"{added} unknown field{'s' if added > 1 else ''} in replies"] if added else []
    seed = settings["seed"] or "random"
    told_of = [f"level {settings['level']}", f"profile {settings['profile']}", *beyond, f"{report['seconds']:.1f} s"]
    yield shortened(f"  {', '.join(told_of)}, seed {seed}", width)


def counted(totals: dict[str, int], ink: Ink) -> str:
    """Return how many statements have each outcome."""
    return ", ".join(
        ink.of(_COLOURS[outcome], f"{totals[outcome]} {outcome}") for outcome in _COLOURS if totals[outcome]
    )


def _notes(report: Report, ink: Ink, width: int) -> Iterator[str]:
    if cut := report.get("cut_short"):
        share = f"{cut['unchecked']} statements, {cut['unchecked_must']} of them MUST, were {cut['reason']}"
        yield ink.red(shortened(f"CUT SHORT: {share}", width))
    if busy := report.get("busy_seconds"):
        yield f"  waited {busy:g} s because the server was too busy (429 or 503 with Retry-After)"
    if report.get("baseline"):
        yield from textwrap.wrap(f"  {told_of_baseline(report)}", width, subsequent_indent="  ")
    elif differences := report["totals"]["differences"]:
        yield shortened(f"  {differences} differences ({_DIFFERENCES})", width)
    skipped = Counter(_reason(entry) for entry in report["statements"] if entry["outcome"] == "skip")
    for reason, count in skipped.most_common(_REASONS):
        yield shortened(f"  {count} skipped ({reason})", width)
    if len(skipped) > _REASONS:
        yield f"  {sum(count for _, count in skipped.most_common()[_REASONS:])} skipped for other reasons"
    reasons = (entry.get("reason", "") for entry in report["statements"] if entry["outcome"] == "not selected")
    for reason, count in Counter(reason for reason in reasons if "pass --" in reason).items():
        yield shortened(f"  {count} left out ({reason})", width)


def _reason(entry: Entry) -> str:
    reason: str = entry.get("reason", "")
    return "not reached, because a statement before does not hold" if reason.startswith("not reached: ") else reason


def _reply(reply: dict[str, Any]) -> str:
    index = {name.lower(): value for name, value in reply["headers"].items()}.get("x-nomad-index", "none")
    return f"{reply['status']}, X-Nomad-Index {index}: {reply['body'][:700]}"
