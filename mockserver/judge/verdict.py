"""The judge of job files: what a real 0.5.4 agent answers to one, and what it drops or changes without a word."""

from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter

from mockserver import hcl
from mockserver.errors import AgentError, BadRequest
from mockserver.gostd.json_text import mistake_in, read
from mockserver.jobs import canonicalize
from mockserver.jobs.submitted import prepared
from mockserver.jobs.validate import STANDARD_DRIVERS, check_vault
from mockserver.jobs.validate.problems import Place
from mockserver.judge.findings import TYPES, Finding, JobFile, finding_at
from mockserver.judge.hcl_file import HclFile, no_job
from mockserver.judge.hints import hint_of
from mockserver.judge.registration import decoded_job
from mockserver.judge.spots import Lines
from mockserver.nomad_types import SubmittedJob


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent answers when it refuses."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an agent makes of a job file.

    Attributes:
        register: what it answers to a registration; None where it accepts, and where HCL never reaches it.
        plan: what it answers to a plan; None in the same cases.
        findings: what is to be said about places of the file, from its beginning to its end.
    """

    register: Reply | None
    plan: Reply | None
    findings: tuple[Finding, ...]

    @property
    def is_refused(self) -> bool:
        """Say whether an agent refuses a registration, or ``nomad run`` refuses the HCL."""
        return any(one.level == "error" for one in self.findings)

    @property
    def is_clean(self) -> bool:
        """Say whether the job is accepted and nothing of it is lost."""
        return all(one.level == "note" for one in self.findings)


def judge(
    text: bytes,
    *,
    name: str = "",
    drivers: Collection[str] = STANDARD_DRIVERS,
    has_vault: bool = False,
    ignore_unknown_fields: bool = False,
) -> Verdict:
    """Judge the text of a job file: HCL, a bare job as JSON, or the body of a registration.

    The region, an enforced index and the job ID in a URL are not looked at: they depend on the request and the server.

    Args:
        text: the whole file.
        name: its name, which can say that it is HCL.
        drivers: the task drivers that the agent knows.
        has_vault: whether the agent may use Vault.
        ignore_unknown_fields: say nothing about fields that an agent does not know.
    """
    try:
        file = HclFile(text) if hcl.is_hcl(text, name) else JobFile(text, read(text))
    except hcl.HclError as error:
        return Verdict(None, None, (no_job(error),))
    except BadRequest as refusal:
        offset = mistake_in(text)
        finding = finding_at(Lines(text), offset, "error", "refused", refusal.text, hint_of(text, offset))
        return Verdict(_reply(refusal), _reply(refusal), (finding,))
    register, findings = _registered(file, drivers, has_vault=has_vault)
    findings += file.dropped(ignore_unknown_fields=ignore_unknown_fields)
    in_order = sorted(findings, key=attrgetter("line", "column"))
    return Verdict(register, _planned(file, drivers), tuple(in_order))


def _registered(file: JobFile, drivers: Collection[str], *, has_vault: bool) -> tuple[Reply | None, list[Finding]]:
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


def _planned(file: JobFile, drivers: Collection[str]) -> Reply | None:
    """Return what is answered to a plan, whose body has other fields beside the job."""
    try:
        job = _prepared(decoded_job("planJob", file.tree), drivers)
    except AgentError as refusal:
        return _reply(refusal)
    return None if job["Type"] in TYPES else Reply(500, f"unknown scheduler '{job['Type']}'")


def _prepared(job: SubmittedJob, drivers: Collection[str]) -> SubmittedJob:
    return prepared(job, drivers=drivers, values_of=lambda _: ())


def _reply(refusal: AgentError) -> Reply:
    return Reply(refusal.status, refusal.text)


def _first_vault(job: SubmittedJob) -> Place:
    """Return the place of the first Vault block."""
    for group_index, group in enumerate(job["TaskGroups"] or ()):
        for task_index, task in enumerate(group["Tasks"] or ()):
            if task["Vault"] is not None:
                return "Job", "TaskGroups", group_index, "Tasks", task_index, "Vault"
    return ("Job",)
