"""Whether the expected requests came, and which came instead."""

from typing import Any

import httpx
import pytest

from mockserver.testing import example_job, running_mock
from tests.journal.conftest import Ask

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("times", "met", "expected"),
    [
        ({}, True, "at least once"),
        ({"exactly": 2}, True, "exactly 2 times"),
        ({"exactly": 1}, False, "exactly once"),
        ({"exactly": 3}, False, "exactly 3 times"),
        ({"at_least": 2}, True, "at least 2 times"),
        ({"at_least": 3}, False, "at least 3 times"),
        ({"at_most": 2}, True, "at most 2 times"),
        ({"at_most": 1}, False, "at most once"),
        ({"at_least": 1, "at_most": 4}, True, "1 to 4 times"),
    ],
)
async def test_how_often(agent: Ask, control: Ask, times: dict[str, int], met: bool, expected: str) -> None:
    """Requests can be expected exactly, at least or at most so often; the default is at least once."""
    for _ in range(2):
        await agent("GET", "/v1/jobs")
    verdict = (await control("POST", "/journal/verify", {"match": {"operation": "jobs"}, **times})).json
    assert (verdict["met"], verdict["expected"], verdict["count"], verdict["numbers"]) == (met, expected, 2, [1, 2])


async def test_the_nearest_requests_tell_what_is_different(agent: Ask, control: Ask) -> None:
    """The nearest requests show their differences place by place; the nearest come first, then the newest."""
    await agent("GET", "/v1/nodes")
    await agent("PUT", "/v1/job/web", {"Job": example_job("web", Priority=60)}, x_team="a")
    await agent("PUT", "/v1/job/other", {"Job": example_job("other")})
    match: dict[str, Any] = {
        "operation": "register",
        "path": "/v1/job/web",
        "headers": {"X-Team": "b"},
        "body": {"Job": {"Priority": 70, "TaskGroups": [{"Count": 1}]}},
    }
    verdict = (await control("POST", "/journal/verify", {"match": match})).json
    assert [near["number"] for near in verdict["nearest"]] == [2, 3, 1]
    assert verdict["nearest"][0]["differences"] == [
        {"place": "header X-Team", "expected": "b", "actual": "a"},
        {"place": "body/Job/Priority", "expected": 70, "actual": 60},
    ]
    assert verdict["text"].splitlines()[1:4] == [
        "nearest requests:",
        "  #2 PUT /v1/job/web",
        "    header X-Team: expected 'b', was 'a'",
    ]
    only_new = (await control("POST", "/journal/verify", {"match": match, "after": 3})).json
    assert (only_new["nearest"], only_new["text"].splitlines()[1]) == ([], "no other request came")


async def test_the_most_alike_request_is_the_nearest(agent: Ask, control: Ask) -> None:
    """Of requests with equally many differences the most alike comes first, and those that are the same come once."""
    for path in ("/v1/job/wbe", "/v1/jobs", "/v1/jobs", "/v1/nodes", "/v1/jobs"):
        await agent("GET", path)
    verdict = (await control("POST", "/journal/verify", {"match": {"path": "/v1/job/web"}})).json
    assert verdict["text"].splitlines()[2:] == [
        "  #1 GET /v1/job/wbe",
        "    path: expected '/v1/job/web', was '/v1/job/wbe'",
        "  #5 GET /v1/jobs (and 2 more like it)",
        "    path: expected '/v1/job/web', was '/v1/jobs'",
        "  #4 GET /v1/nodes",
        "    path: expected '/v1/job/web', was '/v1/nodes'",
    ]


async def test_of_a_body_only_the_differing_places_are_told(agent: Ask, control: Ask) -> None:
    """A list of another length is told by its length and the members that differ, plain values side by side."""
    await agent("PUT", "/v1/job/web", {"Job": {"Datacenters": ["dc1"], "TaskGroups": [{"Name": "a", "Count": 1}]}})
    wanted = {"Job": {"Datacenters": ["dc1", "dc2"], "TaskGroups": [{"Count": 2}, {"Count": 3}]}}
    verdict = (await control("POST", "/journal/verify", {"match": {"body": wanted}})).json
    assert verdict["text"].splitlines()[3:] == [
        "    body/Job/Datacenters: expected ['dc1', 'dc2'], was ['dc1']",
        "    body/Job/TaskGroups, number of members: expected 2, was 1",
        "    body/Job/TaskGroups/0/Count: expected 2, was 1",
    ]


async def test_of_a_long_journal_the_newest_requests_are_compared(
    agent: Ask, control: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest requests are looked for among the newest ones, in slices; what matches is looked for in all."""
    monkeypatch.setattr("mockserver.journal.expectation._COMPARED", 2)
    monkeypatch.setattr("mockserver.slices.SLICE", 0)
    for target in ("/v1/job", "/v1/jobs", "/v1/nodes"):
        await agent("GET", target)
    verdict = (await control("POST", "/journal/verify", {"match": {"path": "/v1/job"}, "exactly": 2})).json
    assert (verdict["numbers"], [near["number"] for near in verdict["nearest"]]) == ([1], [2, 3])
    verdict = (await control("POST", "/journal/verify", {"match": {"path": "/v1/regions"}})).json
    assert {near["number"] for near in verdict["nearest"]} == {2, 3}


async def test_what_contradicts_itself_is_refused(control: Ask) -> None:
    """An exact number along with a minimum or maximum is refused."""
    assert (await control("POST", "/journal/verify", {"exactly": 1, "at_least": 1})).status == 400


def test_in_a_test_of_a_client() -> None:
    """A failed assertion in a client's test says why."""
    with running_mock() as mock:
        httpx.get(f"{mock.url}/v1/job/web?stale")
        mock.assert_called(operation="query", query={"stale": "*"})
        mock.assert_called(method="PUT", times=0)
        with pytest.raises(AssertionError, match=r"(?s)exactly 2 times, came 0 times.*#1 GET /v1/job/web\?stale"):
            mock.requests.assert_called(operation="register", times=2)
        with pytest.raises(TimeoutError, match="0 of 1 requests"):
            mock.requests.wait(method="DELETE", timeout=0.01)
        assert mock.requests.har()["log"]["version"] == "1.2"
        mock.requests.clear()
        assert mock.requests() == []
