"""The rules a submitted job has to keep, and the one text that lists everything it breaks.

Each module holds the rules of one part of a job as generators of problems, in the order an agent reports them.
Source: "observed"; recordings ``register-invalid-*`` and ``plan-invalid-job``.
"""

from collections.abc import Collection

from mockserver.errors import Refused
from mockserver.jobs.validate.drivers import MOCK_DRIVER, STANDARD_DRIVERS
from mockserver.jobs.validate.job import job_problems
from mockserver.jobs.validate.problems import Problem, listed
from mockserver.jobs.validate.submission import own_submission_problems, submission_problems
from mockserver.nomad_types import Job, SubmittedJob

__all__ = ["MOCK_DRIVER", "STANDARD_DRIVERS", "InvalidJob", "check_vault", "validate"]


class InvalidJob(Refused):
    """A job that breaks rules: the text of the refusal, and the ``problems`` that it lists."""

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(text)
        self.problems = problems


def validate(job: SubmittedJob, *, drivers: Collection[str] = STANDARD_DRIVERS) -> None:
    """Check a canonicalized job, implicit constraints included, as an agent does at registration and before a plan.

    Args:
        job: in GET shape, every key present, no null elements.
        drivers: names of the drivers the agent knows.

    Raises:
        InvalidJob: with all problems, ``<n> error(s) occurred:`` and a line each.
    """
    problems = tuple(submission_problems(job, drivers))
    text = listed(problems)
    if text is not None:
        raise InvalidJob(text, problems)


def is_sound_but_for_groups(job: SubmittedJob) -> bool:
    """Whether a canonicalized job has no problem outside of its groups; what is in one group is not looked at."""
    return next(job_problems(job, sound_groups=True), None) is None and not any(own_submission_problems(job))


def check_vault(job: Job | SubmittedJob) -> None:
    """Check, after everything else at registration (not before a plan), that the job needs no Vault.

    Raises:
        Refused: when a task has a Vault block; the agent is one without Vault.
    """
    if any(task["Vault"] is not None for group in job["TaskGroups"] or () for task in group["Tasks"] or ()):
        raise Refused("Vault not enabled and Vault policies requested")
