"""The judge of job files: what a real 0.5.4 agent answers to one, and what it drops or changes without a word."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from mockserver.errors import AgentError, BadRequest
from mockserver.gostd.json_text import Tree, mistake_in, read, rest_after_value
from mockserver.jobs import canonicalize
from mockserver.jobs.constraints import OPERANDS
from mockserver.jobs.null_elements import first_null_element
from mockserver.jobs.submitted import prepared
from mockserver.jobs.validate import STANDARD_DRIVERS, InvalidJob, check_vault
from mockserver.jobs.validate.problems import Place, innermost
from mockserver.judge.changes import changes
from mockserver.judge.hints import HCL_AS_JSON, hint_of
from mockserver.judge.misfits import first_misfit
from mockserver.judge.registration import body_type, decoded_job, is_bare, registration
from mockserver.judge.spots import found, json_path, line_and_column, spots
from mockserver.nearest import advice, shown
from mockserver.nomad_types import Job, SubmittedJob
from mockserver.openapi.lint import KINDS, dropped_of, unenforced

Level: TypeAlias = Literal["error", "warning", "note"]
_MOST = 1000
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
        kind: ``refused``, ``changed``, ``unknown-word``, or of what is dropped, one of ``lint.KINDS``.
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
        finding = _finding(text, offset, "error", "refused", refusal.text, hint_of(text, offset))
        return Verdict(_reply(refusal), _reply(refusal), (finding,))
    register, findings = _registered(file, drivers, has_vault=has_vault)
    findings += [one for one in file.dropped() if not (ignore_unknown_fields and one.kind == "body-unknown")]
    in_order = sorted(findings, key=attrgetter("line", "column"))
    return Verdict(register, _planned(file, drivers), tuple(in_order))


def _registered(file: "_File", drivers: Collection[str], *, has_vault: bool) -> tuple[Reply | None, list[Finding]]:
    """Return what is answered to a registration, and what is to be said of the job."""
    try:
        job = decoded_job("registerJob", file.tree)
    except BadRequest as refusal:
        misfit = first_misfit(body_type("registerJob"), file.tree)
        return _reply(refusal), [file.finding("error", "refused", misfit.place, refusal.text, misfit.advice())]
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


def _finding(text: bytes, offset: int, level: Level, kind: str, what: str, hint: str = "", path: str = "$") -> Finding:
    line, column = line_and_column(text, offset)
    return Finding(level, what, line, column, path, hint, kind)


class _File:
    """A file that is JSON. Places in it begin with ``Job``, also where the file holds a bare job."""

    def __init__(self, text: bytes, tree: Tree) -> None:
        self.tree = registration(tree)
        self._text = text
        self._is_bare = is_bare(tree)
        self._is_hcl = isinstance(self.tree, tuple) and any(_is_one_object(value) for _, value in self.tree)
        self._spots = spots(text)

    def finding(self, level: Level, kind: str, place: Place, what: str, hint: str = "") -> Finding:
        """Make a finding: of what is dropped it points at the name, of what is missing at what should have it."""
        way, spelt = found(self._spots, place[1:] if self._is_bare else place)
        spot = way[-1]
        offset = spot.name_start if kind in KINDS and spot.name is not None else spot.start
        return _finding(self._text, offset, level, kind, what, hint, json_path(spelt))

    def dropped(self) -> Iterator[Finding]:
        """Yield what an agent drops without a word, and names that it takes for others."""
        if rest := rest_after_value(self._text).lstrip():
            what = "what follows the first JSON value is ignored"
            yield _finding(self._text, len(self._text) - len(rest), "warning", "body-rest", what)
        lost = chain(dropped_of(body_type("registerJob"), self.tree), unenforced(self.tree))
        for one in islice(lost, _MOST):
            is_empty = one.harmless and one.kind == "body-unknown"
            what = f"{_name(one.place)} {one.what}{'; nothing is lost, it is empty' if is_empty else ''}"
            hint = HCL_AS_JSON if len(one.place) == 2 and self._is_hcl else one.hint
            yield self.finding("note" if one.harmless else "warning", one.kind, one.place, what, hint)

    def problems(self, refusal: AgentError, job: SubmittedJob) -> Iterator[Finding]:
        """Yield the problems of a job that is refused, each at its place."""
        if isinstance(refusal, InvalidJob):
            for place, problem in islice(innermost(refusal.problems), _MOST):
                yield self.finding("error", "refused", ("Job", *place), problem, advice(problem.word, problem.known))
        else:
            null = (first_null_element(job) or "").split("/")[1:]
            steps = (int(step) if step.isdigit() else step for step in null)
            yield self.finding("error", "refused", ("Job", *steps), refusal.text)

    def changes(self, job: SubmittedJob, stored: Job) -> Iterator[Finding]:
        """Yield what an agent fills in and rewrites."""
        for place, what in islice(changes(job, stored), _MOST):
            yield self.finding("note", "changed", ("Job", *place), f"{_name(place)} {what}")

    def oddities(self, job: SubmittedJob) -> Iterator[Finding]:
        """Yield the words that an agent takes without knowing them."""
        if job["Type"] not in ("", *_TYPES):
            what = f"there is no scheduler {shown(job['Type'])}: such a job is at best stored, and never runs"
            yield self.finding("warning", "unknown-word", ("Job", "Type"), what, advice(job["Type"], _TYPES))
        for place, operand in _operands(job, ("Job",)):
            if operand not in ("", *OPERANDS):
                what = f"an agent does not know the operand {shown(operand)}: no node fulfils the constraint"
                yield self.finding("warning", "unknown-word", place, what, advice(operand, OPERANDS))


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
