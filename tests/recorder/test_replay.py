"""Answering from a recording."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.recorder.replay import NoRecording, Replay, read_exchanges
from tests.recorder.serving import served
from tests.recordings.recording import FOLDER, During, Step, load


def _file(path: Path, *steps: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"scenario": "s", "steps": steps}))
    return path


def _step(method: str, path: str, status: int | None = 200, body: str | None = "", **more: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "path": path, "query": "", "headers": {}, "body": None}
    response: dict[str, Any] = {"status": status, "headers": {}, "body": body, "json": None, "elapsed_ms": 0}
    return {
        "request": request | {key: more[key] for key in more if key in request},
        "response": response | {key.removeprefix("reply_"): more[key] for key in more if key.startswith("reply_")},
        **({"during": more["during"]} if "during" in more else {}),
    }


@pytest.mark.parametrize(
    "name",
    [
        "get-blocking-bad-index",
        "register-malformed-json",
        "job-id-with-slash",
        "get-gzip",
        "allocations-blocking-wakes",
    ],
)
def test_a_recording_of_a_real_agent_is_answered_again(name: str) -> None:
    """A recording of a real agent is answered request by request, byte by byte."""
    path = FOLDER / f"{name}.json"
    recording = load(path)
    with served(Replay(read_exchanges(path))) as url, httpx.Client(base_url=url) as client:
        for step in recording.steps:
            exchanges: list[Step | During] = [step, *step.during]
            for each in exchanges:
                request = each.request
                target = request.path + (f"?{request.query}" if request.query else "")
                reply = client.request(request.method, target, content=request.body)
                assert (reply.status_code, reply.text) == (each.response.status, each.response.body)
                expected = {name.lower(): value for name, value in each.response.headers.items()}
                expected.pop("content-length", None)
                assert expected.items() <= dict(reply.headers).items()


def test_the_same_request_again(tmp_path: Path) -> None:
    """A repeated request gets its replies in their order, and the last one from then on."""
    path = _file(tmp_path / "r.json", *(_step("GET", "/x", body=body) for body in "abc"))
    with served(Replay(read_exchanges(path))) as url:
        assert [httpx.get(f"{url}/x").text for _ in range(5)] == ["a", "b", "c", "c", "c"]


def test_a_body_counts_as_json(tmp_path: Path) -> None:
    """JSON bodies are compared without spaces and order; texts as they are."""
    path = _file(
        tmp_path / "r.json",
        _step("PUT", "/x", body="json")
        | {"request": {"method": "PUT", "path": "/x", "query": "", "body": '{"a":1,"b":2}'}},
        _step("PUT", "/x", body="text") | {"request": {"method": "PUT", "path": "/x", "query": "", "body": "a b"}},
    )
    with served(Replay(read_exchanges(path))) as url:
        assert httpx.put(f"{url}/x", content=b'{ "b": 2, "a": 1 }').text == "json"
        assert httpx.put(f"{url}/x", content=b"a b").text == "text"
        assert httpx.put(f"{url}/x", content=b"a  b").status_code == 501


def test_what_was_not_recorded(tmp_path: Path) -> None:
    """An unknown request gets an error with the nearest recorded one, and the differences."""
    path = _file(tmp_path / "r.json", _step("GET", "/v1/nodes"), _step("GET", "/v1/jobs", during=[_step("PUT", "/y")]))
    with served(Replay(read_exchanges(path))) as url:
        reply = httpx.get(f"{url}/v1/jobs?stale")
        assert httpx.put(f"{url}/y").status_code == 200
    assert reply.status_code == 501
    assert reply.text.splitlines() == [
        "nomad-mock replay: GET /v1/jobs?stale was not recorded; nearest:",
        "  GET /v1/jobs",
        "    query: recorded '', sent 'stale'",
        "  GET /v1/nodes",
        "    path: recorded '/v1/nodes', sent '/v1/jobs'",
        "    query: recorded '', sent 'stale'",
        "  PUT /y",
        "    method: recorded 'PUT', sent 'GET'",
        "    path: recorded '/y', sent '/v1/jobs'",
        "    query: recorded '', sent 'stale'",
    ]


def test_a_body_that_was_not_recorded(tmp_path: Path) -> None:
    """An unknown body is answered with the places where it differs from the nearest recorded ones."""
    bodies = ({"Job": {"ID": "a", "Token": "s", "Groups": [{"Count": 1}]}}, {"Job": {"ID": "b"}}, "text")
    steps = [_step("PUT", "/x", body="") for _ in bodies]
    for step, body in zip(steps, bodies, strict=True):
        step["request"] = {"method": "PUT", "path": "/x", "query": "", "body": json.dumps(body)}
    with served(Replay(read_exchanges(_file(tmp_path / "r.json", *steps)))) as url:
        reply = httpx.put(
            f"{url}/x", json={"Job": {"ID": "a", "Token": "t", "Groups": [{"Count": 2}, {}], "Type": "x"}}
        )
    assert reply.text.splitlines()[1:6] == [
        "  PUT /x",
        "    body/Job/Groups, number of members: recorded 1, sent 2",
        "    body/Job/Groups/0/Count: recorded 1, sent 2",
        "    body/Job/Token: recorded 's', sent 'redacted'",
        "    body/Job/Type: recorded nothing, sent 'x'",
    ]


def test_a_connection_that_was_closed_is_closed_again(tmp_path: Path) -> None:
    """A connection that was closed without a reply is closed again."""
    path = _file(tmp_path / "r.json", _step("GET", "/x", status=None, body=None))
    with served(Replay(read_exchanges(path))) as url, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/x")


def test_framing_and_compression_are_those_of_the_recording(tmp_path: Path) -> None:
    """Replies are framed and compressed as in the recording, which has their bodies without compression."""
    chunked = {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}
    path = _file(
        tmp_path / "r.json",
        _step("GET", "/chunked", body="x" * 5000, reply_headers=chunked),
        _step("HEAD", "/head", reply_headers={"Content-Length": "123"}),
    )
    with served(Replay(read_exchanges(path))) as url:
        reply = httpx.get(f"{url}/chunked")
        assert (reply.text, reply.headers["transfer-encoding"]) == ("x" * 5000, "chunked")
        assert httpx.head(f"{url}/head").headers["content-length"] == "123"


def test_in_the_time_that_it_took(tmp_path: Path) -> None:
    """On request a reply takes as long as the recorded one."""
    path = _file(tmp_path / "r.json", _step("GET", "/x", reply_elapsed_ms=200))
    with served(Replay(read_exchanges(path), timed=True)) as url:
        started = time.monotonic()
        httpx.get(f"{url}/x")
        assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"steps": [{}]}', '{"steps": 5}'])
def test_what_is_no_recording(tmp_path: Path, text: str) -> None:
    """A file that is no recording is refused by name."""
    path = tmp_path / "r.json"
    path.write_text(text)
    said = r"r\.json: not a recording" + (": it has no 'steps'" if text == "{}" else "")
    with pytest.raises(NoRecording, match=said):
        read_exchanges(path)
