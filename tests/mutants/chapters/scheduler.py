"""Mutants of the scheduler: what it places, stops and leaves, and the evaluations that say so."""

import dataclasses
from typing import Any

from mockserver.cluster import evaluations, worker
from mockserver.cluster.scheduler import generic, reconcile
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.vocabulary import family, intercepts, outcome, replaced, replaces

_outcome = family("scheduler", "job.evaluations.*", "job.*", "common.*")


def _blocked(outcome: Any, **members: Any) -> dict[str, Any]:
    return {"blocked": outcome.blocked and {**outcome.blocked, **members}}


_outcome(
    "never-blocks",
    "What cannot be placed is forgotten.",
    outcome(worker, lambda _: {"blocked": None}),
    "job.evaluations.blocked",
)
_outcome(
    "blocked-trigger",
    "A blocked evaluation says `queued-allocs`.",
    outcome(worker, lambda outcome: _blocked(outcome, TriggeredBy="queued-allocs")),
    "job.evaluations.blocked",
)
_outcome(
    "blocked-priority",
    "A blocked evaluation has priority 0.",
    outcome(worker, lambda outcome: _blocked(outcome, Priority=0)),
)
_outcome(
    "blocked-type",
    "A blocked evaluation is of type batch.",
    outcome(worker, lambda outcome: _blocked(outcome, Type="batch")),
)
_outcome(
    "blocked-job-index",
    "A blocked evaluation has no JobModifyIndex.",
    outcome(worker, lambda outcome: _blocked(outcome, JobModifyIndex=0)),
    "job.evaluations.blocked",
)
_outcome(
    "fails",
    "Every evaluation fails.",
    outcome(worker, lambda _: {"status": "failed", "description": "boom"}),
    "job.evaluations.complete",
)
_outcome(
    "queues-nothing",
    "Nothing is counted as queued.",
    outcome(worker, lambda outcome: {"queued": outcome.queued and dict.fromkeys(outcome.queued, 0)}),
    "job.summary.queued-counts-unplaced",
)
_outcome(
    "queues-one",
    "At most one is counted as queued.",
    outcome(worker, lambda outcome: {"queued": outcome.queued and {k: min(v, 1) for k, v in outcome.queued.items()}}),
    "job.summary.queued-counts-unplaced",
)
_outcome(
    "places-nothing", "Nothing is ever placed.", outcome(worker, lambda _: {"placements": []}), "job.allocations.*"
)
_outcome(
    "places-one",
    "One is placed at a time.",
    outcome(worker, lambda outcome: {"placements": outcome.placements[:1]}),
    "job.allocations.one-per-count",
    "job.allocations.*",
)
_outcome("stops-nothing", "Nothing is ever stopped.", outcome(worker, lambda _: {"stops": []}), "job.allocations.*")
_outcome(
    "stops-too-many",
    "Whatever stops is followed by the rest.",
    outcome(
        worker,
        lambda outcome: {
            "stops": [*outcome.stops, *({**one, "DesiredStatus": "stop"} for one in outcome.in_place if outcome.stops)],
            "in_place": [] if outcome.stops else outcome.in_place,
        },
    ),
    "job.allocations.*",
)
_outcome(
    "stop-description",
    "What is stopped does not say why.",
    outcome(worker, lambda outcome: {"stops": [{**one, "DesiredDescription": ""} for one in outcome.stops]}),
    "job.allocations.*",
)
_outcome(
    "evicts",
    "What is stopped is evicted.",
    outcome(worker, lambda outcome: {"stops": [{**one, "DesiredStatus": "evict"} for one in outcome.stops]}),
    "job.allocations.*",
)


mutant(
    "scheduler.duplicates-stay", "A second blocked evaluation stays.", "job.evaluations.blocked-is-replaced", "job.e*"
)(replaced(worker.Worker, "_cancel_duplicate", lambda *_: None))


@mutant("scheduler.replaces-first", "The first blocked evaluation is canceled.", "job.evaluations.*", "job.*")
@replaces(worker.Worker, "_cancel_duplicate")
def _(self: Any, evaluation: Any) -> None:
    first = next(
        one
        for one in self._state.evaluations_of(evaluation["JobID"])
        if one["Status"] == "blocked" and one["ID"] != evaluation["ID"]
    )
    self.submit({**first, "Status": "canceled", "StatusDescription": "replaced"})


mutant(
    "scheduler.silent", "Evaluations are never processed.", "job.evaluations.complete", "job.evaluations.*", "job.*"
)(replaced(worker.Worker, "_turn", lambda _: None))


@mutant(
    "scheduler.system-blocks", "A system job that fits nowhere is blocked.", "job.evaluations.of-a-system-job", "job.*"
)
@intercepts(worker, "schedule")
def _(schedule: Any, evaluation: Any, view: Any, **options: Any) -> Any:
    outcome = yield from schedule(evaluation, view, **options)
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
