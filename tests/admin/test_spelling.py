"""Misspelt words are refused with the nearest valid word: a filter that matches everything would hide failures."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.openapi import load_contract, load_control
from tests.admin.conftest import Control

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "body", "finding"),
    [
        ("GET", "/journal?operation=registr", b"", 'query operation: "registr" is unknown; did you mean register?'),
        ("GET", "/journal/count?method=GTE", b"", 'query method: "GTE" is unknown; did you mean GET?'),
        ("GET", "/journal/har?stauts=200", b"", "query stauts: there is no such parameter; did you mean status?"),
        ("GET", "/journal?path=v1/jobs", b"", 'query path: "v1/jobs" is not a path: begin it with / or with *'),
        ("GET", "/journal?operation=", b"", 'query operation: "" is unknown; there are: query, register'),
        ("GET", "/journal?status=abc", b"", 'query status: "abc" is not a whole number'),
        ("GET", "/journal?status=200&status=404", b"", "query status: given more than once; give it once"),
        ("DELETE", "/journal?operation=plan", b"", "query operation: there is no such parameter; clear-journal takes"),
        ("GET", "/clock?space=a", b"", "query space: there is no such parameter; get-clock takes none"),
        ("GET", "/nodes?regoin=eu1", b"", "query regoin: there is no such parameter; did you mean region?"),
        ("GET", "/events?afer=1", b"", "query afer: there is no such parameter; did you mean after?"),
        (
            "POST",
            "/journal/verify",
            {"match": {"operation": ["plan", "registr"]}},
            'body/match/operation/1: "registr" is',
        ),
        ("POST", "/journal/search", {"mach": {}}, "body: there is no field mach; did you mean match?"),
        (
            "POST",
            "/journal/wait",
            {"match": {"methd": "GET"}},
            "body/match: there is no field methd; did you mean method?",
        ),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "latncy"}},
            'body/fault/kind: "latncy" is unknown; did you mean latency?',
        ),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "latency", "delay": "1s", "deley": "1s"}},
            "body/fault: there is no field deley; did you mean delay?",
        ),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "hang"}, "match": {"operation": "registr"}},
            'body/match/operation: "registr" is unknown; did you mean register?',
        ),
        ("POST", "/reset", {"clok": "manual"}, "body: there is no field clok; did you mean clock?"),
        ("POST", "/reset", {"clock": "manul"}, 'body/clock: "manul" is unknown; did you mean manual?'),
        ("POST", "/nodes", [{"Resource": {}}], "body/0: there is no field Resource; did you mean Resources?"),
        ("POST", "/nodes", {"Stauts": "down"}, "body: there is no field Stauts; did you mean Status?"),
        (
            "POST",
            "/tasks/rules",
            {"tasks": {"jbo": "a"}, "outcome": {"hang": True}},
            "body/tasks: there is no field jbo",
        ),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "hang"}, "match": {"method": 3}},
            "body/match/method: 3 is not a text or",
        ),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "status", "status": 503, "headers": {"a b": "c"}}},
            'body/fault/headers: "a b" is not the name of a header field',
        ),
        (
            "POST",
            "/journal/verify",
            {"exactly": 1, "at_most": 2},
            "body: times (or exactly) stands alone: leave out the others",
        ),
        ("POST", "/faults", {"preset": "x", "fault": {"kind": "hang"}}, "body/fault: has no place beside the other"),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "hang"}, "for": "1s", "lasting": "1s"},
            "body: for and lasting are the same: leave one out",
        ),
        (
            "POST",
            "/journal/verify",
            {"match": {"path": "/v1/jbo/web"}, "times": 0},
            "body/match/path: no agent has a path /v1/jbo/web; did you mean /v1/job/web?",
        ),
        (
            "POST",
            "/journal/verify",
            {"match": {"query": {"regoin": "*"}}, "times": 0},
            "body/match/query: there is no parameter regoin; did you mean region?",
        ),
        (
            "POST",
            "/journal/search",
            {"match": {"headers": {"X-Nomad-Tokne": "*"}}},
            "body/match/headers: there is no header field X-Nomad-Tokne; did you mean X-Nomad-Token?",
        ),
        (
            "POST",
            "/journal/wait",
            {"match": {"body": {"Job": {"TaskGroups": [{"Cuont": 3}]}}}},
            "body/match/body/Job/TaskGroups/0/Cuont: there is no such field; did you mean Count?",
        ),
        (
            "POST",
            "/faults",
            {"fault": {"kind": "hang"}, "then": {"fault": {"kind": "hang"}, "match": {"body": {"Jbo": {}}}}},
            "body/match/body/Jbo: there is no such field; did you mean Job?",
        ),
        (
            "POST",
            "/journal/verify",
            {"match": {"path": "/v1/jobs/web*"}, "times": 0},
            "body/match/path: no agent has a path /v1/jobs/web*; did you mean /v1/job/web*?",
        ),
        (
            "POST",
            "/journal/verify",
            {"match": {"path": "/v1/job/team/*/summery"}, "times": 0},
            "body/match/path: an agent takes team/*/summery for an ID; did you mean /v1/job/team/*/summary?",
        ),
        (
            "GET",
            "/journal?path=/v1/status/leder",
            b"",
            "query path: no agent has a path /v1/status/leder; did you mean",
        ),
        ("GET", "/journal?path=/v1/nodse", b"", "query path: no agent has a path /v1/nodse; did you mean /v1/nodes?"),
        (
            "POST",
            "/nodes",
            [{"Name": "a"}, {"Name": "b", "Resources": {"CPU": "many"}}],
            'body/1/Resources/CPU of "b": "many" is not a whole number',
        ),
        ("POST", "/reset", {"federate": "eu1"}, 'body/federate: "eu1" is not a list, such as ["eu1"]'),
        ("POST", "/reset", {"vary": "x"}, 'body/vary: "x" is not an object or a whole number or null, such as 7'),
        ("PUT", "/clock", {"mode": "scaled", "speed": 0}, "body/speed: 0 is too small: write 1e-06 or more"),
    ],
)
async def test_a_misspelt_word_is_refused(control: Control, method: str, path: str, body: Any, finding: str) -> None:
    """A misspelt name anywhere in a request is refused in plain words, with the nearest valid one."""
    answer = await control(method, path, body)
    assert answer.status == 400
    assert any(each.startswith(finding) for each in answer.json["findings"]), answer.text


async def test_the_same_is_found_once(control: Control) -> None:
    """A value that fits no alternative for the same reason is told once, not once for each alternative."""
    for body, findings in (
        ({"fault": "drop"}, ['body/fault: "drop" is not an object']),
        ([], ["body: [] is not an object"]),
    ):
        assert (await control("POST", "/faults", body)).json["findings"] == findings


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/jornal", "did you mean /__admin/journal?"),
        ("GET", "/nodes?region=eu2", "did you mean eu1?"),
        ("DELETE", "/spaces/defualt", "did you mean default?"),
    ],
)
async def test_what_is_not_there_has_a_near_name(control: Control, method: str, path: str, said: str) -> None:
    """The error for an unknown path, region or space names the nearest one that exists."""
    answer = await control(method, path)
    assert answer.status == 404
    assert said in answer.json["error"] + answer.json["help"]


async def test_a_preset_has_a_near_name(control: Control) -> None:
    """The error for an unknown preset names the nearest one."""
    answer = await control("POST", "/faults", {"preset": "flaky-netwrok"})
    assert (answer.status, answer.json["help"]) == (404, "did you mean flaky-network?")


async def test_a_header_of_ours_can_not_be_misspelt(control: Control) -> None:
    """A misspelt ``X-Nomad-Mock-…`` header is refused: the request would reach another space than meant."""
    answer = await control("GET", "/clock", b"", x_nomad_mock_spcae="a")
    assert answer.json["findings"] == [
        "header x-nomad-mock-spcae: there is no such header; did you mean x-nomad-mock-space?"
    ]


async def test_a_body_is_refused_where_none_is_read(control: Control) -> None:
    """A body is refused where none is read; an empty object is allowed."""
    refused = await control("DELETE", "/faults", {"kind": "hang"})
    assert (refused.status, refused.json["error"]) == (400, "clear-faults takes no body")
    assert (await control("DELETE", "/faults", {})).status == 204


def test_the_description_lists_all_operations() -> None:
    """A match can name every operation of the agent, and no other."""
    listed = load_control().bundle()["components"]["schemas"]["Operation"]["enum"]
    assert sorted(listed) == sorted({operation.name for operation in load_contract().operations.values()})


def test_every_pattern_says_what_it_means() -> None:
    """An error about a pattern says in words what is expected, and shows no regular expression."""
    assert list(_silent(load_control().bundle()["components"]["schemas"]["NewFault"])) == []
    for name, schema in load_control().bundle()["components"]["schemas"].items():
        if not schema.get("x-closed"):  # an object of Nomad's
            assert list(_silent(schema)) == [], name


def _silent(schema: Any) -> Any:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str) and "x-expected" not in schema:
            yield schema
        for value in schema.values():
            yield from _silent(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _silent(value)


@pytest.mark.parametrize("written", ["90s", "1m30s", 90, 90.0])
async def test_a_duration_is_a_text_or_a_number_of_seconds(control: Control, written: str | float) -> None:
    """A duration can be written as Go writes it or as a number of seconds, wherever one is taken."""
    before = (await control("GET", "/clock")).json["now"]
    after = (await control("POST", "/clock/advance", {"duration": written})).json["now"]
    assert after - before == 90_000_000_000
    for name in ("for", "lasting"):
        (fault,) = (
            await control("POST", "/faults", {"fault": {"kind": "latency", "delay": written}, name: written})
        ).json
        assert fault["ends"] - fault["began"] == 90_000_000_000
    rule = {"tasks": {}, "outcome": {"run_for": written, "kill_after": written}}
    outcome = (await control("POST", "/tasks/rules", rule)).json["outcome"]
    assert outcome == {"run_for": 90_000_000_000, "kill_after": 90_000_000_000}


async def test_what_is_refused_is_named(control: Control) -> None:
    """The error names the fault, or the tasks, that it is about."""
    fault = {"fault": {"kind": "region-unreachable", "region": "mars"}, "name": "far"}
    assert (await control("POST", "/faults", fault)).json["error"].startswith("fault far: 'mars' is not a region")
    answer = await control("POST", "/tasks/fail", {"tasks": {"job": "web", "task": "t"}})
    assert answer.json["error"] == "no running task is selected by job 'web', task 't'"


def test_every_example_is_right() -> None:
    """The bodies and values that errors show as right are as described."""
    control = load_control()
    examples = [operation for operation in control.operations.values() if operation.example is not None]
    assert len(examples) > 12
    for operation in examples:
        assert control.findings(operation, operation.example) == [], operation.id
    document = json.loads((Path(__file__).parents[2] / "schemas" / "admin.json").read_text("utf-8"))
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            for example in described.get("examples", ()):
                pointer = f"/components/schemas/{name}/properties/{field}"
                assert control.findings_as(pointer, example) == [], pointer


@pytest.mark.parametrize(
    "match",
    [
        {"path": "/v1/deployments"},
        {"path": "/v1/acl/*"},
        {"path": "/v1/none"},
        {"path": "/v1/j*"},
        {"path": "/v1/jb[o]"},
        {"path": "*/plan"},
        {"path": "/ui"},
        {"path": "/v1/job"},
        {"path": "/v1/job/team/plans"},
        {"path": "/v1/jobs/parse"},
        {"query": {"purge": "true", "namespace": "*", "token": "*"}},
        {"headers": {"x-nomad-token": "*", "Accept-Language": "*", "X-Request-Id": "*"}},
        {"body": {"Job": {"Namespace": "a", "Multiregion": {}, "ConsulToken": "", "Meta": {"regoin": "a"}}}},
        {"body": {"Payload": "YQ=="}},
        {"body": ["Job"]},
        {"body": {"Jbo": {}}, "operation": "jobs"},
    ],
)
async def test_a_match_can_name_what_no_agent_knows(control: Control, match: dict[str, Any]) -> None:
    """A match can name what a client may send although no agent knows it, if it is not like what is known."""
    assert (await control("POST", "/journal/verify", {"match": match, "times": 0})).json["met"]
