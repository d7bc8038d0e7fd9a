"""The links of the OpenAPI description: values of one reply are used in the next request, singly and in any order."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import settings

from contract_tests.client.exchange import Exchange
from contract_tests.client.jobs import JobFactory
from contract_tests.client.nomad import Job, Nomad
from contract_tests.common.test_schema import CHAPTERS, Harmless, judge, phases, schemathesis
from contract_tests.job.test_periodic_force import children
from contract_tests.oracle import description
from contract_tests.statements import states
from contract_tests.suite import profiles, verify

STATEMENT = "common.schema.links"
READS = ("query", "summary", "allocations", "evaluations")


class Followed:
    """The jobs, indexes and evaluations that replies named so far, which following a link has to find.

    A server that is not ``lenient`` need not take a registration that makes another kind of job of one.
    """

    def __init__(self, nomad: Nomad, *, lenient: bool) -> None:
        self.nomad = nomad
        self.lenient = lenient
        self.jobs: dict[str, Job] = {}
        """The jobs that are there, as they were sent; of a child nothing is known but that it is there."""
        self.indexes: dict[str, int] = {}
        self.evaluations: dict[str, set[str]] = {}

    def take(self, operation: str, job_id: str, done: Exchange) -> None:
        """Judge an answer by the earlier replies, and note what it names."""
        if operation == "evaluations":
            verify.ok(STATEMENT, done)
            told, listed = self.evaluations.get(job_id, set()), {one["ID"] for one in done.json}
            verify.that(STATEMENT, done, told <= listed, told, listed)
        elif self._can(operation, job_id):
            verify.ok(STATEMENT, done)
            if job_id in self.jobs:
                self._verify_same(operation, job_id, done)
        if operation not in (*READS, "plan") and done.ok:
            self._learn(operation, job_id, done)

    def _can(self, operation: str, job_id: str) -> bool:
        """Return whether an operation has to be possible."""
        job = self.jobs.get(job_id)
        if operation in ("register", "plan", "deregister"):
            return operation != "register" or self.lenient or job is None
        if job is None:
            return False
        periodic, parameterized = bool(job.get("Periodic")), job.get("ParameterizedJob") is not None
        kinds = {"evaluate": not (periodic or parameterized), "dispatch": parameterized, "force": periodic}
        return kinds.get(operation, True)

    def _verify_same(self, operation: str, job_id: str, done: Exchange) -> None:
        """Require that an answer is about the job asked for and agrees with earlier replies."""
        if operation in ("query", "summary"):
            verify.equal(STATEMENT, done, done.json["ID" if operation == "query" else "JobID"], job_id)
        elif operation == "allocations":
            verify.equal(STATEMENT, done, {one["JobID"] for one in done.json} - {job_id}, set())
        elif operation == "plan":
            verify.equal(STATEMENT, done, done.json["JobModifyIndex"], self.indexes[job_id])

    def _learn(self, operation: str, job_id: str, done: Exchange) -> None:
        reply = done.json
        of = str(reply["DispatchedJobID"]) if operation == "dispatch" else job_id
        if reply["EvalID"]:
            self.evaluations.setdefault(of, set()).add(reply["EvalID"])
        if operation == "deregister":
            self.jobs.pop(job_id, None)
            self.nomad.own.forget(job_id)  # a later server takes no other kind of job under the ID of one that it keeps
        elif operation == "register":
            self.jobs[job_id], self.indexes[job_id] = json.loads(done.body)["Job"], reply["JobModifyIndex"]
        elif operation == "dispatch":
            self.jobs[of], self.indexes[of] = {}, reply["JobCreateIndex"]
        elif operation == "force":
            children(self.nomad, job_id)


def links() -> Iterator[tuple[str, str, str, str]]:
    """Yield each link: source and target as method and suffix, the place of the job's ID, the kind of job."""
    known = {o["operationId"]: (method, description.suffix_of(path)) for path, method, o in description.operations()}
    components = description.openapi()["components"]["links"]
    for path, method, operation in description.operations():
        for number, reference in enumerate(operation["responses"]["200"].get("links", {}).values()):
            link = components[reference["$ref"].rsplit("/", 1)[-1]]
            next_method, next_suffix = known[link["operationId"]]
            asked = {description.suffix_of(path), next_suffix}
            kinds = [kind for suffix, kind in NEEDS.items() if suffix in asked] or [KINDS[number % len(KINDS)]]
            source, target = f"{method} {description.suffix_of(path)}", f"{next_method} {next_suffix}"
            yield source, target, link["parameters"]["jobID"], kinds[0]


NEEDS = {"/dispatch": "parameterized", "/periodic/force": "periodic", "/evaluate": "service"}
"""The kind of job that an operation can be done with."""
KINDS = ("service", "batch", "system", "parameterized", "periodic")
LINKS = list(links())


@states("common.schema.links", "common.schema.documented-statuses", "common.schema.replies-conform")
@pytest.mark.parametrize(("source", "target", "told", "kind"), LINKS, ids=[f"{s} then {t}" for s, t, _, _ in LINKS])
def test_every_link_is_followed(
    nomad: Nomad, factory: JobFactory, source: str, target: str, told: str, kind: str
) -> None:
    """Each link leads from its source operation to its target, which finds the job of the source."""
    members: dict[str, Any] = {"ParameterizedJob": {}} if kind == "parameterized" else {}
    job = getattr(factory, kind)(nomad.new_id("link"), **members)
    followed = Followed(nomad, lenient=factory.lenient)

    def act(step: str, job_id: str) -> Exchange:
        method, suffix = step.split(" ")
        operation = CHAPTERS[suffix][method]
        body = {"register": {"Job": job}, "plan": {"Job": job, "Diff": True}, "dispatch": {}}.get(operation)
        done = nomad.act(operation, job_id, body, method=method)
        judge(nomad, done, suffix, body)
        followed.take(operation, job_id, done)
        return done

    for _ in range(2):
        if source not in ("PUT ", "POST ", "PUT /plan", "POST /plan"):
            act("PUT ", job["ID"])
        first = verify.ok(STATEMENT, act(source, job["ID"]))
        act(target, job["ID"] if told.startswith("$request") else first.json[told.rsplit("/", 1)[-1]])


def bodies(factory: JobFactory) -> dict[str, list[Any]]:
    """Return the bodies that the links are followed with."""
    jobs = factory.every_type("linked")
    jobs[3]["ParameterizedJob"] = {"Payload": "optional"}
    return {
        "register": [{"Job": job} for job in jobs],
        "plan": [{"Job": job, "Diff": diff} for job in jobs for diff in (True, False)],
        "dispatch": [{}, {"Payload": "aGk="}],
    }


@states("common.schema.links", "common.schema.documented-statuses", "common.schema.replies-conform")
def test_links_can_be_followed(nomad: Nomad, factory: JobFactory) -> None:
    """Links followed in any order get answers as described, about the jobs that earlier replies named."""
    harmless = Harmless(nomad, factory)  # for all runs: Hypothesis wants a run that it repeats to be the same
    schema = schemathesis().openapi.from_dict(description.lean(bodies(factory)))
    schema.config.generation.update(modes=[schemathesis().GenerationMode.POSITIVE])  # a wrong reply leads nowhere

    class Links(schema.as_state_machine()):  # type: ignore[misc] # made at run time
        """Sends what Schemathesis decides on through this suite's client."""

        def setup(self) -> None:
            self.followed = Followed(nomad, lenient=factory.lenient)

        def call(self, case: Any, **_: Any) -> Any:
            suffix = description.suffix_of(case.path)
            job_id = unquote(str(case.path_parameters["jobID"]))
            job_id = job_id if job_id.startswith(nomad.prefix) else harmless.base
            case.path_parameters["jobID"] = job_id
            case.query = {name: value for name, value in (case.query or {}).items() if name not in ("index", "wait")}
            done = harmless.about(job_id, case, suffix, case.method.upper())
            judge(nomad, done, suffix, case.body)
            self.followed.take(CHAPTERS[suffix][done.method], job_id, done)
            request = httpx.Request(done.method, f"{done.base_url}{done.target}", content=done.body)
            reply = httpx.Response(done.status or 500, headers=dict(done.reply_headers), content=done.reply_body)
            reply.request, reply.elapsed = request, timedelta(seconds=done.seconds)
            return schemathesis().Response.from_any(reply)

        def validate_response(self, *_: Any, **__: Any) -> None:
            """Everything was judged when it came."""

        def teardown(self) -> None:
            nomad.own.clean()

    half = (max(1, profiles.chosen().runs // 2), max(5, profiles.chosen().steps // 2))
    size = settings(max_examples=half[0], stateful_step_count=half[1], phases=phases())
    Links.run(settings=size)
