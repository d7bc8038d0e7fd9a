"""A summary in Markdown, for a pull request or the page of a CI job."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from contract_tests.suite.baseline import Standing
from contract_tests.suite.reports.causes import causes, one_line, told
from contract_tests.suite.reports.standings import compared, of_release
from contract_tests.suite.reports.standings import told as told_of_baseline
from contract_tests.suite.reports.subject import is_of_client, name, verdict

_FIRST = 10
"""The number of causes that are shown."""
_MOST = 200
"""The number of statements that are listed; the page of a job takes a megabyte."""
_LONG = 300


def render(report: dict[str, Any]) -> str:
    """Return the summary: the verdict, what to mend first, and what does not hold."""
    return "\n".join([*_head(report), *_causes(report), *_failures(report), *_release(report)]) + "\n"


def _head(report: dict[str, Any]) -> Iterator[str]:
    totals, settings = report["totals"], report["settings"]
    of_client = is_of_client(report)
    yield f"### Nomad 0.5 {'client' if of_client else 'contract'} {verdict(report)}\n"
    how = f"{report['client']['runs']} runs, seed {settings['seed']}" if of_client else f"profile {settings['profile']}"
    yield f"{_text(name(report))}, level {settings['level']}, {how}, {report['seconds']:.0f} s\n"
    shown = [outcome for outcome in ("pass", "fail", "error", "skip", "not selected", "differences") if totals[outcome]]
    yield f"| {' | '.join(shown)} |\n|{' ---: |' * len(shown)}"
    yield f"| {' | '.join(str(totals[outcome]) for outcome in shown)} |\n"
    if "baseline" in report:
        yield f"{_text(told_of_baseline(report))}.\n"
    if cut := report.get("cut_short"):
        share = f"{cut['unchecked']} statements, {cut['unchecked_must']} of them MUST"
        yield f"**Cut short**: {share}, {_text(cut['reason'])}\n"


def _causes(report: dict[str, Any]) -> Iterator[str]:
    found = causes(report)
    if not found:
        return
    yield f"#### Mend these first\n\n{told(found, _FIRST)}.\n"
    for cause in found[:_FIRST]:
        entry = cause.example
        finding = entry["failure"]
        unreached = f", {len(cause.unreached)} more not reached" if cause.unreached else ""
        yield f"1. **{_text(cause.title)}** ({len(cause.failing)} failing{unreached})"
        yield f"   <details><summary>{escape(entry['id'])}: {escape(entry['text'])}</summary>\n"
        yield f"   - expected: {_text(_brief(finding['expected']))}"
        yield f"   - actual: {_text(_brief(finding['actual']))}"
        if release := of_release(entry):
            yield f"   - the release: {_text(_brief(release))}"
        if "vary" in finding:
            yield f"   - how: {_text(entry['reason'])}"
        yield ""
        if output := finding.get("output"):
            yield f"   The end of what the client's tests wrote:\n\n{_code(output, 'text')}"
        if finding["exchange"]:
            yield _code(finding["exchange"]["curl"], "sh")
        yield "   </details>"
    yield ""


def _failures(report: dict[str, Any]) -> Iterator[str]:
    failing = [entry for entry in report["statements"] if entry["outcome"] == "fail"]
    if failing:
        yield f"<details><summary>All {len(failing)} statements that do not hold</summary>\n"
        yield "| statement | level | expected | actual |\n| --- | --- | --- | --- |"
        for entry in failing[:_MOST]:
            finding = entry["failure"]
            cells = entry["id"], entry["level"], _brief(finding["expected"]), _brief(finding["actual"])
            yield f"| {' | '.join(_text(cell) for cell in cells)} |"
        yield "\n</details>"


def _release(report: dict[str, Any]) -> Iterator[str]:
    """Yield what the server has in common with its baseline beyond the contract, and what it alone keeps."""
    entries = list(compared(report, Standing.SAME, Standing.KEPT))
    if entries:
        release = report["baseline"]["release"]
        yield f"<details><summary>{len(entries)} statements that {release} does not keep</summary>\n"
        yield "| statement | level | this server | the release |\n| --- | --- | --- | --- |"
        for entry in entries[:_MOST]:
            here = _brief(entry["difference"]["actual"]) if "difference" in entry else "keeps it"
            cells = entry["id"], entry["level"], here, of_release(entry)
            yield f"| {' | '.join(_text(cell) for cell in cells)} |"
        yield "\n</details>"


def _brief(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"


def _text(text: str) -> str:
    """Escape a text so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", text)


def _code(text: str, language: str) -> str:
    """Return a text as a block of code within a list, fenced so that nothing in it ends the block."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    lines = (text if len(text) <= 4000 else f"{text[:3999]}…").splitlines()
    return "\n".join(f"   {line}" for line in [f"{fence}{language}", *lines, fence, ""])
