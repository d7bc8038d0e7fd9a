"""Summaries made anew from jobs and allocations: what ``PUT /v1/system/reconcile/summaries`` does (observed)."""

from mockserver.cluster import summaries
from mockserver.cluster.plan import dry_run
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tables import Tables
from mockserver.errors import Refused
from mockserver.nomad_types import Job, JobSummary
from mockserver.slices import Steps


def summaries_anew(
    tables: Tables, *, ids: RandomSource, now: int, index: int, shuffled: bool = False
) -> Steps[list[JobSummary]]:
    """Return, in steps, the summary of every job, of nothing but the job, its allocations and a scheduler's dry run.

    What the scheduler would place or carry over counts as queued, as does what it has no room for. The first job that
    no scheduler can decide about ends the dry runs: it and the jobs after it, by ID, have nothing queued.

    Args:
        tables: what the region knows.
        ids: for the evaluations of the dry runs.
        now: Unix ns.
        index: of the new summaries.
        shuffled: whether the order of placements is drawn from ``ids``.
    """
    found: list[JobSummary] = []
    can_decide = True
    for job in tables.jobs():
        yield
        summary = summaries.of_allocations(job, tables.allocations_of(job["ID"], all_instances=False), index)
        queued = (yield from _queued(job, tables, ids, now, shuffled)) if can_decide else {}
        can_decide = queued is not None
        found.append(summaries.with_queued(summary, queued or {}, index) or summary)
    yield
    return found


def _queued(job: Job, tables: Tables, ids: RandomSource, now: int, shuffled: bool) -> Steps[dict[str, int] | None]:
    """Return how many allocations of each group wait for a scheduler; None when none can decide about the job."""
    try:
        outcome = yield from dry_run(job, tables, job["JobModifyIndex"] + 1, ids=ids, now=now, shuffled=shuffled)
    except Refused:
        return None
    queued = dict(outcome.queued or {})
    for allocation in (*outcome.in_place, *outcome.placements):
        queued[allocation["TaskGroup"]] = queued.get(allocation["TaskGroup"], 0) + 1
    return queued
