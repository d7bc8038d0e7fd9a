"""Decides what to do about one evaluation, given the state; changes nothing itself.

``schedule`` is a function of its arguments: an evaluation, a read-only ``View`` of jobs, allocations and nodes, and
a source of IDs. What it decides is an ``Outcome``, which the cluster commits.

Modules, from the bottom up: ``view`` and ``outcome`` are the two ends; ``network``, ``usage`` and ``draft`` know what
nodes would carry; ``feasibility`` and ``selection`` choose a node; ``reconcile`` says which allocations a job lacks
or has too many of; ``work`` and ``finish`` are the steps that ``generic`` and ``system`` share.
"""

from collections.abc import Callable, Mapping
from functools import partial

from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.scheduler import generic, system
from mockserver.cluster.scheduler.outcome import Outcome, View, refused
from mockserver.errors import Refused
from mockserver.nomad_types import Evaluation
from mockserver.slices import Steps

__all__ = ["SCHEDULERS", "Outcome", "View", "knows", "schedule"]

SCHEDULERS: Mapping[str, Callable[[Evaluation, View, RandomSource, bool], Steps[Outcome]]] = {
    "service": partial(generic.schedule_generic, batch=False),
    "batch": partial(generic.schedule_generic, batch=True),
    "system": system.schedule_system,
}
"""By the evaluation's (and job's) type."""

_REASONS = {"service": generic.REASONS, "batch": generic.REASONS, "system": system.REASONS}


def knows(job_type: str) -> bool:
    """Return whether there is a scheduler of that type; an evaluation of another type stays pending (observed)."""
    return job_type in SCHEDULERS


def schedule(
    evaluation: Evaluation,
    view: View,
    *,
    ids: RandomSource,
    now: int,  # noqa: ARG001 - see below
    shuffled: bool = False,
) -> Steps[Outcome]:
    """Decide about one evaluation, in steps: one for each allocation that has to be found a node for.

    Nothing that the view shows may change before the last step.

    ``now`` (Unix ns) is the moment of the decision. Version 0.5 decides nothing by the time, and creation times are
    set when the outcome is committed; it is part of the interface so that a rule that needs it has it.

    With ``shuffled`` the order in which a job's allocations are placed is drawn from ``ids``. On a real agent it
    is random. It shows which of them get the room when there is not enough for all. Otherwise groups come as the job
    lists them, and allocations by their number.

    With ``AnnotatePlan`` the evaluation is a plan: ``Outcome.desired`` are its annotations, and a plan that the
    servers would not commit is not found out.

    Raises:
        Refused: no scheduler has the evaluation's type, or (system jobs, plans only) a node cannot be found.
    """
    if not knows(evaluation["Type"]):
        raise Refused(f"unknown scheduler '{evaluation['Type']}'")
    if evaluation["TriggeredBy"] not in _REASONS[evaluation["Type"]]:
        return refused(f"scheduler cannot handle '{evaluation['TriggeredBy']}' evaluation reason")
    return (yield from SCHEDULERS[evaluation["Type"]](evaluation, view, ids, shuffled))
