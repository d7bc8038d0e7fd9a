"""Mutants of plans and of their diffs."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from mockserver.cluster import plan as plans
from mockserver.cluster.cluster import Cluster
from mockserver.jobs.diff import annotations, compare, kinds
from mockserver.jobs.diff.compare import Kind
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import body_of, each, objects

DIFF = ("job.plan.diff.*", "job.plan.*")


def _plan(name: str, sentence: str, make: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the operation; ``make`` gets the cluster's ``plan`` and returns another."""

    def apply(breakage: Breakage) -> None:
        breakage.wrap(Cluster, "plan", make)

    mutant(f"plan.{name}", sentence, *caught_by, "job.plan.*")(apply)


def _then(after: Callable[[Cluster, Any], Any]) -> Callable[[Any], Any]:
    def make(plan: Any) -> Any:
        def broken(self: Cluster, job: Any, *, diff: bool) -> Any:
            reply = plan(self, job, diff=diff)
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


_plan("persists", "A plan registers the job.", _then(_register), "job.plan.leaves-no-trace")
_plan("updates", "A plan of a known job stores it.", _then(_store_update), "job.plan.leaves-no-trace")
_plan("evaluates", "A plan of a known job leaves an evaluation.", _then(_evaluate), "job.plan.leaves-no-trace")
_plan("touches", "A plan moves the job's ModifyIndex.", _then(_touch), "job.plan.leaves-no-trace")
_plan("leaves-a-summary", "A plan of a new job leaves a summary.", _then(_summarize), "job.plan.leaves-no-trace")
_plan(
    "diff-always",
    "There is always a diff.",
    lambda plan: lambda self, job, *, diff: plan(self, job, diff=diff or True),
    "job.plan.diff-only-when-asked",
)
_plan(
    "diff-never",
    "There is never a diff.",
    lambda plan: lambda self, job, *, diff: plan(self, job, diff=diff and False),
    "job.plan.diff-only-when-asked",
)
_plan(
    "always-new",
    "A known job is planned as a new one.",
    lambda plan: lambda self, job, *, diff: plan(self, {**job, "ID": job["ID"] + "\0"}, diff=diff),
    "job.plan.*",
)


def _body(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    def apply(breakage: Breakage) -> None:
        body_of(breakage, "plan", change)

    mutant(f"plan.{name}", sentence, *caught_by)(apply)


def _updates(field: str, value: Any) -> Callable[[Any], None]:
    return each("Annotations.DesiredTGUpdates.*", lambda one: one.update({field: value(one)}))


_body(
    "job-modify-index-zero",
    "JobModifyIndex is 0.",
    lambda body: body.update(JobModifyIndex=0),
    "job.plan.job-modify-index",
    "c*",
)
_body(
    "job-modify-index-next",
    "JobModifyIndex is the next one.",
    lambda body: body.update(JobModifyIndex=body["JobModifyIndex"] + 1),
    "job.plan.*",
    "c*",
)
_body("index", "Index is the next one.", lambda body: body.update(Index=body["Index"] + 1), "job.plan.reply-index")
_body(
    "no-failures",
    "FailedTGAllocs is null.",
    lambda body: body.update(FailedTGAllocs=None),
    "job.plan.failed-allocations",
    "job.plan.*",
)
_body(
    "no-created",
    "CreatedEvals is null.",
    lambda body: body.update(CreatedEvals=None),
    "job.plan.created-evaluations",
    "job.plan.*",
)
_body(
    "created-twice",
    "CreatedEvals has the evaluation twice.",
    lambda body: body.update(CreatedEvals=body["CreatedEvals"] and body["CreatedEvals"] * 2),
    "job.plan.created-evaluations",
)
_body(
    "created-pending",
    "A created evaluation is pending.",
    each("CreatedEvals", lambda one: one.update(Status="pending")),
    "job.plan.created-evaluations",
)
_body(
    "created-trigger",
    "A created evaluation was triggered by a plan.",
    each("CreatedEvals", lambda one: one.update(TriggeredBy="job-plan")),
    "job.plan.created-evaluations",
)
_body(
    "created-index",
    "A created evaluation has an index.",
    each("CreatedEvals", lambda one: one.update(CreateIndex=9)),
    "job.plan.created-evaluations",
)
_body(
    "created-job",
    "A created evaluation is of no job.",
    each("CreatedEvals", lambda one: one.update(JobID="")),
    "job.plan.created-evaluations",
)
_body(
    "created-priority",
    "A created evaluation has priority 51.",
    each("CreatedEvals", lambda one: one.update(Priority=51)),
    "job.plan.created-evaluations",
)
_body(
    "created-queued",
    "A created evaluation tells nothing queued.",
    each("CreatedEvals", lambda one: one.update(QueuedAllocations={})),
    "job.plan.created-evaluations",
)
_body(
    "created-no-previous",
    "A created evaluation follows none.",
    each("CreatedEvals", lambda one: one.update(PreviousEval="")),
    "job.plan.created-evaluations",
)
_body(
    "no-updates",
    "DesiredTGUpdates is empty.",
    lambda body: body.update(Annotations={"DesiredTGUpdates": {}}),
    "job.plan.desired-updates",
    "job.plan.*",
)
_body(
    "place-one",
    "Place is 1 at most.",
    _updates("Place", lambda one: min(one["Place"], 1)),
    "job.plan.desired-updates",
    "job.plan.*",
)
_body(
    "place-nothing",
    "Place counts only what there is room for.",
    _updates("Place", lambda _: 0),
    "job.plan.desired-updates",
    "job.plan.*",
)
_body(
    "ignore-wrong",
    "Ignore counts what is placed.",
    _updates("Ignore", lambda one: one["Place"]),
    "job.plan.desired-updates",
)
_body(
    "in-place-as-destructive",
    "Updates in place are called destructive.",
    each(
        "Annotations.DesiredTGUpdates.*",
        lambda one: one.update(DestructiveUpdate=one["DestructiveUpdate"] + one["InPlaceUpdate"], InPlaceUpdate=0),
    ),
    "job.plan.updates",
)
_body(
    "destructive-as-in-place",
    "Destructive updates are said to be in place.",
    each(
        "Annotations.DesiredTGUpdates.*",
        lambda one: one.update(InPlaceUpdate=one["DestructiveUpdate"] + one["InPlaceUpdate"], DestructiveUpdate=0),
    ),
    "job.plan.updates",
)
_body(
    "stop-lost",
    "Stops are not foretold.",
    _updates("Stop", lambda _: 0),
    "job.plan.updates",
    "job.plan.desired-updates",
)
_body(
    "migrate",
    "What is updated in place is migrated.",
    each("Annotations.DesiredTGUpdates.*", lambda one: one.update(Migrate=one["InPlaceUpdate"], InPlaceUpdate=0)),
    "job.plan.updates",
    "job.plan.desired-updates",
)
_body(
    "coalesced",
    "Failures of a group are not coalesced.",
    each("FailedTGAllocs.*", lambda one: one.update(CoalescedFailures=0)),
    "job.plan.failed-allocations",
    "job.evaluations.*",
)
_body(
    "metrics-nodes",
    "Metrics count another node.",
    each("FailedTGAllocs.*", lambda one: one.update(NodesEvaluated=one["NodesEvaluated"] + 1)),
    "job.plan.failed-allocations",
)
_body(
    "metrics-datacenters",
    "Metrics know no datacenter.",
    each("FailedTGAllocs.*", lambda one: one.update(NodesAvailable={})),
    "job.plan.failure-metrics",
)
_body(
    "launch-zero",
    "NextPeriodicLaunch is the zero time.",
    lambda body: body.update(NextPeriodicLaunch="0001-01-01T00:00:00Z"),
    "job.plan.next-periodic-launch",
)
_body(
    "launch-offset",
    "NextPeriodicLaunch has an offset.",
    lambda body: body.update(NextPeriodicLaunch=body["NextPeriodicLaunch"].replace("Z", "+00:00")),
    "job.plan.next-periodic-launch",
    "c*",
)
_body(
    "launch-unix",
    "NextPeriodicLaunch without a launch is 1970.",
    lambda body: body.update(NextPeriodicLaunch=body["NextPeriodicLaunch"].replace("0001-", "1970-")),
    "job.plan.next-periodic-launch",
)
_body(
    "launch-null",
    "NextPeriodicLaunch without a launch is empty.",
    lambda body: body.update(
        NextPeriodicLaunch="" if body["NextPeriodicLaunch"].startswith("0001") else body["NextPeriodicLaunch"]
    ),
    "job.plan.next-periodic-launch",
    "c*",
)


def _launch(name: str, sentence: str, make: Callable[[Any], Any]) -> None:
    def apply(breakage: Breakage) -> None:
        breakage.wrap(plans, "_next_launch", make)

    mutant(f"plan.launch-{name}", sentence, "job.plan.next-periodic-launch")(apply)


_launch(
    "disabled",
    "A disabled job has a next launch.",
    lambda launch: (
        lambda job, now: launch({**job, "Periodic": job["Periodic"] and {**job["Periodic"], "Enabled": True}}, now)
    ),
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


def _outcome(name: str, sentence: str, change: Callable[[Any], dict[str, Any]], *caught_by: str) -> None:
    """Declare a mutant of what the scheduler tells a plan."""

    def apply(breakage: Breakage) -> None:
        def make(schedule: Any) -> Any:
            def broken(*arguments: Any, **options: Any) -> Any:
                outcome = schedule(*arguments, **options)
                return dataclasses.replace(outcome, **change(outcome))

            return broken

        breakage.wrap(plans, "schedule", make)

    mutant(f"plan.{name}", sentence, *caught_by)(apply)


_outcome(
    "system-blocked",
    "A system job's plan creates an evaluation.",
    lambda outcome: {"blocked": outcome.blocked or outcome.next or {"ID": "x"}} if not outcome.desired else {},
    "job.plan.*",
)
_outcome(
    "idle-updates",
    "A group that wants nothing has updates of zeros.",
    lambda outcome: {
        "desired": outcome.desired
        or {"g": dict.fromkeys(("Ignore", "Place", "Migrate", "Stop", "InPlaceUpdate", "DestructiveUpdate"), 0)}
    },
    "job.plan.nothing-wanted",
    "job.plan.*",
)


# Diffs: each field, map and part of each kind of object that a diff may miss


def _kinds() -> Iterator[tuple[str, Kind]]:
    for name, value in vars(kinds).items():
        if isinstance(value, Kind):
            yield name.lower().replace("_", "-"), value


def _declare_missed(kind_name: str, kind: Kind, attribute: str, part: str) -> None:
    def apply(breakage: Breakage) -> None:
        kept = getattr(kind, attribute)
        without = (
            {k: v for k, v in kept.items() if k != part}
            if isinstance(kept, dict)
            else tuple(k for k in kept if k != part)
        )
        breakage.replace(kind, attribute, without)

    sentence = f"A diff does not show {part} of {kind_name}."
    mutant(f"diff.misses.{kind_name}.{part}", sentence, "job.plan.diff.*")(apply)


for _name, _kind in _kinds():
    for _attribute in ("fields", "maps", "parts"):
        for _part in getattr(_kind, _attribute):
            if (_name, _part) not in {("job", "VaultToken")} and _name != "vault" and _part != "Vault":
                _declare_missed(_name, _kind, _attribute, _part)


def _diff(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    """Declare a mutant of the diff in a plan's reply."""

    def apply(breakage: Breakage) -> None:
        def of_body(body: Any) -> None:
            if body["Diff"] is not None:
                change(body["Diff"])

        body_of(breakage, "plan", of_body)

    mutant(f"diff.{name}", sentence, *(caught_by or ("job.plan.diff.*",)))(apply)


def _fields(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    return each("**.Fields", change)


def _objects(change: Callable[[Any], Any]) -> Callable[[Any], None]:
    return each("**.Objects", change)


def _lists(key: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], None]:
    def all_of_them(diff: Any) -> None:
        for holder in [
            diff,
            *list(objects(diff, "TaskGroups")),
            *list(objects(diff, "TaskGroups.Tasks")),
            *list(objects(diff, "**.Objects")),
        ]:
            if holder.get(key):
                holder[key] = change(holder[key]) or None

    return all_of_them


def _swap(one: Any) -> None:
    one["Old"], one["New"] = one["New"], one["Old"]


def _retype(old: str, new: str) -> Callable[[Any], None]:
    return lambda one: one.update(Type=new) if one["Type"] == old else None


_diff("swapped", "Old and New are swapped.", _fields(_swap))
_diff("old-lost", "Old is empty.", _fields(lambda one: one.update(Old="")))
_diff(
    "new-lost",
    "New is empty where something was edited.",
    _fields(lambda one: one.update(New="") if one["Type"] == "Edited" else None),
)
_diff("field-edited-as-added", "Edited fields are Added.", _fields(_retype("Edited", "Added")))
_diff("field-added-as-edited", "Added fields are Edited.", _fields(_retype("Added", "Edited")))
_diff("field-deleted-as-edited", "Deleted fields are Edited.", _fields(_retype("Deleted", "Edited")))
_diff("field-none-as-edited", "Unchanged fields are Edited.", _fields(_retype("None", "Edited")))
_diff("object-edited-as-added", "Edited objects are Added.", _objects(_retype("Edited", "Added")))
_diff("object-deleted-as-edited", "Deleted objects are Edited.", _objects(_retype("Deleted", "Edited")))
_diff("object-added-as-edited", "Added objects are Edited.", _objects(_retype("Added", "Edited")))
_diff("group-none-as-edited", "Unchanged groups are Edited.", each("TaskGroups", _retype("None", "Edited")))
_diff("group-edited-as-none", "Edited groups are None.", each("TaskGroups", _retype("Edited", "None")))
_diff("task-none-as-edited", "Unchanged tasks are Edited.", each("TaskGroups.Tasks", _retype("None", "Edited")))
_diff("task-edited-as-none", "Edited tasks are None.", each("TaskGroups.Tasks", _retype("Edited", "None")))
_diff(
    "job-none",
    "An unchanged job is None.",
    lambda diff: (
        diff.update(Type="None")
        if not diff["Fields"] and all(g["Type"] == "None" for g in diff["TaskGroups"])
        else None
    ),
)
_diff(
    "new-as-edited",
    "A new job is Edited.",
    lambda diff: diff.update(Type="Edited"),
    "job.plan.diff.new-job",
    "job.plan.diff.*",
)
_diff("id-lost", "The diff has no ID.", lambda diff: diff.update(ID=""))
_diff(
    "unchanged-groups-left-out",
    "Unchanged groups are left out.",
    lambda diff: diff.update(TaskGroups=[g for g in diff["TaskGroups"] or () if g["Type"] != "None"] or None),
)
_diff(
    "deleted-groups-left-out",
    "Deleted groups are left out.",
    lambda diff: diff.update(TaskGroups=[g for g in diff["TaskGroups"] or () if g["Type"] != "Deleted"] or None),
)
_diff(
    "deleted-tasks-left-out",
    "Deleted tasks are left out.",
    each(
        "TaskGroups",
        lambda group: group.update(Tasks=[t for t in group["Tasks"] or () if t["Type"] != "Deleted"] or None),
    ),
)
_diff(
    "deletions-left-out",
    "Deleted fields are left out.",
    _lists("Fields", lambda fields: [one for one in fields if one["Type"] != "Deleted"]),
)
_diff(
    "additions-left-out",
    "Added fields of edited objects are left out.",
    _lists("Fields", lambda fields: [one for one in fields if one["Type"] != "Added"]),
)
_diff(
    "context-left-out",
    "Unchanged fields of changed objects are left out.",
    _lists("Fields", lambda fields: [one for one in fields if one["Type"] != "None"]),
)
_diff("one-field", "Only one changed field is shown.", _lists("Fields", lambda fields: fields[:1]))
_diff("one-object", "Only one changed object is shown.", _lists("Objects", lambda found: found[:1]))
_diff("nested-left-out", "Objects in objects are left out.", each("**.Objects", lambda one: one.update(Objects=None)))
_diff(
    "fields-reversed",
    "Fields come in reverse.",
    _lists("Fields", lambda fields: fields[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "objects-reversed",
    "Objects come in reverse.",
    _lists("Objects", lambda found: found[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "groups-reversed",
    "Groups come in reverse.",
    _lists("TaskGroups", lambda groups: groups[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "tasks-reversed",
    "Tasks come in reverse.",
    _lists("Tasks", lambda tasks: tasks[::-1]),
    "job.plan.diff.order",
    "job.plan.diff.*",
)
_diff(
    "empty-lists",
    "Empty lists are [].",
    lambda diff: (
        [one.update(Objects=one["Objects"] or []) for one in [diff, *list(objects(diff, "TaskGroups"))]] and None
    ),
)
_diff(
    "indexes",
    "The diff shows the indexes, too.",
    lambda diff: diff.update(
        Fields=[
            {"Type": "Edited", "Name": "ModifyIndex", "Old": "1", "New": "2", "Annotations": None},
            *(diff["Fields"] or ()),
        ]
    ),
)
_diff(
    "booleans-capital",
    "Booleans are True and False.",
    _fields(lambda one: one.update(New=one["New"].title()) if one["New"] in ("true", "false") else None),
)
_diff(
    "durations-readable",
    "Durations are shown as texts.",
    _fields(lambda one: one.update(New=f"{int(one['New']) // 10**9}s") if one["New"].endswith("000000000") else None),
)
_diff(
    "map-dots",
    "Keys of maps follow a dot.",
    _fields(lambda one: one.update(Name=one["Name"].replace("[", ".").replace("]", ""))),
)
_diff("no-count-annotation", "A changed count is not annotated.", _fields(lambda one: one.update(Annotations=None)))
_diff(
    "no-task-annotation", "Tasks are not annotated.", each("TaskGroups.Tasks", lambda one: one.update(Annotations=None))
)
_diff("no-updates", "Groups have no Updates.", each("TaskGroups", lambda one: one.update(Updates=None)), "job.plan.*")
_diff(
    "updates-doubled",
    "Updates count twice.",
    each(
        "TaskGroups", lambda one: one.update(Updates=one["Updates"] and {k: v * 2 for k, v in one["Updates"].items()})
    ),
    "job.plan.*",
)
_diff(
    "updates-names",
    "Updates have the names of the counts.",
    each(
        "TaskGroups",
        lambda one: one.update(Updates=one["Updates"] and {k.title(): v for k, v in one["Updates"].items()}),
    ),
    "job.plan.*",
)


@mutant("diff.against-submitted", "The diff compares with what was submitted, without defaults.", "job.plan.diff.*")
def _(breakage: Breakage) -> None:
    def make(diff_jobs: Any) -> Any:
        def broken(old: Any, new: Any) -> Any:
            groups = [{**group, "RestartPolicy": None} for group in new["TaskGroups"]]
            return diff_jobs(old, {**new, "TaskGroups": groups})

        return broken

    breakage.wrap(plans, "diff_jobs", make)


@mutant("diff.in-place-fields", "Every edit of a task is said to be destructive.", "job.plan.diff.*")
def _(breakage: Breakage) -> None:
    breakage.replace(annotations, "_IN_PLACE_FIELDS", set())
    breakage.replace(annotations, "_IN_PLACE_OBJECTS", set())


@mutant("diff.count-annotation-swapped", "A smaller count forces creation.", "job.plan.diff.*")
def _(breakage: Breakage) -> None:
    def annotated(field: Any) -> Any:
        old, new = int(field["Old"] or 0), int(field["New"] or 0)
        return field if old == new else {**field, "Annotations": ["forces destroy" if old < new else "forces create"]}

    breakage.replace(annotations, "_annotated_count", annotated)


@mutant("diff.case-insensitive", "Values that differ only in case are the same.", "job.plan.diff.*")
def _(breakage: Breakage) -> None:
    breakage.wrap(
        compare,
        "field_diff",
        lambda make: lambda name, old, new: make(name, new if old.lower() == new.lower() else old, new),
    )
