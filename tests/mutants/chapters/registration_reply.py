"""Mutants of the reply to a registration, and of its evaluation."""

from typing import Any

from mockserver.cluster import cluster
from mockserver.cluster.cluster import Cluster
from tests.mutants.mutant import mutant
from tests.mutants.vocabulary import family, intercepts, replaced, reply, wrapped

_reply = family("register.reply")


_EVALUATION = ("job.register.evaluation-is-readable", "job.register.*", "job.evaluations.*", "common.*")
_reply("no-eval-id", "EvalID is empty.", reply("register", lambda body: body.update(EvalID="")), *_EVALUATION)
_reply(
    "wrong-eval-id",
    "EvalID is of no evaluation.",
    reply("register", lambda body: body.update(EvalID=body["EvalID"][::-1])),
    *_EVALUATION,
)
_reply(
    "upper-eval-id",
    "EvalID is in upper case.",
    reply("register", lambda body: body.update(EvalID=body["EvalID"].upper())),
    *_EVALUATION,
)
_reply(
    "eval-index",
    "EvalCreateIndex is 1 too small.",
    reply("register", lambda body: body.update(EvalCreateIndex=body["EvalCreateIndex"] - 1)),
    "job.register.eval-create-index",
    "job.register.*",
    "job.*",
)
_reply(
    "job-index",
    "JobModifyIndex is 1 too large.",
    reply("register", lambda body: body.update(JobModifyIndex=body["JobModifyIndex"] + 1)),
    "job.register.job-modify-index",
    "job.register.*",
    "job.*",
)
_reply(
    "job-index-is-evals",
    "JobModifyIndex is the evaluation's.",
    reply("register", lambda body: body.update(JobModifyIndex=body["EvalCreateIndex"])),
    "job.register.*",
    "job.*",
)
_reply(
    "index",
    "Index is JobModifyIndex.",
    reply("register", lambda body: body.update(Index=body["JobModifyIndex"])),
    "job.register.*",
)
_reply(
    "leader",
    "KnownLeader is true.",
    reply("register", lambda body: body.update(KnownLeader=True)),
    "job.register.reply-index",
)
_reply(
    "contact",
    "LastContact is 1.",
    reply("register", lambda body: body.update(LastContact=1)),
    "job.register.reply-index",
)


# Evaluations


def _parents(name: str, key: str) -> None:

    other = "Periodic" if key == "ParameterizedJob" else "ParameterizedJob"
    deviation = replaced(cluster, "_is_parent", lambda job: job[key] is not None)
    mutant(
        f"register.{name}-evaluated",
        f"A job with {other} gets an evaluation.",
        "job.register.no-evaluation-of-parents",
        "job.*",
    )(deviation)


_parents("periodic", "ParameterizedJob")
_parents("parameterized", "Periodic")


@mutant(
    "register.updates-not-evaluated",
    "An update makes no evaluation.",
    "job.register.update-evaluates-again",
    "job.register.*",
    "job.*",
)
@intercepts(Cluster, "register")
def _(register: Any, self: Cluster, job: Any) -> Any:
    if self.state.job(job["ID"]) is None:
        return register(self, job)
    return cluster.Written(job["ID"], self._store(job))


mutant("register.counts-zero-not-evaluated", "A job that wants nothing is not evaluated.", "job.register.*", "job.*")(
    wrapped(
        cluster,
        "_is_parent",
        lambda is_parent: lambda job: is_parent(job) or all(group["Count"] == 0 for group in job["TaskGroups"]),
    )
)
