"""Tell verdicts: as lines of text, as JSON, as annotations of GitHub Actions."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mockserver.judge.findings import Finding, Level
from mockserver.judge.verdict import Verdict

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""From the gravest to the least."""
_LONGEST = 1000
"""Characters of a text that are told in a line; a reply can repeat whatever a file has."""
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_TITLES = {"error": "refused by Nomad 0.5", "warning": "lost by Nomad 0.5", "note": "changed by Nomad 0.5"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A file with its verdict, or with the reason why there is none."""

    file: str
    verdict: Verdict | None = None
    trouble: str = ""

    @property
    def outcome(self) -> str:
        """Return ``accepted``, ``loses`` (accepted, and something of it is lost), ``refused`` or ``unjudged``."""
        if self.verdict is None:
            return "unjudged"
        if self.verdict.is_refused:
            return "refused"
        return "accepted" if self.verdict.is_clean else "loses"

    def shown(self, least: Level) -> list[Finding]:
        """Return the findings of a level and the graver ones."""
        levels = LEVELS[: LEVELS.index(least) + 1]
        return [] if self.verdict is None else [one for one in self.verdict.findings if one.level in levels]


def as_text(one: Judged, least: Level, *, replies: bool) -> str:
    """Return a line for each finding of a file, and with ``replies`` what an agent answers as it is."""
    file = _printable(one.file)
    lines = [f"{file}: cannot be judged: {_printable(one.trouble)}"] if one.verdict is None else []
    for finding in one.shown(least):
        where = f"{file}:{finding.line}:{finding.column}"
        lines.append(f"{where}: {finding.level}: {_printable(finding.sentence(_LONGEST))} ({_printable(finding.path)})")
    if replies and one.verdict and (reply := one.verdict.register):
        lines.append(f"{file}: a registration is answered with {reply.status}:")
        lines += [f"    {_printable(line)}" for line in reply.text.split("\n")]
    return "".join(f"{line}\n" for line in lines)


def as_annotations(one: Judged, least: Level) -> str:
    """Return a workflow command of GitHub for each finding of a file."""
    if one.verdict is None:
        return f"::error file={_property(one.file)}::{_data(f'cannot be judged: {one.trouble}')}\n"
    lines = []
    for finding in one.shown(least):
        place = f"file={_property(one.file)},line={finding.line},col={finding.column}"
        text = _data(f"{finding.sentence(_LONGEST)} ({finding.path})")
        lines.append(f"::{_COMMANDS[finding.level]} {place},title={_TITLES[finding.level]}::{text}\n")
    return "".join(lines)


def as_json(files: Sequence[Judged], least: Level) -> str:
    """Return a JSON document of all files."""
    return json.dumps({"files": [_document(one, least) for one in files]}, indent=2) + "\n"


def summary(files: Sequence[Judged]) -> str:
    """Return a line that counts the files by their outcome."""
    words = {
        "refused": "refused",
        "loses": "accepted with a loss",
        "unjudged": "could not be judged",
        "accepted": "accepted",
    }
    outcomes = [one.outcome for one in files]
    counted = [f"{outcomes.count(name)} {word}" for name, word in words.items() if name in outcomes]
    return f"{len(files)} job file{'' if len(files) == 1 else 's'}: {', '.join(counted)}\n"


def _document(one: Judged, least: Level) -> dict[str, Any]:
    if one.verdict is None:
        return {"file": one.file, "outcome": one.outcome, "trouble": one.trouble}
    replies = {
        name: reply and asdict(reply)
        for name, reply in (("register", one.verdict.register), ("plan", one.verdict.plan))
    }
    findings = [asdict(finding) for finding in one.shown(least)]
    return {"file": one.file, "outcome": one.outcome, **replies, "findings": findings}


def _printable(text: str) -> str:
    """Return a text in which no character can act on a terminal or ends the line."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "surrogatepass").decode() for each in text
    )


def _data(text: str) -> str:
    """Escape the text of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property of a workflow command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
