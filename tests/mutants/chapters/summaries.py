"""Mutants of the summary: what is counted, and its indexes."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import state, summaries
from mockserver.cluster.state import State
from tests.mutants.mutant import mutant
from tests.mutants.replies import each
from tests.mutants.vocabulary import family, intercepts, reply, wrapped

_summary = family("summary", "job.summary.*")


def _counts(counter: str, value: Callable[[Any], int]) -> Callable[[Any], None]:
    return each("Summary.*", lambda one: one.update({counter: value(one)}))


_summary(
    "no-children-field",
    "There is no Children.",
    reply("summary", lambda body: body.pop("Children") and None),
    "job.summary.reply-*",
)
_summary(
    "queued-zero",
    "Queued is always 0.",
    reply("summary", _counts("Queued", lambda _: 0)),
    "job.summary.queued-counts-unplaced",
)
_summary(
    "queued-one",
    "Queued is 1 at most.",
    reply("summary", _counts("Queued", lambda one: min(one["Queued"], 1))),
    "job.summary.queued-counts-unplaced",
)
_summary(
    "running-zero",
    "Running is always 0.",
    reply("summary", _counts("Running", lambda _: 0)),
    "job.summary.counts-running",
)
_summary(
    "running-starts",
    "Running allocations are counted as Starting.",
    reply("summary", each("Summary.*", lambda one: one.update(Starting=one["Running"], Running=0))),
    "job.summary.counts-running",
)
_summary(
    "running-both",
    "Running allocations are counted as Starting, too.",
    reply("summary", _counts("Starting", lambda one: one["Running"])),
    "job.summary.counts-running",
)
_summary(
    "complete-zero",
    "Complete is always 0.",
    reply("summary", _counts("Complete", lambda _: 0)),
    "job.summary.counts-complete",
)
_summary(
    "complete-failed",
    "Complete allocations are counted as Failed.",
    reply("summary", each("Summary.*", lambda one: one.update(Failed=one["Complete"], Complete=0))),
    "job.summary.counts-complete",
)
_summary(
    "lost",
    "Queued allocations are counted as Lost, too.",
    reply("summary", _counts("Lost", lambda one: one["Queued"])),
    "job.summary.queued-counts-unplaced",
)
_summary("failed", "One has always failed.", reply("summary", _counts("Failed", lambda _: 1)), "job.summary.*")
_summary(
    "one-group",
    "Only the first group is counted.",
    reply("summary", lambda body: body.update(Summary=dict(list(body["Summary"].items())[:1]))),
    "job.summary.every-group",
)
_summary(
    "idle-groups",
    "Groups without allocations are left out.",
    reply("summary", lambda body: body.update(Summary={k: v for k, v in body["Summary"].items() if any(v.values())})),
    "job.summary.every-group",
)
_summary(
    "groups-lower",
    "Names of groups are altered.",
    reply("summary", lambda body: body.update(Summary={k.title(): v for k, v in body["Summary"].items()})),
    "job.summary.every-group",
)
_summary(
    "job-id",
    "JobID is in lower case.",
    reply("summary", lambda body: body.update(JobID=body["JobID"].upper())),
    "job.summary.names-the-job",
)
_summary(
    "create-index",
    "CreateIndex is ModifyIndex.",
    reply("summary", lambda body: body.update(CreateIndex=body["ModifyIndex"])),
    "job.summary.create-index-is-the-jobs",
    "common.*",
)
_summary(
    "modify-index",
    "ModifyIndex is CreateIndex.",
    reply("summary", lambda body: body.update(ModifyIndex=body["CreateIndex"])),
    "job.summary.index-header-is-modify-index",
)
_summary(
    "no-children",
    "Children are not counted.",
    reply("summary", lambda body: body.update(Children={"Dead": 0, "Pending": 0, "Running": 0})),
    "job.summary.children-counts-children",
)
_summary(
    "children-running",
    "All children are counted as Running.",
    reply(
        "summary",
        lambda body: body.update(Children={"Dead": 0, "Pending": 0, "Running": sum(body["Children"].values())}),
    ),
    "job.summary.children-counts-children",
)
_summary(
    "children-null", "Children are null.", reply("summary", lambda body: body.update(Children=None)), "job.summary.*"
)


@mutant(
    "summary.vanished-groups",
    "A group that is gone goes from the summary.",
    "job.summary.keeps-vanished-groups",
    "job.s*",
)
@intercepts(summaries, "for_job")
def _(for_job: Any, summary: Any, job: Any, index: int) -> Any:
    made = for_job(summary, job, index) or summary
    names = {group["Name"] for group in job["TaskGroups"]}
    return {**made, "Summary": {name: counts for name, counts in made["Summary"].items() if name in names}}


mutant("summary.reset-by-update", "An update starts the summary over.", "job.summary.*", "job.*", "common.*")(
    wrapped(summaries, "for_job", lambda for_job: lambda _, job, index: for_job(None, job, index))
)


mutant("summary.new-groups-missing", "A group that an update adds is not in the summary.", "job.summary.*", "job.*")(
    wrapped(
        summaries, "for_job", lambda for_job: lambda summary, job, index: None if summary else for_job(None, job, index)
    )
)


mutant(
    "summary.dead-children-pending", "A child that is gone still counts as pending.", "job.summary.children-*", "job.*"
)(
    wrapped(
        summaries, "with_child", lambda count: lambda summary, old, new, index: count(summary, old, old or new, index)
    )
)


@mutant("summary.forced-children", "Launched children are not counted.", "job.periodic-force.counts-as-child", "job.*")
@intercepts(state.State, "_store_summary")
def _(store: Any, self: State, summary: Any, index: int, job_id: str) -> None:
    parent = self.job(job_id)
    periodic = parent is not None and parent["Periodic"] is not None
    store(
        self,
        {**summary, "Children": {"Dead": 0, "Pending": 0, "Running": 0}} if periodic else summary,
        index,
        job_id,
    )
