"""Requests that an agent refuses, one for each text of an error that the description shows.

Names are those of the responses in ``components.responses`` and of their examples.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.builders import a_group, a_job, a_task
from tests.jobs.validate.parts import a_vault
from tests.schemas.refused_jobs import REFUSED_JOBS

Request = tuple[str, str, Any]
"""Method, target and body, which is bytes or JSON."""


class Refusal(NamedTuple):
    """A request that is refused.

    Attributes:
        method: of the request.
        target: of the request; ``ALLOC`` in it stands for an allocation that runs.
        body: bytes, or JSON.
        before: requests that come before it.
        nodes: how many the mock has.
        speed: that of the mock's clock.
    """

    method: str
    target: str
    body: Any = b""
    before: tuple[Request, ...] = ()
    nodes: int = 1
    speed: float = 0


_ID = "203266e5-e0d6-9486-5e05-397ed2b184af"
_ANOTHER_REGION = "region=mars"
_JOB = "/v1/job/j"
_PERIODIC = {"Enabled": True, "ProhibitOverlap": False, "Spec": "0 0 1 1 *", "SpecType": "cron"}
_PARAMETERIZED = {"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}


def _stored(job: Any) -> Request:
    return "PUT", "/v1/jobs", {"Job": job}


_PLAIN = _stored(a_job())


def _periodic(job_id: str, **known: Any) -> Request:
    return _stored(a_job(ID=job_id, Type="batch", Periodic={**_PERIODIC, **known}))


def _on_request(**known: Any) -> Request:
    return _stored(a_job(ID="asked", Type="batch", ParameterizedJob={**_PARAMETERIZED, **known}))


def _get(target: str, **more: Any) -> Refusal:
    return Refusal("GET", target, **more)


def _put(target: str, body: Any = b"", *before: Request, **more: Any) -> Refusal:
    return Refusal("PUT", target, body, before, **more)


def _of_lookups(one: str, many: str, kind: str) -> Mapping[str, Refusal]:
    """Return what is wrong with IDs of a kind, in a path and as the beginning of one."""
    return {
        "id": _get(f"{one}/none"),
        "digits": _get(f"{one}/z{_ID[1:]}"),
        "odd": _get(f"{many}?prefix=abc"),
        "long": _get(f"{many}?prefix={_ID}0"),
        "hyphens": _get(f"{many}?prefix=a-a-a-a-a-a"),
        "region": _get(f"{many}?{_ANOTHER_REGION}"),
    } | ({"missing": _get("/v1/node/")} if kind == "node" else {})


def _bodies(target: str) -> Mapping[str, Refusal]:
    return {
        "empty": _put(target),
        "truncated": _put(target, b"{"),
        "character": _put(target, b"{'Job'}"),
        "list": _put(target, []),
    }


def _dispatch(body: Any, *before: Request) -> Refusal:
    return _put("/v1/job/asked/dispatch", body, *before)


_SERVICE = "/v1/client/fs"
_FILES = f"{_SERVICE}/cat/ALLOC?path="

REFUSALS: Mapping[str, Mapping[str, Refusal]] = {
    "InvalidQuery": {"wait": _get("/v1/jobs?wait=soon"), "index": _get("/v1/jobs?index=first")},
    "JobNotFound": {"job": _get("/v1/job/none")},
    "UnknownRegion": {
        "region": _get(f"/v1/jobs?{_ANOTHER_REGION}"),
        "leader": _get("/v1/jobs", before=(("POST", "/__admin/faults", {"fault": {"kind": "no-leader"}}),), speed=1e6),
    },
    "InvalidBody": {
        **_bodies("/v1/jobs"),
        "job": _put("/v1/jobs", {}),
        "id": _put("/v1/job/other", {"Job": a_job()}),
        "type": _put("/v1/jobs", {"Job": {"Priority": "high"}}),
        "number": _put("/v1/jobs", {"Job": {"Priority": 5.5}}),
        "payload": _put("/v1/jobs", {"Job": {"Payload": "?"}}),
    },
    "InvalidDispatchBody": {
        **_bodies("/v1/job/asked/dispatch"),
        "id": _dispatch({"JobID": "other"}),
        "payload": _dispatch({"Payload": "?"}),
        "type": _dispatch({"Meta": {"key": 1}}),
    },
    "RegisterRefused": {
        "exists": _put("/v1/jobs", {"Job": a_job(), "EnforceIndex": True}, _PLAIN),
        "conflict": _put("/v1/jobs", {"Job": a_job(), "EnforceIndex": True, "JobModifyIndex": 1}, _PLAIN),
        "gone": _put("/v1/jobs", {"Job": a_job(ID="new"), "EnforceIndex": True, "JobModifyIndex": 1}),
        "vault": _put("/v1/jobs", {"Job": a_job(a_group(a_task(Vault=a_vault())))}),
        "region": _put(f"/v1/jobs?{_ANOTHER_REGION}", {"Job": a_job()}),
    },
    "PlanRefused": {
        "case": _put("/v1/job/J/plan", {"Job": a_job(ID="J"), "Diff": True}, _PLAIN),
        "scheduler": _put(f"{_JOB}/plan", {"Job": a_job(Type="cron")}),
        "region": _put(f"{_JOB}/plan?{_ANOTHER_REGION}", {"Job": a_job()}),
    },
    "DispatchRefused": {
        "job": _put("/v1/job/none/dispatch", {}),
        "kind": _put("/v1/job/plain/dispatch", {}, _stored(a_job(ID="plain"))),
        "payload": _dispatch({}, _on_request(Payload="required")),
        "forbidden": _dispatch({"Payload": "eA=="}, _on_request(Payload="forbidden")),
        "size": _dispatch({"Payload": "eHh4" * 5461 + "eHg="}, _on_request()),
        "unknown": _dispatch({"Meta": {"weird": "1"}}, _on_request()),
        "missing": _dispatch({}, _on_request(MetaRequired=["key"])),
        "region": _put(f"{_JOB}/dispatch?{_ANOTHER_REGION}", {}),
    },
    "EvaluateRefused": {
        "job": _put("/v1/job/none/evaluate"),
        "periodic": _put("/v1/job/nightly/evaluate", b"", _periodic("nightly")),
        "parameterized": _put("/v1/job/asked/evaluate", b"", _on_request()),
        "region": _put(f"{_JOB}/evaluate?{_ANOTHER_REGION}"),
    },
    "ForceRefused": {
        "job": _put("/v1/job/none/periodic/force"),
        "kind": _put(f"{_JOB}/periodic/force", b"", _PLAIN),
        "disabled": _put("/v1/job/example/periodic/force", b"", _periodic("example", Enabled=False)),
        "region": _put(f"{_JOB}/periodic/force?{_ANOTHER_REGION}"),
    },
    "DeregisterRefused": {
        "id": Refusal("DELETE", "/v1/job/"),
        "region": Refusal("DELETE", f"{_JOB}?{_ANOTHER_REGION}"),
    },
    "EvalLookupFailed": _of_lookups("/v1/evaluation", "/v1/evaluations", "eval"),
    "AllocLookupFailed": _of_lookups("/v1/allocation", "/v1/allocations", "alloc"),
    "NodeLookupFailed": _of_lookups("/v1/node", "/v1/nodes", "node"),
    "EvalAllocationsFailed": {
        "id": _get("/v1/evaluation/none/allocations"),
        "digits": _get(f"/v1/evaluation/z{_ID[1:]}/allocations"),
        "region": _get(f"/v1/evaluation/{_ID}/allocations?{_ANOTHER_REGION}"),
    },
    "NodeRefused": {
        "node": _put(f"/v1/node/{_ID}/evaluate"),
        "id": _put("/v1/node/none/evaluate"),
        "digits": _put(f"/v1/node/z{_ID[1:]}/evaluate"),
        "region": _put(f"/v1/node/{_ID}/evaluate?{_ANOTHER_REGION}"),
    },
    "EvalNotFound": {"eval": _get(f"/v1/evaluation/{_ID}")},
    "AllocNotFound": {"alloc": _get(f"/v1/allocation/{_ID}")},
    "NodeNotFound": {"node": _get(f"/v1/node/{_ID}")},
    "InvalidDrain": {
        "missing": _put(f"/v1/node/{_ID}/drain"),
        "invalid": _put(f"/v1/node/{_ID}/drain?enable=maybe"),
    },
    "InvalidJoin": {"missing": _put("/v1/agent/join")},
    "InvalidForceLeave": {"missing": _put("/v1/agent/force-leave")},
    "InvalidServers": {
        "missing": _put("/v1/agent/servers"),
        "address": _put("/v1/agent/servers?address=a:b:c"),
    },
    "NoClient": {"method": _get("/v1/agent/servers", nodes=0)},
    "ClientRefused": {
        "client": _get(f"/v1/client/allocation/{_ID}/stats", nodes=0),
        "alloc": _get(f"/v1/client/allocation/{_ID}/stats"),
        "task": _get("/v1/client/allocation/ALLOC/stats?task=other", before=(_PLAIN,)),
    },
    "FileRefused": {
        "client": _get(f"{_SERVICE}/ls/{_ID}", nodes=0),
        "alloc": _get(f"{_SERVICE}/ls/{_ID}"),
        "id": _get(f"{_SERVICE}/ls/"),
        "path": _get(f"{_SERVICE}/cat/{_ID}"),
        "task": _get(f"{_SERVICE}/logs/{_ID}"),
        "type": _get(f"{_SERVICE}/logs/{_ID}?task=t"),
        "follow": _get(f"{_SERVICE}/logs/{_ID}?task=t&follow=maybe"),
        "log": _get(f"{_SERVICE}/logs/ALLOC?task=other&type=stdout", before=(_PLAIN,)),
        "offset": _get(f"{_SERVICE}/readat/{_ID}?path=a&offset=first"),
        "limit": _get(f"{_SERVICE}/readat/{_ID}?path=a&offset=0&limit=all"),
        "origin": _get(f"{_SERVICE}/stream/{_ID}?path=a&origin=middle"),
        "file": _get(f"{_SERVICE}/ls/ALLOC?path=alloc/logs/t.stdout.0", before=(_PLAIN,)),
        "folder": _get(f"{_FILES}alloc", before=(_PLAIN,)),
        "escape": _get(f"{_FILES}../..", before=(_PLAIN,)),
        "missing": _get(f"{_FILES}none", before=(_PLAIN,)),
        "secret": _get(f"{_SERVICE}/readat/ALLOC?path=t/secrets/key&offset=0&limit=1", before=(_PLAIN,)),
        "before": _get(f"{_SERVICE}/readat/ALLOC?path=t&offset=-1&limit=1", before=(_PLAIN,)),
    },
    "NoSuchFileAction": {"path": _get(f"{_SERVICE}/other/{_ID}")},
    "NoSuchClientResource": {
        "path": _get(f"/v1/client/allocation/{_ID}"),
        "below": _get(f"/v1/client/allocation/{_ID}/other/stats"),
    },
    "ClientNotRunning": {"client": _get("/v1/client/stats", nodes=0)},
}
"""Of each response its refusals, by the names of the examples."""


def refused_jobs() -> Iterator[tuple[str, Refusal, Refusal | None]]:
    """Yield the examples of jobs by name, and how each is registered and planned; without an ID there is no plan."""
    for name, job in REFUSED_JOBS.items():
        path = job["ID"].replace(" ", "%20")
        plan = _put(f"/v1/job/{path}/plan", {"Job": job}) if path else None
        yield name, _put("/v1/jobs", {"Job": job}), plan
