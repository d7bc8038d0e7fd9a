"""Mutants that show only for some inputs, valid or not, and mutants that carry state between operations."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from mockserver.cluster.cluster import Cluster, Written
from mockserver.cluster.tables import Tables
from mockserver.errors import AgentError, Refused
from mockserver.http.endpoint import JobEndpoint
from mockserver.http.scope import cut
from mockserver.openapi import load_contract
from mockserver.operations import WRITES
from mockserver.operations.results import Read
from tests.mutants.mutant import Application, Breakage, Scope, mutant
from tests.mutants.replies import Answer, answers, bodies
from tests.mutants.vocabulary import answer, call, intercepts, read_result

_CUT = "to be cut"

# Statuses


def _status(name: str, sentence: str, status: int, when: Callable[[Answer], bool]) -> None:
    """Declare a mutant that answers with an undocumented status where ``when`` says so of the reply."""

    def change(answer: Answer) -> None:
        if when(answer):
            answer.status = status

    mutant(f"input.{name}", sentence, "common.schema.documented-statuses", "common.schema.*")(answer(change))


_status("bad-wait-422", "A bad `wait` is a 422.", 422, lambda one: one.status == 400 and "wait time" in one.text)
_status(
    "bad-base64-415",
    "A payload that is no base64 is a 415.",
    415,
    lambda one: one.status == 400 and one.text.startswith("illegal base64"),
)
_status(
    "number-422",
    "A number where there should be none is a 422.",
    422,
    lambda one: one.status == 400 and one.text.startswith("json: cannot unmarshal number"),
)
_status(
    "no-evaluation-409",
    "An evaluate of a parent is a 409.",
    409,
    lambda one: one.operation == "evaluate" and one.status == 500 and "can't evaluate" in one.text,
)


@mutant("input.gone-410", "A job that was deregistered is 410 Gone.", "common.schema.documented-statuses")
def _(breakage: Breakage) -> None:
    ended: set[str] = set()

    def change(answer: Answer) -> None:
        path, method = answer.scope["path"], answer.scope["method"]
        if method == "DELETE":
            ended.add(path)
        elif method == "GET" and answer.status == 404 and path in ended:
            answer.status = 410

    answers(breakage, change)


@mutant("input.periodic-plan-204", "A plan of a periodic job is a 204.", "common.schema.documented-statuses")
@answer
def _(answer: Answer) -> None:
    if answer.operation == "plan" and answer.status == 200:
        launches = not answer.json["NextPeriodicLaunch"].startswith("0001-")
        answer.status, answer.body = (204, b"") if launches else (200, answer.body)


@mutant("input.busy-503", "Every hundredth request comes too soon.", "common.schema.documented-statuses")
def _(breakage: Breakage) -> None:
    asked: list[str] = []

    def change(answer: Answer) -> None:
        asked.append(answer.operation)
        if len(asked) % 100 == 0 and answer.operation:
            answer.status, answer.text = 503, "too many requests"

    answers(breakage, change)


# Answering at all


def _closes(name: str, sentence: str, when: Callable[[Scope, bytes], bool]) -> None:
    """Declare a mutant that closes the connection instead of answering where ``when`` says so of the request."""

    def apply(breakage: Breakage) -> None:
        def around(app: Application) -> Application:
            async def broken(scope: Scope, receive: Any, send: Any) -> None:
                if scope.get(_CUT):
                    await cut(scope, receive)
                else:
                    await app(scope, receive, send)

            return broken

        def change(scope: Scope, body: bytes) -> tuple[Scope, bytes] | None:
            return ({**scope, _CUT: True}, body) if when(scope, body) else None

        breakage.around(around)
        bodies(breakage, change)

    mutant(f"input.{name}", sentence, "common.schema.survives-any-input", "common.schema.*")(apply)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


_closes("closes-on-no-utf8", "A body that is no UTF-8 closes the connection.", lambda _, body: not _is_utf8(body))
_closes("closes-on-surrogates", "A surrogate closes the connection.", lambda _, body: b"\\ud8" in body)
_closes(
    "closes-on-unknown",
    "A parameter with an empty name closes the connection.",
    lambda scope, _: scope["query_string"].startswith(b"=") or b"&=" in scope["query_string"],
)
_closes(
    "closes-on-number",
    "A dispatch with nothing but a number closes the connection.",
    lambda scope, body: scope["path"].endswith("/dispatch") and body.isdigit(),
)
_closes("closes-on-levels", "A thousand levels close the connection.", lambda _, body: b"[" * 1000 in body)
_closes("closes-on-null", "A null character closes the connection.", lambda _, body: b"\0" in body)


@mutant(
    "input.three-strikes",
    "After three bodies that could not be read nothing is found any more.",
    "common.schema.survives-any-input",
    "common.schema.*",
)
def _(breakage: Breakage) -> None:
    strikes: list[str] = []

    def change(answer: Answer) -> None:
        if answer.status == 400 and answer.is_write:
            strikes.append(answer.text)
        if len(strikes) > 2 and answer.status == 404:
            answer.status, answer.text = 500, "out of memory"

    answers(breakage, change)


@mutant(
    "input.wedged-by-index",
    "The read after one with a bad index is a 500.",
    "common.schema.survives-any-input",
    "common.schema.*",
)
def _(breakage: Breakage) -> None:
    wedged: list[bool] = []

    def change(answer: Answer) -> None:
        if wedged and answer.scope["method"] == "GET":
            wedged.clear()
            answer.status, answer.text = 500, "rpc error: EOF"
        if answer.status == 400 and answer.text == "Invalid index":
            wedged.append(True)

    answers(breakage, change)


# What is refused


def _refused(name: str, sentence: str, operation: str, then: Callable[[Cluster, str], object]) -> None:
    """Declare a mutant that changes the job of the path when a write about it is refused."""

    async def broken(write: Any, self: JobEndpoint, asked: Any, target: str, *rest: Any) -> Any:
        try:
            return await write(self, asked, target, *rest)
        except AgentError:
            if asked.name == operation:
                then(self._agent.local, target)
            raise

    deviation = call(JobEndpoint, "_write", broken)
    mutant(f"input.{name}", sentence, "common.schema.invalid-input-changes-nothing", "common.schema.*")(deviation)


def _leave_empty(region: Cluster, job_id: str) -> None:
    """Store a job of which only the ID is known, where there is none."""
    if region.state.job(job_id) is None:
        empty = {"ID": job_id, "Name": job_id, "Type": "batch", "Datacenters": ["dc1"], "TaskGroups": []}
        body = load_contract().operations["registerJob"].decode(json.dumps({"Job": empty}).encode())
        region.state.upsert_job((body or {})["Job"])


def _lower(region: Cluster, job_id: str) -> None:
    known = region.state.job(job_id)
    if known is not None:
        region.state.upsert_job({**known, "Priority": 1})


def _end(region: Cluster, job_id: str) -> None:
    if region.state.job(job_id) is not None:
        region.deregister(job_id)


def _child(region: Cluster, job_id: str) -> None:
    job = region.state.job(job_id)
    if job is not None and job["ParameterizedJob"] is not None:
        region.dispatch(job_id, b"", {})


_refused("refused-leaves-job", "A registration that is refused leaves an empty job.", "register", _leave_empty)
_refused("refused-plan-leaves-job", "A plan that is refused leaves an empty job.", "plan", _leave_empty)
_refused("refused-dispatch-leaves-job", "Dispatching what is not there leaves an empty job.", "dispatch", _leave_empty)
_refused("refused-evaluate-leaves-job", "Evaluating what is not there leaves an empty job.", "evaluate", _leave_empty)
_refused("refused-force-leaves-job", "Forcing what is not there leaves an empty job.", "periodic-force", _leave_empty)
_refused("refused-lowers-priority", "A registration that is refused lowers the priority.", "register", _lower)
_refused("refused-plan-lowers-priority", "A plan that is refused lowers the job's priority.", "plan", _lower)
_refused("refused-plan-ends", "A plan that is refused ends the job.", "plan", _end)
_refused("refused-dispatch-launches", "A dispatch that is refused makes a child all the same.", "dispatch", _child)


# Links

_LINKS = "common.schema.links"


def _listed(name: str, sentence: str, keeps: Callable[[str, Any], bool]) -> None:
    """Declare a mutant of which evaluations are listed: ``keeps(job ID asked for, evaluation)``."""

    def broken(found: Any, self: Any, prefix: Any) -> Any:
        return [one for one in found(self, prefix) if keeps(prefix, one)]

    mutant(f"link.{name}", sentence, _LINKS, "job.*")(call(Tables, "evaluations_of", broken))


_listed(
    "child-without-evaluations",
    "The evaluations of a child are listed with its parent's only.",
    lambda asked, one: "/dispatch-" not in asked or not one["JobID"].startswith(asked),
)
_listed(
    "launches-unlisted",
    "A periodic job's evaluations lack those of its launches.",
    lambda asked, one: one["TriggeredBy"] != "periodic-job" or "/periodic-" in asked,
)
_listed(
    "ends-unlisted",
    "A deregistration's evaluation is not listed.",
    lambda _, one: one["TriggeredBy"] != "job-deregister",
)


@mutant("link.summary-of-the-parent", "A child's summary is its parent's.", _LINKS, "job.*")
def _(breakage: Breakage) -> None:
    def change(read: Read) -> Read:
        if read.missing or "/dispatch-" not in read.body["JobID"]:
            return read
        return dataclasses.replace(read, body={**read.body, "JobID": read.body["JobID"].split("/dispatch-")[0]})

    read_result("summary", change)(breakage)


@mutant("link.child-not-evaluated", "A child cannot be evaluated.", _LINKS, "job.*")
@intercepts(Cluster, "evaluate")
def _(evaluate: Any, self: Cluster, job_id: str) -> Any:
    if self._existing(job_id)["ParentID"]:
        raise Refused("can't evaluate dispatched job")
    return evaluate(self, job_id)


@mutant("link.child-by-other-id", "A dispatch tells the child's ID in upper case.", _LINKS, "job.*")
def _(breakage: Breakage) -> None:
    def make(parse: Any) -> Any:
        def broken(job_id: str, body: Any) -> Any:
            write = parse(job_id, body)

            async def run(region: Cluster) -> Any:
                done = await write.run(region)
                told = done.body["DispatchedJobID"]
                parent, _, rest = told.rpartition("/")
                return dataclasses.replace(done, body={**done.body, "DispatchedJobID": f"{parent}/{rest.upper()}"})

            return dataclasses.replace(write, run=run)

        return broken

    breakage.wrap_item(WRITES, "dispatch", make)


@mutant("link.planned-is-locked", "What was planned can be registered with its index only.", _LINKS, "job.*")
def _(breakage: Breakage) -> None:
    planned: set[str] = set()

    def make_plan(plan: Any) -> Any:
        def broken(self: Cluster, job: Any, *rest: Any) -> Any:
            planned.add(job["ID"])
            return plan(self, job, *rest)

        return broken

    def make_register(register: Any) -> Any:
        def broken(self: Cluster, job: Any) -> Written:
            if job["ID"] in planned and self.state.job(job["ID"]) is not None:
                raise Refused("job was planned")
            done: Written = register(self, job)
            return done

        return broken

    breakage.wrap_steps(Cluster, "plan", make_plan)
    breakage.wrap(Cluster, "register", make_register)


@mutant("link.read-once", "A job that was read can be planned no more.", _LINKS, "job.*")
def _(breakage: Breakage) -> None:
    reads: set[str] = set()

    def change(read: Read) -> Read:
        if not read.missing:
            reads.add(read.body["ID"])
        return read

    def make(plan: Any) -> Any:
        def broken(self: Cluster, job: Any, *rest: Any) -> Any:
            if job["ID"] in reads:
                raise Refused("job is being read")
            return plan(self, job, *rest)

        return broken

    read_result("query", change)(breakage)
    breakage.wrap_steps(Cluster, "plan", make)
