"""Requests that are expected, faults and rules that nothing met, and waiting in an event loop."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from mockserver.client import MockClient, NoMock
from mockserver.testing import example_job, running_mock


@pytest.fixture(scope="module")
def server() -> Iterator[MockClient]:
    """Serve one mock for all tests of this module."""
    with running_mock(clock="manual", seed=1) as mock:
        yield mock


@pytest.fixture
def mock(server: MockClient) -> MockClient:
    """Return the mock with a fresh world."""
    server.reset()
    return server


def _status(mock: MockClient, target: str, method: str = "GET") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(mock.url + target, method=method)) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def test_what_is_expected_is_answered_once(mock: MockClient) -> None:
    """An expected request gets the reply that was asked for, once; others are answered by the agent."""
    mock.expect("GET", "/v1/jobs").respond(503, {"no": "leader"}, headers={"X-Why": "test"})
    assert [_status(mock, target) for target in ("/v1/nodes", "/v1/jobs", "/v1/jobs")] == [200, 503, 200]
    mock.verify()


def test_a_request_is_expected_once(mock: MockClient) -> None:
    """Of several expectations that a request fits it meets the first; the next request meets the next one."""
    mock.expect("GET", "/v1/jobs").respond(503)
    mock.expect("GET", "/v1/*", times=2).respond(418)
    assert [_status(mock, "/v1/jobs") for _ in range(4)] == [503, 418, 418, 200]
    mock.verify()


def test_what_did_not_come_is_told(mock: MockClient) -> None:
    """An expectation that is not met fails the verification, with the nearest requests."""
    mock.expect("GET", "/v1/job/web", times=2).fault("status", status=500)
    mock.expect(operation="jobs")
    for target in ("/v1/job/web", "/v1/job/wbe", "/v1/jobs"):
        _status(mock, target)
    with pytest.raises(AssertionError) as caught:
        mock.verify()
    assert str(caught.value).splitlines()[:4] == [
        "expected 2 times, came once: {'method': 'GET', 'path': '/v1/job/web'}",
        "nearest requests:",
        "  #2 GET /v1/job/wbe",
        "    path: expected '/v1/job/web', was '/v1/job/wbe'",
    ]
    assert "operation" not in str(caught.value)


def test_what_is_expected_in_order_comes_in_order(mock: MockClient) -> None:
    """Of ordered expectations each begins when the one before has been met; unordered ones stand beside them."""
    for target in ("/v1/jobs", "/v1/nodes"):
        mock.expect("GET", target, ordered=True).respond(418)
    mock.expect("GET", "/v1/regions")
    assert [_status(mock, target) for target in ("/v1/jobs", "/v1/regions", "/v1/nodes")] == [418, 200, 418]
    mock.verify()


def test_what_comes_out_of_turn_is_told(mock: MockClient) -> None:
    """A request that came before its turn does not meet its expectation."""
    first = mock.expect("GET", "/v1/jobs", ordered=True)
    mock.expect("GET", "/v1/nodes", ordered=True).respond(418)
    with pytest.raises(RuntimeError, match="before you expect the next one in order"):
        first.respond(503)
    assert _status(mock, "/v1/nodes") == 200
    with pytest.raises(AssertionError) as caught:
        mock.verify()
    assert str(caught.value).splitlines()[-2:] == [
        "expected once, came 0 times: {'method': 'GET', 'path': '/v1/nodes'}, after what is expected before it",
        "such requests came, but not in their turn: #1",
    ]


def test_expectations_end_with_their_world(mock: MockClient) -> None:
    """A fresh world, and the removal of the faults, withdraw what was expected."""
    mock.expect("PUT", "/v1/job/a")
    mock.reset()
    mock.verify()
    mock.expect("PUT", "/v1/job/a")
    mock.faults.clear()
    mock.verify()
    with pytest.raises(TypeError, match=r"there is no 'tmies' to expect requests by; did you mean times\?"):
        mock.expect("PUT", "/v1/job/a", tmies=2)


def test_a_world_without_a_journal_tells_less(mock: MockClient) -> None:
    """Without a journal the nearest requests are not known."""
    mock.reset(journal_limit=0)
    mock.expect("GET", "/v1/jobs")
    with pytest.raises(AssertionError, match=r"'/v1/jobs'}$"):
        mock.verify()


def test_what_nothing_met_is_told(mock: MockClient) -> None:
    """Faults and rules that nothing met are told, those that something met or that were removed are not."""
    assert mock.unused() == []
    mock.fault("status", status=503, match={"path": "/v1/job/*"})
    mock.fault("status", status=503, match={"path": "/v1/jobs"}, nth=3)
    mock.fault("latency", delay=0, probability=0.0)
    mock.faults.preset("flaky-network", match={"path": "/v1/never"})
    mock.faults.remove(mock.fault("hang", match={"path": "/v1/never"}))
    mock.tasks.rule({"exit_code": 1}, job="web")
    mock.tasks.rule({"exit_code": 1})
    mock.seed(example_job("a"))
    mock.clock.advance("1s")
    _status(mock, "/v1/jobs")
    assert [line for text in mock.unused() for line in text.splitlines()] == [
        "no request met fault 1, status, for {'path': '/v1/job/*'}",
        "nearest requests:",
        "  #1 GET /v1/jobs",
        "    path: expected '/v1/job/*', was '/v1/jobs'",
        "no request met fault 2, status: 1 matched, too few for its nth",
        "no request met fault 4, flaky-network, for {'path': '/v1/never'}",
        "nearest requests:",
        "  #1 GET /v1/jobs",
        "    path: expected '/v1/never', was '/v1/jobs'",
        "no task started under rule 1, for job 'web'",
    ]
    mock.reset()
    assert mock.unused() == []


def test_a_wait_says_what_came_instead(mock: MockClient) -> None:
    """A wait that was in vain names the nearest requests; a timeout that is none is refused with the right one."""
    _status(mock, "/v1/jobs")
    with pytest.raises(TimeoutError, match=r"0 of 1 requests came within 0.01 s: [^\n]*\nnearest requests:\n  #1 GET"):
        mock.requests.wait(path="/v1/nodes", timeout=0.01)
    with pytest.raises(ValueError, match=r"'1 hour' is not a duration, such as 10s or 1m30s; did you mean 1h\?"):
        mock.requests.wait(timeout="1 hour")


def test_a_long_wait_asks_again(mock: MockClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait may take longer than one request to the control plane."""
    monkeypatch.setattr("mockserver.client.requests_control._AT_A_TIME", 0.01)
    with pytest.raises(TimeoutError, match=r"within 0\.03 s"):
        mock.requests.wait(path="/v1/nodes", timeout=0.03)


def test_an_event_loop_goes_on_while_it_waits(mock: MockClient) -> None:
    """The asynchronous forms let the client run that is waited for; the blocking one refuses to block it."""

    async def wait() -> None:
        with pytest.raises(RuntimeError, match=r"await mock\.requests\.wait_async"):
            mock.requests.wait(path="/v1/jobs")
        async with mock.events() as events:
            asking = asyncio.create_task(asyncio.to_thread(_status, mock, "/v1/jobs"))
            arrived = await mock.requests.wait_async(path="/v1/jobs")
            assert arrived[0]["number"] == mock.requests.wait(path="/v1/jobs")[0]["number"] == 1
            assert (await events.until_async("request")).data["status"] == await asking == 200
            with pytest.raises(TimeoutError, match="0 of 1 requests came"):
                await mock.requests.wait_async(path="/v1/nodes", timeout=0.01)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await events.until_async("fault")

    asyncio.run(wait())


def test_a_stream_can_be_read_in_an_event_loop(mock: MockClient) -> None:
    """``async for`` yields the events until the world ends."""

    async def read() -> list[str]:
        space = mock.create_space()
        async with space.events() as events:
            space.clock.advance("1s")
            await asyncio.to_thread(space.drop_space)
            return [event.kind async for event in events]

    assert "clock" in asyncio.run(read())


def test_a_mock_that_is_not_there_is_named_in_an_event_loop() -> None:
    """The asynchronous request names the address where nothing answers."""
    with pytest.raises(NoMock, match=r"no mock answers at http://127\.0\.0\.1:1: "):
        asyncio.run(MockClient("http://127.0.0.1:1").requests.wait_async())
