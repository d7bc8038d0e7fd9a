"""Mutants of parents and children, and of jobs in another spelling, version or kind than before."""

from typing import Any

from mockserver.cluster import cluster, periodic, plan
from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.periodic import Periodic
from mockserver.cluster.scheduler import generic
from mockserver.cluster.state import State
from mockserver.errors import Refused
from mockserver.jobs import children as rules
from mockserver.jobs import updates
from mockserver.jobs.validate import submission
from mockserver.operations import WRITES
from mockserver.operations import job_writes as dispatching
from mockserver.operations import job_writes as plans
from mockserver.operations import job_writes as registering
from tests.mutants.around import around, calling
from tests.mutants.mutant import Breakage, mutant
from tests.mutants.storing import Register
from tests.mutants.vocabulary import intercepts, registration, restored

SPELLING = "job.dispatch.spelling"
ORDER = "job.dispatch.refusals-in-order"
CHECK_AND_SET = "job.register.check-and-set"
REPLACES = "job.plan.which-updates-replace"

# Dispatch

calling(
    "relatives.named-by-the-end",
    "A child is named by the last part of its parent's ID.",
    cluster,
    "child_id",
    lambda whole, parent_id, *rest: whole(parent_id.rpartition("/")[2], *rest),
    SPELLING,
    "job.dispatch.id-begins-with-parent",
)
calling(
    "relatives.exact-only",
    "A job is dispatched in its exact spelling only.",
    dispatching,
    "check_dispatch",
    lambda whole, job_id, job, *rest: whole(job_id, job if job and job["ID"] == job_id else None, *rest),
    SPELLING,
)
calling(
    "relatives.refused-as-stored",
    "The refusal of a dispatch has the stored spelling.",
    dispatching,
    "check_dispatch",
    lambda whole, job_id, job, *rest: whole(job["ID"] if job else job_id, job, *rest),
    SPELLING,
)


@mutant("relatives.meta-first", "Metadata is checked before the payload.", ORDER)
@intercepts(dispatching, "check_dispatch")
def _(whole: Any, job_id: str, job: Any, payload: bytes, meta: Any) -> None:
    if job and job["ParameterizedJob"]:
        lax = {**job["ParameterizedJob"], "Payload": "optional"}
        whole(job_id, {**job, "ParameterizedJob": lax}, b"", meta)
    whole(job_id, job, payload, meta)


@mutant("relatives.size-first", "The size of a payload is checked before its rule.", ORDER)
@intercepts(rules, "_check_payload")
def _(whole: Any, rule: str, payload: bytes) -> None:
    whole("optional", payload)
    whole(rule, payload)


@mutant(
    "relatives.given-by-the-parent", "What the parent's own metadata has need not be given.", "job.dispatch.refuses.*"
)
@intercepts(dispatching, "check_dispatch")
def _(whole: Any, job_id: str, job: Any, payload: bytes, meta: Any) -> None:
    required = ((job or {}).get("ParameterizedJob") or {}).get("MetaRequired") or ()
    own = {key: value for key, value in ((job or {}).get("Meta") or {}).items() if key in required}
    whole(job_id, job, payload, {**own, **meta})


@mutant("relatives.dead-parents", "A dead parent is neither dispatched nor forced.", "job.query.status-of-parents")
def _(breakage: Breakage) -> None:
    def living(whole: Any, self: Cluster, job_id: str, *rest: Any) -> Any:
        job = self.state.job(job_id)
        if job and job["Status"] == "dead":
            raise Refused("job is dead")
        return whole(self, job_id, *rest)

    for name in ("dispatch", "force"):
        around(breakage, Cluster, name, living)


@mutant(
    "relatives.third-dispatch", "A third dispatch moves the parent's ModifyIndex.", "job.dispatch.leaves-the-parent"
)
def _(breakage: Breakage) -> None:
    made: dict[str, int] = {}

    def dispatch(whole: Any, self: Cluster, job_id: str, *rest: Any) -> Written:
        written: Written = whole(self, job_id, *rest)
        made[job_id] = made.get(job_id, 0) + 1
        if made[job_id] >= 3:
            self.state._jobs[job_id.lower()] = {**self.state._jobs[job_id.lower()], "ModifyIndex": written.job_index}
        return written

    around(breakage, Cluster, "dispatch", dispatch)


@mutant("relatives.counted", "Children are counted, not named at random.", "job.dispatch.id-form")
def _(breakage: Breakage) -> None:
    made: list[str] = []

    def named(whole: Any, parent_id: str, seconds: int, suffix: str) -> str:
        made.append(suffix)
        return str(whole(parent_id, seconds, f"{len(made):08x}"))

    around(breakage, cluster, "child_id", named)


@mutant("relatives.body-in-any-case", "The JobID of a dispatch is compared in any letter case.", SPELLING)
def _(breakage: Breakage) -> None:
    def parse(whole: Any, job_id: str, body: Any) -> Any:
        same = body and (body.get("JobID") or "").lower() == job_id.lower()
        return whole(job_id, {**body, "JobID": job_id} if same else body)

    breakage.wrap_item(WRITES, "dispatch", lambda whole: lambda *arguments: parse(whole, *arguments))


# Launches


@mutant(
    "relatives.next-second", "A second launch within a second is of the next second.", "job.periodic-force.same-second"
)
def _(breakage: Breakage) -> None:
    latest: dict[str, int] = {}

    def child(whole: Any, parent: Any, seconds: int) -> Any:
        latest[parent["ID"]] = max(latest.get(parent["ID"], 0) + 1, seconds)
        return whole(parent, latest[parent["ID"]])

    around(breakage, periodic, "periodic_child", child)


@mutant(
    "relatives.disabled-once",
    "A job that is disabled by an update can be forced still.",
    "job.periodic-force.as-it-is-now",
)
@intercepts(Periodic, "registered")
def _(whole: Any, self: Periodic, job: Any) -> None:
    before = self._tracked.get(job["ID"])
    whole(self, job)
    if before is not None and job["Periodic"] is not None:
        self._tracked.setdefault(job["ID"], before)


@mutant("relatives.first-version", "What is launched is the first version of a job.", "job.periodic-force.as-it-is-now")
def _(breakage: Breakage) -> None:
    first: dict[str, Any] = {}
    around(breakage, periodic, "periodic_child", lambda whole, parent, seconds: whole(first[parent["ID"]], seconds))

    def registered(whole: Any, self: Periodic, job: Any) -> None:
        first.setdefault(job["ID"], job)
        whole(self, job)

    around(breakage, Periodic, "registered", registered)


@mutant("relatives.forced-exactly", "A job is forced in its exact spelling only.", "job.periodic-force.spelling")
@intercepts(Cluster, "force")
def _(whole: Any, self: Cluster, job_id: str) -> Any:
    job = self.state.job(job_id)
    if job and job["ID"] != job_id:
        raise Refused("job not found")
    return whole(self, job_id)


# Registration


def _conflicts(name: str, sentence: str, passes: Any) -> None:
    calling(
        f"relatives.{name}",
        sentence,
        submission,
        "check_enforced_index",
        lambda whole, known, index: None if known and passes(known, index) else whole(known, index),
        CHECK_AND_SET,
    )


_conflicts("periodic-unchecked", "A periodic job is stored whatever index is enforced.", lambda one, _: one["Periodic"])
_conflicts(
    "parameterized-unchecked",
    "A parameterized job is stored whatever is enforced.",
    lambda one, _: one["ParameterizedJob"],
)
_conflicts("modify-index", "EnforceIndex takes the ModifyIndex, too.", lambda one, index: index == one["ModifyIndex"])
_conflicts("create-index", "EnforceIndex takes the CreateIndex, too.", lambda one, index: index == one["CreateIndex"])
_conflicts("newer-index", "EnforceIndex takes any newer index.", lambda one, index: index > one["JobModifyIndex"])


@mutant("relatives.conflict-first", "A conflict is told before what is wrong with the job.", CHECK_AND_SET)
@registration
async def _(register: Register, region: Cluster, job: Any, expected: int | None) -> Any:
    if expected is not None:
        submission.check_enforced_index(region.state.job(job["ID"]), expected)
    return await register(job, expected)


calling(
    "relatives.last-part-matches",
    "Of an ID with slashes only the last part has to match.",
    registering,
    "submitted_job",
    lambda whole, job_id, body: whole(
        "" if body and body["Job"] and body["Job"]["ID"].split("/")[-1] == job_id.split("/")[-1] else job_id, body
    ),
    "job.register.id-must-match",
)


@mutant(
    "relatives.new-type-new-job",
    "A job that becomes periodic, or ordinary again, gets another CreateIndex.",
    "job.register.*",
)
@restored
def _(old: Any, new: Any, index: int) -> dict[str, Any]:
    return {"CreateIndex": index} if old and old["Periodic"] != new["Periodic"] else {}


@mutant(
    "relatives.becomes-a-parent", "A job that becomes a parent is evaluated.", "job.register.no-evaluation-of-parents"
)
@intercepts(Cluster, "register")
def _(whole: Any, self: Cluster, job: Any) -> Written:
    before = self.state.job(job["ID"])
    written: Written = whole(self, job)
    changed = before is not None and not cluster._is_parent(before) and cluster._is_parent(job)
    return self._evaluated(job, written.job_index, "job-register") if changed else written


@mutant("relatives.was-a-parent", "A job that was a parent is not evaluated.", "job.register.no-evaluation-of-parents")
@intercepts(Cluster, "register")
def _(whole: Any, self: Cluster, job: Any) -> Written:
    before = self.state.job(job["ID"])
    if before is not None and cluster._is_parent(before) and not cluster._is_parent(job):
        return Written(job["ID"], self._store(job))
    written: Written = whole(self, job)
    return written


# Deregistration

calling(
    "relatives.goes-in-its-case",
    "A job is deregistered in its exact spelling only.",
    State,
    "delete_job",
    lambda whole, self, job_id: (
        self.pass_index() if (job := self.job(job_id)) and job["ID"] != job_id else whole(self, job_id)
    ),
    "job.deregister.any-case",
)


@mutant(
    "relatives.second-index",
    "A third instance of a job has the CreateIndex of the second.",
    "job.deregister.new-create-index",
)
def _(breakage: Breakage) -> None:
    created: dict[str, list[int]] = {}

    def index_of(old: Any, new: Any, index: int) -> dict[str, Any]:
        if old is None:
            created.setdefault(new["ID"], []).append(index)
        return {"CreateIndex": created[new["ID"]][:2][-1]} if new["ID"] in created else {}

    restored(index_of)(breakage)


calling(
    "relatives.disabled-evaluated",
    "A disabled periodic job is deregistered with an evaluation.",
    cluster,
    "_is_parent",
    lambda whole, job: whole(job) and not (job["Periodic"] and not job["Periodic"]["Enabled"]),
    "job.deregister.parents",
    "job.register.*",
)


@mutant(
    "relatives.all-stopped",
    "What runs of a job that became a parent is stopped with it.",
    "job.deregister.leaves-running",
)
@intercepts(Cluster, "deregister")
def _(whole: Any, self: Cluster, job_id: str) -> Written:
    job = self.state.job(job_id)
    written: Written = whole(self, job_id)
    if job is not None and cluster._is_parent(job):
        whole(self, job_id)
    return written


# Plans

calling(
    "relatives.planned-in-any-case",
    "A diff of two spellings is told.",
    plans,
    "diff_jobs",
    lambda whole, old, new, **how: whole(old and {**old, "ID": new["ID"]}, new, **how),
    "job.plan.spelling",
)
calling(
    "relatives.token-hidden",
    "A submitted Vault token does not show in a diff.",
    plans,
    "diff_jobs",
    lambda whole, old, new, **how: whole(old, {**new, "VaultToken": ""}, **how),
    "job.plan.diff.of-job",
)


@mutant("relatives.parents-place-nothing", "A plan of a parent places nothing.", "job.plan.desired-updates")
def _(breakage: Breakage) -> None:
    def make(planned: Any) -> Any:
        def broken(job: Any, *rest: Any, **options: Any) -> Any:
            reply = planned(job, *rest, **options)
            return {**reply, "Annotations": {"DesiredTGUpdates": {}}} if cluster._is_parent(job) else reply

        return broken

    breakage.wrap_steps(plan, "plan", make)


calling(
    "relatives.any-type-planned",
    "A type that no scheduler knows is planned as a service.",
    plan,
    "plan",
    lambda whole, job, *rest, **options: whole(
        job if job["Type"] in ("service", "batch", "system") else {**job, "Type": "service"}, *rest, **options
    ),
    "job.plan.unknown-type",
)
calling(
    "relatives.steps-counted",
    "A plan of an update in steps counts the first step only.",
    generic,
    "finish",
    lambda whole, one, desired, *, more: whole(
        one,
        {name: {**counts, "DestructiveUpdate": 1} for name, counts in desired.items()} if more else desired,
        more=more,
    ),
    "job.plan.updates",
)
for _name, _sentence, _change in (
    ("task-order", "Another order of tasks replaces.", lambda made, _: {**made, "order": list(made["Tasks"])}),
    (
        "first-task",
        "Only a change of the first task replaces.",
        lambda made, _: {**made, "Tasks": dict(list(made["Tasks"].items())[:1])},
    ),
    ("job-metadata", "Any change of the job's metadata replaces.", lambda made, job: {**made, "Meta": job["Meta"]}),
    ("datacenters", "A change of datacenters replaces.", lambda made, job: {**made, "where": job["Datacenters"]}),
    ("type", "A change of the type replaces.", lambda made, job: {**made, "Type": job["Type"]}),
):
    calling(
        f"relatives.replaced-by-{_name}",
        _sentence,
        updates,
        "_essence",
        lambda whole, job, group, change=_change: change(whole(job, group), job),
        REPLACES,
    )
for _name, _sentence, _fields in (
    ("device", "Another device of a network replaces.", lambda network: {"Device": network["Device"]}),
    ("port-order", "Another order of ports replaces.", lambda network: {"Order": network["DynamicPorts"]}),
):
    calling(
        f"relatives.replaced-by-{_name}",
        _sentence,
        updates,
        "_network_essence",
        lambda whole, network, fields=_fields: {**whole(network), **fields(network)},
        REPLACES,
    )
