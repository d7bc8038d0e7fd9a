"""The requests of one life: operations of the descriptions with recorded or generated values, then mutated."""

import copy
import json
import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from mockserver.faults.presets import PRESETS
from tests.attack import generated, spoil
from tests.attack.description import Operation, Parameter, operations, recorded
from tests.attack.job_files import hcl, job_file
from tests.attack.mutate import mutated
from tests.attack.steps import HEADERS, PAGE, JobFile, Request
from tests.attack.writing import write

JOB_IDS = ("a", "b", "A", "web", "web/1", "é", "dev-x", "a%b", "x" * 100)
_REFERRED = {
    "jobID": "job",
    "job": "job",
    "evalID": "evaluation",
    "allocID": "allocation",
    "nodeID": "node",
    "node": "node",
}
_NUMBERS = ("0", "1", "2", "5", "20")
_MATCHES: tuple[dict[str, str], ...] = ({}, {"operation": "register"}, {"path": "/v1/job/**"}, {"method": "GET"})
"""What many requests match."""
_SPACES = ("default", "other", "a")
_ELSEWHERE = (
    "/", "*", "/v1", "/v1/", "/v1/jobs/", "/v1/jobs/parse", "/v1/validate/job", "/v1/job", "/v1/job/", "/v1/nothing",
    "/ui/", "/debug/pprof/", "/metrics", "/__admin", "/__admin/", "/__admin/ui", "/__admin/ui/", "/__admin/nothing",
    "/__admin/ui/index.html", "/__admin/ui/../app.py", "/__admin/ui/%2e%2e/app.py", "/__admin/app.js",
)  # fmt: skip
"""Targets of no operation."""

AGENT = {
    "registerJob": 30, "registerJobByPost": 3, "registerAnyJob": 4, "planJob": 10, "deregisterJob": 8, "dispatchJob": 9,
    "evaluateJob": 3, "forcePeriodicJob": 5, "queryJob": 4, "queryAllocations": 4, "queryEvaluations": 3,
    "querySummary": 4, "listJobs": 2, "collectGarbage": 2, "drainNode": 2, "reconcileSummaries": 2, "readLogs": 2,
    "updateServers": 2,
}  # fmt: skip
"""How often an operation is chosen; one that is not named here counts 1."""
_CONTROL = {
    "advance-clock": 10, "advance-to-next-event": 6, "change-node": 3, "drain-node": 2, "node-down": 2, "node-up": 3,
    "add-nodes": 2, "finish-tasks": 3, "fail-tasks": 3, "add-rule": 3, "add-fault": 2, "clear-faults": 5,
    "clear-rules": 2, "seed-jobs": 2, "stop-job": 2, "reset": 0.3, "create-space": 0.3, "change-clock": 0.7,
    "import-state": 0.5, "export-state": 0.5, "stream-events": 0.3, "openapi": 0.1, "nomad_openapi": 0.1,
}  # fmt: skip


class Inputs:
    """An endless supply of requests about a few jobs, so that they affect each other."""

    def __init__(self, rng: random.Random, job_ids: tuple[str, ...] = JOB_IDS) -> None:
        self._rng = rng
        self.job_ids = rng.sample(job_ids, 3)
        self._agent = _chooser("openapi.json", AGENT)
        self._control = _chooser("admin.json", _CONTROL)

    def request(self) -> Request:
        """Return the next request, of any operation; now and then of none."""
        if self._rng.random() < 0.01:
            return Request(self._rng.choice(("GET", "HEAD", "PUT", "OPTIONS")), self._rng.choice(_ELSEWHERE))
        choices, weights = self._control if self._rng.random() < 0.3 else self._agent
        return self.request_of(self._rng.choices(choices, weights)[0])

    def request_of(self, operation: Operation) -> Request:
        """Return the next request of this operation, now and then with another method or path."""
        rng = self._rng
        job_id = rng.choice(self.job_ids)
        method = operation.method if rng.random() < 0.98 else rng.choice(("HEAD", "PATCH", "OPTIONS", "get", "DELETE"))
        target = self._path(operation, job_id) + self._query(operation)
        if rng.random() < 0.06:
            target = spoil.target(target, rng)
        headers = (*HEADERS, *self._headers(operation))
        body = b"" if operation.body is None and rng.random() < 0.97 else self._body(operation, job_id)
        return Request(method, target, headers, body, rng.choice((1, 1, 1, 2, 7)))

    def job_file(self) -> JobFile:
        """Return a file of jobs."""
        return job_file(self._rng, _bodies("Job"))

    def together(self) -> Iterator[Request]:
        """Yield a few requests, often several of one kind, so that they come between each other."""
        operation = self._rng.choices(*self._agent)[0] if self._rng.random() < 0.7 else None
        for _ in range(self._rng.choice((2, 3, 6))):
            yield self.request() if operation is None or self._rng.random() < 0.3 else self.request_of(operation)

    def _headers(self, operation: Operation) -> Iterator[tuple[str, str]]:
        rng = self._rng
        for parameter in operation.parameters:
            if parameter.where == "header" and rng.random() < 0.04:
                yield parameter.name.lower(), rng.choice(_SPACES if "space" in parameter.name.lower() else _NUMBERS)
        if rng.random() < 0.06:
            yield spoil.header(rng)
        if rng.random() < 0.02:
            yield from (("origin", PAGE), ("access-control-request-method", operation.method))

    def _path(self, operation: Operation, job_id: str) -> str:
        path = operation.path
        for parameter in operation.parameters:
            if parameter.where == "path":
                path = path.replace(f"{{{parameter.name}}}", self._in_path(parameter, job_id))
        return path

    def _in_path(self, parameter: Parameter, job_id: str) -> str:
        rng = self._rng
        kind = _REFERRED.get(parameter.name)
        if kind == "job" and rng.random() < 0.8:
            return quote(job_id)
        if kind is not None and rng.random() < 0.9:
            return f"{{{kind}:{rng.randrange(20)}}}"
        return rng.choice((*_NUMBERS, *_SPACES, "9" * 30))

    def _query(self, operation: Operation) -> str:
        rng, pairs = self._rng, []
        for parameter in operation.parameters:
            often = 0.7 if parameter.name in ("task", "path", "address", "enable", "type") else 0.07
            if parameter.where == "query" and rng.random() < often:
                pairs.append(f"{parameter.name}={quote(self._in_query(parameter))}")
        return f"?{'&'.join(pairs)}" if pairs else ""

    def _in_query(self, parameter: Parameter) -> str:
        rng = self._rng
        known = {
            "region": ("global", "eu1", ""), "index": _NUMBERS, "wait": ("1ms", "1s", "1m"), "task": ("web", "t", "a"),
            "path": ("/", "alloc/logs", "t/local"), "type": ("stdout", "stderr"), "enable": ("true", "false"),
            "address": ("127.0.0.1:4647",), "offset": _NUMBERS, "limit": _NUMBERS, "prefix": ("a", "", "00"),
            "origin": ("start", "end"),
        }  # fmt: skip
        return rng.choice(known.get(parameter.name, ("true", "1", "a", "GET", "register")))

    def _body(self, operation: Operation, job_id: str) -> bytes:
        rng = self._rng
        if operation.id == "seed-jobs" and rng.random() < 0.3:
            return hcl(rng)
        value = self._value(operation, job_id)
        others = _bodies("")
        changed = mutated(value, rng, others, rng.choices((0, 1, 2, 5), (35, 30, 20, 15))[0])
        body = write(changed, rng)
        return spoil.bytes_of(body, rng) if rng.random() < 0.06 else body

    def _value(self, operation: Operation, job_id: str) -> Any:
        rng = self._rng
        name = (
            "Job" if operation.id.startswith(("register", "plan")) else "Meta" if "dispatch" in operation.id else None
        )
        if operation.id == "advance-clock" and rng.random() < 0.9:
            return {"duration": rng.choice(("1ns", "1ms", "1s", "5s", "15s", "1m", "10m", "1h", "30h"))}
        if operation.body is not None and operation.id == "create-space" and rng.random() < 0.7:
            return {**generated.value(operation.body, rng), "name": rng.choice(_SPACES)}
        if operation.id == "seed-jobs":
            text = hcl(rng).decode("utf-8", "replace")
            return rng.choice(([_about(rng.choice(_bodies("Job")), job_id)], {"JobHCL": text}))
        if operation.id == "add-fault" and operation.body is not None and rng.random() < 0.7:
            effect = generated.value(operation.body.child("properties", "fault"), rng)
            what = rng.choice(({"fault": effect}, {"preset": rng.choice(list(PRESETS))}))
            return {"match": rng.choice(_MATCHES), "times": rng.choice((1, 3, 50)), **what}
        if operation.id == "reset" and operation.body is not None:
            return {**generated.value(operation.body, rng), "nodes": rng.randrange(20)}  # thousands: see tests/stalls
        if name is None or rng.random() < 0.3:
            return {} if operation.body is None else _about(generated.value(operation.body, rng), job_id)
        return _about(rng.choice(_bodies(name)), job_id)


def _about(body: Any, job_id: str) -> Any:
    """Return a registration of the job with this ID; its tasks need little, so that many have room."""
    if not isinstance(body, dict) or not isinstance(body.get("Job"), dict):
        return body
    body = copy.deepcopy(body)
    body["Job"]["ID"] = job_id
    if body["Job"].get("Region") != "eu1":
        body["Job"]["Region"] = "global"
    return body


def _chooser(file: str, weights: Mapping[str, float]) -> tuple[list[Operation], list[float]]:
    choices = list(operations(file))
    return choices, [weights.get(operation.id, 1) for operation in choices]


@cache
def _bodies(name: str) -> tuple[Any, ...]:
    """Return the recorded bodies with this name in them."""
    found = []
    for _, _, _, body in recorded():
        try:
            value = json.loads(body)
        except ValueError:
            continue
        if isinstance(value, dict) and value and name in ("", *value) and len(body) < _LONGEST:
            found.append(value)
    return tuple(found)


_LONGEST = 20_000
