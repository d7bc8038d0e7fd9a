"""A trial as text for a terminal: what the client does not survive, what its conduct breaks, and the totals."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from contract_tests.conduct import Judgement
from contract_tests.conduct.text import told
from contract_tests.suite.reports.causes import one_line
from contract_tests.suite.reports.console import counted
from contract_tests.suite.reports.ink import Ink
from contract_tests.suite.reports.subject import verdict
from contract_tests.trial.mocks import Entry as Exchanged
from contract_tests.words import escaped, shortened

Report: TypeAlias = dict[str, Any]
Entry: TypeAlias = dict[str, Any]
Line: TypeAlias = tuple[str, str]
"""A colour, "" for none, and a line in it."""

_NOT_SURVIVED, _BROKEN, _TO_DO = "NOT SURVIVED ", "BROKEN ", "  What to do: "
_SENTENCES = (_NOT_SURVIVED, _BROKEN, _TO_DO)
"""What begins a line that is shown whole, on several lines where it is long: its end may be the hint."""
_FEW = 3
"""The number of lines of the client's output that are shown of each failure."""
_LAST, _LONG = 5, 160
"""The number of exchanges that are shown of a plain run that fails, and the length of a line about one."""
_ERRORS = 400
_TELLING = re.compile(r"fail|error|assert|expect|not ok|panic", re.IGNORECASE)
"""A line that sounds like the reason, in most languages' test tools."""


def summary(report: Report, ink: Ink, *, width: int, verbose: bool) -> str:
    """Return the text that ends a trial; no line is longer than ``width``, unless all is asked for with ``verbose``."""
    lines: list[str] = []
    for entry in report["statements"]:
        if entry["outcome"] == "fail":
            told = _conduct(entry) if entry["id"].startswith("conduct.") else _freedom(entry, verbose=verbose)
            for colour, line in told:
                if not verbose and line.startswith(_SENTENCES):
                    lines += _wrapped((colour, line), ink, width)
                else:
                    lines.append(ink.of(colour, line if verbose else shortened(line, width)))
            lines.append("")
    verdict, *notes = _totals(report)
    lines += [*_wrapped(verdict, ink, width), f"  {counted(report['totals'], ink)}"]
    lines += [line for note in notes for line in _wrapped(note, ink, width)]
    return "\n".join(lines) + "\n"


def exchanges(journal: Sequence[Exchanged]) -> str:
    """Return the last exchanges of a run in a line each, with the text of an error; none is told, too."""
    if not journal:
        return "No request came to the address in NOMAD_ADDR."
    rows = [(line, len([*row])) for line, row in groupby(map(_exchange, journal))]
    lines = (f"{line} ({times} times)" if times > 1 else line for line, times in rows[-_LAST:])
    return "\n".join(["The last requests that came, and what was answered:", *lines])


def _exchange(entry: Exchanged) -> str:
    reply = entry["reply"]
    came = "no answer" if reply is None else str(reply["status"])
    text = f": {one_line(reply['body'])}" if reply and reply["status"] >= _ERRORS else ""
    return shortened(escaped(f"  {entry['method']} {entry['request']['target']} - {came}{text}"), _LONG)


def misconduct(judgements: Sequence[Judgement]) -> str:
    """Return what a client did wrong in one run, and what to do about it; "" when it did nothing wrong."""
    lines = [shortened(escaped(f"  {line}"), _LONG) for line in told(judgements)]
    return "\n".join(["What the client did wrong:", *lines]) if lines else ""


def _wrapped(line: Line, ink: Ink, width: int) -> list[str]:
    colour, text = line
    return [ink.of(colour, part) for part in textwrap.wrap(text, width, subsequent_indent="    ")]


def _freedom(entry: Entry, *, verbose: bool) -> Iterator[Line]:
    finding = entry["failure"]
    yield "red", f"{_NOT_SURVIVED}{entry['id']}: {entry['text']}"
    yield "", f"  {entry['reason']}"
    if exchange := finding["exchange"]:
        yield "", f"  {exchange['request']['method']} {exchange['request']['target']}"
    yield "", f"  {one_line(finding['expected'])}"
    yield "", f"  {one_line(finding['actual'])}"
    output = finding["output"].splitlines()
    telling = [line for line in output if _TELLING.search(line)][:_FEW] or output[-_FEW:]
    yield from (("dim", f"  | {line}") for line in (output if verbose else telling))
    if verbose and exchange:
        yield "", "  again:"
        yield from (("", f"    {line}") for line in exchange["curl"].splitlines())


def _conduct(entry: Entry) -> Iterator[Line]:
    finding = entry["failure"]
    yield "red", f"{_BROKEN}{entry['id']} ({entry['level']}): {entry['text']}"
    yield from (("", f"  {line}") for line in finding["actual"].splitlines())
    yield "", f"{_TO_DO}{finding['expected'].removeprefix(entry['text']).strip()}"


def _totals(report: Report) -> Iterator[Line]:
    client, settings, totals = report["client"], report["settings"], report["totals"]
    colour = "red" if totals["fail"] else "green" if totals["pass"] else ""
    yield colour, f"The client {verdict(report)}: {client['command']}"
    plain = f"{client['plain_exchanges']} exchanges in {client['plain_seconds']:.1f} s when nothing varies"
    how = f"level {settings['level']}, seed {settings['seed']}"
    yield "", f"  {plain}; {client['runs']} runs, {report['seconds']:.1f} s; {how}"
    if cut := report["cut_short"]:
        share = f"{_freedoms(cut['unchecked'])}, {cut['unchecked_must']} of them MUST"
        yield "red", f"CUT SHORT, {cut['reason']}: {share}: {', '.join(_left(report))}"
    for entry in report["statements"]:
        if entry.get("reason", "").startswith(("unsteady", "cannot be judged")) or entry["outcome"] == "error":
            yield "red", f"  {entry['id']}: {entry['reason']}"
    unused = [entry["id"] for entry in report["statements"] if _is_unused(entry)]
    if unused:
        yield "", f"  {_freedoms(len(unused))} not exercised: {', '.join(unused)}"
    if totals["differences"]:
        yield "", f"  {totals['differences']} broken below level {settings['level']}: {', '.join(_differing(report))}"


def _freedoms(number: int) -> str:
    return "1 freedom" if number == 1 else f"{number} freedoms"


def _left(report: Report) -> list[str]:
    return [entry["id"] for entry in report["statements"] if entry.get("reason", "").startswith("not run")]


def _is_unused(entry: Entry) -> bool:
    return entry["outcome"] == "skip" and not entry["id"].startswith("conduct.") and "not exercised" in entry["reason"]


def _differing(report: Report) -> list[str]:
    return [entry["id"] for entry in report["statements"] if "difference" in entry]
