"""Requests that are much work. To add one, add an entry to ``CATALOGUE``."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.stalls.jobs import a_group, a_job, a_task
from tests.stalls.large_state import large_state

Request: TypeAlias = tuple[str, str, bytes]
"""Method, target and body."""


@dataclass(frozen=True)
class Case:
    """Requests, one after the other, to a mock with this many nodes, and the status that each has to get."""

    name: str
    requests: Callable[[], list[Request]]
    statuses: tuple[int, ...] = (200,)
    nodes: int = 1
    strict: bool = False
    strict_clients: bool = False
    kept: bool = False
    """Whether the mock has a data directory."""


def register(job: dict[str, Any]) -> Request:
    """Return its registration."""
    return "PUT", f"/v1/job/{job['ID']}", json.dumps({"Job": job}).encode()


def plan(job: dict[str, Any]) -> Request:
    """Return a plan of it, with the diff."""
    return "PUT", f"/v1/job/{job['ID']}/plan", json.dumps({"Job": job, "Diff": True}).encode()


def get(target: str) -> Request:
    """Return a read."""
    return "GET", target, b""


def post(target: str, body: Any) -> Request:
    """Return a request to the control plane."""
    return "POST", target, json.dumps(body).encode()


def advance(duration: str) -> Request:
    """Return a request that moves time on."""
    return post("/__admin/clock/advance", {"duration": duration})


def _many_groups() -> list[Request]:
    job = a_job(*(a_group(f"g{n}") for n in range(8_000)))
    return [register(job), get("/v1/job/j"), get("/v1/job/j/summary"), advance("2s")]


def _planned_groups() -> list[Request]:
    job = a_job(*(a_group(f"g{n}") for n in range(2_000)))
    changed = a_job(*(a_group(f"g{n}", tasks=2) for n in range(1_000)))
    return [register(job), plan(job), plan(changed), register(changed), advance("2s")]


def _many_tasks() -> list[Request]:
    job = a_job(a_group("g", tasks=1_000))
    return [register(job), plan(job), get("/v1/job/j"), advance("2s")]


def _many_allocations() -> list[Request]:
    job = a_job(a_group("g", count=10_000))
    changed = a_job(a_group("g", count=10_000), Priority=60)
    return [
        register(job),
        advance("2s"),
        get("/v1/job/j/allocations"),
        get("/v1/allocations"),
        plan(changed),
        register(changed),
        advance("2s"),
        ("DELETE", "/v1/job/j", b""),
        advance("2s"),
        ("PUT", "/v1/system/gc", b""),
    ]


def _replaced_allocations() -> list[Request]:
    job, changed = (
        a_job(a_group("g", count=10_000, Tasks=[a_task("t", Env={"VERSION": version})])) for version in ("1", "2")
    )
    return [register(job), advance("1s"), register(changed), advance("1s")]


def _texts_of_nodes() -> list[Request]:
    long, short = ({f"k{number}": "v" * length for number in range(900)} for length in (5_000, 30))
    return [
        post("/__admin/nodes", [{"Name": "a", "Attributes": long, "Meta": long}, {"Name": "b", "Attributes": short}]),
        ("PATCH", "/__admin/nodes/b", json.dumps({"Meta": long}).encode()),
    ]


def _many_nodes() -> list[Request]:
    nodes = [{"Name": f"m{number}", "Meta": {"rack": f"r{number}"}} for number in range(3_000)]
    return [
        post("/__admin/reset", {"nodes": 10_000}),
        post("/__admin/spaces", {"settings": {"nodes": nodes}}),
        post("/__admin/nodes", nodes),
        get("/v1/nodes"),
        get("/__admin/nodes"),
    ]


def _all_tasks() -> list[Request]:
    return [
        register(a_job(a_group("g", count=4_000), ID="j")),
        advance("2s"),
        get("/__admin/tasks"),
        get("/__admin/nodes"),
        post("/__admin/tasks/finish", {"tasks": {"job": "j"}}),
    ]


def _body(inside: bytes) -> list[Request]:
    return [("PUT", "/v1/job/j", b'{"Job":{"ID":"j","Meta":{"a":' + inside + b"}}}")]


def _matched_bodies() -> list[Request]:
    match = {"body": {"Job": {"Meta": {"a": "b"}}}}
    body = b'{"Job":{"ID":"j","Meta":{"a":"' + b"x" * 900_000 + b'"}}}'
    return [
        post("/__admin/faults", {"match": match, "fault": {"kind": "status", "status": 503}}),
        *[("PUT", "/v1/job/j", body)] * 15,
        post("/__admin/journal/verify", {"match": match}),
        post("/__admin/journal/search", {"match": match}),
    ]


def _missed_requests() -> list[Request]:
    asked = [get(f"/v1/job/{'j' * 180}{number}?prefix={'p' * 180}{number}") for number in range(1_000)]
    match = {"path": f"/v1/job/{'k' * 180}", "query": {"prefix": "q" * 180}, "headers": {"host": "l" * 180}}
    return [*asked, post("/__admin/journal/verify", {"match": match})]


def _seeded_jobs() -> list[Request]:
    jobs = [a_job(a_group("g"), ID=f"j{number}", Name="j") for number in range(2_000)]
    large = a_job(*(a_group(f"g{n}") for n in range(2_000)))
    return [post("/__admin/jobs", jobs), post("/__admin/jobs", large), advance("2s")]


def _ending_jobs() -> list[Request]:
    jobs = [a_job(a_group("g"), ID=f"j{number}", Name="j", Type="batch") for number in range(2_500)]
    return [post("/__admin/jobs", jobs), advance("5s")]


def _large_state() -> list[Request]:
    state = json.dumps(large_state(40, 500)).encode()
    export = get("/__admin/state")
    return [("PUT", "/__admin/state", state), export, advance("1s"), export]


def _kept_state() -> list[Request]:
    return [("PUT", "/__admin/state", json.dumps(large_state(10, 500)).encode()), advance("1s")]


def _kept_allocations() -> list[Request]:
    return [register(a_job(a_group("g", count=4_000))), advance("2s"), ("DELETE", "/v1/job/j", b""), advance("2s")]


def _kept_allocations_of_a_large_job() -> list[Request]:
    numbers = [{"a": 0.5 + number} for number in range(800)]
    task = a_task("t", Driver="docker", Config={"image": "a", "labels": numbers})
    return [register(a_job(a_group("g", count=90, Tasks=[task]))), advance("2s"), ("DELETE", "/v1/job/j", b"")]


def _kept_months() -> list[Request]:
    return [register(a_job(a_group("g"))), advance("1440h"), register(a_job(a_group("g"), Priority=60)), advance("5m")]


_ODD_NAMES = b"{" + b",".join(b'"\\ud800%d":[{}]' % number for number in range(20_000)) + b"}"
"""An exact reader is needed for lone surrogates."""
_MANY_CONSTRAINTS = [{"LTarget": "${attr.kernel.name}", "Operand": "=", "RTarget": "linux"}] * 5_000
_MANY_SERVICES = [{"Name": f"s{n}", "PortLabel": "", "Tags": ["a"] * 3} for n in range(5_000)]
_DEEP = b"[" * 9_000 + b"]" * 9_000

CATALOGUE = (
    Case("8,000 groups", _many_groups, (200,) * 4),
    Case("2,000 groups planned", _planned_groups, (200,) * 5),
    Case("1,000 tasks in a group", _many_tasks, (200,) * 4),
    Case("10,000 allocations", _many_allocations, (200,) * 10, nodes=20),
    Case("10,000 allocations that are replaced", _replaced_allocations, (200,) * 4),
    Case(
        "a count of millions", lambda: [register(a_job(*(a_group(f"g{n}", count=1_000_000) for n in range(3))))], (500,)
    ),
    Case("a lone surrogate in 8 MiB", lambda: _body(b'"' + b"x" * (8 << 20) + b'\\ud800"'), (500,)),
    Case("lone surrogates only", lambda: _body(b'"' + b"\\ud800" * (1 << 20) + b'"'), (500,)),
    Case("no UTF-8 at all", lambda: _body(b'"' + b"\xff" * (4 << 20) + b'"'), (500,)),
    Case("empty lists only", lambda: _body(b"[" + b"[]," * (1 << 20) + b"0]"), (413,)),
    Case("numbers only", lambda: _body(b"[" + b"1," * (4 << 20) + b"0]"), (413,)),
    Case("odd names", lambda: _body(_ODD_NAMES), (400,)),
    Case("odd names of strict clients", lambda: _body(_ODD_NAMES), (400,), strict_clients=True),
    Case("a short body of many parts", lambda: _body(b"[" * 9_000 + b"1" + b"]" * 9_000), (400,), strict_clients=True),
    Case("bodies that are matched", _matched_bodies, (201, *[500] * 15, 200, 200)),
    Case("near misses of a long journal", _missed_requests, (*[404] * 1_000, 200)),
    Case("jobs to begin with", _seeded_jobs, (200, 200, 200)),
    Case("2,500 jobs that end at once", _ending_jobs, (200, 200)),
    Case("deep nesting", lambda: _body(_DEEP), (400,)),
    Case(
        "numbers in a configuration",
        lambda: [register(a_job(a_group("g", Tasks=[a_task("t", Config={"command": list(range(100_000))})])))],
        (500,),
    ),
    Case(
        "a large environment",
        lambda: [
            register(job := a_job(a_group("g", Tasks=[a_task("t", Env={f"k{n}": "v" for n in range(50_000)})]))),
            plan(job),
            get("/v1/job/j"),
            register(job),
            advance("1s"),
        ],
        (200,) * 5,
    ),
    Case(
        "many constraints",
        lambda: [register(a_job(a_group("g"), Constraints=_MANY_CONSTRAINTS)), advance("1s")],
        (200, 200),
    ),
    Case(
        "many services",
        lambda: [register(a_job(a_group("g", Tasks=[a_task("t", Services=_MANY_SERVICES)]))), advance("1s")],
        (200, 200),
    ),
    Case(
        "a state",
        lambda: [register(a_job(a_group("g", count=5_000))), advance("2s"), get("/__admin/state")],
        (200,) * 3,
        nodes=20,
    ),
    Case("a large state", _large_state, (200,) * 4),
    Case("a large state that is kept", _kept_state, (200,) * 2, kept=True),
    Case("4,000 allocations that are kept", _kept_allocations, (200,) * 4, nodes=20, kept=True),
    Case("90 allocations of a large job that are kept", _kept_allocations_of_a_large_job, (200,) * 3, kept=True),
    Case("two months that are kept", _kept_months, (200,) * 4, kept=True),
    Case("nodes of many texts", _texts_of_nodes, (201, 200)),
    Case("a world of many nodes", _many_nodes, (200, 201, 201, 200, 200)),
    Case("all tasks", _all_tasks, (200,) * 5, nodes=20),
    Case(
        "large replies in strict mode",
        lambda: [register(a_job(*(a_group(f"g{n}") for n in range(2_000)))), get("/v1/job/j")],
        (200,) * 2,
        strict=True,
    ),
)
