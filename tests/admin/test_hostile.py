"""Hostile values in every place of every request: each is accepted or refused, and none shows a bug of the mock."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.testing import example_job
from tests.asgi import Answer, ask

pytestmark = pytest.mark.anyio

BODIES: tuple[tuple[str, str, Any], ...] = (
    (
        "POST",
        "/reset",
        {"region": "a", "datacenter": "b", "federate": ["c"], "nodes": 1, "seed": 1, "journal_limit": 5},
    ),
    ("POST", "/reset", {"clock": "real", "speed": 2.5, "strict": True, "mock_driver": True, "strict_clients": True}),
    ("POST", "/spaces", {"name": "a", "settings": {"nodes": [{"Name": "n"}]}}),
    ("PUT", "/clock", {"mode": "scaled", "speed": 2}),
    ("POST", "/clock/advance", {"duration": "1s"}),
    (
        "POST",
        "/nodes",
        [
            {
                "Name": "n",
                "Datacenter": "d",
                "NodeClass": "c",
                "Status": "ready",
                "Drain": False,
                "Attributes": {"a": "b"},
                "Meta": {"a": "b"},
                "Drivers": ["exec"],
                "Resources": {
                    "CPU": 10,
                    "MemoryMB": 10,
                    "DiskMB": 10,
                    "IOPS": 1,
                    "Networks": [{"Device": "e", "CIDR": "10.0.0.1/32", "IP": "10.0.0.1", "MBits": 1}],
                },
                "Reserved": {"Networks": [{"Device": "e", "IP": "10.0.0.1", "ReservedPorts": [22]}]},
            }
        ],
    ),
    ("PATCH", "/nodes/global-dc1-1", {"Name": "m", "Resources": {"CPU": 5}, "Meta": {"a": None}, "Drivers": ["exec"]}),
    ("POST", "/nodes/global-dc1-1/drain", {"enable": True}),
    ("POST", "/tasks/finish", {"tasks": {"job": "*"}, "exit_code": 0, "signal": 0, "message": "m"}),
    ("POST", "/tasks/fail", {"tasks": {"group": "g"}, "exit_code": 1, "signal": 9, "message": "m", "restart": False}),
    ("POST", "/tasks/start", {"tasks": {"task": "t", "allocation": "a"}}),
    (
        "POST",
        "/tasks/rules",
        {
            "tasks": {"job": "a", "group": "g", "task": "t", "allocation": "x"},
            "outcome": {"run_for": "1s", "exit_code": 1, "signal": 2, "message": "m", "kill_after": "1s"},
            "times": 2,
        },
    ),
    ("POST", "/tasks/rules", {"tasks": {}, "outcome": {"start_after": "1s", "start_error": "e"}}),
    (
        "POST",
        "/faults",
        {
            "fault": {"kind": "rate-limit", "requests": 1, "per": "1s"},
            "name": "f",
            "match": {"method": ["GET"], "path": "/v1/*", "operation": ["jobs"], "query": {"a": "b"}, "body": {}},
            "nth": 1,
            "every": 1,
            "probability": 1,
            "times": 1,
            "for": "1s",
            "then": {"fault": {"kind": "hang", "carried_out": True}},
        },
    ),
    *(
        ("POST", "/faults", {"fault": fault})
        for fault in (
            {"kind": "latency", "delay": "1s"},
            {"kind": "latency", "distribution": "uniform", "least": "1s", "most": "2s"},
            {"kind": "latency", "distribution": "normal", "mean": "1s", "deviation": "1s"},
            {"kind": "latency", "distribution": "lognormal", "median": "1s", "sigma": 1},
            {"kind": "status", "status": 503, "headers": {"a": "b"}, "body": {"a": 1}},
            {"kind": "rate-limit", "requests": 1, "per": "1s"},
            {"kind": "drop", "reset": True, "carried_out": True},
            {"kind": "half-sent", "bytes": 5},
            {"kind": "dribble", "bytes": 5, "pause": "1s"},
            {"kind": "content-type", "value": "text/html"},
            {"kind": "leadership-lost", "carried_out": True},
            {"kind": "last-contact", "already": "1s", "known_leader": False},
            {"kind": "stale-follower", "lag": 1},
            {"kind": "index-reset", "by": 1},
            {"kind": "region-unreachable", "region": "eu1"},
        )
    ),
    ("POST", "/faults", {"preset": "rate-limited", "match": {"headers": {"a": "b"}}, "probability": 0.5}),
    ("POST", "/journal/search", {"match": {"query": {"a": "b"}, "headers": {"a": "b"}, "body": {}}, "after": 1}),
    ("POST", "/journal/wait", {"match": {"path": "/"}, "after": 1, "count": 1, "timeout": "1ns"}),
    ("POST", "/journal/verify", {"match": {"operation": "jobs"}, "after": 1, "at_least": 1, "at_most": 2}),
    ("POST", "/jobs", [{"Job": example_job("a")}]),
)
"""Requests that are right. ``/state`` has tests of its own."""

VALUES: tuple[bytes, ...] = (
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1.5",
    b"1e-320",
    b"1e308",
    b"1e999",
    b"9223372036854775808",
    b"9" * 40,
    b"9" * 5_000,
    b"-0.0",
    b'""',
    b'"["',
    b'"[!]"',
    b'"0s"',
    b'"-1s"',
    b'"2562047h"',
    b'"9999999999999999999h"',
    b'"' + b"9" * 5_000 + b's"',
    b'"0.' + b"9" * 5_000 + b's"',
    b'"\\ud800"',
    b'"\\u0000"',
    b'"../../x"',
    b'"' + b"x" * 70_000 + b'"',
    b"[]",
    b"[[]]",
    b"{}",
    b'{"": {"": null}}',
    b"[" * 300 + b"]" * 300,
)
"""JSON that stands in the place of each value in turn."""

_MARK = "\x00here"


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield from _places(each, (*path, name))


def _with(body: Any, path: tuple[Any, ...], value: bytes) -> bytes:
    if not path:
        return value
    whole = copy.deepcopy(body)
    parent = whole
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = _MARK
    return json.dumps(whole).encode().replace(json.dumps(_MARK).encode(), value)


async def _asked(app: Starlette, method: str, path: str, body: Any = b"", **headers: Any) -> Answer:
    return await ask(app, method, f"/__admin{path}", body, **{"host": "localhost", **headers})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "body"), BODIES, ids=[f"{path}-{n}" for n, (_, path, _) in enumerate(BODIES)]
)
async def test_every_value_is_refused_or_taken(
    method: str, path: str, body: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values of wrong kinds, sizes and forms in a body are accepted or refused; none is answered with a bug."""
    monkeypatch.setattr("mockserver.admin.journal._LONGEST", 0)
    app = create_app(Settings(federate=("eu1",), seed=1, speed=0))
    for place in _places(body):
        for value in VALUES:
            sent = _with(body, place, value)
            answer = await _asked(app, method, path, sent)
            assert answer.status < 500, (place, value[:60], answer.text)
            assert answer.status < 300 or answer.json["error"], (place, value[:60])
            if answer.status < 300 and path == "/faults":
                await _asked(app, "DELETE", path)
            if answer.status < 300 and path in ("/spaces", "/reset", "/nodes", "/jobs", "/tasks/rules"):
                await _clean(app)
    assert "Traceback" not in caplog.text


async def _clean(app: Starlette) -> None:
    for space in (await _asked(app, "GET", "/spaces")).json:
        await _asked(app, "DELETE", f"/spaces/{space['name']}")
    await _asked(app, "POST", "/reset")


PATHS = ("0", "-1", "1.5", "9" * 5_000, "%5B", "%00", "%FF", "%2F", "..", "x" * 60_000, "%F0%9F%98%80", "a%20b", "\xb2")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/journal/{}"),
        ("GET", "/faults/{}"),
        ("DELETE", "/faults/{}"),
        ("DELETE", "/tasks/rules/{}"),
        ("GET", "/nodes/{}"),
        ("DELETE", "/nodes/{}"),
        ("POST", "/nodes/{}/down"),
        ("GET", "/spaces/{}"),
        ("DELETE", "/spaces/{}"),
        ("DELETE", "/jobs/{}"),
        ("GET", "/{}"),
        ("GET", "/ui/{}"),
        ("GET", "/journal?status={}"),
        ("GET", "/journal?after={}"),
        ("GET", "/journal?limit={}"),
        ("GET", "/journal?method={}"),
        ("GET", "/journal?path={}"),
        ("GET", "/journal?{}"),
        ("GET", "/nodes?region={}"),
        ("GET", "/events?after={}"),
    ],
)
async def test_every_name_in_an_address_is_refused_or_found(
    app: Starlette, method: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Numbers of 5,000 digits, half escapes and invalid UTF-8 in a path get an error that says what is wrong."""
    for name in PATHS:
        if path.startswith("/events") and name == "0":
            continue  # is a stream
        answer = await _asked(app, method, path.format(name))
        assert answer.status < 500, (name[:60], answer.text)
        assert answer.status < 300 or answer.json["error"]
        assert len(answer.raw) < 4_000
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("name", ["host", "origin", "x_nomad_mock_space", "last_event_id", "authorization"])
async def test_every_header_is_refused_or_taken(app: Starlette, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Malformed values of any header are answered without a bug."""
    for value in ("[", "[::1", "[::1]]", "]", "a b", "\xff", "//[", "http://[", ":", "9" * 5_000, "-1"):
        for path in ("/clock", "/nothing", "/ui/nothing") if name != "last_event_id" else ("/events",):
            answer = await _asked(app, "GET", path, **{name: value})
            assert answer.status < 500, (value[:60], answer.text)
            assert answer.status < 300 or answer.json["error"]
    assert "Traceback" not in caplog.text
