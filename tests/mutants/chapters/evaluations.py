"""Mutants of evaluations: which are listed, what they say, and what the scheduler makes of them."""

import dataclasses
from collections.abc import Callable
from typing import Any

from mockserver.cluster import evaluations, worker
from mockserver.cluster.scheduler import generic, reconcile
from mockserver.cluster.tables import Tables
from mockserver.operations.read import Read
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import body_of, each, read_reply


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
