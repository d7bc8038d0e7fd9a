"""The judge of job files: what a real 0.5.4 agent answers to one, and what it drops or changes without a word."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from mockserver.errors import AgentError, BadRequest
from mockserver.gostd.json_text import Tree, mistake_in, read
from mockserver.jobs import canonicalize
from mockserver.jobs.constraints import OPERANDS
from mockserver.jobs.null_elements import first_null_element
from mockserver.jobs.submitted import prepared
from mockserver.jobs.validate import STANDARD_DRIVERS, InvalidJob, check_vault
from mockserver.jobs.validate.problems import Place, innermost
from mockserver.judge.changes import changes
from mockserver.judge.hints import HCL_AS_JSON, hint_of
from mockserver.judge.misfits import misfits
from mockserver.judge.registration import body_type, decoded_job, is_bare, registration
from mockserver.judge.spots import Lines, found, json_path, spots
from mockserver.nearest import advice, shown
from mockserver.nomad_types import Job, SubmittedJob
from mockserver.openapi.lint import KINDS, Dropped, dropped_of, unenforced

Level: TypeAlias = Literal["error", "warning", "note"]
_MOST = 200
"""Findings that are kept of one kind."""
_TYPES = ("service", "batch", "system")


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent answers when it refuses."""

    status: int
    text: str


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
        kind: ``refused``, ``changed``, ``unknown-word``, ``not-utf-8``, or of what is dropped, one of ``lint.KINDS``.
    """

    level: Level
    text: str
    line: int
    column: int
    path: str
    hint: str
    kind: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an agent makes of a job file.

    Attributes:
        register: what it answers to a registration; None where it accepts.
        plan: what it answers to a plan; None where it accepts.
        findings: what is to be said about places of the file, from its beginning to its end.
    """

    register: Reply | None
    plan: Reply | None
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Say whether the job is accepted and nothing of it is lost."""
        return all(one.level == "note" for one in self.findings)


def judge(
    text: bytes,
    *,
    drivers: Collection[str] = STANDARD_DRIVERS,
    has_vault: bool = False,
    ignore_unknown_fields: bool = False,
) -> Verdict:
    """Judge the text of a job file: a bare job, or the body of a registration.

    The region, an enforced index and the job ID in a URL are not looked at: they depend on the request and the server.

    Args:
        text: the whole file.
        drivers: the task drivers that the agent knows.
        has_vault: whether the agent may use Vault.
        ignore_unknown_fields: say nothing about fields that an agent does not know.
    """
    try:
        file = _File(text, read(text))
    except BadRequest as refusal:
        offset = mistake_in(text)
        finding = _finding(Lines(text), offset, "error", "refused", refusal.text, hint_of(text, offset))
        return Verdict(_reply(refusal), _reply(refusal), (finding,))
    register, findings = _registered(file, drivers, has_vault=has_vault)
    findings += file.dropped(ignore_unknown_fields=ignore_unknown_fields)
    in_order = sorted(findings, key=attrgetter("line", "column"))
    return Verdict(register, _planned(file, drivers), tuple(in_order))


def _registered(file: "_File", drivers: Collection[str], *, has_vault: bool) -> tuple[Reply | None, list[Finding]]:
    """Return what is answered to a registration, and what is to be said of the job."""
    try:
        job = decoded_job("registerJob", file.tree)
    except BadRequest as refusal:
        return _reply(refusal), file.misfits(refusal)
    try:
        ready = _prepared(job, drivers)
    except AgentError as refusal:
        return _reply(refusal), [*file.problems(refusal, job), *file.oddities(job)]
    findings = [*file.oddities(job), *file.changes(job, canonicalize.as_stored(ready))]
    try:
        if not has_vault:
            check_vault(ready)
    except AgentError as refusal:
        error = file.finding("error", "refused", _first_vault(job), refusal.text, "an agent with Vault accepts it")
        return _reply(refusal), [error, *findings]
    return None, findings


def _planned(file: "_File", drivers: Collection[str]) -> Reply | None:
    """Return what is answered to a plan, whose body has other fields beside the job."""
    try:
        _prepared(decoded_job("planJob", file.tree), drivers)
    except AgentError as refusal:
        return _reply(refusal)
    return None


def _prepared(job: SubmittedJob, drivers: Collection[str]) -> SubmittedJob:
    return prepared(job, drivers=drivers, values_of=lambda _: ())


def _reply(refusal: AgentError) -> Reply:
    return Reply(refusal.status, refusal.text)


def _finding(lines: Lines, offset: int, level: Level, kind: str, what: str, hint: str = "", path: str = "$") -> Finding:
    line, column = lines.place(offset)
    return Finding(level, what, line, column, path, hint, kind)


class _File:
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
        way, spelt = found(self._spots, place[1:] if self._is_bare else place)
        spot = way[-1]
        offset = spot.name_start if kind in KINDS and spot.name is not None else spot.start
        return _finding(self._lines, offset, level, kind, what, hint, json_path(spelt))

    def dropped(self, *, ignore_unknown_fields: bool) -> list[Finding]:
        """Return what an agent drops without a word, and names that it takes for others."""
        findings = []
        if rest := self._text[self._end :].lstrip():
            what = "what follows the first JSON value is ignored"
            findings.append(_finding(self._lines, len(self._text) - len(rest), "warning", "body-rest", what))
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
                self.finding("error", "refused", ("Job", *place), problem, advice(problem.word, problem.known))
                for place, problem in innermost(refusal.problems)
            )
        null = (first_null_element(job) or "").split("/")[1:]
        steps = (int(step) if step.isdigit() else step for step in null)
        return [self.finding("error", "refused", ("Job", *steps), refusal.text)]

    def changes(self, job: SubmittedJob, stored: Job) -> list[Finding]:
        """Return what an agent fills in and rewrites."""
        return _first(
            self.finding("note", "changed", ("Job", *place), f"{_name(place)} {what}")
            for place, what in changes(job, stored)
        )

    def oddities(self, job: SubmittedJob) -> list[Finding]:
        """Return what an agent takes without knowing it: words, and bytes that are no UTF-8."""
        return _first(chain(self._unknown_bytes(), self._unknown_words(job)))

    def _unknown_bytes(self) -> Iterator[Finding]:
        try:
            self._text[: self._end].decode()
        except UnicodeDecodeError as error:
            what = "these bytes are not UTF-8: an agent puts U+FFFD in their place"
            yield _finding(self._lines, error.start, "warning", "not-utf-8", what)

    def _unknown_words(self, job: SubmittedJob) -> Iterator[Finding]:
        if job["Type"] not in ("", *_TYPES):
            what = f"there is no scheduler {shown(job['Type'])}: such a job is at best stored, and never runs"
            yield self.finding("warning", "unknown-word", ("Job", "Type"), what, advice(job["Type"], _TYPES))
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


def _first_vault(job: SubmittedJob) -> Place:
    """Return the place of the first Vault block."""
    for group_index, group in enumerate(job["TaskGroups"] or ()):
        for task_index, task in enumerate(group["Tasks"] or ()):
            if task["Vault"] is not None:
                return "Job", "TaskGroups", group_index, "Tasks", task_index, "Vault"
    return ("Job",)
