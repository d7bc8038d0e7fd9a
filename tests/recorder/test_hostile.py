"""Whatever a server answers, the recorder passes it on, keeps what it can, and writes as it goes."""

import gzip
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.recorder.growing import GrowingFile
from mockserver.recorder.proxy import Proxy
from mockserver.recorder.recording import Recording
from mockserver.recorder.replay import Replay, read_exchanges
from mockserver.recorder.upstream import Upstream
from mockserver.server import listen
from mockserver.testing import example_job, running_mock
from tests.recorder.serving import answering, served

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("measured")]

DEEP = b"[" * 100_000 + b"]" * 100_000


def _recording(path: Path) -> Recording:
    recording = Recording(path, server="nomad 0.5.4", mode="dev", description="")
    recording.start()
    return recording


def _answer(body: bytes, *fields: bytes) -> bytes:
    head = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *fields]
    return b"\r\n".join([*head, b"", body])


def _recorded(path: Path, raw: bytes, ask: Callable[[str], object] = httpx.get) -> dict[str, Any]:
    """Return the recording of one reply, checked to be the same while it grew and at the end."""
    recording = _recording(path)
    with answering(raw) as upstream, served(Proxy(Upstream(upstream), recording)) as url:
        ask(url)
    (grown,) = json.loads(path.read_bytes())["steps"]
    recording.finish()
    (step,) = json.loads(path.read_bytes())["steps"]
    assert {key: step[key] for key in grown if key != "wait_before_s"} == {
        key: grown[key] for key in grown if key != "wait_before_s"
    }
    assert step["response"]["status"] is None or len(read_exchanges(path)) == 1
    response: dict[str, Any] = step["response"]
    return response


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (DEEP, {"body": DEEP.decode(), "json": None}),
        (b'{"a":1e999}', {"body": '{"a":1e999}', "json": None}),
        (b'["\\ud800"]', {"body": '["\\ud800"]', "json": None}),
        (b"9" * 5_000, {"body": "9" * 5_000, "json": None}),
        (b"\xff\x00", {"body": None, "body_base64": "/wA=", "json": None}),
        (b'{"Token":"s3cret"', {"body": None, "json": None}),
        (b"", {"body": "", "json": None}),
    ],
    ids=["deep", "infinite", "surrogate", "long number", "binary", "unfinished", "empty"],
)
def test_a_body_of_any_kind_is_kept(tmp_path: Path, body: bytes, kept: dict[str, Any]) -> None:
    """A body is kept as text, in base64, or as a note that it was left out; every reader can read the file."""
    response = _recorded(tmp_path / "r.json", _answer(body))
    assert {key: response[key] for key in kept} == kept
    assert response["body"] is not None or response.keys() & {"body_note", "body_base64"}


def test_a_gzip_bomb_is_left_out_with_a_note(tmp_path: Path) -> None:
    """A bomb of 32 MiB in 32 KiB is passed on and not unpacked."""
    bomb = gzip.compress(b"0" * (1 << 25))

    def ask(url: str) -> None:
        with httpx.stream("GET", url) as reply:
            assert b"".join(reply.iter_raw()) == bomb

    response = _recorded(tmp_path / "r.json", _answer(bomb, b"Content-Encoding: gzip"), ask)
    assert response["body"] is None
    assert response["body_note"].startswith("redacted:")


def test_a_body_that_is_too_long_is_left_out_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets all of a body that is too long, and the file has its length."""
    monkeypatch.setattr("mockserver.recorder.recording.LONGEST_BODY", 10)

    def ask(url: str) -> None:
        assert httpx.post(url, content=b"x" * 11).content == b"y" * 1_000_000

    response = _recorded(tmp_path / "r.json", _answer(b"y" * 1_000_000), ask)
    assert response["body_note"] == "left out: it has 1000000 bytes, and 10 are kept"
    (step,) = json.loads((tmp_path / "r.json").read_bytes())["steps"]
    assert step["request"]["body_note"] == "left out: it has 11 bytes, and 10 are kept"


def test_all_bodies_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the room for long bodies is used up, only short ones are kept."""
    monkeypatch.setattr("mockserver.recorder.recording._MOST", 5)
    monkeypatch.setattr("mockserver.recorder.recording._SHORT", 3)
    recording = _recording(tmp_path / "r.json")
    with answering(_answer(b"12345")) as upstream, served(Proxy(Upstream(upstream), recording)) as url:
        for _ in range(2):
            httpx.get(url)
    recording.finish()
    assert [each[1]["body"] for each in read_exchanges(tmp_path / "r.json")] == ["12345", None]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n", "status is 000"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200_000, "longer than 1048576 bytes"),
    ],
    ids=["status 000", "endless head"],
)
def test_an_answer_that_is_none_is_told(tmp_path: Path, raw: bytes, said: str) -> None:
    """When a reply is malformed, the client sees the connection end, and the recording says why."""

    def ask(url: str) -> None:
        with pytest.raises(httpx.TransportError):
            httpx.get(url)

    response = _recorded(tmp_path / "r.json", raw, ask)
    assert response["status"] is None
    assert said in response["error"]


def test_fields_that_come_twice_are_all_kept(tmp_path: Path) -> None:
    """Repeated header fields are kept as one value, as HTTP allows."""
    response = _recorded(
        tmp_path / "r.json", _answer(b"", b"X-A: 1", b"X-A: 2", b"Set-Cookie: a=s3cret", b"set-cookie: b")
    )
    assert response["headers"]["X-A"] == "1, 2"
    assert response["headers"]["Set-Cookie"] == "redacted, redacted"


def test_a_stream_that_its_client_leaves_is_kept(tmp_path: Path) -> None:
    """A stream that its client leaves is kept: a followed log ends no other way."""
    recording = _recording(tmp_path / "r.json")
    with listen("127.0.0.1", 0) as listener:
        upstream = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=_never_ending, args=(listener,))
        thread.start()
        with served(Proxy(Upstream(upstream), recording)) as url, httpx.stream("GET", url) as reply:
            assert next(reply.iter_raw()) == b"abc"
        thread.join(10)
    (step,) = recording.document()["steps"]
    assert step["response"]["body"] == "abc"
    assert "the client went away" in step["response"]["error"]


def _never_ending(listener: socket.socket) -> None:
    """Send one request the beginning of a body, and wait until the client leaves."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        while connection.recv(65536):
            pass


def test_a_recorder_that_is_killed_leaves_all_it_has(tmp_path: Path) -> None:
    """After a kill only exchanges under way are lost."""
    path = tmp_path / "r.json"
    with running_mock() as mock:
        command = [
            sys.executable,
            "-m",
            "mockserver",
            "record",
            "--upstream",
            mock.url,
            "--out",
            str(path),
            "--port",
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            httpx.put(f"{url}/v1/job/web", json={"Job": example_job("web", VaultToken="s3cret")})
            with pytest.raises(httpx.ReadTimeout):
                httpx.get(f"{url}/v1/jobs?index=1000", timeout=0.2)
            for _ in range(20):
                assert httpx.get(f"{url}/v1/job/web").status_code == 200
            process.send_signal(signal.SIGKILL)
    exchanges = read_exchanges(path)
    assert {asked.path for asked, _ in exchanges} == {"/v1/job/web"}
    assert len(exchanges) in {20, 21}  # the last one may be under way still
    assert "s3cret" not in path.read_text("utf-8")


def test_a_full_disk_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full, what was written stays readable, and the next write is tried again."""
    path = tmp_path / "r.json"
    file = GrowingFile(path, '{"scenario": "r"}')
    file.add(b'{"step": 0}')
    real = __import__("os").pwrite
    monkeypatch.setattr(
        "os.pwrite", lambda fd, data, at: real(fd, data[:5], at) if b"lost" in data else real(fd, data, at)
    )
    with pytest.raises(OSError, match="No space"):
        file.add(b'{"step": "lost"}')
    assert json.loads(path.read_bytes())["steps"] == [{"step": 0}]
    file.add(b'{"step": 1}')
    file.close()
    assert json.loads(path.read_bytes())["steps"] == [{"step": 0}, {"step": 1}]


def test_a_replay_knows_requests_whose_secrets_were_left_out(tmp_path: Path) -> None:
    """A replay recognises requests with secrets, in a query and in a body, which the recording left out."""
    path = tmp_path / "r.json"
    recording = _recording(path)
    job = {"Job": example_job("web", VaultToken="s3cret")}
    with answering(_answer(b"yes")) as upstream, served(Proxy(Upstream(upstream), recording)) as url:
        httpx.put(f"{url}/v1/job/web?token=s3cret", json=job)
    recording.finish()
    with served(Replay(read_exchanges(path))) as url:
        assert httpx.put(f"{url}/v1/job/web?token=s3cret", json=job).text == "yes"
