"""The scheduler of service and batch jobs."""

from collections.abc import Sequence

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.finish import finish, stop_all
from mockserver.cluster.scheduler.outcome import Outcome, View
from mockserver.cluster.scheduler.reconcile import Slot, desired_updates, reconcile, split, tainted
from mockserver.cluster.scheduler.selection import BATCH, SERVICE, Option
from mockserver.cluster.scheduler.work import LOST, MIGRATING, UPDATING, Work, mark_lost, stop_for_update, stop_unneeded
from mockserver.nomad_types import AllocMetric, Evaluation
from mockserver.slices import Steps

REASONS = frozenset(
    {"job-register", "job-deregister", "node-update", "rolling-update", "periodic-job", "max-plan-attempts"}
)


def schedule_generic(
    evaluation: Evaluation, view: View, ids: RandomSource, shuffled: bool, *, batch: bool
) -> Steps[Outcome]:
    """Process one evaluation of a service or batch job, or of one that is gone."""
    job = view.job(evaluation["JobID"])
    allocations = view.allocations_of(evaluation["JobID"], all_instances=True)
    holding, ended = split(allocations, batch=batch)
    yield
    taint = tainted(view, allocations)
    if job is None:
        return (yield from stop_all(view, allocations, holding, taint))
    work = Work(evaluation, job, view, ids, BATCH if batch else SERVICE)
    yield from mark_lost(work.draft, allocations, taint)
    changes = yield from reconcile(job, holding, ended, taint)
    yield
    if shuffled:
        yield from ids.shuffling(changes.place)
    yield from stop_unneeded(work.draft, changes.stop)
    in_place, destructive = yield from work.update_in_place(changes.update)
    freed, more = yield from stop_for_update(
        work.draft, job, (changes.migrate, MIGRATING), (destructive, UPDATING), (changes.lost, LOST)
    )
    yield
    yield from _fill(work, [*changes.place, *freed])
    desired = desired_updates(changes, in_place, destructive)
    yield
    return finish(work, desired, more=more)


def _fill(work: Work, slots: Sequence[Slot]) -> Steps[None]:
    """Find a node for each slot; a group that failed once is not tried again, only counted."""
    work.queue(slots)
    ready, available = work.ready_nodes()
    work.selection.among(ready)
    if slots:
        yield from work.draft.settle()
    for slot in slots:
        yield
        if work.coalesced(slot.group["Name"]):
            continue
        option, metric = _search(work, slot)
        metric["NodesAvailable"] = available
        if option is None:
            work.failed[slot.group["Name"]] = metric
        else:
            work.place(slot, option, metric)


def _search(work: Work, slot: Slot) -> tuple[Option | None, AllocMetric]:
    """With a sticky disk, the node of the allocation before is tried first."""
    preferred = work.node_of_sticky_disk(slot.allocation)
    if preferred is None:
        return work.selection.best(slot.group)
    return work.selection.best_preferring(preferred, slot.group)
