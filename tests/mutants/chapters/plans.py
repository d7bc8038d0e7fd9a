"""Mutants of plans and of their diffs."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster import plan as plans
from mockserver.cluster.cluster import Cluster
from tests.mutants.mutant import mutant
from tests.mutants.replies import each
from tests.mutants.vocabulary import family, outcome, parsing, reply, wrapped, wrapped_steps

DIFF = ("job.plan.diff.*", "job.plan.*")


_plan = family("plan", "job.plan.*")


def _then(after: Callable[[Cluster, Any], Any]) -> Callable[[Any], Any]:
    def make(plan: Any) -> Any:
        def broken(self: Cluster, job: Any, *rest: Any) -> Any:
            reply = plan(self, job, *rest)
            after(self, job)
            return reply

        return broken

    return make


def _register(self: Cluster, job: Any) -> None:
    self.register(job)


def _evaluate(self: Cluster, job: Any) -> None:
    if self.state.job(job["ID"]) is not None:
        self._evaluated(job, 1, "job-register")


def _touch(self: Cluster, job: Any) -> None:
    known = self.state.job(job["ID"])
    if known is not None:
        index = self.state.pass_index()
        self.state._store_job({**known, "ModifyIndex": index}, index)


def _summarize(self: Cluster, job: Any) -> None:
    from mockserver.cluster import summaries

    index = self.state.pass_index()
    summary = summaries.for_job(self.state.summary(job["ID"]), job, index)
    if summary is not None:
        self.state._store_summary(summary, index, job["ID"])


def _store_update(self: Cluster, job: Any) -> None:
    if self.state.job(job["ID"]) is not None:
        self._store(job)


def _asked(name: str, sentence: str, diff: bool) -> None:
    """Declare a mutant that takes another ``Diff`` for the submitted one."""

    def make(parse: Any) -> Any:
        return lambda job_id, body: parse(job_id, {**(body or {}), "Diff": diff})

    mutant(f"plan.{name}", sentence, "job.plan.diff-only-when-asked", "job.plan.*")(parsing("plan", make))


_plan(
    "persists",
    "A plan registers the job.",
    wrapped_steps(Cluster, "plan", _then(_register)),
    "job.plan.leaves-no-trace",
)
_plan(
    "updates",
    "A plan of a known job stores it.",
    wrapped_steps(Cluster, "plan", _then(_store_update)),
    "job.plan.leaves-no-trace",
)
_plan(
    "evaluates",
    "A plan of a known job leaves an evaluation.",
    wrapped_steps(Cluster, "plan", _then(_evaluate)),
    "job.plan.leaves-no-trace",
)
_plan(
    "touches",
    "A plan moves the job's ModifyIndex.",
    wrapped_steps(Cluster, "plan", _then(_touch)),
    "job.plan.leaves-no-trace",
)
_plan(
    "leaves-a-summary",
    "A plan of a new job leaves a summary.",
    wrapped_steps(Cluster, "plan", _then(_summarize)),
    "job.plan.leaves-no-trace",
)
_asked(
    "diff-always",
    "There is always a diff.",
    True,
)
_asked(
    "diff-never",
    "There is never a diff.",
    False,
)
_plan(
    "always-new",
    "A known job is planned as a new one.",
    wrapped_steps(
        Cluster, "plan", lambda plan: lambda self, job, *rest: plan(self, {**job, "ID": job["ID"] + "\0"}, *rest)
    ),
    "job.plan.*",
)


_body = family("plan")


def _updates(field: str, value: Any) -> Callable[[Any], None]:
    return each("Annotations.DesiredTGUpdates.*", lambda one: one.update({field: value(one)}))


_body(
    "job-modify-index-zero",
    "JobModifyIndex is 0.",
    reply("plan", lambda body: body.update(JobModifyIndex=0)),
    "job.plan.job-modify-index",
    "c*",
)
_body(
    "job-modify-index-next",
    "JobModifyIndex is the next one.",
    reply("plan", lambda body: body.update(JobModifyIndex=body["JobModifyIndex"] + 1)),
    "job.plan.*",
    "c*",
)
_body(
    "index",
    "Index is the next one.",
    reply("plan", lambda body: body.update(Index=body["Index"] + 1)),
    "job.plan.reply-index",
)
_body(
    "no-failures",
    "FailedTGAllocs is null.",
    reply("plan", lambda body: body.update(FailedTGAllocs=None)),
    "job.plan.failed-allocations",
    "job.plan.*",
)
_body(
    "no-created",
    "CreatedEvals is null.",
    reply("plan", lambda body: body.update(CreatedEvals=None)),
    "job.plan.created-evaluations",
    "job.plan.*",
)
_body(
    "created-twice",
    "CreatedEvals has the evaluation twice.",
    reply("plan", lambda body: body.update(CreatedEvals=body["CreatedEvals"] and body["CreatedEvals"] * 2)),
    "job.plan.created-evaluations",
)
_body(
    "created-pending",
    "A created evaluation is pending.",
    reply("plan", each("CreatedEvals", lambda one: one.update(Status="pending"))),
    "job.plan.created-evaluations",
)
_body(
    "created-trigger",
    "A created evaluation was triggered by a plan.",
    reply("plan", each("CreatedEvals", lambda one: one.update(TriggeredBy="job-plan"))),
    "job.plan.created-evaluations",
)
_body(
    "created-index",
    "A created evaluation has an index.",
    reply("plan", each("CreatedEvals", lambda one: one.update(CreateIndex=9))),
    "job.plan.created-evaluations",
)
_body(
    "created-job",
    "A created evaluation is of no job.",
    reply("plan", each("CreatedEvals", lambda one: one.update(JobID=""))),
    "job.plan.created-evaluations",
)
_body(
    "created-priority",
    "A created evaluation has priority 51.",
    reply("plan", each("CreatedEvals", lambda one: one.update(Priority=51))),
    "job.plan.created-evaluations",
)
_body(
    "created-queued",
    "A created evaluation tells nothing queued.",
    reply("plan", each("CreatedEvals", lambda one: one.update(QueuedAllocations={}))),
    "job.plan.created-evaluations",
)
_body(
    "created-no-previous",
    "A created evaluation follows none.",
    reply("plan", each("CreatedEvals", lambda one: one.update(PreviousEval=""))),
    "job.plan.created-evaluations",
)
_body(
    "no-updates",
    "DesiredTGUpdates is empty.",
    reply("plan", lambda body: body.update(Annotations={"DesiredTGUpdates": {}})),
    "job.plan.desired-updates",
    "job.plan.*",
)
_body(
    "place-one",
    "Place is 1 at most.",
    reply("plan", _updates("Place", lambda one: min(one["Place"], 1))),
    "job.plan.desired-updates",
    "job.plan.*",
)
_body(
    "place-nothing",
    "Place counts only what there is room for.",
    reply("plan", _updates("Place", lambda _: 0)),
    "job.plan.desired-updates",
    "job.plan.*",
)
_body(
    "ignore-wrong",
    "Ignore counts what is placed.",
    reply("plan", _updates("Ignore", lambda one: one["Place"])),
    "job.plan.desired-updates",
)
_body(
    "in-place-as-destructive",
    "Updates in place are called destructive.",
    reply(
        "plan",
        each(
            "Annotations.DesiredTGUpdates.*",
            lambda one: one.update(DestructiveUpdate=one["DestructiveUpdate"] + one["InPlaceUpdate"], InPlaceUpdate=0),
        ),
    ),
    "job.plan.updates",
)
_body(
    "destructive-as-in-place",
    "Destructive updates are said to be in place.",
    reply(
        "plan",
        each(
            "Annotations.DesiredTGUpdates.*",
            lambda one: one.update(InPlaceUpdate=one["DestructiveUpdate"] + one["InPlaceUpdate"], DestructiveUpdate=0),
        ),
    ),
    "job.plan.updates",
)
_body(
    "stop-lost",
    "Stops are not foretold.",
    reply("plan", _updates("Stop", lambda _: 0)),
    "job.plan.updates",
    "job.plan.desired-updates",
)
_body(
    "migrate",
    "What is updated in place is migrated.",
    reply(
        "plan",
        each("Annotations.DesiredTGUpdates.*", lambda one: one.update(Migrate=one["InPlaceUpdate"], InPlaceUpdate=0)),
    ),
    "job.plan.updates",
    "job.plan.desired-updates",
)
_body(
    "coalesced",
    "Failures of a group are not coalesced.",
    reply("plan", each("FailedTGAllocs.*", lambda one: one.update(CoalescedFailures=0))),
    "job.plan.failure-metrics",
    "job.evaluations.*",
)
_body(
    "metrics-nodes",
    "Metrics count another node.",
    reply("plan", each("FailedTGAllocs.*", lambda one: one.update(NodesEvaluated=one["NodesEvaluated"] + 1))),
    "job.plan.failure-metrics",
)
_body(
    "metrics-datacenters",
    "Metrics know no datacenter.",
    reply("plan", each("FailedTGAllocs.*", lambda one: one.update(NodesAvailable={}))),
    "job.plan.failure-metrics",
)
_body(
    "launch-zero",
    "NextPeriodicLaunch is the zero time.",
    reply("plan", lambda body: body.update(NextPeriodicLaunch="0001-01-01T00:00:00Z")),
    "job.plan.next-periodic-launch",
)
_body(
    "launch-offset",
    "NextPeriodicLaunch has an offset.",
    reply("plan", lambda body: body.update(NextPeriodicLaunch=body["NextPeriodicLaunch"].replace("Z", "+00:00"))),
    "job.plan.next-periodic-launch-in-utc",
    "c*",
)
_body(
    "launch-unix",
    "NextPeriodicLaunch without a launch is 1970.",
    reply("plan", lambda body: body.update(NextPeriodicLaunch=body["NextPeriodicLaunch"].replace("0001-", "1970-"))),
    "job.plan.next-periodic-launch",
)
_body(
    "launch-null",
    "NextPeriodicLaunch without a launch is empty.",
    reply(
        "plan",
        lambda body: body.update(
            NextPeriodicLaunch="" if body["NextPeriodicLaunch"].startswith("0001") else body["NextPeriodicLaunch"]
        ),
    ),
    "job.plan.next-periodic-launch",
    "c*",
)


def _launch(
    name: str, sentence: str, make: Callable[[Any], Any], caught_by: str = "job.plan.next-periodic-launch"
) -> None:

    mutant(f"plan.launch-{name}", sentence, caught_by)(wrapped(plans, "_next_launch", make))


_launch(
    "disabled",
    "A disabled job has a next launch.",
    lambda launch: (
        lambda job, now: launch({**job, "Periodic": job["Periodic"] and {**job["Periodic"], "Enabled": True}}, now)
    ),
    "job.plan.no-launch-while-disabled",
)
_launch(
    "local",
    "NextPeriodicLaunch is two hours later, in local time.",
    lambda launch: lambda job, now: launch(job, now).replace("T00:", "T02:").replace("T04:", "T06:"),
)
_launch(
    "after-next",
    "NextPeriodicLaunch is the one after the next.",
    lambda launch: lambda job, now: launch(job, now + 366 * 86400 * 10**9),
)


_outcome = family("plan")


_outcome(
    "system-blocked",
    "A system job's plan creates an evaluation.",
    outcome(
        plans,
        lambda outcome: {"blocked": outcome.blocked or outcome.next or {"ID": "x"}} if not outcome.desired else {},
    ),
    "job.plan.*",
)
_outcome(
    "idle-updates",
    "A group that wants nothing has updates of zeros.",
    outcome(
        plans,
        lambda outcome: {
            "desired": outcome.desired
            or {"g": dict.fromkeys(("Ignore", "Place", "Migrate", "Stop", "InPlaceUpdate", "DestructiveUpdate"), 0)}
        },
    ),
    "job.plan.nothing-wanted",
    "job.plan.*",
)
