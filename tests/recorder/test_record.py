"""Recording a server, and making tests of the recording."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.client import MockClient
from mockserver.recorder.proxy import Proxy
from mockserver.recorder.recording import Recording
from mockserver.recorder.upstream import Upstream
from mockserver.testing import example_job, running_mock
from tests.faults.real_client import nomad_client
from tests.recorder.serving import answering, served
from tests.recordings.compare import compare
from tests.recordings.recording import load
from tests.recordings.test_recordings import _play


def _recording(path: Path, mode: str = "server-only") -> Recording:
    return Recording(path, server="nomad 0.5.4", mode=mode, description="")


def _steps(path: Path) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["steps"]
    return steps


def test_a_recording_becomes_a_test(tmp_path: Path) -> None:
    """Played against another mock with other IDs, a recording finds no difference, and blocking queries wait."""
    path = tmp_path / "scenario.json"
    recording = _recording(path)
    with running_mock(nodes=0) as mock, served(Proxy(Upstream(mock.url), recording, recording.write)) as url:
        client = httpx.Client(base_url=url, timeout=10, headers={"Accept-Encoding": "gzip"})
        evaluation = client.put("/v1/job/web", json={"Job": example_job("web")}).json()["EvalID"]
        client.get(f"/v1/evaluation/{evaluation}")
        index = client.get("/v1/job/web").headers["x-nomad-index"]
        waiting = threading.Thread(target=lambda: client.get(f"/v1/job/web?index={index}&wait=20s"))
        waiting.start()
        mock.requests.wait(query={"index": "*"})
        httpx.put(f"{url}/v1/job/web", json={"Job": example_job("web", Priority=70)}, headers={"Accept-Encoding": ""})
        waiting.join(10)
        for target in ("/v1/job/none", "/v1//jobs", "/v1/job/web?index=x", "/v1/job/a%2Fb%20c"):
            client.get(target)
        client.head("/v1/job/web/summary")
        client.delete("/v1/job/web")
        assert client.get("/v1/job/web").status_code == 404
        client.close()
    document = load(path)
    assert document.steps[1].template.path == "/v1/evaluation/${EvalID_0}"
    assert document.steps[3].template.query == "index=${XNomadIndex_2}&wait=20s"
    assert [each.request.method for each in document.steps[3].during] == ["PUT"]
    assert [step.request.path for step in document.steps[4:8]] == [
        "/v1/job/none",
        "/v1//jobs",
        "/v1/job/web",
        "/v1/job/a%2Fb%20c",
    ]
    assert compare(document, asyncio.run(_play(document))) == []


def test_a_real_client_does_not_notice(tmp_path: Path) -> None:
    """python-nomad works through the recorder as without it."""
    recording = _recording(tmp_path / "r.json")
    with running_mock() as mock, served(Proxy(Upstream(mock.url), recording)) as url:
        agent = nomad_client(MockClient(url))
        agent.job.register_job("web", {"Job": example_job("web")})
        assert agent.job.get_job("web")["ID"] == "web"
    assert len(recording) == 2


def test_secrets_do_not_get_into_the_file(tmp_path: Path) -> None:
    """Secrets reach the server and are left out of the file."""
    path = tmp_path / "r.json"
    recording = _recording(path)
    secret = dict.fromkeys(("X-Nomad-Token", "Authorization", "Cookie", "X-Vault-Token"), "s3cret")
    with running_mock() as mock, served(Proxy(Upstream(mock.url), recording, recording.write)) as url:
        httpx.put(f"{url}/v1/job/web", json={"Job": example_job("web", VaultToken="s3cret")}, headers=secret)
        came = mock.requests.get(1, secrets=True)["request"]
    assert [each["value"] for each in came["headers"]].count("s3cret") == 4
    assert "s3cret" not in path.read_text("utf-8")
    assert _steps(path)[0]["request"]["headers"]["X-Vault-Token"] == "redacted"


def test_a_client_that_goes_away_takes_its_request_back(tmp_path: Path) -> None:
    """A request whose client leaves is not kept."""
    recording = _recording(tmp_path / "r.json")
    with running_mock() as mock, served(Proxy(Upstream(mock.url), recording)) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{url}/v1/jobs?index=100", timeout=0.3)
        assert httpx.get(f"{url}/v1/nodes").status_code == 200
        mock.requests.wait(2)
    assert [step["request"]["path"] for step in recording.document()["steps"]] == ["/v1/nodes"]


@pytest.mark.parametrize("raw", [b"", b"HTTP/1.1 200", b"what?\r\n\r\n"])
def test_a_server_that_closes_without_an_answer(tmp_path: Path, raw: bytes) -> None:
    """When the server closes without a reply, so does the recorder, and the recording says it."""
    recording = _recording(tmp_path / "r.json")
    with (
        answering(raw) as upstream,
        served(Proxy(Upstream(upstream), recording)) as url,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.get(f"{url}/v1/jobs")
    (step,) = recording.document()["steps"]
    assert (step["response"]["status"], step["response"]["body"]) == (None, None)
    assert step["response"]["error"]


def test_an_answer_passes_as_it_comes(tmp_path: Path) -> None:
    """A reply is passed on chunk by chunk with all its headers, except those of the connection."""
    head = b"HTTP/1.1 299 Odd\r\nX-Odd: 1\r\nDate: today\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw = head + b"3\r\nabc\r\n0\r\n\r\n"
    recording = _recording(tmp_path / "r.json")
    with answering(raw) as upstream, served(Proxy(Upstream(upstream), recording)) as url:
        reply = httpx.get(f"{url}/x")
    assert (reply.status_code, reply.text, reply.headers["x-odd"]) == (299, "abc", "1")
    (step,) = recording.document()["steps"]
    assert step["response"]["headers"] == {"X-Odd": "1", "Transfer-Encoding": "chunked"}


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 10\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"]
)
def test_an_answer_that_ends_early(tmp_path: Path, framing: bytes) -> None:
    """A reply that ends early is passed on, and kept, as far as it came."""
    recording = _recording(tmp_path / "r.json")
    with (
        answering(b"HTTP/1.1 200 OK\r\n" + framing) as upstream,
        served(Proxy(Upstream(upstream), recording)) as url,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.get(f"{url}/x")
    (step,) = recording.document()["steps"]
    assert (step["response"]["status"], step["response"]["body"]) == (200, "abc")
    assert "in the middle" in step["response"]["error"]


def test_an_answer_that_ends_with_its_connection(tmp_path: Path) -> None:
    """A reply that ends with its connection, as in HTTP/1.0, is complete."""
    recording = _recording(tmp_path / "r.json")
    with answering(b"HTTP/1.0 200 OK\r\n\r\nabc") as upstream, served(Proxy(Upstream(upstream), recording)) as url:
        assert httpx.get(f"{url}/x").text == "abc"


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """An unreachable server gives no reply, so nothing is kept."""
    recording = _recording(tmp_path / "r.json")
    with answering(b"") as gone:
        pass
    with served(Proxy(Upstream(gone), recording)) as url:
        reply = httpx.get(f"{url}/v1/jobs")
    assert reply.status_code == 502
    assert reply.text.startswith("nomad-mock record: cannot reach http://127.0.0.1")
    assert (len(recording), recording.document()["steps"]) == (0, [])


@pytest.mark.parametrize(
    "url", ["127.0.0.1:4646", "ftp://x", "http://", "http://x/v1", "http://x?y", "http://[", "http://x:99999"]
)
def test_an_address_has_to_be_one(url: str) -> None:
    """The server's address needs a scheme and a host, and nothing else."""
    with pytest.raises(ValueError, match=r"write it as http://host:4646|did you mean http://x\?"):
        Upstream(url)
