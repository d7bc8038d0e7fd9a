"""The scheduler of system jobs: one allocation per slot on every node that may run it."""

from collections.abc import Sequence

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler.finish import finish, stop_all
from mockserver.cluster.scheduler.outcome import Outcome, View, refused
from mockserver.cluster.scheduler.reconcile import Slot, desired_updates, reconcile_system, split, tainted
from mockserver.cluster.scheduler.selection import SYSTEM
from mockserver.cluster.scheduler.work import (
    LOST,
    UPDATING,
    Work,
    mark_lost,
    stop_for_update,
    stop_slots,
    stop_unneeded,
)
from mockserver.errors import Refused
from mockserver.gostd.fmt import quote
from mockserver.nomad_types import DesiredUpdates, Evaluation, Node
from mockserver.slices import Steps

REASONS = frozenset({"job-register", "job-deregister", "node-update", "rolling-update"})
_UINT64 = 2**64


def schedule_system(evaluation: Evaluation, view: View, ids: RandomSource, shuffled: bool) -> Steps[Outcome]:
    """Process one evaluation of a system job.

    When a group would have to be placed on a node that the job has left (its datacenter was taken off the job), a plan
    raises ``Refused``, and any other evaluation fails.
    """
    job = view.job(evaluation["JobID"])
    allocations = view.allocations_of(evaluation["JobID"], all_instances=True)
    holding, ended = split(allocations, batch=False)
    taint = tainted(view, allocations)
    if job is None:
        return (yield from stop_all(view, allocations, holding, taint))
    work = Work(evaluation, job, view, ids, SYSTEM)
    ready, available = work.ready_nodes()
    yield from mark_lost(work.draft, allocations, taint)
    changes = yield from reconcile_system(job, ready, holding, ended, taint)
    if shuffled:
        yield from ids.shuffling(changes.place)
    yield from stop_unneeded(work.draft, changes.stop)
    yield from stop_slots(work.draft, changes.lost, LOST)
    in_place, destructive = yield from work.update_in_place(changes.update)
    desired = desired_updates(changes, in_place, destructive)
    freed, more = yield from stop_for_update(work.draft, job, (destructive, UPDATING))
    slots = [*changes.place, *freed]
    nodes = {node["ID"]: node for node in ready}
    if astray := [slot.node_id for slot in slots if slot.node_id not in nodes]:
        return _given_up(evaluation, astray[0])
    yield from _fill(work, slots, nodes, available, desired)
    return finish(work, desired, more=more)


def _given_up(evaluation: Evaluation, node_id: str) -> Outcome:
    """Return the outcome of an evaluation with which the scheduler can't go on, however often it gets it.

    Raises:
        Refused: The evaluation is only a plan.
    """
    if evaluation["AnnotatePlan"]:
        raise Refused(f"could not find node {quote(node_id)}")
    return refused("evaluation reached delivery limit (3)")


def _fill(
    work: Work,
    slots: Sequence[Slot],
    nodes: dict[str, Node],
    available: dict[str, int],
    desired: dict[str, DesiredUpdates],
) -> Steps[None]:
    """Try each slot on its node; a node that may not run the group at all is not waited for.

    A plan does not announce a placement there either. That a destructive update never counted as one is forgotten:
    the unsigned count then wraps around to 18446744073709551615 (observed).
    """
    work.queue(slots)
    yield from work.draft.settle()
    for slot in slots:
        yield
        group = slot.group["Name"]
        work.selection.among([nodes[slot.node_id]])
        option, metric = work.selection.best(slot.group)
        metric["NodesAvailable"] = available
        if option is not None:
            work.place(slot, option, metric)
            continue
        if metric["NodesFiltered"] > 0:
            work.queued[group] -= 1
            desired[group]["Place"] = (desired[group]["Place"] - 1) % _UINT64
        if not work.coalesced(group):
            work.failed[group] = metric
