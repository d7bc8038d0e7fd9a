"""The player sends what was recorded, at the recorded times of a manual clock."""

import asyncio
import gzip
import json
from functools import partial
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from mockserver.cluster.clock import ManualClock
from mockserver.gostd.durations import MILLISECOND, SECOND
from tests.recordings.player import NoAnswer, ask, captured, pass_time, play
from tests.recordings.recording import Recording, Request, Response, parse

GET = Request("GET", "/v1/job/a", "", {}, None)


class Server:
    """Notes what it is asked and when; answers ``wait`` seconds of the clock later, where the query says so."""

    def __init__(self, clock: ManualClock, **headers: str) -> None:
        self.asked: list[tuple[float, Scope, bytes]] = []
        self._clock = clock
        self._start = clock.now()
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the path as it came."""
        request = await receive()
        self.asked.append(((self._clock.now() - self._start) / SECOND, scope, request["body"]))
        if scope["query_string"].startswith(b"wait="):
            answer = asyncio.get_running_loop().create_future()
            self._clock.call_later(int(scope["query_string"][5:]) * SECOND, lambda: answer.set_result(None))
            await answer
        body = json.dumps({"path": scope["raw_path"].decode(), "list": [7]}).encode()
        if "content-encoding" in self._headers:
            body = gzip.compress(body)
        headers = {"date": "today", "content-length": str(len(body))} | self._headers
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": encoded})
        await send({"type": "http.response.body", "body": body[:5], "more_body": True})
        await send({"type": "http.response.body", "body": body[5:]})


def a_step(number: int, path: str = "/v1/job/a", **known: Any) -> dict[str, Any]:
    """Return a step as it stands in a file."""
    request = {"method": "GET", "path": path, "query": known.pop("query", ""), "headers": {}, "body": None}
    response = {"status": 200, "headers": {}, "body": "", "json": None, "elapsed_ms": 0}
    return {"step": number, "wait_before_s": 0, "request": request, "response": response} | known


def a_recording(*steps: dict[str, Any]) -> Recording:
    """Return a scenario as it stands in a file."""
    words = {"scenario": "s", "server": "nomad 0.5.4", "mode": "dev", "description": "", "index_check": "order"}
    return parse({**words, "steps": list(steps)})


@pytest.mark.parametrize("path", ["/v1/job/a%2Fb", "/v1/job//a", "/v1/job/p%q", "/v1/job/a%3Fb%23c", "/v1/job/../x"])
def test_a_path_arrives_as_it_was_sent(path: str) -> None:
    """A path reaches the application unchanged."""
    clock = ManualClock()
    server = Server(clock)
    came = asyncio.run(ask(server, Request("FOO", path, "a=%20+;b", {}, None), clock))
    assert json.loads(came.body or "")["path"] == path
    assert server.asked[0][1]["method"] == "FOO"
    assert server.asked[0][1]["query_string"] == b"a=%20+;b"


@pytest.mark.parametrize(
    ("method", "body", "length"), [("PUT", None, b"0"), ("POST", "é", b"2"), ("GET", None, None), ("DELETE", "x", b"1")]
)
def test_a_request_has_the_headers_of_a_recorded_one(method: str, body: str | None, length: bytes | None) -> None:
    """A request has Host, a length where one is expected, and the recorded headers."""
    clock = ManualClock()
    server = Server(clock)
    asyncio.run(ask(server, Request(method, "/", "", {"X-Nomad-Token": "y"}, body), clock))
    headers = dict(server.asked[0][1]["headers"])
    assert headers.pop(b"content-length", None) == length
    assert headers == {b"host": b"127.0.0.1:4646", b"x-nomad-token": b"y"}
    assert server.asked[0][2] == (body or "").encode()


def test_an_answer_is_put_together_as_in_a_recording() -> None:
    """A reply has Go's header names, its body in one piece, and no Date."""
    clock = ManualClock()
    came = asyncio.run(ask(Server(clock, **{"x-nomad-knownleader": "true"}), GET, clock))
    assert came.headers == {"Content-Length": "34", "X-Nomad-Knownleader": "true"}
    assert came.body == '{"path": "/v1/job/a", "list": [7]}'


def test_a_compressed_body_is_shown_plain() -> None:
    """A compressed body is shown unpacked, as in the recordings."""
    clock = ManualClock()
    came = asyncio.run(ask(Server(clock, **{"content-encoding": "gzip"}), GET, clock))
    assert json.loads(came.body or "")["path"] == "/v1/job/a"


def test_a_head_has_no_body() -> None:
    """The body that an application gives for a HEAD is dropped."""
    clock = ManualClock()
    assert asyncio.run(ask(Server(clock), Request("HEAD", "/", "", {}, None), clock)).body == ""


def test_a_wrong_length_is_refused() -> None:
    """A reply whose length is wrong raises an error."""
    clock = ManualClock()
    with pytest.raises(AssertionError, match="framed wrongly"):
        asyncio.run(ask(Server(clock, **{"content-length": "1"}), GET, clock))


def test_requests_come_at_their_times() -> None:
    """A step waits as long as its recording says, and a second client asks meanwhile."""
    clock = ManualClock()
    server = Server(clock)
    other = a_step(0, "/v1/job/b")
    meanwhile = {
        "after_s": 1.5,
        "request": other["request"],
        "template": other["request"],
        "response": other["response"],
    }
    recording = a_recording(
        a_step(0), a_step(1, "/v1/job/w", query="wait=3", during=[meanwhile]), a_step(2, wait_before_s=2.5)
    )
    exchanges = asyncio.run(play(recording, server, clock))
    assert [(one[1]["path"], round(one[0], 1)) for one in server.asked] == [
        ("/v1/job/a", 0.0),
        ("/v1/job/w", 0.0),
        ("/v1/job/b", 1.5),
        ("/v1/job/a", 5.5),
    ]
    assert [one.label for one in exchanges] == [
        "step 0 GET /v1/job/a",
        "step 1, meanwhile GET /v1/job/b",
        "step 1 GET /v1/job/w?wait=3",
        "step 2 GET /v1/job/a",
    ]
    assert [one.came.elapsed_ms for one in exchanges] == [0, 0, 3000, 0]
    assert [one.step and one.step.step for one in exchanges] == [0, None, 1, 2]


def test_later_requests_use_what_was_captured() -> None:
    """A variable has its value from the reply that came, not from the recorded one."""
    clock = ManualClock()
    server = Server(clock, **{"x-nomad-index": "9"})
    template: dict[str, Any] = {
        "method": "GET",
        "path": "/v1/job/${n}",
        "query": "index=${i}",
        "headers": {},
        "body": None,
    }
    recording = a_recording(
        a_step(0, capture={"n": "/list/0", "i": "X-Nomad-Index"}), a_step(1, template=template), a_step(2)
    )
    asyncio.run(play(recording, server, clock))
    assert server.asked[1][1]["path"] == "/v1/job/7"
    assert server.asked[1][1]["query_string"] == b"index=9"


@pytest.mark.parametrize("source", ["/none", "/list/5", "/list/x", "/path/0/a", "X-None"])
def test_a_scenario_ends_where_its_variables_do(source: str) -> None:
    """A scenario ends when a reply lacks what a later request needs."""
    clock = ManualClock()
    exchanges = asyncio.run(play(a_recording(a_step(0, capture={"v": source}), a_step(1)), Server(clock), clock))
    assert len(exchanges) == 1


@pytest.mark.parametrize("body", [None, "", "no JSON"])
def test_there_is_no_pointer_into_text(body: str | None) -> None:
    """A reply without JSON lacks every value."""
    with pytest.raises(LookupError):
        captured(Response(200, {}, body, 0), "/a")


@pytest.mark.parametrize("query", ["wait=601", "wait=0"])
def test_a_request_without_an_answer_ends_the_scenario(query: str) -> None:
    """A request without a reply within ten minutes, or when nothing is planned, ends the scenario."""
    clock = ManualClock()

    async def deaf(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        await receive()

    server = Server(clock) if query == "wait=601" else deaf
    with pytest.raises(NoAnswer, match="step 0 GET /v1/job/a"):
        asyncio.run(play(a_recording(a_step(0, query=query)), server, clock))


def test_whoever_is_woken_runs_before_time_goes_on() -> None:
    """Between two events of the clock the loop gets turns."""
    clock = ManualClock()
    start = clock.now()
    seen: list[int] = []

    async def sleeper() -> None:
        for delay in (10, 20):
            alarm = asyncio.get_running_loop().create_future()
            clock.call_later(delay * MILLISECOND, partial(alarm.set_result, None))
            await alarm
            seen.append((clock.now() - start) // MILLISECOND)

    async def main() -> None:
        task = asyncio.create_task(sleeper())
        await pass_time(clock, 50 * MILLISECOND)
        await task

    asyncio.run(main())
    assert seen == [10, 30]
    assert clock.now() - start == 50 * MILLISECOND
