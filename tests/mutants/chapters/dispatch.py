"""Mutants of a dispatch: the child, its payload and metadata, its evaluation."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import cluster, evaluations
from mockserver.cluster.cluster import Cluster, Written
from mockserver.errors import BadRequest, Refused
from mockserver.jobs import dispatch as rules
from mockserver.operations import WRITES
from mockserver.operations import dispatch as dispatch_operation
from tests.mutants.mutant import Breakage, changed, mutant
from tests.mutants.replies import body_of


def _child(name: str, sentence: str, change: Callable[[Any, Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the job that a dispatch makes: ``change(child, parent)``."""

    def apply(breakage: Breakage) -> None:
        def make(dispatched: Any) -> Any:
            def broken(parent: Any, *arguments: Any) -> Any:
                return changed(lambda child: change(child, parent), dispatched(parent, *arguments))

            return broken

        breakage.wrap(cluster, "dispatched_job", make)

    mutant(f"dispatch.{name}", sentence, *caught_by, "job.dispatch.*")(apply)


_child(
    "payload-lost", "The payload is lost.", lambda child, _: child.update(Payload=None), "job.dispatch.carries-payload"
)
_child(
    "payload-short",
    "Only 1 KiB of the payload is kept.",
    lambda child, _: child.update(Payload=child["Payload"] and child["Payload"][:1368]),
    "job.dispatch.carries-payload",
)
_child(
    "payload-plain",
    "The payload is not base64.",
    lambda child, _: child.update(Payload=child["Payload"] and child["Payload"].rstrip("=")),
    "job.dispatch.carries-payload",
)
_child(
    "payload-empty",
    "No payload is an empty text.",
    lambda child, _: child.update(Payload=child["Payload"] or ""),
    "job.dispatch.carries-payload",
)
_child(
    "meta-lost",
    "The metadata is lost.",
    lambda child, parent: child.update(Meta=parent["Meta"]),
    "job.dispatch.carries-meta",
)
_child(
    "parent-meta-lost",
    "The parent's metadata is lost.",
    lambda child, parent: child.update(
        Meta={k: v for k, v in (child["Meta"] or {}).items() if k not in (parent["Meta"] or {})} or None
    ),
    "job.dispatch.carries-meta",
)
_child(
    "parent-meta-wins",
    "The parent's metadata is above that given.",
    lambda child, parent: child.update(Meta={**(child["Meta"] or {}), **(parent["Meta"] or {})} or None),
    "job.dispatch.carries-meta",
)
_child(
    "meta-trimmed",
    "Metadata is stored without spaces around it.",
    lambda child, _: child.update(Meta={k: v.strip() for k, v in (child["Meta"] or {}).items()} or None),
    "job.dispatch.carries-meta",
)
_child(
    "meta-empty-lost",
    "Empty metadata is left out.",
    lambda child, _: child.update(Meta={k: v for k, v in (child["Meta"] or {}).items() if v} or None),
    "job.dispatch.carries-meta",
)
_child(
    "no-parent-id", "ParentID is empty.", lambda child, _: child.update(ParentID=""), "job.dispatch.child-knows-parent"
)
_child(
    "parents-name",
    "The child has the parent's name.",
    lambda child, parent: child.update(Name=parent["Name"]),
    "job.dispatch.child-knows-parent",
)
_child(
    "still-parameterized",
    "The child is parameterized.",
    lambda child, parent: child.update(ParameterizedJob=parent["ParameterizedJob"]),
    "job.dispatch.child-knows-parent",
)
_child(
    "priority",
    "The child has priority 50.",
    lambda child, _: child.update(Priority=50),
    "job.dispatch.child-is-the-parents-copy",
)
_child(
    "type",
    "The child is of type service.",
    lambda child, _: child.update(Type="service"),
    "job.dispatch.child-is-the-parents-copy",
)
_child(
    "counts",
    "The child's groups have count 1.",
    lambda child, _: child.update(TaskGroups=[{**g, "Count": 1} for g in child["TaskGroups"]]),
    "job.dispatch.child-is-the-parents-copy",
)


def _child_id(name: str, sentence: str, make: Callable[[str, int, str], str], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.replace(cluster, "child_id", make)

    mutant(f"dispatch.{name}", sentence, *caught_by, "job.dispatch.*")(apply)


_child_id(
    "id-separator",
    "The child's ID has no slash.",
    lambda parent, at, suffix: f"{parent}-dispatch-{at}-{suffix}",
    "job.dispatch.id-begins-with-parent",
)
_child_id(
    "id-milliseconds",
    "The child's ID has milliseconds.",
    lambda parent, at, suffix: f"{parent}/dispatch-{at}000-{suffix}",
    "job.dispatch.id-form",
)
_child_id(
    "id-uuid",
    "The child's ID has no time.",
    lambda parent, _, suffix: f"{parent}/dispatch-{suffix}{suffix}",
    "job.dispatch.id-form",
)
_child_id(
    "id-again",
    "Every dispatch within a second is the same job.",
    lambda parent, at, _: f"{parent}/dispatch-{at}-00000000",
    "job.dispatch.each-is-another-job",
)
_child_id(
    "id-upper",
    "The suffix is in upper case.",
    lambda parent, at, suffix: f"{parent}/dispatch-{at}-{suffix.upper().replace('0', 'A')}",
    "job.dispatch.id-form",
)


@mutant(
    "dispatch.parent-changes", "A dispatch moves the parent's ModifyIndex.", "job.dispatch.leaves-the-parent", "job.*"
)
def _(breakage: Breakage) -> None:
    def make(dispatch: Any) -> Any:
        def broken(self: Cluster, job_id: str, *arguments: Any) -> Any:
            done = dispatch(self, job_id, *arguments)
            job = self._existing(job_id)
            self.state._store_job({**job, "ModifyIndex": done.evaluation_index}, done.evaluation_index)
            return done

        return broken

    breakage.wrap(Cluster, "dispatch", make)


@mutant(
    "dispatch.parent-gets-meta", "The parent keeps the metadata given.", "job.dispatch.leaves-the-parent", "job.*", "c*"
)
def _(breakage: Breakage) -> None:
    def make(dispatch: Any) -> Any:
        def broken(self: Cluster, job_id: str, payload: bytes, meta: Any) -> Any:
            done = dispatch(self, job_id, payload, meta)
            job = self._existing(job_id)
            self.state._store_job({**job, "Meta": {**(job["Meta"] or {}), **meta} or None}, done.evaluation_index)
            return done

        return broken

    breakage.wrap(Cluster, "dispatch", make)


@mutant(
    "dispatch.not-evaluated",
    "A child gets no evaluation.",
    "job.dispatch.evaluation-is-readable",
    "job.dispatch.*",
    "c*",
)
def _(breakage: Breakage) -> None:
    def make(dispatch: Any) -> Any:
        def broken(self: Cluster, job_id: str, payload: bytes, meta: Any) -> Any:
            once = Breakage()
            once.replace(Cluster, "_evaluated", lambda _, job, index, __: Written(job["ID"], index))
            try:
                return dispatch(self, job_id, payload, meta)
            finally:
                once.undo()

        return broken

    breakage.wrap(Cluster, "dispatch", make)


@mutant(
    "dispatch.parent-evaluated", "The evaluation is the parent's.", "job.dispatch.evaluation-is-readable", "job.*", "c*"
)
def _(breakage: Breakage) -> None:
    def make(for_job: Any) -> Any:
        return lambda job, **options: for_job(
            {**job, "ID": job["ParentID"] if "/dispatch-" in job["ID"] else job["ID"]}, **options
        )

    breakage.wrap(evaluations, "for_job", make)


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


@mutant("dispatch.null-refused", "A body of null is refused.", "job.dispatch.payload-forms", "common.*")
def _(breakage: Breakage) -> None:
    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            if body is None:
                raise BadRequest("EOF")
            return parse(job_id, body)

        return broken

    breakage.wrap_item(WRITES, "dispatch", make)


def _write_reply(operation: str, chapter: str, name: str, sentence: str, change: Callable[[Any], Any]) -> None:
    def apply(breakage: Breakage) -> None:
        body_of(breakage, operation, change)

    mutant(f"{chapter}.reply.{name}", sentence, f"job.{chapter}.*", "common.*")(apply)


_write_reply(
    "dispatch",
    "dispatch",
    "job-index",
    "JobCreateIndex is the evaluation's.",
    lambda body: body.update(JobCreateIndex=body["EvalCreateIndex"]),
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
_write_reply("periodic-force", "periodic-force", "index", "Index is 0.", lambda body: body.update(Index=0))
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
