"""Mutants of what a dispatch refuses, and of its reply."""

from collections.abc import Callable
from typing import Any

from mockserver.errors import BadRequest, Refused
from mockserver.jobs import dispatch as rules
from mockserver.operations import WRITES
from mockserver.operations import dispatch as dispatch_operation
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import body_of


def _dispatch_check(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant of what may be dispatched; ``change`` gets the check and returns another."""

    def apply(breakage: Breakage) -> None:
        breakage.wrap(dispatch_operation, "check_dispatch", change)

    mutant(f"dispatch.{name}", sentence, *caught_by, "job.dispatch.refuses.*", "common.stateful.*")(apply)


def _forgiving(text: str) -> Callable[[Any], Any]:
    def make(check: Any) -> Any:
        def broken(*arguments: Any) -> None:
            try:
                check(*arguments)
            except Refused as refused:
                if text not in refused.text:
                    raise

        return broken

    return make


_dispatch_check(
    "no-checks",
    "Nothing is checked.",
    lambda check: lambda job_id, job, *rest: None if job else check(job_id, job, *rest),
)
_dispatch_check(
    "forbidden-payload", "A forbidden payload is taken.", _forgiving("forbidden"), "job.dispatch.refuses.payload"
)
_dispatch_check(
    "required-payload",
    "A required payload may be missing.",
    _forgiving("required by parameterized"),
    "job.dispatch.refuses.payload",
)
_dispatch_check(
    "required-meta", "Required metadata may be missing.", _forgiving("required meta keys"), "job.dispatch.refuses.meta"
)
_dispatch_check("unknown-meta", "Metadata of any key is taken.", _forgiving("unpermitted"), "job.dispatch.refuses.meta")
_dispatch_check("large-payload", "A payload may be of any size.", _forgiving("exceeds"), "job.dispatch.refuses.payload")
_dispatch_check(
    "optional-is-required",
    "Optional metadata is required.",
    lambda check: (
        lambda i, job, p, m: check(
            i,
            (
                job
                and job["ParameterizedJob"]
                and {
                    **job,
                    "ParameterizedJob": {
                        **job["ParameterizedJob"],
                        "MetaRequired": [
                            *(job["ParameterizedJob"]["MetaRequired"] or ()),
                            *(job["ParameterizedJob"]["MetaOptional"] or ()),
                        ],
                    },
                }
            )
            or job,
            p,
            m,
        )
    ),
    "job.dispatch.*",
    "job.*",
)
_dispatch_check(
    "meta-any-case",
    "Metadata keys match in any letter case.",
    lambda check: lambda i, job, p, m: check(i, job, p, {k.lower(): v for k, v in m.items()}),
    "job.dispatch.refuses.meta",
)
_dispatch_check(
    "own-meta-allowed",
    "The job's own metadata keys may be given.",
    lambda check: (
        lambda i, job, p, m: check(i, job, p, {k: v for k, v in m.items() if not job or k not in (job["Meta"] or {})})
    ),
    "job.dispatch.refuses.meta",
)


def _limit(limit: int) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.replace(rules, "_LARGEST_PAYLOAD", limit)

    mutant(
        f"dispatch.limit-{limit}",
        f"A payload may have {limit} bytes.",
        "job.dispatch.refuses.payload",
        "job.dispatch.*",
    )(apply)


for _size in (16383, 16000, 16385, 65536):
    _limit(_size)


@mutant("dispatch.job-id-ignored", "A JobID of another job in the body is ignored.", "job.dispatch.refuses.bodies")
def _(breakage: Breakage) -> None:
    breakage.wrap_item(
        WRITES, "dispatch", lambda parse: lambda job_id, body: parse(job_id, body and {**body, "JobID": ""})
    )


@mutant("dispatch.empty-refused", "A body that asks for nothing is refused.", "job.dispatch.payload-forms", "job.*")
def _(breakage: Breakage) -> None:
    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            if not any((body or {}).values()):
                raise BadRequest("EOF")
            return parse(job_id, body)

        return broken

    breakage.wrap_item(WRITES, "dispatch", make)


def _write_reply(
    operation: str, chapter: str, name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str
) -> None:
    def apply(breakage: Breakage) -> None:
        body_of(breakage, operation, change)

    mutant(f"{chapter}.reply.{name}", sentence, *caught_by, f"job.{chapter}.*", "common.*")(apply)


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
