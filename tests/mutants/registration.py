"""Mutants of registration: what is stored, under which index, evaluated how, and what an update does."""

import contextlib
from collections.abc import Callable
from typing import Any

from mockserver.cluster import cluster, state
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.state import State
from mockserver.cluster.tables import Tables
from mockserver.errors import BadRequest, Refused
from mockserver.jobs import enforce_index
from mockserver.operations import plan as plan_operation
from mockserver.operations import register as register_operation
from tests.mutants.mutant import Breakage, Scope, changed, mutant
from tests.mutants.replies import bodies, body_of

INDEXES = ("job.register.*", "common.stateful.*", "common.blocking.*", "job.*", "common.consistency.*")


def stored(breakage: Breakage, change: Callable[[Any], Any], *, update: bool | None = None) -> None:
    """Change a job after it was found valid and before it is stored; only updates, or only new ones, when told so."""

    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            known = self.state.job(job["ID"]) is not None
            return register(self, changed(change, job) if update in (None, known) else job)

        return broken

    breakage.wrap(Cluster, "register", make)


def restored(breakage: Breakage, change: Callable[[Any, Any, int], dict[str, Any]]) -> None:
    """Change a job right after it was stored: by the old one (None for a new one), the new one and the index."""

    def make(upsert: Any) -> Any:
        def broken(self: State, job: Any) -> int:
            old = self.job(job["ID"])
            index: int = upsert(self, job)
            new = self.job(job["ID"])
            if new is not None:
                self._store_job({**new, **change(old, new, index)}, index)
            return index

        return broken

    breakage.wrap(State, "upsert_job", make)


@mutant(
    "register.acknowledged-only", "A new job is acknowledged and not stored.", "job.register.*", "job.*", "common.*"
)
def _(breakage: Breakage) -> None:
    def make(upsert: Any) -> Any:
        def broken(self: State, job: Any) -> int:
            index: int = upsert(self, job)
            self._jobs.pop(job["ID"].lower(), None)
            return index

        return broken

    breakage.wrap(State, "upsert_job", make)
    breakage.replace(Cluster, "register", lambda self, job: cluster.Written(job["ID"], self.state.pass_index()))


@mutant("register.update-lost", "An update is acknowledged and dropped.", "job.register.updates", "job.register.*")
def _(breakage: Breakage) -> None:
    restored(
        breakage,
        lambda old, new, _: (
            {} if old is None else {**old, "ModifyIndex": new["ModifyIndex"], "JobModifyIndex": new["JobModifyIndex"]}
        ),
    )


@mutant(
    "register.update-merges-meta", "An update keeps Meta keys that it leaves out.", "job.register.updates", "job.r*"
)
def _(breakage: Breakage) -> None:
    restored(
        breakage,
        lambda old, new, _: {"Meta": {**((old or {}).get("Meta") or {}), **(new["Meta"] or {})} or None},
    )


@mutant("register.update-appends-groups", "An update keeps groups that it leaves out.", "job.register.*", "job.plan.*")
def _(breakage: Breakage) -> None:
    def change(old: Any, new: Any, _: int) -> dict[str, Any]:
        names = {group["Name"] for group in new["TaskGroups"]}
        return {
            "TaskGroups": [
                *new["TaskGroups"],
                *(g for g in (old or {"TaskGroups": ()})["TaskGroups"] if g["Name"] not in names),
            ]
        }

    restored(breakage, change)


def _update_keeps(key: str) -> None:
    def apply(breakage: Breakage) -> None:
        restored(breakage, lambda old, new, _: {key: (old or new)[key]})

    mutant(f"register.update-keeps-{key}", f"An update does not change {key}.", "job.register.*", "job.plan.*")(apply)


for _key in (
    *("AllAtOnce", "Constraints", "Datacenters", "Meta", "Name", "ParameterizedJob", "Periodic", "Priority"),
    *("Region", "StatusDescription", "TaskGroups", "Type", "Update"),
):
    _update_keeps(_key)


@mutant(
    "register.updates-refused", "What exists is not updated but refused.", "job.register.updates", "job.*", "common.*"
)
def _(breakage: Breakage) -> None:
    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            if self.state.job(job["ID"]) is not None:
                raise Refused("job already exists")
            return register(self, job)

        return broken

    breakage.wrap(Cluster, "register", make)


@mutant("register.create-index-moves", "An update moves CreateIndex.", "job.register.update-keeps-create-index")
def _(breakage: Breakage) -> None:
    restored(breakage, lambda _, __, index: {"CreateIndex": index})


@mutant("register.create-index-zero", "CreateIndex is 0 after an update.", "job.register.update-keeps-create-index")
def _(breakage: Breakage) -> None:
    restored(breakage, lambda old, new, _: {"CreateIndex": new["CreateIndex"] if old is None else 0})


@mutant("register.modify-index-stays", "An update leaves ModifyIndex.", "job.register.update-advances-modify-index")
def _(breakage: Breakage) -> None:
    restored(breakage, lambda old, new, _: {"ModifyIndex": (old or new)["ModifyIndex"]})


@mutant("register.job-modify-index-stays", "An update leaves JobModifyIndex.", "job.register.*", "job.*")
def _(breakage: Breakage) -> None:
    restored(breakage, lambda old, new, _: {"JobModifyIndex": (old or new)["JobModifyIndex"]})


@mutant(
    "register.identical-update-skipped",
    "Registering the same job again changes no index.",
    "job.register.update-advances-modify-index",
    "job.register.*",
)
def _(breakage: Breakage) -> None:
    def change(old: Any, new: Any, _: int) -> dict[str, Any]:
        moving = {"ModifyIndex", "JobModifyIndex", "Status"}
        same = old is not None and all(old[key] == new[key] for key in new.keys() - moving)
        return {"ModifyIndex": old["ModifyIndex"], "JobModifyIndex": old["JobModifyIndex"]} if same else {}

    restored(breakage, change)


@mutant("register.status-moves-job-modify-index", "A change of status moves JobModifyIndex.", "job.register.*", "job.*")
def _(breakage: Breakage) -> None:
    def make(store: Any) -> Any:
        def broken(self: State, job: Any, index: int) -> None:
            store(self, {**job, "JobModifyIndex": job["ModifyIndex"]}, index)

        return broken

    breakage.wrap(State, "_store_job", make)


@mutant("index.stands-still", "No write moves the index.", *INDEXES)
def _(breakage: Breakage) -> None:
    breakage.replace(State, "pass_index", lambda self: self.index)


@mutant("index.moves-back", "Every seventh write moves the index back.", *INDEXES)
def _(breakage: Breakage) -> None:
    def back(self: State) -> int:
        self.index += 1 if self.index % 7 else -4
        return self.index

    breakage.replace(State, "pass_index", back)


@mutant("index.random", "The index is unique and knows no order.", *INDEXES)
def _(breakage: Breakage) -> None:
    def scrambled(self: State) -> int:
        self.index += 1
        return (self.index * 7919) % 10007 + 10

    breakage.replace(State, "pass_index", scrambled)


@mutant("index.starts-over", "The index starts over after 40 writes.", *INDEXES)
def _(breakage: Breakage) -> None:
    def short(self: State) -> int:
        self.index = self.index % 40 + 1
        return self.index

    breakage.replace(State, "pass_index", short)


@mutant("index.shared", "Job and evaluation are stored at one index.", "job.register.index-order", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    def make(upsert: Any) -> Any:
        def broken(self: State, evaluations: Any) -> int:
            self.index -= 1
            index: int = upsert(self, evaluations)
            return index

        return broken

    breakage.wrap(State, "upsert_evaluations", make)


# The reply


def _reply(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        body_of(breakage, "register", change)

    mutant(f"register.reply.{name}", sentence, *caught_by)(apply)


_EVALUATION = ("job.register.evaluation-is-readable", "job.register.*", "job.evaluations.*", "common.*")
_reply("no-eval-id", "EvalID is empty.", lambda body: body.update(EvalID=""), *_EVALUATION)
_reply(
    "wrong-eval-id", "EvalID is of no evaluation.", lambda body: body.update(EvalID=body["EvalID"][::-1]), *_EVALUATION
)
_reply(
    "upper-eval-id", "EvalID is in upper case.", lambda body: body.update(EvalID=body["EvalID"].upper()), *_EVALUATION
)
_reply(
    "eval-index",
    "EvalCreateIndex is 1 too small.",
    lambda body: body.update(EvalCreateIndex=body["EvalCreateIndex"] - 1),
    "job.register.*",
    "job.*",
)
_reply(
    "job-index",
    "JobModifyIndex is 1 too large.",
    lambda body: body.update(JobModifyIndex=body["JobModifyIndex"] + 1),
    "job.register.*",
    "job.*",
)
_reply(
    "job-index-is-evals",
    "JobModifyIndex is the evaluation's.",
    lambda body: body.update(JobModifyIndex=body["EvalCreateIndex"]),
    "job.register.*",
    "job.*",
)
_reply("index", "Index is JobModifyIndex.", lambda body: body.update(Index=body["JobModifyIndex"]), "job.register.*")
_reply("leader", "KnownLeader is true.", lambda body: body.update(KnownLeader=True), "job.register.reply-index")
_reply("contact", "LastContact is 1.", lambda body: body.update(LastContact=1), "job.register.reply-index")


# Evaluations


def _parents(name: str, key: str) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.replace(cluster, "_is_parent", lambda job: job[key] is not None)

    other = "Periodic" if key == "ParameterizedJob" else "ParameterizedJob"
    mutant(
        f"register.{name}-evaluated",
        f"A job with {other} gets an evaluation.",
        "job.register.no-evaluation-of-parents",
        "job.*",
    )(apply)


_parents("periodic", "ParameterizedJob")
_parents("parameterized", "Periodic")


@mutant("register.updates-not-evaluated", "An update makes no evaluation.", "job.register.*", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    def make(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Any:
            if self.state.job(job["ID"]) is None:
                return register(self, job)
            return cluster.Written(job["ID"], self._store(job))

        return broken

    breakage.wrap(Cluster, "register", make)


@mutant("register.counts-zero-not-evaluated", "A job that wants nothing is not evaluated.", "job.register.*", "job.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(
        cluster,
        "_is_parent",
        lambda is_parent: lambda job: is_parent(job) or all(group["Count"] == 0 for group in job["TaskGroups"]),
    )


# Refused registrations


def _on_refusal(name: str, sentence: str, then: Callable[[Cluster, Any], None], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def make(register: Any) -> Any:
            def broken(cluster_: Cluster, job: Any, expected: int | None = None) -> Any:
                try:
                    return register(cluster_, job, expected)
                except Refused:
                    with contextlib.suppress(Exception):
                        then(cluster_, job)
                    raise

            return broken

        breakage.wrap(register_operation, "register", make)

    mutant(f"register.refused-{name}", sentence, *caught_by)(apply)


def _store_known(region: Cluster, job: Any) -> None:
    known = region.state.job(job["ID"])
    if known is not None:
        region.state.upsert_job({**known, "Priority": job["Priority"]})


def _evaluate_known(region: Cluster, job: Any) -> None:
    known = region.state.job(job["ID"])
    if known is not None:
        region.evaluate(job["ID"])


def _store_new(region: Cluster, job: Any) -> None:
    if region.state.job(job["ID"]) is None and job["ID"]:
        region.state.upsert_job(job)


def _drop_known(region: Cluster, job: Any) -> None:
    if job["Priority"] < 1:
        region.deregister(job["ID"])


_CHANGED = ("job.register.refused-update-changes-nothing", "job.register.*", "common.*")
_on_refusal("update-stored", "A refused update is stored partly.", _store_known, *_CHANGED)
_on_refusal("update-evaluated", "A refused update is evaluated.", _evaluate_known, *_CHANGED)
_on_refusal(
    "job-stored", "A refused new job is stored.", _store_new, "job.register.refuses.*", "common.*", "job.register.*"
)
_on_refusal("update-deregisters", "A refused update ends the job.", _drop_known, *_CHANGED)


# Check and set


@mutant("register.enforce-ignored", "EnforceIndex is ignored.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    breakage.replace(enforce_index, "check_enforced_index", lambda *_: None)


@mutant("register.enforce-zero-accepts", "EnforceIndex with 0 overwrites a job.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    breakage.wrap(enforce_index, "check_enforced_index", lambda check: lambda job, index: index and check(job, index))


@mutant("register.enforce-newer-accepts", "EnforceIndex accepts any larger index.", "job.register.check-and-set")
def _(breakage: Breakage) -> None:
    def make(check: Any) -> Any:
        return lambda job, index: None if job and index >= job["JobModifyIndex"] else check(job, index)

    breakage.wrap(enforce_index, "check_enforced_index", make)


@mutant("register.enforce-modify-index", "EnforceIndex compares with ModifyIndex.", "job.register.check-and-set", "c*")
def _(breakage: Breakage) -> None:
    def make(check: Any) -> Any:
        return lambda job, index: check(job and {**job, "JobModifyIndex": job["ModifyIndex"]}, index)

    breakage.wrap(enforce_index, "check_enforced_index", make)


@mutant("register.enforce-always", "JobModifyIndex counts without EnforceIndex.", "job.register.check-and-set", "job.*")
def _(breakage: Breakage) -> None:
    def make(register: Any) -> Any:
        return lambda region, job, expected=None: register(region, job, job["JobModifyIndex"] or expected)

    breakage.wrap(register_operation, "register", make)


@mutant(
    "register.enforce-envelope-always",
    "The body's JobModifyIndex counts without EnforceIndex.",
    "job.register.check-and-set",
)
def _(breakage: Breakage) -> None:
    from mockserver.operations import WRITES

    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            return parse(job_id, body and {**body, "EnforceIndex": body["EnforceIndex"] or body["JobModifyIndex"] > 0})

        return broken

    breakage.wrap_item(WRITES, "register", make)


@mutant(
    "register.enforce-refused-stores", "A failed check-and-set stores the job.", "job.register.check-and-set", "job.*"
)
def _(breakage: Breakage) -> None:
    def make(check: Any) -> Any:
        def broken(job: Any, index: int) -> None:
            if job is not None and index > job["JobModifyIndex"]:
                job["JobModifyIndex"] = index
            check(job, index + (job is not None))

        return broken

    breakage.wrap(enforce_index, "check_enforced_index", make)


@mutant("plan.enforces-index", "A plan obeys EnforceIndex.", "job.plan.ignores-enforce-index")
def _(breakage: Breakage) -> None:
    def change(scope: Scope, body: bytes) -> str | None:
        refused = scope["path"].endswith("/plan") and b'"EnforceIndex": true' in body
        return "Enforcing job modify index 12345: job does not exist" if refused else None

    bodies(breakage, change)


# IDs


@mutant("id.case-sensitive", "A job is only found by its exact spelling.", "job.query.id-case-insensitive", "job.r*")
def _(breakage: Breakage) -> None:
    def make(find: Any) -> Any:
        def broken(self: Tables, job_id: str) -> Any:
            job = find(self, job_id)
            return job if job and job["ID"] == job_id else None

        return broken

    breakage.wrap(Tables, "job", make)


@mutant("id.lower-case", "IDs are stored in lower case.", "job.query.id-case-insensitive", "job.*")
def _(breakage: Breakage) -> None:
    stored(breakage, lambda job: {**job, "ID": job["ID"].lower()})


@mutant("id.first-spelling", "An update keeps the first spelling of the ID.", "job.register.id-case-is-the-same-job")
def _(breakage: Breakage) -> None:
    restored(breakage, lambda old, new, _: {"ID": (old or new)["ID"]})


@mutant("id.url-wins", "The ID in the body does not matter.", "job.register.id-must-match", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    def submitted(job_id: str, body: Any) -> Any:
        job = (body or {}).get("Job")
        if job is None:
            raise BadRequest("Job must be specified")
        return {**job, "ID": job_id}

    breakage.replace(register_operation, "submitted_job", submitted)


@mutant("id.any-case-matches", "The ID in the body may differ in case.", "job.register.id-must-match")
def _(breakage: Breakage) -> None:
    def make(submitted: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            job = (body or {}).get("Job")
            same = job is not None and job["ID"].lower() == job_id.lower()
            return submitted(job["ID"] if same and job else job_id, body)

        return broken

    breakage.wrap(register_operation, "submitted_job", make)
    breakage.wrap(plan_operation, "submitted_job", make)


@mutant("id.prefix-found", "A job is found by the beginning of its ID.", "job.query.missing-job", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    def make(find: Any) -> Any:
        def broken(self: Tables, job_id: str) -> Any:
            return find(self, job_id) or next((job for job in self.jobs(job_id)), None)

        return broken

    breakage.wrap(Tables, "job", make)


@mutant("query.wrong-job", "The job answered is the first that begins like it.", "job.query.returns-the-job", "job.*")
def _(breakage: Breakage) -> None:
    def make(find: Any) -> Any:
        def broken(self: Tables, job_id: str) -> Any:
            found = find(self, job_id)
            return found and next(self.jobs(job_id[:-1]))

        return broken

    breakage.wrap(Tables, "job", make)


@mutant(
    "query.reading-changes", "Reading a job moves its ModifyIndex.", "job.query.changes-nothing", "job.*", "common.*"
)
def _(breakage: Breakage) -> None:
    from mockserver.operations import READS

    def make(read: Any) -> Any:
        def broken(region: Cluster, job_id: str, query: Any) -> Any:
            job = region.state.job(job_id)
            if job is not None:
                index = region.state.pass_index()
                region.state._store_job({**job, "ModifyIndex": index}, index)
            return read(region, job_id, query)

        return broken

    breakage.wrap_item(READS, "summary", make)


@mutant(
    "query.lags",
    "A read after a write shows the state before it.",
    "common.consistency.read-your-writes",
    "job.*",
    "c*",
)
def _(breakage: Breakage) -> None:
    from mockserver.operations import READS
    from mockserver.operations.read import Read

    before: dict[str, Any] = {}

    def make(read: Any) -> Any:
        def broken(region: Cluster, job_id: str, query: Any) -> Any:
            now = read(region, job_id, query)
            old, before[job_id] = before.get(job_id, now), now
            return old if isinstance(old, Read) and not old.missing and not now.missing else now

        return broken

    breakage.wrap_item(READS, "query", make)


# Status


def _status(name: str, sentence: str, change: Callable[[str, Any], str], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def make(compute: Any) -> Any:
            def broken(self: State, job: Any, **options: Any) -> str:
                return change(compute(self, job, **options), job)

            return broken

        breakage.wrap(state.State, "_computed_status", make)

    mutant(f"status-of-a-job.{name}", sentence, "job.query.status*", *caught_by)(apply)


_status(
    "never-dead", "A job is never dead.", lambda status, _: "running" if status == "dead" else status, "job.*", "c*"
)
_status(
    "never-running",
    "A job whose tasks run is pending.",
    lambda status, job: (
        "pending" if not (job["Periodic"] or job["ParameterizedJob"]) and status == "running" else status
    ),
    "job.query.status-running",
)
_status(
    "never-pending", "A job is never pending.", lambda status, _: "running" if status == "pending" else status, "job.*"
)
_status(
    "parents-pending",
    "Parents are pending.",
    lambda status, job: "pending" if job["Periodic"] or job["ParameterizedJob"] else status,
    "job.*",
)
_status(
    "complete",
    "A dead job is `complete`.",
    lambda status, job: "dead" if job["ParentID"] else {"dead": "complete"}.get(status, status),
    "job.*",
    "common.*",
)
