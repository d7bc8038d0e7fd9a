"""Mutants of a deregistration."""

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

from mockserver.cluster import evaluations
from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.state import State
from mockserver.cluster.worker import Worker
from mockserver.errors import Refused
from mockserver.operations import WRITES
from tests.mutants.mutant import Breakage, Scope, changed, mutant
from tests.mutants.vocabulary import call, intercepts, replaced, replaces, request, request_body, restored, wrapped

mutant("deregister.does-nothing", "The job stays.", "job.deregister.*", "job.*", "common.*")(
    replaced(State, "delete_job", lambda self, _: self.pass_index())
)


@mutant("deregister.job-only-dead", "The job stays, dead.", "job.deregister.*", "job.*", "common.*")
@replaces(State, "delete_job")
def _(self: State, job_id: str) -> int:
    index = self.pass_index()
    job = self.job(job_id)
    if job is not None:
        self._store_job({**job, "Status": "dead", "ModifyIndex": index}, index)
    return self._commit(index)


def _deletion(name: str, sentence: str, after: Callable[[State, str, Any, Any], None], *caught_by: str) -> None:
    """Declare a mutant of deregistration: ``after(state, job_id, job, summary)``, both as they were before."""

    def broken(delete: Any, self: State, job_id: str) -> int:
        job, summary = self.job(job_id), self.summary(job_id)
        index: int = delete(self, job_id)
        if job is not None:
            after(self, job_id, job, summary)
        return index

    deviation = call(State, "delete_job", broken)
    mutant(f"deregister.{name}", sentence, *caught_by, "job.deregister.*", "job.*", "common.*")(deviation)


def _kill_prefix(state: State, job_id: str, _: Any, __: Any) -> None:
    for job in list(state.jobs(job_id)):
        state._jobs.pop(job["ID"].lower(), None)


def _kill_children(state: State, job_id: str, _: Any, __: Any) -> None:
    for job in list(state.jobs(job_id + "/")):
        if job["ParentID"] == job_id:
            state._jobs.pop(job["ID"].lower(), None)


def _kill_last(state: State, _: str, __: Any, ___: Any) -> None:
    others = list(state.jobs())
    if others:
        state._jobs.pop(others[-1]["ID"].lower(), None)


def _forget_evaluations(state: State, job_id: str, _: Any, __: Any) -> None:
    for evaluation_id in state._evaluations_of.pop(job_id.lower(), {}):
        state._evaluations.pop(evaluation_id, None)


def _keep_summary(state: State, job_id: str, _: Any, summary: Any) -> None:
    state._summaries[job_id.lower()] = summary


_deletion("summary-stays", "The summary stays.", _keep_summary, "job.summary.missing-job")
_deletion("evaluations-go", "The evaluations go, too.", _forget_evaluations, "job.evaluations.survive-the-job")
_deletion("prefix", "Jobs whose IDs begin alike go, too.", _kill_prefix, "job.deregister.only-that-job")
_deletion("children", "Children go, too.", _kill_children, "job.deregister.parents", "common.stateful.children-stay")
_deletion("another", "Another job goes, too.", _kill_last, "job.register.leaves-other-jobs-alone")


@mutant("deregister.id-spent", "An ID cannot be used a second time.", "job.deregister.anew", "job.*", "common.*")
def _(breakage: Breakage) -> None:
    spent: set[str] = set()

    def make_deregister(deregister: Any) -> Any:
        def broken(self: Cluster, job_id: str) -> Written:
            spent.add(job_id)
            done: Written = deregister(self, job_id)
            return done

        return broken

    def make_register(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Written:
            if job["ID"] in spent:
                raise Refused("job was deregistered")
            done: Written = register(self, job)
            return done

        return broken

    breakage.wrap(Cluster, "deregister", make_deregister)
    breakage.wrap(Cluster, "register", make_register)


@mutant(
    "deregister.index-reused",
    "A job registered anew has its old CreateIndex.",
    "job.deregister.new-create-index",
    "job.*",
    "c*",
)
def _(breakage: Breakage) -> None:
    first: dict[str, int] = {}
    restored(lambda _, new, __: {"CreateIndex": first.setdefault(new["ID"].lower(), new["CreateIndex"])})(breakage)


@mutant("deregister.missing-404", "A missing job cannot be deregistered.", "job.deregister.unknown-job", "common.*")
@intercepts(Cluster, "deregister")
def _(deregister: Any, self: Cluster, job_id: str) -> Any:
    self._existing(job_id)
    return deregister(self, job_id)


@mutant("deregister.parents-evaluated", "A parent's deregistration is evaluated.", "job.deregister.parents", "common.*")
@replaces(Cluster, "deregister")
def _(self: Cluster, job_id: str) -> Written:
    index = self.state.delete_job(job_id)
    self._periodic.deregistered(job_id)
    return self._submitted(evaluations.for_deregistration(job_id, job_index=index, ids=self.ids), index)


@mutant("deregister.body-counts", "The job that the body names goes instead.", "job.deregister.body-is-ignored", "c*")
@request_body
def _(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
    if scope["method"] != "DELETE" or b"JobID" not in body:
        return None
    path = f"/v1/job/{json.loads(body)['JobID']}"
    return {**scope, "path": path, "raw_path": path.encode()}, body


def _deregistration(name: str, sentence: str, change: Callable[[Any], Any], *caught_by: str) -> None:
    deviation = wrapped(evaluations, "for_deregistration", lambda make: lambda *a, **o: changed(change, make(*a, **o)))
    mutant(f"deregister.{name}", sentence, "job.deregister.evaluation", "job.deregister.*", *caught_by)(deviation)


_deregistration("priority", "The evaluation has priority 100.", lambda evaluation: evaluation.update(Priority=100))
_deregistration("type", "The evaluation is of type batch.", lambda evaluation: evaluation.update(Type="batch"))
_deregistration(
    "trigger", "The evaluation says `job-register`.", lambda evaluation: evaluation.update(TriggeredBy="job-register")
)
_deregistration(
    "job-index", "The evaluation has no JobModifyIndex.", lambda evaluation: evaluation.update(JobModifyIndex=0)
)


mutant(
    "deregister.blocked-stay", "Blocked evaluations stay.", "job.deregister.cancels-blocked", "job.evaluations.*", "c*"
)(replaced(State, "_cancel_blocked", lambda *_: None))


@mutant(
    "write.region-of-job", "The job's own region is where it is registered.", "common.regions.of-the-body", "common.*"
)
def _(breakage: Breakage) -> None:
    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            write = parse(job_id, body)
            return dataclasses.replace(write, region=write.region or body["Job"]["Region"])

        return broken

    breakage.wrap_item(WRITES, "register", make)


@mutant("write.region-of-body-ignored", "The body's region is ignored.", "common.regions.of-the-body")
def _(breakage: Breakage) -> None:
    for operation in ("register", "plan", "dispatch"):
        breakage.wrap_item(WRITES, operation, lambda parse: lambda *a: dataclasses.replace(parse(*a), region=""))


@mutant("write.region-of-body-first", "The body's region is above that of the URL.", "common.regions.of-the-body", "c*")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    breakage.wrap(Agent, "cluster", lambda find: lambda self, *wanted: find(self, *reversed(wanted)))


@mutant("regions.unknown-is-local", "An unknown region is the local one.", "common.regions.unknown", "common.regions.*")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    def make(find: Any) -> Any:
        def broken(self: Agent, *wanted: str) -> Any:
            try:
                return find(self, *wanted)
            except Refused:
                return self.local

        return broken

    breakage.wrap(Agent, "cluster", make)


@mutant("regions.shared", "Regions share their jobs.", "common.regions.each-its-own-jobs", "common.regions.*")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    breakage.wrap(Agent, "cluster", lambda find: lambda self, *wanted: find(self, *wanted) and self.local)


@mutant("regions.others-unreachable", "No other region is reached.", "common.regions.another")
def _(breakage: Breakage) -> None:
    from mockserver.operations.agent import Agent

    def make(find: Any) -> Any:
        def broken(self: Agent, *wanted: str) -> Any:
            found = find(self, *wanted)
            if found is not self.local:
                raise Refused("No path to region")
            return found

        return broken

    breakage.wrap(Agent, "cluster", make)


@mutant("deregister.one-group", "The allocations of one group stop.", "job.allocations.stop-with-the-job", "job.*")
@intercepts(Worker, "_apply_plan")
def _(apply: Any, self: Worker, outcome: Any) -> Any:
    stops = outcome.stops
    if stops and self._state.job(stops[0]["JobID"]) is None:
        stops = [one for one in stops if one["TaskGroup"] == stops[0]["TaskGroup"]]
    return apply(self, dataclasses.replace(outcome, stops=stops))


def _evaluated_instead(scope: Scope) -> None:
    if scope["method"] == "DELETE" and b"wait=" in scope["query_string"]:
        scope.update(method="PUT", raw_path=scope["raw_path"] + b"/evaluate", path=scope["path"] + "/evaluate")


mutant("deregister.waits", "A deregistration that is to wait leaves the job.", "job.deregister.body-is-ignored")(
    request(_evaluated_instead)
)


def _like(job_id: str, known: str) -> bool:
    return re.fullmatch(re.escape(job_id).replace("_", ".").replace("%", ".*"), known) is not None


for _name, _sentence, _means in (
    ("slash", "A deregistration drops the slash at the end.", lambda job_id, known: job_id == f"{known}/"),
    ("like", "An ID is a pattern to a deregistration.", _like),
):
    mutant(f"deregister.{_name}", _sentence, "job.deregister.only-that-job", "job.*", "common.*")(
        call(
            Cluster,
            "deregister",
            lambda whole, self, job_id, means=_means: whole(
                self, next((one["ID"] for one in self.state.jobs() if means(job_id, one["ID"])), job_id)
            ),
        )
    )
