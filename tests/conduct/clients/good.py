"""Clients that do nothing wrong."""

import base64
import contextlib
import http.client
import time
from typing import Any
from urllib.parse import quote

from mockserver.testing import example_job
from tests.conduct.agent import Agent, Reply
from tests.conduct.catalogue import good

_DISPATCH_LOST = {"kind": "drop", "carried_out": True, "match": {"operation": "dispatch"}, "times": 1}
_BUSY = {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 1}
_PARAMETERIZED: dict[str, Any] = {"Type": "batch", "ParameterizedJob": {"Payload": "optional"}}


def _followed(agent: Agent, evaluation: str) -> str:
    """Return the status of an evaluation once it is over, with a blocking query for each change."""
    index = 0
    while True:
        query = f"?index={index}&wait=2s" if index else ""
        began = time.monotonic()
        reply = agent.get(f"/v1/evaluation/{evaluation}{query}")
        if reply.json["Status"] in ("complete", "failed", "canceled"):
            return str(reply.json["Status"])
        if reply.index <= index and time.monotonic() - began < 0.05:
            time.sleep(0.05)
        index = 0 if reply.index < index else reply.index


def _patiently(agent: Agent, method: str, target: str, body: Any = None) -> Reply:
    """Ask again after pauses that grow, or that the agent wants; only for what may be asked twice."""
    pause = 0.05
    while True:
        try:
            reply = agent.ask(method, target, body)
        except (http.client.HTTPException, OSError):
            reply = None
        if reply is not None and reply.status not in (429, 500, 503):
            return reply
        time.sleep(float(reply.headers.get("Retry-After", pause)) if reply is not None else pause)
        pause *= 2


@good()
def perseveres(agent: Agent) -> None:
    """Create a job, dispatch it once and watch it, whatever the weather."""
    job = example_job("work", **_PARAMETERIZED)
    _patiently(agent, "PUT", "/v1/job/work", {"Job": job, "EnforceIndex": True, "JobModifyIndex": 0})
    while not (children := _patiently(agent, "GET", f"/v1/jobs?prefix={quote('work/', safe='')}").json):
        with contextlib.suppress(http.client.HTTPException, OSError):
            busy = agent.put("/v1/job/work/dispatch", {"Meta": {}}).headers.get("Retry-After", "0")
            time.sleep(float(busy))
    assert len(children) == 1
    index = 0
    for _ in range(10):
        query = f"?index={index}&wait=100ms" if index else ""
        reply = _patiently(agent, "GET", f"/v1/job/work{query}")
        index = 0 if reply.index < index else reply.index
        time.sleep(0.03)


@good()
def watches(agent: Agent) -> None:
    """Follow a job through three updates, and wait once for a change that does not come."""
    agent.register(example_job("web"))
    index = agent.get("/v1/job/web").index
    for priority in (60, 61, 62):
        agent.register(example_job("web", Priority=priority))
        reply = agent.get(f"/v1/job/web?index={index}&wait=5s")
        while reply.json["Priority"] != priority:
            reply = agent.get(f"/v1/job/web?index={reply.index}&wait=5s")
        index = reply.index
    evaluations = agent.get("/v1/job/none/evaluations").index
    for _ in range(2):
        evaluations = agent.get(f"/v1/job/none/evaluations?index={evaluations}&wait=100ms").index


@good({"kind": "index-reset", "by": 1000, "nth": 3})
def watches_a_server_that_was_restored(agent: Agent) -> None:
    """Begin again when the index goes backwards."""
    agent.register(example_job("web"))
    index = agent.get("/v1/job/web").index
    for _ in range(3):
        query = f"?index={index}&wait=100ms" if index else ""
        reply = agent.get(f"/v1/job/web{query}")
        index = 0 if reply.index < index else reply.index


@good()
def updates_with_a_check(agent: Agent) -> None:
    """Create, plan, enforce, be refused, read again, and enforce again."""
    agent.register(example_job("web"), EnforceIndex=True, JobModifyIndex=0)
    plan = agent.put("/v1/job/web/plan?region=global", {"Job": example_job("web", Priority=60), "Diff": True}).json
    agent.register(example_job("web", Priority=55))
    changed = example_job("web", Priority=60)
    refused = agent.register(changed, EnforceIndex=True, JobModifyIndex=plan["JobModifyIndex"])
    assert refused.status == 500
    again = agent.get("/v1/job/web").json["JobModifyIndex"]
    assert agent.register(changed, EnforceIndex=True, JobModifyIndex=again).status == 200


@good()
def dispatches(agent: Agent) -> None:
    """Dispatch with a payload, and follow the child, whose ID has a slash."""
    agent.register(example_job("work", **_PARAMETERIZED))
    payload = base64.b64encode(b"hello").decode()
    made = agent.put("/v1/job/work/dispatch", {"Payload": payload, "Meta": {}}).json
    assert _followed(agent, made["EvalID"]) == "complete"
    assert agent.get(f"/v1/job/{made['DispatchedJobID']}/allocations?all=true").status == 200


@good(_DISPATCH_LOST)
def dispatches_and_loses_the_reply(agent: Agent) -> None:
    """Look for the child before dispatching again."""
    agent.register(example_job("work", **_PARAMETERIZED))
    with contextlib.suppress(http.client.HTTPException, OSError):
        agent.put("/v1/job/work/dispatch", {"Meta": {}})
    time.sleep(0.05)
    children = agent.get(f"/v1/jobs?prefix={quote('work/dispatch-', safe='')}").json
    if not children:
        agent.put("/v1/job/work/dispatch", {"Meta": {}})


@good()
def launches_a_periodic_job(agent: Agent) -> None:
    """Register a periodic job, which has no evaluation, and force it."""
    periodic = {"Enabled": True, "SpecType": "cron", "Spec": "0 0 1 1 *"}
    made = agent.register(example_job("cron", Type="batch", Periodic=periodic)).json
    assert made["EvalID"] == ""
    forced = agent.put("/v1/job/cron/periodic/force").json
    assert _followed(agent, forced["EvalID"]) == "complete"


@good()
def deletes(agent: Agent) -> None:
    """Deregister, and see that the job is gone."""
    agent.register(example_job("web"))
    evaluation = agent.ask("DELETE", "/v1/job/web").json["EvalID"]
    assert _followed(agent, evaluation) == "complete"
    assert agent.get("/v1/job/web").status == 404


@good()
def uses_odd_ids(agent: Agent) -> None:
    """Escape everything that needs it, in paths and in prefixes."""
    for name in ("who?me", "job#1", "a%2Fb", "team/web", "café", "c++", "a&b=c;d", "Ünïcode/ß"):
        assert agent.register(example_job(name, Meta={"naïve": "yes"})).status == 200
        assert agent.get(f"/v1/job/{quote(name, safe='')}").json["ID"] == name
        listed = agent.get(f"/v1/jobs?prefix={quote(name, safe='')}").json
        assert [each["ID"] for each in listed] == [name]


@good()
def keeps_large_numbers(agent: Agent) -> None:
    """Write back what it read, number by number."""
    job = example_job("web")
    job["TaskGroups"][0]["Tasks"][0]["KillTimeout"] = 2**53 + 1
    agent.register(job)
    assert (
        agent.put("/v1/job/web", {"Job": agent.get("/v1/job/web").json}, Content_Type="application/json").status == 200
    )


@good(_BUSY)
def stays_away_as_long_as_it_is_told(agent: Agent) -> None:
    """Wait for as long as Retry-After says."""
    reply = agent.get("/v1/jobs")
    time.sleep(float(reply.headers["Retry-After"]))
    assert agent.get("/v1/jobs").status == 200


@good()
def reads_stale_what_others_write(agent: Agent) -> None:
    """Read with stale where old news do no harm, and wait for its own writes."""
    agent.get("/v1/jobs?stale")
    agent.register(example_job("web"))
    agent.get(f"/v1/job/web?stale&index={agent.get('/v1/job/web').index}&wait=100ms")
