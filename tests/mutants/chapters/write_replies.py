"""Mutants of the replies to dispatch, evaluate, periodic force and deregister, and of what a write does not read."""

from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Scope, mutant
from tests.mutants.vocabulary import reply, request_body


def _write_reply(
    operation: str, chapter: str, name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str
) -> None:

    mutant(f"{chapter}.reply.{name}", sentence, *caught_by, f"job.{chapter}.*", "common.*")(reply(operation, change))


_write_reply(
    "dispatch",
    "dispatch",
    "job-index",
    "JobCreateIndex is the evaluation's.",
    lambda body: body.update(JobCreateIndex=body["EvalCreateIndex"]),
    "job.dispatch.job-create-index",
)
_write_reply(
    "dispatch",
    "dispatch",
    "eval-index",
    "EvalCreateIndex is the job's.",
    lambda body: body.update(EvalCreateIndex=body["JobCreateIndex"]),
)
_write_reply(
    "dispatch", "dispatch", "index", "Index is the job's.", lambda body: body.update(Index=body["JobCreateIndex"])
)
_write_reply(
    "dispatch",
    "dispatch",
    "job-id",
    "DispatchedJobID lacks the parent.",
    lambda body: body.update(DispatchedJobID=body["DispatchedJobID"].rsplit("/", 1)[-1]),
)
_write_reply(
    "dispatch",
    "dispatch",
    "eval-id",
    "EvalID is of no evaluation.",
    lambda body: body.update(EvalID=body["EvalID"][::-1]),
)
_write_reply("dispatch", "dispatch", "leader", "KnownLeader is true.", lambda body: body.update(KnownLeader=True))
_write_reply(
    "evaluate",
    "evaluate",
    "eval-id",
    "EvalID is of no evaluation.",
    lambda body: body.update(EvalID=body["EvalID"][::-1]),
)
_write_reply(
    "evaluate",
    "evaluate",
    "eval-index",
    "EvalCreateIndex is 1 too large.",
    lambda body: body.update(EvalCreateIndex=body["EvalCreateIndex"] + 1),
)
_write_reply(
    "evaluate",
    "evaluate",
    "job-index",
    "JobModifyIndex is the evaluation's.",
    lambda body: body.update(JobModifyIndex=body["EvalCreateIndex"]),
)
_write_reply("evaluate", "evaluate", "index", "Index is 0.", lambda body: body.update(Index=0))
_write_reply(
    "periodic-force",
    "periodic-force",
    "eval-id",
    "EvalID is of no evaluation.",
    lambda body: body.update(EvalID=body["EvalID"][::-1]),
    "job.periodic-force.evaluation-is-readable",
)
_write_reply(
    "periodic-force",
    "periodic-force",
    "eval-index",
    "EvalCreateIndex is 1 too small.",
    lambda body: body.update(EvalCreateIndex=body["EvalCreateIndex"] - 1),
)
_write_reply(
    "periodic-force",
    "periodic-force",
    "six",
    "The reply has six fields.",
    lambda body: body.update(KnownLeader=False, LastContact=0, JobModifyIndex=0),
)
_write_reply(
    "periodic-force",
    "periodic-force",
    "index",
    "Index is 0.",
    lambda body: body.update(Index=0),
    "job.periodic-force.reply-index",
)
_write_reply(
    "deregister",
    "deregister",
    "eval-id",
    "EvalID is of no evaluation.",
    lambda body: body.update(EvalID=body["EvalID"][::-1]),
)
_write_reply("deregister", "deregister", "no-eval-id", "EvalID is empty.", lambda body: body.update(EvalID=""))
_write_reply(
    "deregister",
    "deregister",
    "eval-index",
    "EvalCreateIndex is 1 too large.",
    lambda body: body.update(EvalCreateIndex=body["EvalCreateIndex"] + 1),
)
_write_reply(
    "deregister", "deregister", "job-index", "JobModifyIndex is 0.", lambda body: body.update(JobModifyIndex=0)
)
_write_reply(
    "deregister", "deregister", "index", "Index is the job's.", lambda body: body.update(Index=body["JobModifyIndex"])
)


# The query of a write


def _read_as_a_read(scope: Scope, _: bytes) -> str | None:
    query = scope["query_string"]
    bad = scope["method"] in ("PUT", "POST") and scope["path"].startswith("/v1/job/") and b"wait=abc" in query
    return "Invalid wait time" if bad else None


mutant(
    "write.checks-wait",
    "A write refuses a wait that cannot be read.",
    "job.query.unknown-parameters-ignored",
    "job.*",
)(request_body(_read_as_a_read))
