"""Mutants that show only in jobs with a past: updated, evaluated again, scaled, finished, failed, respelled."""

import re
from itertools import count
from typing import Any

from mockserver.cluster import job_statuses, summaries, worker
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.scheduler import finish, generic, reconcile, work
from mockserver.cluster.scheduler.reconcile import Changes, Slot
from mockserver.cluster.state import State
from mockserver.cluster.tables import Tables
from mockserver.cluster.tasks import NodeClient, task_run
from mockserver.errors import Refused
from mockserver.gostd.strconv import TRUE_WORDS
from mockserver.openapi import query
from mockserver.slices import Steps
from tests.mutants.around import around, calling
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import body_of
from tests.mutants.vocabulary import call, intercepts, replaced, reply

FINISHED = "job.allocations.finished-work"
FAILED = "job.allocations.failed-work"
SPELLING = "job.evaluations.spelling"
GONE = "alloc not needed due to job update"


def is_parent(job: Any) -> bool:
    """Return whether a job is periodic or parameterized."""
    return job["Periodic"] is not None or job["ParameterizedJob"] is not None


# The status


mutant(
    "history.status-of-the-exact-id",
    "Evaluations of jobs with a longer ID do not count for the status.",
    "job.query.status-by-prefix",
    "job.query.status-of-parents",
)(call(job_statuses, "has_prefix", lambda _, table, key: key in table))


calling(
    "history.parents-run",
    "A parent that is registered again runs, whatever its children do.",
    job_statuses.JobStatuses,
    "_computed_status",
    lambda whole, self, job, **options: "running" if is_parent(job) else whole(self, job, **options),
    "job.query.status-of-parents",
)
calling(
    "history.disabled-dead",
    "A periodic job is dead while its launches are off.",
    job_statuses.JobStatuses,
    "_computed_status",
    lambda whole, self, job, **options: (
        "dead" if job["Periodic"] and not job["Periodic"]["Enabled"] else whole(self, job, **options)
    ),
    "job.query.status",
)

# The summary

calling(
    "history.queued-stays",
    "What was queued once never becomes 0 again.",
    summaries,
    "with_queued",
    lambda whole, summary, queued, index: whole(summary, {k: v for k, v in queued.items() if v}, index),
    "job.summary.queued-counts-unplaced",
)


def _vanished(whole: Any, summary: Any, job: Any, index: int) -> Any:
    counted = whole(summary, job, index)
    known = {group["Name"] for group in job["TaskGroups"]}
    if counted is None:
        return None
    zeroed = {name: one if name in known else dict.fromkeys(one, 0) for name, one in counted["Summary"].items()}
    return {**counted, "Summary": zeroed}


def _joined(whole: Any, summary: Any, job: Any, index: int) -> Any:
    counted = whole(summary, job, index)
    if summary is None or counted is None:
        return counted
    return {**counted, "Summary": {name: dict.fromkeys(one, 0) for name, one in counted["Summary"].items()}}


KEEPS = "job.summary.keeps-vanished-groups"
for _name, _sentence, _broken, _caught in (
    ("vanished-zero", "The counts of a group that is gone become 0.", _vanished, KEEPS),
    ("joined-zero", "When a group joins the counts of all begin anew.", _joined, KEEPS),
    (
        "joined-index",
        "When a group joins the summary gets another CreateIndex.",
        lambda whole, summary, job, index: (one := whole(summary, job, index)) and {**one, "CreateIndex": index},
        KEEPS,
    ),
    (
        "same-groups-index",
        "Every registration moves the ModifyIndex of the summary.",
        lambda whole, summary, job, index: whole(summary, job, index) or {**summary, "ModifyIndex": index},
        "job.summary.same-groups-same-summary",
    ),
    (
        "summary-respelled",
        "A summary takes over the new spelling of its job's ID.",
        lambda whole, summary, job, index: (
            (one := whole(summary, job, index) or summary) and {**one, "JobID": job["ID"]}
        ),
        "job.summary.keeps-its-spelling",
    ),
):
    calling(f"history.{_name}", _sentence, summaries, "for_job", _broken, _caught)


@mutant(
    "history.dead-children-forgotten",
    "A dead child that is deregistered is no longer counted.",
    "job.summary.children-counts-children",
)
@intercepts(State, "delete_job")
def _(whole: Any, self: State, job_id: str) -> int:
    job = self.job(job_id)
    parent: Any = self.summary(job["ParentID"]) if job and job["ParentID"] and job["Status"] == "dead" else None
    if parent is not None:
        children = {**parent["Children"], "Dead": parent["Children"]["Dead"] - 1}
        self._store_summary(parent | {"Children": children}, self.index, parent["JobID"])
    return int(whole(self, job_id))


@mutant(
    "history.children-remembered",
    "A parent that is registered anew counts its children of before.",
    "job.summary.missing-job",
    "job.summary.children-counts-children",
)
def _(breakage: Breakage) -> None:
    children: dict[str, Any] = {}

    def delete(whole: Any, self: State, job_id: str) -> int:
        summary = self.summary(job_id)
        children[job_id] = summary and summary["Children"]
        return int(whole(self, job_id))

    def for_job(whole: Any, summary: Any, job: Any, index: int) -> Any:
        counted = whole(summary, job, index)
        known = children.get(job["ID"]) if summary is None else None
        return {**counted, "Children": known} if known else counted

    around(breakage, State, "delete_job", delete)
    around(breakage, summaries, "for_job", for_job)


@mutant(
    "history.submitted-children",
    "A job that was submitted with a ParentID is not counted as a child.",
    "job.summary.children-counts-children",
)
@intercepts(State, "_update_status")
def _(whole: Any, self: State, job: Any, index: int, **options: Any) -> None:
    parent: Any = self.summary(job["ParentID"])
    whole(self, job, index, **options)
    if parent is not None and not re.search("/(dispatch|periodic)-", job["ID"]):
        self._summaries[parent["JobID"].lower()] = parent


# Evaluations


@mutant("history.canceled-index", "A canceled evaluation keeps its ModifyIndex.", "job.evaluations.canceled")
def _(breakage: Breakage) -> None:
    def keep(found: Any) -> None:
        for one in found:
            if one["Status"] == "canceled":
                one["ModifyIndex"] = one["CreateIndex"]

    reply("evaluations", keep)(breakage)


@mutant(
    "history.canceled-by-deregistration",
    "What a deregistration cancels says another reason.",
    "job.evaluations.canceled",
)
def _(breakage: Breakage) -> None:
    def reasons(found: Any) -> None:
        if any(one["TriggeredBy"] == "job-deregister" for one in found):
            for one in found:
                one["StatusDescription"] = one["StatusDescription"] and "the job was deregistered"

    reply("evaluations", reasons)(breakage)


calling(
    "history.prefix-case",
    "Evaluations of jobs with a longer ID are found in the exact case only.",
    Tables,
    "evaluations_of",
    lambda whole, self, prefix: [
        one for one in whole(self, prefix) if one["JobID"].startswith(prefix) or len(one["JobID"]) == len(prefix)
    ],
    "job.evaluations.prefix-match",
)
calling(
    "history.prefix-of-a-job",
    "A prefix that is the ID of no evaluated job finds nothing.",
    Tables,
    "evaluations_of",
    lambda whole, self, prefix: (
        found if (found := whole(self, prefix)) and {len(one["JobID"]) for one in found} & {len(prefix)} else []
    ),
    "job.evaluations.prefix-match",
    "job.*",
)
calling(
    "history.deregistered-as-stored",
    "The evaluation of a deregistration has the stored spelling.",
    Cluster,
    "deregister",
    lambda whole, self, job_id: whole(self, (self.state.job(job_id) or {"ID": job_id})["ID"]),
    SPELLING,
)


@mutant("history.evaluated-as-asked", "A forced evaluation has the spelling that was asked for.", SPELLING)
def _(breakage: Breakage) -> None:
    asked = [""]

    def evaluate(whole: Any, self: Cluster, job_id: str) -> Any:
        asked[0] = job_id
        return whole(self, job_id)

    def evaluated(whole: Any, self: Cluster, job: Any, *arguments: Any) -> Any:
        known = asked[0].lower() == job["ID"].lower()
        return whole(self, {**job, "ID": asked[0]} if known else job, *arguments)

    around(breakage, Cluster, "evaluate", evaluate)
    around(breakage, Cluster, "_evaluated", evaluated)


@mutant(
    "history.evaluated-once",
    "Until a job changes it is evaluated only once on request.",
    "job.evaluate.creates-evaluation",
)
def _(breakage: Breakage) -> None:
    made: dict[tuple[str, int], Any] = {}

    def evaluate(whole: Any, self: Cluster, job_id: str) -> Any:
        index = (self.state.job(job_id) or {"JobModifyIndex": -1})["JobModifyIndex"]
        if (job_id, index) not in made:
            made[job_id, index] = whole(self, job_id)
        return made[job_id, index]

    around(breakage, Cluster, "evaluate", evaluate)


@mutant("history.dead-batch", "A dead batch job cannot be evaluated.", "job.evaluate.creates-evaluation", FINISHED)
@intercepts(Cluster, "evaluate")
def _(whole: Any, self: Cluster, job_id: str) -> Any:
    job = self.state.job(job_id)
    if job and job["Type"] == "batch" and job["Status"] == "dead" and not is_parent(job):
        raise Refused("can't evaluate dead job")
    return whole(self, job_id)


UPDATED, LAUNCHED = "job.evaluations.of-an-update", "job.periodic-force.waits"
for _name, _sentence, _statement, _fields in (
    ("waits-at-50", "What waits has priority 50.", UPDATED, {"Priority": 50}),
    ("waits-as-service", "What waits is of type service.", UPDATED, {"Type": "service"}),
    ("waits-as-registered", "What waits was triggered by a registration.", LAUNCHED, {"TriggeredBy": "job-register"}),
):
    calling(
        f"history.{_name}",
        _sentence,
        finish,
        "blocked",
        lambda whole, *arguments, fields=_fields, **options: {**whole(*arguments, **options), **fields},
        _statement,
        "job.*",
    )


def _before(field: str) -> Any:
    def apply(breakage: Breakage) -> None:
        before: dict[str, Any] = {}

        def store(whole: Any, self: Cluster, job: Any) -> Any:
            known: Any = self.state.job(job["ID"])
            before[job["ID"]] = (known or job)[field]
            return whole(self, job)

        def evaluated(whole: Any, self: Cluster, job: Any, *arguments: Any) -> Any:
            return whole(self, {**job, field: before.get(job["ID"], job[field])}, *arguments)

        around(breakage, Cluster, "_store", store)
        around(breakage, Cluster, "_evaluated", evaluated)

    return apply


for _field in ("Priority", "Type"):
    mutant(
        f"history.evaluated-with-old-{_field.lower()}",
        f"The evaluation of an update has the {_field} of before.",
        "job.evaluations.of-an-update",
        "job.*",
    )(_before(_field))

# Allocations


def _lowest_first(whole: Any, job: Any, *arguments: Any, **options: Any) -> Steps[Changes]:
    changes: Changes = yield from whole(job, *arguments, **options)
    if len(changes.stop) == 1 and changes.update and changes.update[0].group["Name"] == changes.stop[0]["TaskGroup"]:
        slot = changes.update[0]
        changes.update[0] = Slot(slot.name, slot.group, changes.stop[0], slot.node_id)
        changes.stop = [slot.allocation] if slot.allocation else []
    return changes


def _renamed(whole: Any, job: Any, holding: Any, *arguments: Any, **options: Any) -> Steps[Changes]:
    others = [one["Name"] for one in holding if not one["Name"].startswith(f"{job['Name']}.")]
    kept = {**job, "Name": others[0].partition(".")[0]} if len(others) == len(holding) > 0 else job
    changes: Changes = yield from whole(kept, holding, *arguments, **options)
    return changes


calling(
    "history.lowest-first",
    "A smaller count stops the allocation with the lowest number.",
    generic,
    "reconcile",
    _lowest_first,
    "job.allocations.scale",
)
calling(
    "history.renamed-kept",
    "The allocations of a job that is renamed stay.",
    generic,
    "reconcile",
    _renamed,
    "job.allocations.names",
    "job.plan.updates",
)


@mutant("history.names-go-on", "Numbers of allocations that were stopped are not given again.", "job.allocations.scale")
@intercepts(work.Work, "_new_allocation")
def _(whole: Any, self: Any, slot: Slot, *arguments: Any) -> Any:
    made = whole(self, slot, *arguments)
    if slot.allocation and slot.allocation["DesiredDescription"] == GONE:
        made = {**made, "Name": re.sub(r"\d+(?=\]$)", lambda number: str(int(number[0]) + 10), made["Name"])}
    return made


mutant("history.done-again", "What a batch job has done is done again by every evaluation.", FINISHED)(
    call(reconcile, "_lost_its_slot", lambda whole, one: whole(one) or one["ClientStatus"] == "complete")
)


calling(
    "history.end-told-once",
    "A node reports the end of an allocation once, whatever it hears of it later.",
    NodeClient,
    "_report_again",
    lambda _whole, *_arguments: None,
    "job.allocations.finished-work-is-reported-again",
)
calling(
    "history.never-again",
    "A batch job is not run again when its task is another one.",
    work,
    "tasks_updated",
    lambda whole, old, new, group: new["Type"] != "batch" and whole(old, new, group),
    FINISHED,
)
calling(
    "history.failed-stay",
    "A failed allocation of a service is not replaced.",
    reconcile,
    "is_terminal",
    lambda whole, one: whole(one) and not (one["ClientStatus"] == "failed" and one["DesiredStatus"] == "run"),
    FAILED,
)
calling(
    "history.failed-batch-stays",
    "A failed allocation of a batch job is not replaced.",
    reconcile,
    "_lost_its_slot",
    lambda whole, one: one["DesiredStatus"] != "run" and whole(one),
    FAILED,
)


def _last_two(whole: Any, self: Tables, job_id: str, *, all_instances: bool) -> Any:
    found = whole(self, job_id, all_instances=all_instances)
    last = sorted({one["Job"]["CreateIndex"] for one in found})[-2:]
    return [one for one in found if one["Job"]["CreateIndex"] in last]


def _last_of_the_gone(whole: Any, self: Tables, job_id: str, *, all_instances: bool) -> Any:
    found = whole(self, job_id, all_instances=all_instances)
    last = max((one["Job"]["CreateIndex"] for one in found), default=0)
    everything = all_instances or self.job(job_id) is not None
    return [one for one in found if everything or one["Job"]["CreateIndex"] == last]


ALL = "job.allocations.all"
calling("history.all-but-old", "`all` shows the last two instances.", Tables, "allocations_of", _last_two, ALL)
calling(
    "history.gone-but-old",
    "Of a job that is gone only the last instance is shown.",
    Tables,
    "allocations_of",
    _last_of_the_gone,
    "job.allocations.of-a-gone-job",
)


mutant("history.all-yes", "`all` is true for yes, too.", ALL)(replaced(query, "TRUE_WORDS", TRUE_WORDS | {"yes"}))


mutant("history.all-words", "`all` is true for three words only.", ALL)(
    replaced(query, "TRUE_WORDS", frozenset({"1", "t", "true"}))
)


mutant("history.all-events", "A task keeps all of its events.", "job.allocations.ten-events")(
    replaced(task_run, "_KEPT_EVENTS", 1000)
)


calling(
    "history.first-events",
    "A task keeps its first ten events.",
    task_run,
    "with_event",
    lambda whole, one, *arguments, **options: (
        {**whole(one, *arguments, **options), "Events": one["Events"]}
        if len(one["Events"]) >= 10
        else whole(one, *arguments, **options)
    ),
    "job.allocations.ten-events",
)


mutant("history.twenty", "At most twenty allocations are listed.", "job.allocations.order")(
    reply("allocations", lambda found: found[:20])
)


@mutant("history.failed-groups", "A processed evaluation names one failed group.", "job.evaluations.blocked", "job.*")
@intercepts(worker, "_processed")
def _(whole: Any, *arguments: Any) -> Any:
    done = whole(*arguments)
    failed = done["FailedTGAllocs"]
    return {**done, "FailedTGAllocs": failed and dict(sorted(failed.items())[:1])}


@mutant(
    "history.second-evaluation",
    "A registration makes a second evaluation, which it does not tell.",
    "job.evaluations.one-per-registration",
    "job.evaluations.*",
)
@intercepts(Cluster, "register")
def _(whole: Any, self: Cluster, job: Any) -> Any:
    written = whole(self, job)
    if written.evaluation_id:
        self._evaluated(job, written.job_index, "job-register")
    return written


@mutant(
    "history.restless-field",
    "A field that the page does not show differs from read to read.",
    "common.consistency.unchanged-is-the-same",
    "c*",
    "job.register.*",
)
def _(breakage: Breakage) -> None:
    reads = count()
    body_of(breakage, "query", lambda job: job.update(VaultToken=f"token {next(reads)}"))
