"""Findings about places of a job file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Literal, TypeAlias

from mockserver.errors import AgentError, BadRequest
from mockserver.gostd.json_text import Tree
from mockserver.jobs.constraints import OPERANDS
from mockserver.jobs.null_elements import first_null_element
from mockserver.jobs.validate import InvalidJob
from mockserver.jobs.validate.problems import Place, Problem, innermost
from mockserver.judge.changes import changes
from mockserver.judge.hints import HCL_AS_JSON
from mockserver.judge.misfits import misfits
from mockserver.judge.registration import body_type, is_bare, registration
from mockserver.judge.spots import Lines, Spot, found, json_path, spots
from mockserver.nomad_types import Job, SubmittedJob
from mockserver.openapi.lint import KINDS, Dropped, dropped_of, unenforced
from nomad_contract_spelling import advice, shown

Level: TypeAlias = Literal["error", "warning", "note"]
_MOST = 200
"""Findings that are kept of one kind."""
TYPES = ("service", "batch", "system")
_BY_NOMAD_RUN: Mapping[str | int, str] = {
    "Region": '"global"',
    "Type": '"service"',
    "Priority": "50",
    "Count": "1",
    "LogConfig": '{"MaxFiles": 10, "MaxFileSizeMB": 10}',
    "MaxFiles": "10",
    "MaxFileSizeMB": "10",
}
"""What ``nomad run`` writes into a job where its HCL says nothing; an agent does not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one place of a file.

    Attributes:
        level: ``error`` is refused, ``warning`` is lost, ``note`` is filled in or changed.
        text: what is wrong or happens there; of an error, in the words of an agent.
        line: counted from 1.
        column: in characters, counted from 1.
        path: the place as a JSONPath; what is missing is named, and line and column are those of what should have it.
        hint: what to write instead; empty when nothing is near.
        kind: ``refused``, ``not-hcl``, ``changed``, ``unknown-word``, ``not-utf-8``, or of what is dropped, one of
            ``lint.KINDS``.
    """

    level: Level
    text: str
    line: int
    column: int
    path: str
    hint: str
    kind: str

    def sentence(self, longest: int | None = None) -> str:
        """Return the text, cut after some characters, and the hint."""
        text = self.text if longest is None or len(self.text) <= longest else f"{self.text[:longest]}…"
        return f"{text}; {self.hint}" if self.hint else text


def finding_at(
    lines: Lines, offset: int, level: Level, kind: str, what: str, hint: str = "", path: str = "$"
) -> Finding:
    """Make a finding about the byte at an offset."""
    line, column = lines.place(offset)
    return Finding(level, what, line, column, path, hint, kind)


class JobFile:
    """A file that is JSON. Places in it begin with ``Job``, also where the file holds a bare job."""

    def __init__(self, text: bytes, tree: Tree) -> None:
        self.tree = registration(tree)
        self._text = text
        self._lines = Lines(text)
        self._is_bare = is_bare(tree)
        self._is_hcl = isinstance(self.tree, tuple) and any(_is_one_object(value) for _, value in self.tree)
        self._spots, self._end = spots(text)

    def finding(self, level: Level, kind: str, place: Place, what: str, hint: str = "") -> Finding:
        """Make a finding: of what is dropped it points at the name, of what is missing at what should have it."""
        way, spelt = self._found(place)
        spot = way[-1]
        offset = spot.name_start if kind in KINDS and spot.name is not None else spot.start
        return finding_at(self._lines, offset, level, kind, what, hint, json_path(spelt))

    def dropped(self, *, ignore_unknown_fields: bool) -> list[Finding]:
        """Return what an agent drops without a word, and names that it takes for others."""
        findings = []
        if rest := self._text[self._end :].lstrip():
            what = "what follows the first JSON value is ignored"
            findings.append(finding_at(self._lines, len(self._text) - len(rest), "warning", "body-rest", what))
        lost = chain(dropped_of(body_type("registerJob"), self.tree), unenforced(self.tree))
        told = (one for one in lost if not (ignore_unknown_fields and one.kind == "body-unknown"))
        return findings + _first(map(self._of_dropped, told))

    def _of_dropped(self, dropped: Dropped) -> Finding:
        is_empty = dropped.harmless and dropped.kind == "body-unknown"
        what = f"{_name(dropped.place)} {dropped.what}{'; nothing is lost, it is empty' if is_empty else ''}"
        hint = HCL_AS_JSON if len(dropped.place) == 2 and self._is_hcl else dropped.hint
        return self.finding("note" if dropped.harmless else "warning", dropped.kind, dropped.place, what, hint)

    def misfits(self, refusal: BadRequest) -> list[Finding]:
        """Return the values of the wrong type: the one that is refused, and those that would be next."""
        first, *others = _first(
            self.finding("error", "refused", one.place, one.complaint(), one.advice())
            for one in misfits(body_type("registerJob"), self.tree)
        )
        return [replace(first, text=refusal.text), *others]

    def problems(self, refusal: AgentError, job: SubmittedJob) -> list[Finding]:
        """Return the problems of a job that is refused, each at its place."""
        if isinstance(refusal, InvalidJob):
            return _first(
                self.finding("error", "refused", ("Job", *place), problem, self._hint(("Job", *place), problem))
                for place, problem in innermost(refusal.problems)
            )
        null = (first_null_element(job) or "").split("/")[1:]
        steps = (int(step) if step.isdigit() else step for step in null)
        return [self.finding("error", "refused", ("Job", *steps), refusal.text)]

    def _hint(self, place: Place, problem: Problem) -> str:
        """Return the valid words, or what ``nomad run`` would have written where nothing is."""
        if problem.known:
            return advice(problem.word, problem.known)
        written = _BY_NOMAD_RUN.get(place[-1])
        return f"nomad run writes {written} here" if written and not self._has(place) else ""

    def _has(self, place: Place) -> bool:
        way, spelt = self._found(place)
        return len(way) > len(spelt)

    def _found(self, place: Place) -> tuple[list[Spot], Place]:
        return found(self._spots, place[1:] if self._is_bare else place)

    def changes(self, job: SubmittedJob, stored: Job) -> list[Finding]:
        """Return what an agent fills in and rewrites, and groups that are empty because nobody fills in their count."""
        filled_in = (
            self.finding("note", "changed", ("Job", *place), f"{_name(place)} {what}")
            for place, what in changes(job, stored)
        )
        counts = (("Job", "TaskGroups", index, "Count") for index, _ in enumerate(job["TaskGroups"] or ()))
        empty = (
            self.finding("note", "changed", place, "Count is left out, and counts as 0", "nomad run writes 1 here")
            for place in counts
            if not self._has(place)
        )
        return _first(chain(filled_in, empty))

    def oddities(self, job: SubmittedJob) -> list[Finding]:
        """Return what an agent takes without knowing it: words, and bytes that are no UTF-8."""
        return _first(chain(self._unknown_bytes(), self._unknown_words(job)))

    def _unknown_bytes(self) -> Iterator[Finding]:
        try:
            self._text[: self._end].decode()
        except UnicodeDecodeError as error:
            what = "these bytes are not UTF-8: an agent puts U+FFFD in their place"
            yield finding_at(self._lines, error.start, "warning", "not-utf-8", what)

    def _unknown_words(self, job: SubmittedJob) -> Iterator[Finding]:
        if job["Type"] not in ("", *TYPES):
            what = f"there is no scheduler {shown(job['Type'])}: such a job is at best stored, and never runs"
            yield self.finding("warning", "unknown-word", ("Job", "Type"), what, advice(job["Type"], TYPES))
        for place, operand in _operands(job, ("Job",)):
            if operand not in ("", *OPERANDS):
                what = f"an agent does not know the operand {shown(operand)}: no node fulfils the constraint"
                yield self.finding("warning", "unknown-word", place, what, advice(operand, OPERANDS))


def _first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the first ``_MOST`` findings; where there are more, one more says so."""
    first = list(islice(findings, _MOST + 1))
    if len(first) > _MOST:
        first[_MOST] = replace(first[_MOST], text=f"there are more like the {_MOST} that are told", hint="")
    return first


def _is_one_object(tree: Any) -> bool:
    """Say whether an object has one member, which is an object."""
    return isinstance(tree, tuple) and len(tree) == 1 and isinstance(tree[0][1], tuple)


def _name(place: Place) -> str:
    """Return the last name in a place, with the indexes that follow it: ``Constraints[0]``."""
    names = [number for number, step in enumerate(place) if isinstance(step, str)]
    first, *indexes = place[names[-1] :]
    return "".join([shown(str(first)), *(f"[{index}]" for index in indexes)])


def _operands(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Yield the operands of the constraints of a job, its groups and tasks."""
    for name in ("Constraints", "TaskGroups", "Tasks"):
        for index, each in enumerate(value.get(name) or ()):
            if each and name == "Constraints":
                yield (*place, name, index, "Operand"), each["Operand"]
            elif each:
                yield from _operands(each, (*place, name, index))
