"""Mutants of what happens on nodes: where work is placed, how tasks end, and how updates go on in steps."""

from collections.abc import Callable
from typing import Any

from mockserver.cluster.blocked_evals import BlockedEvals
from mockserver.cluster.load import NetworkLoad
from mockserver.cluster.scheduler import draft, feasibility, finish, generic, selection, system, usage, work
from mockserver.cluster.tasks import allocation_run, task_run
from mockserver.cluster.tasks.restarts import Restarts, Verdict
from mockserver.jobs import updates
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.replies import each
from tests.mutants.vocabulary import call, family, intercepts, replaced, replaces, reply, wrapped


def _operand(name: str, sentence: str, change: Callable[[str, str, str, bool], bool]) -> None:
    """Declare a mutant of what the operands of constraints mean: ``change`` has the last word."""

    def broken(satisfied: Any, operand: Any, left: Any, right: Any) -> Any:
        return change(operand, left, right, satisfied(operand, left, right))

    deviation = call(feasibility, "satisfied", broken)
    mutant(f"placement.constraint.{name}", sentence, "job.plan.constraints", "job.*")(deviation)


def _numeric(operand: str, left: str, right: str, holds: bool) -> bool:
    if operand == ">" and left.isdigit() and right.isdigit():
        return int(left) > int(right)
    return holds


_operand("always-holds", "Every constraint holds.", lambda *_: True)
_operand("never-holds", "No constraint holds.", lambda *_: False)
_operand("negated", "`!=` is taken for `=`.", lambda op, left, right, ok: left == right if op == "!=" else ok)
_operand("not-unknown", "`not` is an unknown operand.", lambda op, _, __, ok: ok and op != "not")
_operand("is-unknown", "`is` is an unknown operand.", lambda op, _, __, ok: ok and op != "is")
_operand("any-case", "Texts are equal in any case.", lambda _, left, right, ok: ok or left.lower() == right.lower())
_operand("numeric", "Numbers are compared as numbers.", _numeric)
_operand("at-most", "`<=` is taken for `<`.", lambda op, left, right, ok: ok and (op != "<=" or left != right))
_operand("at-least", "`>` is taken for `>=`.", lambda op, left, right, ok: ok or (op == ">" and left == right))
_operand(
    "whole-expression",
    "An expression has to match the whole text.",
    lambda op, left, right, ok: ok and (op != "regexp" or right.startswith("^") or left == right),
)
_operand("no-versions", "No version is recent enough.", lambda op, _, __, ok: ok and op != "version")
_operand(
    "one-of-a-set",
    "`set_contains` is content with one of the items.",
    lambda op, left, right, ok: (
        ok or (op == "set_contains" and any(item.strip() in left.split(",") for item in right.split(",")))
    ),
)
_operand("set-in-text", "`set_contains` is content with a part of an item.", lambda *a: a[3] or _part(*a))


def _part(operand: str, left: str, right: str, _: bool) -> bool:
    return operand == "set_contains" and all(item.strip() in left for item in right.split(","))


mutant("placement.constraint.of-tasks", "Constraints of tasks are not looked at.", "job.plan.constraints", "job.*")(
    replaced(feasibility, "_constraints", lambda group: iter(group["Constraints"] or ()))
)


mutant("placement.constraint.of-groups", "Constraints of groups are not looked at.", "job.plan.constraints", "job.*")(
    replaced(
        feasibility, "_constraints", lambda group: (one for task in group["Tasks"] for one in task["Constraints"] or ())
    )
)


mutant("placement.constraint.missing", "What a node lacks is taken for empty.", "job.plan.constraints", "job.*")(
    wrapped(feasibility, "resolve", lambda resolve: lambda target, node: resolve(target, node) or "")
)


_metric = family("placement.metric", "job.plan.*", "common.*")


def _no_reason(metric: dict[str, Any]) -> None:
    metric["ConstraintFiltered"] = metric["ConstraintFiltered"] and {"filtered": metric["NodesFiltered"]}


def _twice(metric: dict[str, Any]) -> None:
    metric["NodesExhausted"] *= 2


def _no_dimension(metric: dict[str, Any]) -> None:
    metric["DimensionExhausted"] = None


def _all_cpu(metric: dict[str, Any]) -> None:
    metric["DimensionExhausted"] = metric["DimensionExhausted"] and {"cpu exhausted": metric["NodesExhausted"]}


def _none_filtered(metric: dict[str, Any]) -> None:
    metric["NodesFiltered"] = 0


_metric(
    "no-reason",
    "Nodes are filtered for no reason that is told.",
    reply("plan", each("FailedTGAllocs.*", _no_reason)),
    "job.plan.filtered-nodes",
)
_metric(
    "none-filtered",
    "No node is counted as filtered.",
    reply("plan", each("FailedTGAllocs.*", _none_filtered)),
    "job.plan.filtered-nodes",
)
_metric(
    "exhausted-twice",
    "An exhausted node counts twice.",
    reply("plan", each("FailedTGAllocs.*", _twice)),
    "job.plan.exhausted-nodes",
)
_metric(
    "no-dimension",
    "What a node has too little of is not told.",
    reply("plan", each("FailedTGAllocs.*", _no_dimension)),
    "job.plan.exhausted-nodes",
)
_metric(
    "always-cpu",
    "A node always has too little CPU.",
    reply("plan", each("FailedTGAllocs.*", _all_cpu)),
    "job.plan.exhausted-nodes",
)


mutant("placement.no-limits", "A node has room for everything.", "job.plan.exhausted-nodes", "job.*")(
    replaced(usage.Usage, "lacks", lambda *_: "")
)


@mutant("placement.no-room-of-stops", "What an update stops keeps its ports.", "job.plan.room-of-what-stops")
@replaces(draft.Draft, "stop")
def _(self: Any, allocation: Any, reason: str, **changes: str) -> None:
    self.stops.append({**allocation, "DesiredStatus": "stop", "DesiredDescription": reason, **changes})


@mutant("placement.no-room-of-later-stops", "What is stopped later keeps its ports.", "job.plan.room-of-what-stops")
@intercepts(draft.Draft, "stop")
def _(stop: Any, self: Any, allocation: Any, reason: str, **changes: str) -> None:
    usages, self._usages = self._usages, {}
    stop(self, allocation, reason, **changes)
    self._usages = usages


mutant("placement.ports-shared", "A port may be given away again.", "job.plan.room-of-what-stops", "job.*")(
    replaced(NetworkLoad, "count", lambda *_: None)
)


mutant("placement.distinct-ignored", "distinct_hosts means nothing.", "job.plan.distinct-hosts", "job.*")(
    replaced(selection.Selection, "_shared", lambda *_: False)
)


mutant("placement.always-distinct", "Any constraint keeps instances apart.", "job.plan.distinct-hosts", "job.*")(
    replaced(selection, "is_distinct", bool)
)


@mutant("placement.distinct-of-job", "distinct_hosts of a group binds the whole job.", "job.plan.distinct-hosts")
@replaces(selection.Selection, "_shared")
def _(self: Any, used: Any, _: Any) -> bool:
    holders = (self._job, *self._job["TaskGroups"])
    distinct = any(feasibility.is_distinct(one["Constraints"]) for one in holders)
    return distinct and used.of_job(self._job["ID"]) > 0


def _essence(name: str, sentence: str, *members: tuple[str, str]) -> None:
    """Declare a mutant that makes some changes of a task in place that have to replace it."""

    def broken(updated: Any, old: Any, new: Any, group: str) -> bool:
        return bool(updated(_without(old, members), _without(new, members), group))

    deviation = call(work, "tasks_updated", broken)
    mutant(f"placement.in-place.{name}", sentence, "job.plan.which-updates-replace", "job.*")(deviation)


def _without(job: Any, members: tuple[tuple[str, str], ...]) -> Any:
    """Return a job whose members at these levels are all alike."""

    def level(holder: Any, name: str) -> Any:
        return {**holder, **{key: _ALIKE.get(key) for where, key in members if where == name}}

    def task(one: Any) -> Any:
        return {**level(one, "task"), "Resources": level(one["Resources"], "resources")}

    groups = [{**level(one, "group"), "Tasks": [task(each) for each in one["Tasks"]]} for one in job["TaskGroups"]]
    return {**level(job, "job"), "TaskGroups": groups}


_ALIKE: dict[str, Any] = {"CPU": 0, "MemoryMB": 0, "EphemeralDisk": {}}

for _name in ("Env", "User", "Artifacts", "Templates"):
    _essence(_name.lower(), f"A change of {_name} is made in place.", ("task", _name))
for _name in ("CPU", "MemoryMB", "Networks"):
    _essence(_name.lower(), f"A change of {_name} is made in place.", ("resources", _name))
_essence("disk", "A change of the disk is made in place.", ("group", "EphemeralDisk"))
_essence("task-meta", "A change of a task's metadata is made in place.", ("task", "Meta"))
_essence("job-meta", "A change of the job's metadata is made in place.", ("job", "Meta"))
_essence("group-meta", "A change of a group's metadata is made in place.", ("group", "Meta"))


mutant("placement.in-place.bandwidth", "More bandwidth is given in place.", "job.plan.which-updates-replace", "job.*")(
    wrapped(updates, "_network_essence", lambda essence: lambda network: {**essence(network), "MBits": 0})
)


mutant("placement.in-place.labels", "Ports are relabelled in place.", "job.plan.which-updates-replace", "job.*")(
    wrapped(
        updates, "_network_essence", lambda essence: lambda one: {**essence(one), "Ports": len(essence(one)["Ports"])}
    )
)


def _replacing(name: str, key: str) -> None:
    """Declare a mutant that replaces allocations for a change of a task that can be made in place."""

    def broken(updated: Any, old: Any, new: Any, group: str) -> bool:
        one, other = ([task[key] for each in job["TaskGroups"] for task in each["Tasks"]] for job in (old, new))
        return bool(updated(old, new, group)) or one != other

    sentence = f"A change of {key} replaces allocations."
    deviation = call(work, "tasks_updated", broken)
    mutant(f"placement.replaces.{name}", sentence, "job.plan.which-updates-replace")(deviation)


_replacing("kill-timeout", "KillTimeout")
_replacing("log-config", "LogConfig")
_replacing("services", "Services")
_replacing("constraints", "Constraints")


# Tasks


_events = family("task.event", "job.allocations.*")


_events(
    "exit-code",
    "Exit codes are 0.",
    reply("allocations", each("TaskStates.*.Events", lambda e: e.update(ExitCode=0))),
    "job.allocations.failed-tasks",
)
_events(
    "reason",
    "No reason is told.",
    reply("allocations", each("TaskStates.*.Events", lambda e: e.update(RestartReason=""))),
    "job.allocations.failed-tasks",
)
_events(
    "fails-task",
    "No event fails a task.",
    reply("allocations", each("TaskStates.*.Events", lambda e: e.update(FailsTask=False))),
    "job.allocations.failed-tasks",
)
_events(
    "sibling",
    "Who failed is not told.",
    reply("allocations", each("TaskStates.*.Events", lambda e: e.update(FailedSibling=""))),
    "job.allocations.several-tasks",
)
_events(
    "kill-timeout",
    "Kill timeouts are 5 s.",
    reply("allocations", each("TaskStates.*.Events", lambda e: e.update(KillTimeout=5 * 10**9))),
    "job.allocations.stopped-tasks",
)
_events(
    "delay",
    "Delays are 1 ns.",
    reply("allocations", each("TaskStates.*.Events", lambda e: e.update(StartDelay=1))),
    "job.allocations.restarts",
)


def _restart(name: str, sentence: str, change: Callable[[Any, Verdict], Verdict]) -> None:
    """Declare a mutant of how tasks are restarted."""

    def broken(after_exit: Any, self: Restarts, **known: Any) -> Verdict:
        return change(self, after_exit(self, **known))

    deviation = call(Restarts, "after_exit", broken)
    mutant(f"task.restart.{name}", sentence, "job.allocations.restarts", "job.*")(deviation)


_restart("never", "No task is restarted.", lambda _, v: Verdict("failed", "no") if v.what == "restart" else v)
_restart("at-once", "Tasks are restarted without delay.", lambda _, v: Verdict(v.what, v.reason, 0))
_restart("once", "Tasks are restarted once.", lambda self, v: v if self._count < 2 else Verdict("failed", "Exceeded"))
_restart(
    "dead-is-well", "A task that fails for good is only dead.", lambda _, v: Verdict("dead") if v.delay == 0 else v
)


mutant("task.fails-well", "A task that fails leaves a complete allocation.", "job.allocations.failed-tasks", "job.*")(
    wrapped(
        allocation_run, "_client_status", lambda status: lambda states: status(states).replace("failed", "complete")
    )
)


@mutant("task.summary-fails-well", "Failed is counted as Complete.", "job.summary.counts-failed", "job.*")
def _(breakage: Breakage) -> None:
    def change(counts: dict[str, Any]) -> None:
        counts |= {"Complete": counts["Complete"] + counts["Failed"], "Failed": 0}

    reply("summary", each("Summary.*", change))(breakage)


@mutant("task.summary-starts-well", "Starting is counted as Running.", "job.summary.counts-failed", "job.*")
def _(breakage: Breakage) -> None:
    def change(counts: dict[str, Any]) -> None:
        counts |= {"Running": counts["Running"] + counts["Starting"], "Starting": 0}

    reply("summary", each("Summary.*", change))(breakage)


@mutant("task.children-pend", "Running children are counted as Pending.", "job.summary.counts-running-children")
def _(breakage: Breakage) -> None:
    def change(children: dict[str, Any]) -> None:
        children |= {"Pending": children["Pending"] + children["Running"], "Running": 0}

    reply("summary", each("Children", change))(breakage)


mutant("task.survives-siblings", "A task outlives the others.", "job.allocations.several-tasks", "job.*")(
    wrapped(task_run.TaskRun, "stop", lambda stop: lambda self, sibling="": None if sibling else stop(self))
)


@mutant("task.stop-fails", "A task that is stopped has failed.", "job.allocations.stopped-tasks", "job.*")
def _(breakage: Breakage) -> None:
    steps: Any = task_run._STEPS
    breakage.wrap_item(steps, "killed", lambda _: lambda self: self._happen("Killed", to="dead", FailsTask=True))


@mutant("task.pending-vanishes", "A task that waits is stopped without a word.", "job.allocations.restarts", "job.*")
@intercepts(task_run.TaskRun, "_happen")
def _(happen: Any, self: Any, kind: str, **details: Any) -> None:
    waited = kind == "Killed" and self.state["State"] == "pending"
    happen(self, "Killing" if waited else kind, **details)


@mutant("allocations.groups-mixed", "All allocations are of the first group.", "job.allocations.several-groups")
def _(breakage: Breakage) -> None:
    def change(listed: list[dict[str, Any]]) -> None:
        first = min((one["TaskGroup"] for one in listed), default="")
        for one in listed:
            one["TaskGroup"] = first

    reply("allocations", change)(breakage)


mutant("allocations.create-index-moves", "CreateIndex moves with ModifyIndex.", "job.allocations.indexes", "job.*")(
    reply("allocations", each("", lambda one: one.update(CreateIndex=one["ModifyIndex"])))
)


mutant("allocations.modify-index-stays", "ModifyIndex stays at CreateIndex.", "job.allocations.indexes", "job.*")(
    reply("allocations", each("", lambda one: one.update(ModifyIndex=one["CreateIndex"])))
)


@mutant("allocations.system-twice", "A system job has two names.", "job.allocations.of-a-system-job", "job.*")
def _(breakage: Breakage) -> None:
    def change(listed: list[dict[str, Any]]) -> None:
        for one in listed:
            one["Name"] = one["Name"] if len(listed) > 1 else one["Name"].replace("[0]", "[1]")

    reply("allocations", change)(breakage)


@mutant("allocations.old-job", "An update in place leaves the job.", "companion.allocation.updated-in-place")
@intercepts(work.Work, "_carried_over")
def _(carried: Any, self: Any, allocation: Any, *rest: Any) -> Any:
    return {**carried(self, allocation, *rest), "Job": allocation["Job"]}


mutant("scheduler.system-nowhere", "System jobs are placed nowhere.", "job.allocations.of-a-system-job", "job.*")(
    replaced(system, "_fill", lambda *_, **__: None)
)


@mutant("scheduler.work-again", "A batch job that comes again is done again.", "job.allocations.finished-work", "job.*")
@intercepts(generic, "reconcile")
def _(reconcile: Any, job: Any, holding: Any, *rest: Any) -> Any:
    return reconcile(job, [one for one in holding if one["Job"]["CreateIndex"] >= job["CreateIndex"]], *rest)


# Steps


mutant("rolling.all-at-once", "An update is not made in steps.", "job.allocations.rolling-update", "job.*")(
    replaced(work, "_rolling_limit", lambda _: None)
)


mutant("rolling.two", "Each step replaces one more.", "job.allocations.rolling-update", "job.*")(
    wrapped(work, "_rolling_limit", lambda limit: lambda job: None if limit(job) is None else limit(job) + 1)
)


_step = family("rolling", "job.evaluations.rolling-update", "job.*")


_step(
    "no-snapshot",
    "What an evaluation leaves behind is of no state.",
    reply("evaluations", each("", lambda e: e.update(SnapshotIndex=0) if e["PreviousEval"] else None)),
)
_step("no-next", "No evaluation names the next one.", reply("evaluations", each("", lambda e: e.update(NextEval=""))))
_step("no-wait", "No evaluation waits.", reply("evaluations", each("", lambda e: e.update(Wait=0))))
_step("seconds", "Wait is in seconds.", reply("evaluations", each("", lambda e: e.update(Wait=e["Wait"] // 10**9))))


# What waits


mutant("blocked.forever", "What is blocked stays so.", "job.evaluations.unblocked", "job.*")(
    replaced(BlockedEvals, "unblock", lambda *_: False)
)


mutant("blocked.another", "What waits on does so in another evaluation.", "job.evaluations.unblocked-in-part")(
    replaced(finish, "_was_blocked", lambda _: False)
)


mutant("blocked.remembered", "A job that is gone still waits.", "job.evaluations.blocked-anew", "job.*")(
    replaced(BlockedEvals, "forget", lambda *_: [])
)


@mutant("blocked.all-eligible", "Every class is said to be eligible.", "job.evaluations.eligible-classes", "job.*")
def _(breakage: Breakage) -> None:
    def change(one: dict[str, Any]) -> None:
        one["ClassEligibility"] = one["ClassEligibility"] and dict.fromkeys(one["ClassEligibility"], True)

    reply("evaluations", each("", change))(breakage)


mutant("blocked.never-escapes", "No constraint escapes classes.", "job.evaluations.eligible-classes", "job.*")(
    reply("evaluations", each("", lambda one: one.update(EscapedComputedClass=False)))
)
