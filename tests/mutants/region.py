"""Mutants of what happens in a region: evaluations, allocations, summaries, and blocking queries."""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any

from mockserver.cluster import evaluations, state, summaries, worker
from mockserver.cluster.scheduler import generic, reconcile
from mockserver.cluster.state import State
from mockserver.cluster.tables import Tables
from mockserver.cluster.watchers import Watchers
from mockserver.contract import query
from mockserver.operations import READS
from mockserver.operations.read import Read
from mockserver.web import blocking
from tests.mutants.mutant import Breakage, changed, mutant
from tests.mutants.replies import body_of, each, read_reply

# Evaluations


def _evaluation(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant of how evaluations are shown."""

    def apply(breakage: Breakage) -> None:
        body_of(breakage, "evaluations", each("", change))

    mutant(f"evaluations.{name}", sentence, *caught_by, "job.evaluations.*", "job.*")(apply)


_DESCRIBE = "job.evaluations.describe-the-job"
_evaluation("priority", "Every evaluation has priority 50.", lambda one: one.update(Priority=50), _DESCRIBE)
_evaluation("type", "Every evaluation is of type service.", lambda one: one.update(Type="service"), _DESCRIBE)
_evaluation(
    "trigger",
    "TriggeredBy has another name.",
    lambda one: one.update(TriggeredBy=one["TriggeredBy"].replace("job-", "")),
    _DESCRIBE,
)
_evaluation(
    "job-id",
    "JobID is in lower case.",
    lambda one: one.update(JobID=one["JobID"].lower()),
    "job.evaluations.belong-to-the-job",
)
_evaluation("job-index", "JobModifyIndex is 0.", lambda one: one.update(JobModifyIndex=0), "job.evaluations.indexes")
_evaluation(
    "create-index",
    "CreateIndex is ModifyIndex.",
    lambda one: one.update(CreateIndex=one["ModifyIndex"]),
    "job.evaluations.indexes",
)
_evaluation(
    "upper-id", "IDs are in upper case.", lambda one: one.update(ID=one["ID"].upper()), "job.evaluations.ids-are-uuids"
)
_evaluation("short-id", "IDs are short.", lambda one: one.update(ID=one["ID"][:8]), "job.evaluations.ids-are-uuids")
_evaluation(
    "status",
    "Complete is `completed`.",
    lambda one: one.update(Status={"complete": "completed"}.get(one["Status"], one["Status"])),
    "job.evaluations.complete",
    "c*",
)
_evaluation(
    "pending",
    "Evaluations are pending for ever.",
    lambda one: one.update(Status={"complete": "pending"}.get(one["Status"], one["Status"])),
    "job.evaluations.complete",
)
_evaluation(
    "no-blocked-link", "BlockedEval is empty.", lambda one: one.update(BlockedEval=""), "job.evaluations.blocked"
)
_evaluation("no-previous", "PreviousEval is empty.", lambda one: one.update(PreviousEval=""), "job.evaluations.blocked")
_evaluation(
    "no-failures", "FailedTGAllocs is null.", lambda one: one.update(FailedTGAllocs=None), "job.evaluations.blocked"
)
_evaluation(
    "no-queued", "QueuedAllocations is null.", lambda one: one.update(QueuedAllocations=None), "job.evaluations.blocked"
)
_evaluation(
    "no-description",
    "StatusDescription is empty.",
    lambda one: one.update(StatusDescription=""),
    "job.evaluations.blocked",
)
_evaluation(
    "snapshot", "SnapshotIndex is ahead of ModifyIndex.", lambda one: one.update(SnapshotIndex=one["ModifyIndex"] + 1)
)
_evaluation(
    "modify-index", "ModifyIndex is below CreateIndex.", lambda one: one.update(ModifyIndex=one["CreateIndex"] - 1)
)
_evaluation("node", "NodeID is of some node.", lambda one: one.update(NodeID=one["ID"]))
_evaluation("wait", "Wait is 1.", lambda one: one.update(Wait=1))
_evaluation("annotates", "AnnotatePlan is true.", lambda one: one.update(AnnotatePlan=True))
_evaluation(
    "failure-counts",
    "Failures are not coalesced.",
    each("FailedTGAllocs.*", lambda one: one.update(CoalescedFailures=0)),
    "job.evaluations.blocked",
)


def _evaluations(name: str, sentence: str, find: Callable[[Any, Tables, str], Any], *caught_by: str) -> None:
    """Declare a mutant of which evaluations are found: ``find(original, tables, prefix)``."""

    def apply(breakage: Breakage) -> None:
        breakage.wrap(Tables, "evaluations_of", lambda found: lambda self, prefix: find(found, self, prefix))

    mutant(f"evaluations.{name}", sentence, *caught_by, "job.evaluations.*", "job.*", "common.*")(apply)


@mutant("evaluations.wrapped", "The list is in an object.", "job.evaluations.reply-is-a-list", "job.evaluations.*")
def _(breakage: Breakage) -> None:
    body_of(breakage, "evaluations", lambda body: {"Data": body})


_evaluations(
    "leak",
    "The newest evaluation of all is listed with every job's.",
    lambda found, self, prefix: [*found(self, prefix), *list(self.evaluations())[-1:]],
    "job.evaluations.none-of-other-jobs",
)
_evaluations(
    "all",
    "Evaluations of all jobs are listed.",
    lambda found, self, _: found(self, ""),
    "job.evaluations.none-of-other-jobs",
)
_evaluations(
    "contains",
    "Evaluations of jobs that contain the ID are listed.",
    lambda found, self, prefix: [one for one in found(self, "") if prefix.lower() in one["JobID"].lower()],
)
_evaluations(
    "exact",
    "Only evaluations of exactly this job are listed.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["JobID"].lower() == prefix.lower()],
    "job.evaluations.prefix-match",
)
_evaluations(
    "case-sensitive",
    "Evaluations are only found by the exact spelling.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["JobID"].startswith(prefix)],
)
_evaluations(
    "newest-only",
    "Only the newest evaluation is listed.",
    lambda found, self, prefix: sorted(found(self, prefix), key=lambda one: one["CreateIndex"])[-1:],
)
_evaluations(
    "first-only",
    "Only the first evaluation is listed.",
    lambda found, self, prefix: sorted(found(self, prefix), key=lambda one: one["CreateIndex"])[:1],
)
_evaluations("ten-only", "At most ten evaluations are listed.", lambda found, self, prefix: found(self, prefix)[:10])
_evaluations(
    "reversed",
    "Evaluations come in reverse.",
    lambda found, self, prefix: found(self, prefix)[::-1],
    "job.evaluations.order",
)
_evaluations(
    "by-age",
    "Evaluations come by age.",
    lambda found, self, prefix: sorted(found(self, prefix), key=lambda one: one["CreateIndex"]),
    "job.evaluations.order",
)
_evaluations(
    "open-only",
    "Evaluations that are over are not listed.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["Status"] in ("pending", "blocked")],
)
_evaluations(
    "without-canceled",
    "Canceled evaluations are not listed.",
    lambda found, self, prefix: [one for one in found(self, prefix) if one["Status"] != "canceled"],
    "job.evaluations.blocked-is-replaced",
)
_evaluations(
    "with-the-job",
    "Evaluations are only listed while their job is there.",
    lambda found, self, prefix: [one for one in found(self, prefix) if self.job(one["JobID"])],
    "job.evaluations.survive-the-job",
)
_evaluations("twice", "Evaluations are listed twice.", lambda found, self, prefix: found(self, prefix) * 2)


@mutant(
    "evaluations.index-own",
    "The index of evaluations is that of the newest of them.",
    "job.evaluations.index-header",
    "c*",
)
def _(breakage: Breakage) -> None:
    def change(read: Read) -> Read:
        return dataclasses.replace(read, index=max((one["ModifyIndex"] for one in read.body), default=0))

    read_reply(breakage, "evaluations", change)


def _outcome(name: str, sentence: str, change: Callable[[Any], dict[str, Any]], *caught_by: str) -> None:
    """Declare a mutant of what the scheduler decides."""

    def apply(breakage: Breakage) -> None:
        def make(schedule: Any) -> Any:
            def broken(*arguments: Any, **options: Any) -> Any:
                outcome = schedule(*arguments, **options)
                return dataclasses.replace(outcome, **change(outcome))

            return broken

        breakage.wrap(worker, "schedule", make)

    mutant(f"scheduler.{name}", sentence, *caught_by, "job.evaluations.*", "job.*", "common.*")(apply)


def _blocked(outcome: Any, **members: Any) -> dict[str, Any]:
    return {"blocked": outcome.blocked and {**outcome.blocked, **members}}


_outcome("never-blocks", "What cannot be placed is forgotten.", lambda _: {"blocked": None}, "job.evaluations.blocked")
_outcome(
    "blocked-trigger",
    "A blocked evaluation says `queued-allocs`.",
    lambda outcome: _blocked(outcome, TriggeredBy="queued-allocs"),
    "job.evaluations.blocked",
)
_outcome("blocked-priority", "A blocked evaluation has priority 0.", lambda outcome: _blocked(outcome, Priority=0))
_outcome("blocked-type", "A blocked evaluation is of type batch.", lambda outcome: _blocked(outcome, Type="batch"))
_outcome(
    "blocked-job-index",
    "A blocked evaluation has no JobModifyIndex.",
    lambda outcome: _blocked(outcome, JobModifyIndex=0),
    "job.evaluations.blocked",
)
_outcome(
    "fails",
    "Every evaluation fails.",
    lambda _: {"status": "failed", "description": "boom"},
    "job.evaluations.complete",
)
_outcome(
    "queues-nothing",
    "Nothing is counted as queued.",
    lambda outcome: {"queued": outcome.queued and dict.fromkeys(outcome.queued, 0)},
    "job.summary.queued-counts-unplaced",
)
_outcome(
    "queues-one",
    "At most one is counted as queued.",
    lambda outcome: {"queued": outcome.queued and {k: min(v, 1) for k, v in outcome.queued.items()}},
    "job.summary.queued-counts-unplaced",
)
_outcome("places-nothing", "Nothing is ever placed.", lambda _: {"placements": []}, "job.allocations.*")
_outcome(
    "places-one",
    "One is placed at a time.",
    lambda outcome: {"placements": outcome.placements[:1]},
    "job.allocations.one-per-count",
    "job.allocations.*",
)
_outcome("stops-nothing", "Nothing is ever stopped.", lambda _: {"stops": []}, "job.allocations.*")
_outcome(
    "stops-too-many",
    "Whatever stops is followed by the rest.",
    lambda outcome: {
        "stops": [*outcome.stops, *({**one, "DesiredStatus": "stop"} for one in outcome.in_place if outcome.stops)],
        "in_place": [] if outcome.stops else outcome.in_place,
    },
    "job.allocations.*",
)
_outcome(
    "stop-description",
    "What is stopped does not say why.",
    lambda outcome: {"stops": [{**one, "DesiredDescription": ""} for one in outcome.stops]},
    "job.allocations.*",
)
_outcome(
    "evicts",
    "What is stopped is evicted.",
    lambda outcome: {"stops": [{**one, "DesiredStatus": "evict"} for one in outcome.stops]},
    "job.allocations.*",
)


@mutant(
    "scheduler.duplicates-stay", "A second blocked evaluation stays.", "job.evaluations.blocked-is-replaced", "job.e*"
)
def _(breakage: Breakage) -> None:
    breakage.replace(worker.Worker, "_cancel_duplicate", lambda *_: None)


@mutant("scheduler.replaces-first", "The first blocked evaluation is canceled.", "job.evaluations.*", "job.*")
def _(breakage: Breakage) -> None:
    def cancel(self: Any, evaluation: Any) -> None:
        first = next(
            one
            for one in self._state.evaluations_of(evaluation["JobID"])
            if one["Status"] == "blocked" and one["ID"] != evaluation["ID"]
        )
        self.submit({**first, "Status": "canceled", "StatusDescription": "replaced"})

    breakage.replace(worker.Worker, "_cancel_duplicate", cancel)


@mutant(
    "scheduler.silent", "Evaluations are never processed.", "job.evaluations.complete", "job.evaluations.*", "job.*"
)
def _(breakage: Breakage) -> None:
    breakage.replace(worker.Worker, "_turn", lambda _: None)


@mutant(
    "scheduler.system-blocks", "A system job that fits nowhere is blocked.", "job.evaluations.of-a-system-job", "job.*"
)
def _(breakage: Breakage) -> None:
    def make(schedule: Any) -> Any:
        def broken(evaluation: Any, view: Any, **options: Any) -> Any:
            outcome = schedule(evaluation, view, **options)
            if evaluation["Type"] != "system" or outcome.placements or view.job(evaluation["JobID"]) is None:
                return outcome
            waiting = evaluations.pending(
                options["ids"],
                JobID=evaluation["JobID"],
                Type="system",
                Status="blocked",
                TriggeredBy="job-register",
                Priority=evaluation["Priority"],
            )
            return dataclasses.replace(outcome, blocked=waiting)

        return broken

    breakage.wrap(worker, "schedule", make)


@mutant(
    "scheduler.always-destructive",
    "Every update replaces the allocations.",
    "job.allocations.in-place-update",
    "job.plan.*",
)
def _(breakage: Breakage) -> None:
    import mockserver.cluster.scheduler as scheduler_room

    _replace_everywhere(breakage, scheduler_room, "tasks_updated", lambda *_: True)


@mutant(
    "scheduler.never-destructive", "Every update is done in place.", "job.allocations.destructive-update", "job.plan.*"
)
def _(breakage: Breakage) -> None:
    import mockserver.cluster.scheduler as scheduler_room

    _replace_everywhere(breakage, scheduler_room, "tasks_updated", lambda *_: False)


def _replace_everywhere(breakage: Breakage, package: Any, name: str, value: Any) -> None:
    for module in list(vars(package).values()):
        if getattr(module, "__name__", "").startswith(package.__name__) and hasattr(module, name):
            breakage.replace(module, name, value)
    import sys

    for module_name, module in list(sys.modules.items()):
        if (
            module_name.startswith("mockserver.cluster.scheduler.")
            and name in vars(module)
            and vars(module)[name] is not value
        ):
            breakage.replace(module, name, value)


@mutant("scheduler.ignores-count", "Every group gets one allocation.", "job.allocations.*", "job.*")
def _(breakage: Breakage) -> None:
    def slots(job: Any) -> dict[str, Any]:
        return (
            {}
            if job is None
            else {f"{job['Name']}.{group['Name']}[0]": group for group in job["TaskGroups"] if group["Count"]}
        )

    breakage.replace(reconcile, "required_slots", slots)
    for module in (generic,):
        if hasattr(module, "required_slots"):
            breakage.replace(module, "required_slots", slots)


# Allocations


def _allocation(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        body_of(breakage, "allocations", each("", change))

    mutant(f"allocations.{name}", sentence, *caught_by, "job.allocations.*")(apply)


_allocation(
    "job-id",
    "JobID is the parent's or another.",
    lambda one: one.update(JobID=one["JobID"] + "x"),
    "job.allocations.belong-to-the-job",
)
_allocation(
    "name-by-id",
    "Names begin with the job's ID.",
    lambda one: one.update(Name=one["Name"].replace("named", one["JobID"])),
    "job.allocations.names",
)
_allocation(
    "name-from-one",
    "Allocations are numbered from 1.",
    lambda one: one.update(Name=one["Name"].replace("[1]", "[2]").replace("[0]", "[1]")),
    "job.allocations.names",
)
_allocation(
    "group",
    "TaskGroup is in upper case.",
    lambda one: one.update(TaskGroup=one["TaskGroup"].upper()),
    "job.allocations.belong-to-the-job",
)
_allocation(
    "eval-id",
    "EvalID is the allocation's ID.",
    lambda one: one.update(EvalID=one["ID"]),
    "job.allocations.of-an-evaluation",
)
_allocation("node-id", "NodeID is empty.", lambda one: one.update(NodeID=""))
_allocation("same-node-id", "NodeID is the allocation's ID.", lambda one: one.update(NodeID=one["ID"]))
_allocation(
    "starting",
    "Running allocations are pending.",
    lambda one: one.update(ClientStatus="pending"),
    "job.allocations.run",
)
_allocation(
    "desired",
    "Stopped allocations are still desired.",
    lambda one: one.update(DesiredStatus="run"),
    "job.allocations.stop-with-the-job",
)
_allocation(
    "failed",
    "Complete allocations have failed.",
    lambda one: one.update(ClientStatus="failed" if one["ClientStatus"] == "complete" else one["ClientStatus"]),
)
_allocation(
    "seconds",
    "CreateTime is in seconds.",
    lambda one: one.update(CreateTime=one["CreateTime"] // 10**9),
    "job.allocations.times",
)
_allocation(
    "create-time-zero",
    "CreateTime is 0.",
    lambda one: one.update(CreateTime=0),
    "job.allocations.times",
)
_allocation("no-states", "TaskStates is null.", lambda one: one.update(TaskStates=None), "job.allocations.task-states")
_allocation(
    "no-events",
    "Tasks have no events.",
    each("TaskStates.*", lambda one: one.update(Events=None)),
    "job.allocations.task-states",
)
_allocation(
    "last-event",
    "Only the last event is kept.",
    each("TaskStates.*", lambda one: one.update(Events=(one["Events"] or [])[-1:])),
    "job.allocations.task-states",
)
_allocation(
    "state",
    "A running task is `started`.",
    each("TaskStates.*", lambda one: one.update(State="started" if one["State"] == "running" else one["State"])),
    "job.allocations.task-states",
    "c*",
)
_allocation(
    "task-failed",
    "Every task has failed.",
    each("TaskStates.*", lambda one: one.update(Failed=True)),
    "job.allocations.task-states",
)
_allocation(
    "event-times",
    "Times of events are in seconds.",
    each("TaskStates.*.Events", lambda one: one.update(Time=one["Time"] // 10**9)),
    "job.allocations.times",
)
_allocation(
    "modify-index",
    "ModifyIndex is CreateIndex.",
    lambda one: one.update(ModifyIndex=one["CreateIndex"]),
    "job.allocations.index-header",
)
_allocation(
    "full",
    "Allocations have their whole job.",
    lambda one: one.update(Job={}, Resources={}),
    "common.replies.no-additions",
)
_allocation(
    "client-description",
    "ClientDescription says something.",
    lambda one: one.update(ClientDescription="tasks are running"),
    "job.allocations.run",
)


def _allocations(name: str, sentence: str, find: Callable[[Any, Tables, str, bool], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        def make(read: Any) -> Any:
            def broken(region: Any, job_id: str, asked: Any) -> Any:
                result = read(region, job_id, asked)
                shown = find(result.body, region.state, job_id, asked["all"])
                return dataclasses.replace(result, body=shown)

            return broken

        breakage.wrap_item(READS, "allocations", make)

    mutant(f"allocations.{name}", sentence, *caught_by, "job.allocations.*", "common.*")(apply)


def _stubs(found: Any) -> list[Any]:
    from mockserver.operations.allocations import stub

    return [stub(one) for one in found]


_allocations(
    "leak",
    "Allocations of all jobs are listed.",
    lambda _, tables, __, ___: _stubs(tables.allocations()),
    "job.allocations.belong-to-the-job",
)
_allocations(
    "leak-one",
    "Another job's allocation is listed, too.",
    lambda body, tables, _, __: [
        *body,
        *_stubs([one for one in tables.allocations() if body and one["JobID"] != body[0]["JobID"]][:1]),
    ],
    "job.allocations.belong-to-the-job",
)
_allocations(
    "prefix",
    "Allocations of jobs with longer IDs are listed, too.",
    lambda _, tables, job_id, __: _stubs(
        sorted((one for one in tables.allocations() if one["JobID"].startswith(job_id)), key=lambda one: one["ID"])
    ),
    "job.allocations.children-not-included",
)
_allocations("reversed", "Allocations come in reverse.", lambda body, *_: body[::-1], "job.allocations.order")
_allocations("wrapped", "The list is in an object.", lambda body, *_: {"Data": body}, "job.allocations.reply-is-a-list")
_allocations(
    "extra",
    "The last allocation is listed twice, with two IDs.",
    lambda body, *_: [*body, *({**one, "ID": one["ID"][::-1]} for one in body[-1:])],
    "job.allocations.one-per-count",
)
_allocations(
    "other-ids-after-updates",
    "Allocations have other IDs once their job was updated.",
    lambda body, tables, job_id, _: [
        {
            **one,
            "ID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{one['ID']}{(tables.job(job_id) or {}).get('JobModifyIndex')}")),
        }
        for one in body
    ],
    "job.allocations.in-place-update",
)
_allocations(
    "by-name",
    "Allocations come by name.",
    lambda body, *_: sorted(body, key=lambda one: (one["Name"], one["ID"])),
    "job.allocations.order",
)
_allocations(
    "live-only",
    "Stopped allocations are not listed.",
    lambda body, *_: [one for one in body if one["DesiredStatus"] == "run"],
    "job.allocations.stop-with-the-job",
)
_allocations("null", "No allocations are null.", lambda body, *_: body or None, "job.allocations.none-is-empty-list")
_allocations(
    "always-all",
    "Past instances are always listed.",
    lambda _, tables, job_id, __: _stubs(tables.allocations_of(job_id, all_instances=True)),
    "job.allocations.past-instances-left-out",
)
_allocations(
    "never-all",
    "Past instances are never listed.",
    lambda _, tables, job_id, __: _stubs(tables.allocations_of(job_id, all_instances=False)),
    "job.allocations.all",
)
_allocations(
    "gone-with-job",
    "A job that is gone has no allocations.",
    lambda body, tables, job_id, _: body if tables.job(job_id) else [],
    "job.allocations.stop-with-the-job",
)
_allocations("twenty", "At most one allocation is listed.", lambda body, *_: body[:1], "job.allocations.*")


@mutant("allocations.index-zero", "The index of allocations is 0.", "job.allocations.index-header", "common.blocking.*")
def _(breakage: Breakage) -> None:
    read_reply(breakage, "allocations", lambda read: dataclasses.replace(read, index=0))


@mutant("evaluations.null", "No evaluations are null.", "job.evaluations.none-is-empty-list", "job.evaluations.*", "c*")
def _(breakage: Breakage) -> None:
    read_reply(breakage, "evaluations", lambda read: dataclasses.replace(read, body=read.body or None))


# Summaries


def _summary(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        body_of(breakage, "summary", change)

    mutant(f"summary.{name}", sentence, *caught_by, "job.summary.*")(apply)


def _counts(counter: str, value: Callable[[Any], int]) -> Callable[[Any], None]:
    return each("Summary.*", lambda one: one.update({counter: value(one)}))


_summary(
    "no-children-field", "There is no Children.", lambda body: body.pop("Children") and None, "job.summary.reply-*"
)
_summary("queued-zero", "Queued is always 0.", _counts("Queued", lambda _: 0), "job.summary.queued-counts-unplaced")
_summary(
    "queued-one",
    "Queued is 1 at most.",
    _counts("Queued", lambda one: min(one["Queued"], 1)),
    "job.summary.queued-counts-unplaced",
)
_summary("running-zero", "Running is always 0.", _counts("Running", lambda _: 0), "job.summary.counts-running")
_summary(
    "running-starts",
    "Running allocations are counted as Starting.",
    each("Summary.*", lambda one: one.update(Starting=one["Running"], Running=0)),
    "job.summary.counts-running",
)
_summary(
    "running-both",
    "Running allocations are counted as Starting, too.",
    _counts("Starting", lambda one: one["Running"]),
    "job.summary.counts-running",
)
_summary("complete-zero", "Complete is always 0.", _counts("Complete", lambda _: 0), "job.summary.counts-complete")
_summary(
    "complete-failed",
    "Complete allocations are counted as Failed.",
    each("Summary.*", lambda one: one.update(Failed=one["Complete"], Complete=0)),
    "job.summary.counts-complete",
)
_summary(
    "lost",
    "Queued allocations are counted as Lost, too.",
    _counts("Lost", lambda one: one["Queued"]),
    "job.summary.queued-counts-unplaced",
)
_summary("failed", "One has always failed.", _counts("Failed", lambda _: 1), "job.summary.*")
_summary(
    "one-group",
    "Only the first group is counted.",
    lambda body: body.update(Summary=dict(list(body["Summary"].items())[:1])),
    "job.summary.every-group",
)
_summary(
    "idle-groups",
    "Groups without allocations are left out.",
    lambda body: body.update(Summary={k: v for k, v in body["Summary"].items() if any(v.values())}),
    "job.summary.every-group",
)
_summary(
    "groups-lower",
    "Names of groups are altered.",
    lambda body: body.update(Summary={k.title(): v for k, v in body["Summary"].items()}),
    "job.summary.every-group",
)
_summary(
    "job-id",
    "JobID is in lower case.",
    lambda body: body.update(JobID=body["JobID"].upper()),
    "job.summary.names-the-job",
)
_summary(
    "create-index",
    "CreateIndex is ModifyIndex.",
    lambda body: body.update(CreateIndex=body["ModifyIndex"]),
    "job.summary.create-index-is-the-jobs",
    "common.*",
)
_summary(
    "modify-index",
    "ModifyIndex is CreateIndex.",
    lambda body: body.update(ModifyIndex=body["CreateIndex"]),
    "job.summary.index-header-is-modify-index",
)
_summary(
    "no-children",
    "Children are not counted.",
    lambda body: body.update(Children={"Dead": 0, "Pending": 0, "Running": 0}),
    "job.summary.children-counts-children",
)
_summary(
    "children-running",
    "All children are counted as Running.",
    lambda body: body.update(Children={"Dead": 0, "Pending": 0, "Running": sum(body["Children"].values())}),
    "job.summary.children-counts-children",
)
_summary("children-null", "Children are null.", lambda body: body.update(Children=None), "job.summary.*")


@mutant(
    "summary.vanished-groups",
    "A group that is gone goes from the summary.",
    "job.summary.keeps-vanished-groups",
    "job.s*",
)
def _(breakage: Breakage) -> None:
    def make(for_job: Any) -> Any:
        def broken(summary: Any, job: Any, index: int) -> Any:
            made = for_job(summary, job, index) or summary
            names = {group["Name"] for group in job["TaskGroups"]}
            return {**made, "Summary": {name: counts for name, counts in made["Summary"].items() if name in names}}

        return broken

    breakage.wrap(summaries, "for_job", make)


@mutant("summary.reset-by-update", "An update starts the summary over.", "job.summary.*", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(summaries, "for_job", lambda for_job: lambda _, job, index: for_job(None, job, index))


@mutant("summary.new-groups-missing", "A group that an update adds is not in the summary.", "job.summary.*", "job.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(
        summaries, "for_job", lambda for_job: lambda summary, job, index: None if summary else for_job(None, job, index)
    )


@mutant(
    "summary.dead-children-pending", "A child that is gone still counts as pending.", "job.summary.children-*", "job.*"
)
def _(breakage: Breakage) -> None:
    breakage.wrap(
        summaries, "with_child", lambda count: lambda summary, old, new, index: count(summary, old, old or new, index)
    )


@mutant("summary.forced-children", "Launched children are not counted.", "job.periodic-force.counts-as-child", "job.*")
def _(breakage: Breakage) -> None:
    def make(store: Any) -> Any:
        def broken(self: State, summary: Any, index: int, job_id: str) -> None:
            parent = self.job(job_id)
            periodic = parent is not None and parent["Periodic"] is not None
            store(
                self,
                {**summary, "Children": {"Dead": 0, "Pending": 0, "Running": 0}} if periodic else summary,
                index,
                job_id,
            )

        return broken

    breakage.wrap(state.State, "_store_summary", make)


# Blocking queries


def _never_woken(kind: str, statement: str) -> None:
    def apply(breakage: Breakage) -> None:
        def make(notify: Any) -> Any:
            return lambda self, items: notify(self, [item for item in items if item[0] != kind])

        breakage.wrap(Watchers, "notify", make)

    mutant(
        f"blocking.never-wakes.{kind}",
        f"A waiting query of {statement} is not woken.",
        f"common.blocking.{statement}.wakes-on-change",
        "common.blocking.*",
    )(apply)


_never_woken("job", "query")
_never_woken("summary", "summary")
_never_woken("evaluations", "evaluations")
_never_woken("allocations", "allocations")


@mutant("blocking.never-wakes", "No waiting query is ever woken.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    breakage.replace(Watchers, "notify", lambda *_: None)


@mutant("blocking.polls", "Waiting queries look again every five seconds only.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    import asyncio

    def make(notify: Any) -> Any:
        def broken(self: Watchers, items: Any) -> None:
            kept = list(items)
            asyncio.get_running_loop().call_later(9, notify, self, kept)

        return broken

    breakage.wrap(Watchers, "notify", make)


@mutant(
    "blocking.woken-by-anything",
    "Any change ends every wait.",
    "common.blocking.woken-by-nothing-else",
    "common.blocking.*",
)
def _(breakage: Breakage) -> None:
    def notify(self: Watchers, _: Any) -> None:
        for waiting in list(self._waiting.values()):
            for wake in tuple(waiting):
                wake()

    breakage.replace(Watchers, "notify", notify)
    breakage.replace(blocking, "_latest", _first_look)


async def _first_look(_: Read, read: Any, __: Any, waiter: Any) -> Read:
    await waiter.sleep()
    result: Read = read()
    return result


@mutant(
    "blocking.woken-by-prefix",
    "Changes of jobs with longer IDs end a wait.",
    "common.blocking.woken-by-nothing-else",
    "c*",
)
def _(breakage: Breakage) -> None:
    def make(notify: Any) -> Any:
        def broken(self: Watchers, items: Any) -> None:
            known = list(items)
            more = [
                item for item in self._waiting if any(one[0] == item[0] and one[1].startswith(item[1]) for one in known)
            ]
            notify(self, [*known, *more])

        return broken

    breakage.wrap(Watchers, "notify", make)
    breakage.replace(blocking, "_latest", _first_look)


@mutant("blocking.old-state", "A woken query shows the state before the change.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        while not waiter.ended and read().index <= asked["index"]:
            await waiter.sleep()
        return first

    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.equal-is-newer", "A query with the current index does not wait.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    def make(answer: Any) -> Any:
        def broken(self: Any, read: Any, asked: Any, *rest: Any) -> Any:
            return answer(self, read, {**asked, "index": max(asked["index"] - 1, 0)}, *rest)

        return broken

    breakage.wrap(blocking.WaitingQueries, "answer", make)


@mutant("blocking.larger-at-once", "A query with an index of the future does not wait.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    def make(answer: Any) -> Any:
        def broken(self: Any, read: Any, asked: Any, *rest: Any) -> Any:
            ahead = asked["index"] > read().index + 1
            return answer(self, read, {**asked, "index": 0} if ahead else asked, *rest)

        return broken

    breakage.wrap(blocking.WaitingQueries, "answer", make)


@mutant("blocking.zero-waits", "A query with index 0 waits.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    def make(answer: Any) -> Any:
        def broken(self: Any, read: Any, asked: Any, *rest: Any) -> Any:
            waits = asked["index"] == 0 and asked["wait"] > 0
            return answer(self, read, {**asked, "index": 2**63} if waits else asked, *rest)

        return broken

    breakage.wrap(blocking.WaitingQueries, "answer", make)


@mutant("blocking.missing-at-once", "A query of a missing job does not wait.", "common.blocking.waits-for-creation")
def _(breakage: Breakage) -> None:
    def make(answer: Any) -> Any:
        def broken(self: Any, read: Any, asked: Any, *rest: Any) -> Any:
            return answer(self, read, {**asked, "index": 0} if read().missing else asked, *rest)

        return broken

    breakage.wrap(blocking.WaitingQueries, "answer", make)


def _durations(name: str, sentence: str, change: Callable[[int], int], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.wrap(blocking, "_duration", lambda duration: lambda *arguments: change(duration(*arguments)))

    mutant(f"blocking.{name}", sentence, *caught_by, "common.blocking.*")(apply)


_durations(
    "default-short",
    "Without wait a query waits for 300 ms.",
    lambda wait: min(wait, 300_000_000) if wait > 60 * 10**9 else wait,
    "common.blocking.default-wait",
)
_durations("half", "A query waits for half the time.", lambda wait: wait // 2)
_durations("a-third-longer", "A query waits for three times as long and a second.", lambda wait: 3 * wait + 10**9)
_durations("whole-seconds", "Waits are rounded up to seconds and one more.", lambda wait: (wait // 10**9 + 2) * 10**9)
_durations("minimum", "A query waits for two seconds at least.", lambda wait: max(wait, 2 * 10**9))


def _units(name: str, sentence: str, fits: Callable[[str], bool]) -> None:
    def apply(breakage: Breakage) -> None:
        def make(parse: Any) -> Any:
            def broken(text: str) -> int:
                if not fits(text):
                    raise ValueError(text)
                result: int = parse(text)
                return result

            return broken

        breakage.wrap(query, "parse_duration", make)

    mutant(f"blocking.units-{name}", sentence, "common.blocking.*")(apply)


_units("whole", "wait takes no fractions.", lambda text: "." not in text)
_units(
    "single",
    "wait takes one number.",
    lambda text: sum(character.isalpha() and not text[place - 1].isalpha() for place, character in enumerate(text)) < 2,
)
_units("seconds", "wait takes no small units.", lambda text: not text.endswith(("us", "ns")))


@mutant("blocking.end-204", "A wait in vain ends with nothing.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = await original(first, read, asked, waiter)
        return dataclasses.replace(found, body=[] if isinstance(found.body, list) else {}) if waiter.ended else found

    original = blocking._latest
    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.end-index", "A wait in vain ends with the index that was asked for.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = await original(first, read, asked, waiter)
        return dataclasses.replace(found, index=max(found.index, asked["index"])) if waiter.ended else found

    original = blocking._latest
    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.end-304", "A wait in vain is a 404.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = await original(first, read, asked, waiter)
        return dataclasses.replace(found, missing="not modified") if waiter.ended else found

    original = blocking._latest
    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.deletion-keeps-waiting", "A deregistration does not end a wait.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    async def latest(first: Read, read: Any, asked: Any, waiter: Any) -> Read:
        found = first
        while not waiter.ended and (found.index <= asked["index"] or (found.missing and not first.missing)):
            await waiter.sleep()
            found = read()
        return found

    breakage.replace(blocking, "_latest", latest)


@mutant("blocking.one-at-a-time", "Only three queries can wait at a time.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    def make(answer: Any) -> Any:
        def broken(self: Any, read: Any, asked: Any, *rest: Any) -> Any:
            return answer(self, read, {**asked, "index": 0} if len(self) >= 3 else asked, *rest)

        return broken

    breakage.wrap(blocking.WaitingQueries, "answer", make)


@mutant(
    "server.dies-of-null", "A null in a list ends the server's answering.", "common.schema.survives-any-input", "c*"
)
def _(breakage: Breakage) -> None:
    from mockserver.jobs import canonicalize

    dead: list[bool] = []

    def make(check: Any) -> Any:
        def broken(job: Any) -> None:
            if dead or canonicalize.null_elements(job):
                dead.append(True)
                raise RuntimeError("down")
            check(job)

        return broken

    breakage.wrap(canonicalize, "check_null_elements", make)


@mutant("server.slow", "Every read takes a second.", "common.blocking.*")
def _(breakage: Breakage) -> None:
    import asyncio

    def around(app: Any) -> Any:
        async def broken(scope: Any, receive: Any, send: Any) -> None:
            if scope["method"] == "GET" and b"wait" in scope["query_string"]:
                await asyncio.sleep(1.1)
            await app(scope, receive, send)

        return broken

    breakage.around(around)


@mutant(
    "scheduler.children-change",
    "Children are changed when the parent is updated.",
    "common.stateful.children-stay",
    "job.*",
)
def _(breakage: Breakage) -> None:
    def make(upsert: Any) -> Any:
        def broken(self: State, job: Any) -> int:
            index: int = upsert(self, job)
            for child in list(self.jobs(job["ID"] + "/dispatch-")):
                self._store_job(changed(lambda one: one.update(Meta=None, ModifyIndex=index), child), index)
            return index

        return broken

    breakage.wrap(State, "upsert_job", make)
