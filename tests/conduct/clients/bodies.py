"""Clients that send a wrong body."""

import gzip
import json
from typing import Any

from mockserver.testing import example_job
from tests.conduct.agent import Agent
from tests.conduct.catalogue import breaks

_PARAMETERIZED: dict[str, Any] = {"Type": "batch", "ParameterizedJob": {"Payload": "optional"}}


@breaks("conduct.body.names")
def invents_a_member(agent: Agent) -> None:
    """Send a member that Nomad does not have."""
    agent.register(example_job("web", Replicas=3))


@breaks("conduct.body.names")
def sends_members_of_a_later_release(agent: Agent) -> None:
    """Plan with PolicyOverride."""
    agent.put("/v1/job/web/plan", {"Job": example_job("web"), "Diff": True, "PolicyOverride": False})


@breaks("conduct.body.names")
def misspells_a_member_deep_inside(agent: Agent) -> None:
    """Ask for MemoryMb's neighbour DiskMb of a task group that has none."""
    job = example_job("web")
    job["TaskGroups"][0]["Tasks"][0]["Enviroment"] = {"A": "b"}
    agent.register(job)


@breaks("conduct.body.spelling")
def writes_members_in_camel_case(agent: Agent) -> None:
    """Write priority for Priority."""
    job = example_job("web")
    job["priority"] = job.pop("Priority")
    agent.register(job)


@breaks("conduct.body.once")
def sends_a_member_twice(agent: Agent) -> None:
    """Append a member that is there already."""
    body = json.dumps({"Job": example_job("web")})
    agent.put("/v1/job/web", body.replace('"Priority": 50', '"Priority": 50, "Priority": 60').encode())


@breaks("conduct.body.one-value")
def sends_two_jobs_at_once(agent: Agent) -> None:
    """Send one JSON value behind the other."""
    agent.put("/v1/job/web", "\n".join(json.dumps({"Job": example_job(name)}) for name in ("web", "db")).encode())


@breaks("conduct.body.only-where-read")
def evaluates_with_a_body(agent: Agent) -> None:
    """Send the ID once more in a body that is not read."""
    agent.register(example_job("web"))
    agent.put("/v1/job/web/evaluate", {"JobID": "web"})


@breaks("conduct.body.only-where-read")
def reads_with_a_body(agent: Agent) -> None:
    """Send filters in the body of a GET."""
    agent.ask("GET", "/v1/jobs", {"prefix": "web"})


@breaks("conduct.body.is-json")
def sends_hcl(agent: Agent) -> None:
    """Send a job file as it is."""
    agent.put("/v1/jobs", b'job "web" { datacenters = ["dc1"] }')


@breaks("conduct.body.is-json")
def sends_no_body(agent: Agent) -> None:
    """Forget the body of a dispatch."""
    agent.register(example_job("work", **_PARAMETERIZED))
    agent.put("/v1/job/work/dispatch")


@breaks("conduct.body.is-utf-8")
def sends_a_body_in_latin_1(agent: Agent) -> None:
    """Encode JSON in another encoding."""
    body = json.dumps({"Job": example_job("web", Meta={"town": "Zürich"})}, ensure_ascii=False)
    agent.put("/v1/job/web", body.encode("latin-1"))


@breaks("conduct.body.not-compressed")
def compresses_the_body(agent: Agent) -> None:
    """Send gzip, because replies may be in it."""
    body = gzip.compress(json.dumps({"Job": example_job("web")}).encode())
    agent.put("/v1/job/web", body, Content_Encoding="gzip")


@breaks("conduct.body.content-type")
def says_that_json_is_a_form(agent: Agent) -> None:
    """Leave the Content-Type to the library."""
    agent.put("/v1/job/web", {"Job": example_job("web")}, Content_Type="application/x-www-form-urlencoded")


@breaks("conduct.body.job-is-wrapped")
def sends_the_bare_job(agent: Agent) -> None:
    """Send the job itself as the body."""
    agent.put("/v1/job/web", {})


@breaks("conduct.body.payload-is-base64")
def sends_the_payload_as_it_is(agent: Agent) -> None:
    """Send a payload as text."""
    agent.register(example_job("work", **_PARAMETERIZED))
    agent.put("/v1/job/work/dispatch", {"Payload": "hello, world!"})


@breaks("conduct.body.types")
def sends_a_duration_as_a_text(agent: Agent) -> None:
    """Write 10s for ten seconds."""
    job = example_job("web")
    job["TaskGroups"][0]["Tasks"][0]["KillTimeout"] = "10s"
    agent.register(job)


@breaks("conduct.body.types")
def sends_integers_as_floats(agent: Agent) -> None:
    """Write 50.0 for 50."""
    agent.register(example_job("web", Priority=50.0))


@breaks("conduct.body.types")
def sends_meta_as_numbers(agent: Agent) -> None:
    """Dispatch with a number where a text belongs."""
    agent.register(example_job("work", Type="batch", ParameterizedJob={"MetaOptional": ["size"]}))
    agent.put("/v1/job/work/dispatch", {"Meta": {"size": 3}})


@breaks("conduct.numbers.exact")
def reads_numbers_as_floats(agent: Agent) -> None:
    """Write a job back whose long timeout went through a floating-point number."""
    job = example_job("web")
    task = job["TaskGroups"][0]["Tasks"][0]
    task["KillTimeout"] = 2**53 + 1
    agent.register(job)
    read = agent.get("/v1/job/web").json
    timeout = read["TaskGroups"][0]["Tasks"][0]["KillTimeout"]
    read["TaskGroups"][0]["Tasks"][0]["KillTimeout"] = int(float(timeout))
    agent.register(read)
