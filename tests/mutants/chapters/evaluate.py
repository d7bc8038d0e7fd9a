"""Mutants of a forced evaluation."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import evaluations
from mockserver.cluster.cluster import Cluster, Written
from mockserver.errors import Refused
from tests.mutants.mutant import Scope, mutant
from tests.mutants.vocabulary import intercepts, request_body, wrapped


def _evaluate(name: str, sentence: str, make: Callable[[Any], Any], *caught_by: str) -> None:
    mutant(f"evaluate.{name}", sentence, "job.evaluate.*", *caught_by)(wrapped(Cluster, "evaluate", make))


def _without_index(self: Cluster, job_id: str) -> Written:
    job = self._existing(job_id)
    known = next((one for one in self.state.evaluations_of(job_id) if one["JobID"] == job["ID"]), None)
    return Written(job_id, job["ModifyIndex"], known["ID"] if known else "", known["CreateIndex"] if known else 0)


def _reregisters(self: Cluster, job_id: str) -> Written:
    job = self._existing(job_id)
    return self._evaluated(job, self._store(job), "job-register")


_evaluate(
    "nothing",
    "Nothing new is made; an old evaluation is told.",
    lambda _: _without_index,
    "job.evaluate.creates-evaluation",
)
_evaluate("reregisters", "The job is registered again.", lambda _: _reregisters, "job.evaluate.keeps-the-job")
_evaluate(
    "parents",
    "Periodic and parameterized jobs are evaluated, too.",
    lambda _: (
        lambda self, job_id: self._evaluated(
            self._existing(job_id), self._existing(job_id)["ModifyIndex"], "job-register"
        )
    ),
    "common.*",
)
_evaluate(
    "trigger",
    "The evaluation says `job-evaluate`.",
    lambda _: (
        lambda self, job_id: self._evaluated(
            self._existing(job_id), self._existing(job_id)["ModifyIndex"], "job-evaluate"
        )
    ),
    "common.*",
)
_evaluate(
    "rolling",
    "The evaluation says `rolling-update`.",
    lambda evaluate: (
        lambda self, job_id: (
            evaluate(self, job_id)
            if self._existing(job_id)["Periodic"] or self._existing(job_id)["ParameterizedJob"]
            else self._evaluated(self._existing(job_id), self._existing(job_id)["ModifyIndex"], "rolling-update")
        )
    ),
    "common.*",
)


@mutant("evaluate.missing-accepted", "A missing job is evaluated.", "job.evaluate.refuses", "common.*")
@intercepts(Cluster, "evaluate")
def _(evaluate: Any, self: Cluster, job_id: str) -> Any:
    if self.state.job(job_id) is None:
        return self._submitted(evaluations.for_deregistration(job_id, job_index=0, ids=self.ids), 0)
    return evaluate(self, job_id)


@mutant(
    "evaluate.refused-evaluates", "A refused evaluate evaluates all the same.", "job.evaluate.refuses", "job.*", "c*"
)
@intercepts(Cluster, "evaluate")
def _(evaluate: Any, self: Cluster, job_id: str) -> Any:
    try:
        return evaluate(self, job_id)
    except Refused:
        if self.state.job(job_id) is not None:
            self._evaluated(self._existing(job_id), 1, "job-register")
        raise


def _strict_body(suffix: str, chapter: str) -> None:
    def change(scope: Scope, body: bytes) -> str | None:
        bad = scope["path"].endswith(f"/{suffix}") and body and not body.startswith(b"{")
        return "invalid character in body" if bad else None

    sentence = f"The body of {chapter} has to be JSON."
    mutant(f"{chapter}.body-read", sentence, f"job.{chapter}.body-is-ignored")(request_body(change))


_strict_body("evaluate", "evaluate")
_strict_body("force", "periodic-force")
