"""Mutants of dispatch, evaluate, periodic force and deregister."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from mockserver.cluster import cluster, evaluations
from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.periodic import Periodic
from mockserver.cluster.state import State
from mockserver.errors import BadRequest, Refused
from mockserver.jobs import dispatch as rules
from mockserver.operations import WRITES
from mockserver.operations import dispatch as dispatch_operation
from tests.mutants.mutant import Breakage, Scope, changed, mutant
from tests.mutants.replies import bodies, body_of

# Dispatch


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


# Evaluate


def _evaluate(name: str, sentence: str, make: Callable[[Any], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.wrap(Cluster, "evaluate", make)

    mutant(f"evaluate.{name}", sentence, "job.evaluate.*", *caught_by)(apply)


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
def _(breakage: Breakage) -> None:
    def make(evaluate: Any) -> Any:
        def broken(self: Cluster, job_id: str) -> Any:
            if self.state.job(job_id) is None:
                return self._submitted(evaluations.for_deregistration(job_id, job_index=0, ids=self.ids), 0)
            return evaluate(self, job_id)

        return broken

    breakage.wrap(Cluster, "evaluate", make)


@mutant(
    "evaluate.refused-evaluates", "A refused evaluate evaluates all the same.", "job.evaluate.refuses", "job.*", "c*"
)
def _(breakage: Breakage) -> None:
    def make(evaluate: Any) -> Any:
        def broken(self: Cluster, job_id: str) -> Any:
            try:
                return evaluate(self, job_id)
            except Refused:
                if self.state.job(job_id) is not None:
                    self._evaluated(self._existing(job_id), 1, "job-register")
                raise

        return broken

    breakage.wrap(Cluster, "evaluate", make)


def _strict_body(suffix: str, chapter: str) -> None:
    def apply(breakage: Breakage) -> None:
        def change(scope: Scope, body: bytes) -> str | None:
            bad = scope["path"].endswith(f"/{suffix}") and body and not body.startswith(b"{")
            return "invalid character in body" if bad else None

        bodies(breakage, change)

    mutant(f"{chapter}.body-read", f"The body of {chapter} has to be JSON.", f"job.{chapter}.body-is-ignored")(apply)


_strict_body("evaluate", "evaluate")
_strict_body("force", "periodic-force")


# Periodic force


def _launch(name: str, sentence: str, change: Callable[[Any, Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the job that a launch makes: ``change(child, parent)``."""

    def apply(breakage: Breakage) -> None:
        from mockserver.cluster import periodic

        def make(launched: Any) -> Any:
            return lambda parent, seconds: changed(lambda child: change(child, parent), launched(parent, seconds))

        breakage.wrap(periodic, "periodic_child", make)

    mutant(f"force.{name}", sentence, "job.periodic-force.*", *caught_by)(apply)


_launch(
    "id-dash",
    "The child's ID has no slash.",
    lambda child, _: child.update(ID=child["ID"].replace("/periodic", "-periodic")),
)
_launch(
    "id-milliseconds",
    "The child's ID has milliseconds.",
    lambda child, _: child.update(ID=child["ID"] + "000", Name=child["ID"] + "000"),
)
_launch("no-parent-id", "ParentID is empty.", lambda child, _: child.update(ParentID=""))
_launch("parents-name", "The child has the parent's name.", lambda child, parent: child.update(Name=parent["Name"]))
_launch("still-periodic", "The child is periodic.", lambda child, parent: child.update(Periodic=parent["Periodic"]))
_launch("meta-lost", "The child has no metadata.", lambda child, _: child.update(Meta=None))
_launch("priority", "The child has priority 50.", lambda child, _: child.update(Priority=50))
_launch(
    "periodic-off",
    "The child keeps a disabled periodic block.",
    lambda child, parent: child.update(Periodic={**parent["Periodic"], "Enabled": False}),
)


@mutant("force.does-nothing", "Nothing is launched.", "job.periodic-force.*")
def _(breakage: Breakage) -> None:
    def force(self: Cluster, job_id: str) -> Written:
        return self._submitted(
            evaluations.for_deregistration(self._existing(job_id)["ID"], job_index=1, ids=self.ids), 1
        )

    breakage.replace(Cluster, "force", force)


@mutant("force.obeys-overlap", "An open instance prevents a launch.", "job.periodic-force.ignores-overlap", "job.p*")
def _(breakage: Breakage) -> None:
    def make(force: Any) -> Any:
        def broken(self: Periodic, job_id: str) -> Any:
            tracked = self._tracked.get(job_id)
            if tracked and tracked.job["Periodic"]["ProhibitOverlap"] and self._has_running_child(tracked.job):
                raise Refused("overlap is prohibited")
            return force(self, job_id)

        return broken

    breakage.wrap(Periodic, "force", make)


@mutant("force.same-second-refused", "A second launch within a second is refused.", "job.periodic-force.*", "common.*")
def _(breakage: Breakage) -> None:
    def make(store: Any) -> Any:
        def broken(self: Cluster, child: Any) -> Any:
            if self.state.job(child["ID"]) is not None:
                raise Refused("job already exists")
            return store(self, child)

        return broken

    breakage.wrap(Cluster, "_launch", make)


def _forces(name: str, sentence: str, change: Callable[[Any], Any]) -> None:
    def apply(breakage: Breakage) -> None:
        def make(force: Any) -> Any:
            def broken(self: Cluster, job_id: str) -> Any:
                job = self.state.job(job_id)
                if job is not None and change(job):
                    return self._evaluated(
                        {**job, "ID": f"{job['ID']}/periodic-1", "Periodic": None, "ParentID": job["ID"]},
                        self._store({**job, "ID": f"{job['ID']}/periodic-1", "Periodic": None, "ParentID": job["ID"]}),
                        "periodic-job",
                    )
                return force(self, job_id)

            return broken

        breakage.wrap(Cluster, "force", make)

    mutant(f"force.{name}", sentence, "job.periodic-force.refuses", "common.*")(apply)


_forces("disabled", "A disabled job is launched.", lambda job: job["Periodic"] and not job["Periodic"]["Enabled"])
_forces("any-job", "A job that is not periodic is launched.", lambda job: job["Periodic"] is None)


@mutant("force.trigger", "A launch says `job-register`.", "job.periodic-force.child", "job.periodic-force.*")
def _(breakage: Breakage) -> None:
    def make(for_job: Any) -> Any:
        return lambda job, triggered_by, **options: for_job(
            job, triggered_by=triggered_by.replace("periodic-job", "job-register"), **options
        )

    breakage.wrap(evaluations, "for_job", make)


@mutant(
    "force.parent-changes", "A launch moves the parent's ModifyIndex.", "job.periodic-force.counts-as-child", "job.p*"
)
def _(breakage: Breakage) -> None:
    def make(force: Any) -> Any:
        def broken(self: Cluster, job_id: str) -> Any:
            done = force(self, job_id)
            job = self._existing(job_id)
            self.state._store_job({**job, "ModifyIndex": done.evaluation_index}, done.evaluation_index)
            return done

        return broken

    breakage.wrap(Cluster, "force", make)


# Deregister


@mutant("deregister.does-nothing", "The job stays.", "job.deregister.*", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    breakage.replace(State, "delete_job", lambda self, _: self.pass_index())


@mutant("deregister.job-only-dead", "The job stays, dead.", "job.deregister.*", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    def delete(self: State, job_id: str) -> int:
        index = self.pass_index()
        job = self.job(job_id)
        if job is not None:
            self._store_job({**job, "Status": "dead", "ModifyIndex": index}, index)
        return self._commit(index)

    breakage.replace(State, "delete_job", delete)


def _deletion(name: str, sentence: str, after: Callable[[State, str, Any, Any], None], *caught_by: str) -> None:
    """Declare a mutant of deregistration: ``after(state, job_id, job, summary)`` as they were before."""

    def apply(breakage: Breakage) -> None:
        def make(delete: Any) -> Any:
            def broken(self: State, job_id: str) -> int:
                job, summary = self.job(job_id), self.summary(job_id)
                index: int = delete(self, job_id)
                if job is not None:
                    after(self, job_id, job, summary)
                return index

            return broken

        breakage.wrap(State, "delete_job", make)

    mutant(f"deregister.{name}", sentence, *caught_by, "job.deregister.*", "job.*", "common.*")(apply)


def _kill_prefix(state: State, job_id: str, _: Any, __: Any) -> None:
    for job in list(state.jobs(job_id)):
        state._jobs.pop(job["ID"].lower(), None)


def _kill_children(state: State, job_id: str, _: Any, __: Any) -> None:
    for job in list(state.jobs(job_id + "/")):
        if job["ParentID"] == job_id:
            state._jobs.pop(job["ID"].lower(), None)


def _kill_last(state: State, _: str, __: Any, ___: Any) -> None:
    others = list(state.jobs())
    if others:
        state._jobs.pop(others[-1]["ID"].lower(), None)


def _forget_evaluations(state: State, job_id: str, _: Any, __: Any) -> None:
    for evaluation_id in state._evaluations_of.pop(job_id.lower(), {}):
        state._evaluations.pop(evaluation_id, None)


def _keep_summary(state: State, job_id: str, _: Any, summary: Any) -> None:
    state._summaries[job_id.lower()] = summary


_deletion("summary-stays", "The summary stays.", _keep_summary, "job.summary.missing-job")
_deletion("evaluations-go", "The evaluations go, too.", _forget_evaluations, "job.evaluations.survive-the-job")
_deletion("prefix", "Jobs whose IDs begin alike go, too.", _kill_prefix, "job.deregister.only-that-job")
_deletion("children", "Children go, too.", _kill_children, "job.deregister.parents", "common.stateful.children-stay")
_deletion("another", "Another job goes, too.", _kill_last, "job.register.leaves-other-jobs-alone")


@mutant(
    "deregister.index-reused", "A job registered anew has its old CreateIndex.", "job.deregister.anew", "job.*", "c*"
)
def _(breakage: Breakage) -> None:
    from tests.mutants.registration import restored

    first: dict[str, int] = {}
    restored(breakage, lambda _, new, __: {"CreateIndex": first.setdefault(new["ID"].lower(), new["CreateIndex"])})


@mutant("deregister.missing-404", "A missing job cannot be deregistered.", "job.deregister.unknown-job", "common.*")
def _(breakage: Breakage) -> None:
    def make(deregister: Any) -> Any:
        def broken(self: Cluster, job_id: str) -> Any:
            self._existing(job_id)
            return deregister(self, job_id)

        return broken

    breakage.wrap(Cluster, "deregister", make)


@mutant("deregister.parents-evaluated", "A parent's deregistration is evaluated.", "job.deregister.parents", "common.*")
def _(breakage: Breakage) -> None:
    def deregister(self: Cluster, job_id: str) -> Written:
        index = self.state.delete_job(job_id)
        self._periodic.deregistered(job_id)
        return self._submitted(evaluations.for_deregistration(job_id, job_index=index, ids=self.ids), index)

    breakage.replace(Cluster, "deregister", deregister)


@mutant("deregister.body-counts", "The job that the body names goes instead.", "job.deregister.body-is-ignored", "c*")
def _(breakage: Breakage) -> None:
    def change(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
        if scope["method"] != "DELETE" or b"JobID" not in body:
            return None
        path = f"/v1/job/{json.loads(body)['JobID']}"
        return {**scope, "path": path, "raw_path": path.encode()}, body

    bodies(breakage, change)


def _deregistration(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.wrap(evaluations, "for_deregistration", lambda make: lambda *a, **o: changed(change, make(*a, **o)))

    mutant(f"deregister.{name}", sentence, "job.deregister.evaluation", "job.deregister.*", *caught_by)(apply)


_deregistration("priority", "The evaluation has priority 100.", lambda evaluation: evaluation.update(Priority=100))
_deregistration("type", "The evaluation is of type batch.", lambda evaluation: evaluation.update(Type="batch"))
_deregistration(
    "trigger", "The evaluation says `job-register`.", lambda evaluation: evaluation.update(TriggeredBy="job-register")
)
_deregistration(
    "job-index", "The evaluation has no JobModifyIndex.", lambda evaluation: evaluation.update(JobModifyIndex=0)
)


@mutant(
    "deregister.blocked-stay", "Blocked evaluations stay.", "job.deregister.cancels-blocked", "job.evaluations.*", "c*"
)
def _(breakage: Breakage) -> None:
    breakage.replace(State, "_cancel_blocked", lambda *_: None)


@mutant(
    "write.region-of-job", "The job's own region is where it is registered.", "common.regions.of-the-body", "common.*"
)
def _(breakage: Breakage) -> None:
    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            write = parse(job_id, body)
            return dataclasses.replace(write, region=write.region or body["Job"]["Region"])

        return broken

    breakage.wrap_item(WRITES, "register", make)


@mutant("write.region-of-body-ignored", "The body's region is ignored.", "common.regions.of-the-body")
def _(breakage: Breakage) -> None:
    for operation in ("register", "plan", "dispatch"):
        breakage.wrap_item(WRITES, operation, lambda parse: lambda *a: dataclasses.replace(parse(*a), region=""))


@mutant("write.region-of-body-first", "The body's region is above that of the URL.", "common.regions.of-the-body", "c*")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    breakage.wrap(Agent, "cluster", lambda find: lambda self, *wanted: find(self, *reversed(wanted)))


@mutant("regions.unknown-is-local", "An unknown region is the local one.", "common.regions.unknown", "common.regions.*")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    def make(find: Any) -> Any:
        def broken(self: Agent, *wanted: str) -> Any:
            try:
                return find(self, *wanted)
            except Refused:
                return self.local

        return broken

    breakage.wrap(Agent, "cluster", make)


@mutant("regions.shared", "Regions share their jobs.", "common.regions.each-its-own-jobs", "common.regions.*")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    breakage.wrap(Agent, "cluster", lambda find: lambda self, *wanted: find(self, *wanted) and self.local)


@mutant("regions.others-unreachable", "No other region is reached.", "common.regions.another")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    def make(find: Any) -> Any:
        def broken(self: Agent, *wanted: str) -> Any:
            found = find(self, *wanted)
            if found is not self.local:
                raise Refused("No path to region")
            return found

        return broken

    breakage.wrap(Agent, "cluster", make)
