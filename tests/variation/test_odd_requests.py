"""Requests that are unlike others, to a mock that varies."""

import socket

import httpx
import pytest

from mockserver.cluster.pace import AT_ONCE, Pace, Paces
from mockserver.testing import example_job
from tests.variation.conftest import Varied
from tests.variation.wire import wired


def test_a_body_is_in_chunks_or_in_one_piece(varied: Varied) -> None:
    """Where both may be, each reply is framed in one way, and all can be read."""
    mock = varied("framing.*")
    mock.seed(example_job("web", Meta={f"key{number}": "x" * 90 for number in range(40)}))
    with wired(mock.url) as wire:
        found = [wire.ask("GET", target) for target in ("/v1/job/web", "/v1/regions") * 8]
    assert {b"content-length" in each.fields for each in found} == {True, False}
    assert len({each.body for each in found}) == 2


def test_an_old_client_gets_a_length(varied: Varied) -> None:
    """HTTP/1.0 knows no chunks."""
    mock = varied("framing.chunks", "header.case", "status.phrase")
    address = httpx.URL(mock.url)
    with socket.create_connection((address.host, address.port or 0), timeout=10) as connection:
        connection.sendall(b"GET /v1/regions HTTP/1.0\r\n\r\n")
        reply = b"".join(iter(lambda: connection.recv(4096), b""))
    head, _, body = reply.partition(b"\r\n\r\n")
    assert body == b'["global"]'
    assert b"content-length: 10" in head.lower()


def test_a_reply_without_a_body_has_none(varied: Varied, client: httpx.Client) -> None:
    """HEAD is answered with the head alone, and the connection goes on."""
    mock = varied("framing.*", "header.*", "json.*")
    mock.seed(example_job("web"))
    for _ in range(4):
        assert client.head("/v1/job/web/summary").content == b""
        assert client.get("/v1/regions").json() == ["global"]


def test_what_go_refuses_is_left_as_it_is(varied: Varied, client: httpx.Client) -> None:
    """A malformed path is refused before an agent is asked, in words that vary as little as Go's server."""
    mock = varied("text.errors", "header.more")
    assert client.get("/v1/job/%zz").text == "400 Bad Request"
    assert mock.requests.list()[0]["freedoms"] == []


@pytest.mark.parametrize("index", [1 << 64, "9" * 5000, "-1", "x"], ids=lambda index: str(index)[:6])
def test_what_is_no_index_is_refused_where_it_is_read(varied: Varied, client: httpx.Client, index: object) -> None:
    """A query answers 400; a plan, which waits for nothing, does not look at it."""
    varied("index.*", "blocking.early")
    assert client.get(f"/v1/job/web?index={index}").status_code == 400
    assert client.put(f"/v1/job/web/plan?index={index}", json={"Job": example_job("web")}).status_code == 200


def test_a_body_that_is_too_large_is_refused(varied: Varied) -> None:
    """The limit of the mock counts also where it looks into the body for an index."""
    mock = varied("index.*")
    with wired(mock.url) as wire:
        assert b" 413 " in wire.ask("PUT", "/v1/job/web", Content_Length=str(1 << 40)).lines[0]


def test_logs_are_streamed(varied: Varied, client: httpx.Client) -> None:
    """What comes bit by bit has a head that varies, and its own bytes."""
    mock = varied("header.case", "json.*", "framing.*")
    job = example_job("web")
    job["TaskGroups"][0]["Tasks"][0] |= {"Driver": "raw_exec", "Config": {"command": "/bin/echo", "args": ["hello"]}}
    mock.seed(job | {"Type": "batch"})
    mock.clock.advance("5s")
    (allocation,) = client.get("/v1/job/web/allocations").json()
    path = f"/v1/client/fs/logs/{allocation['ID']}"
    streamed = client.get(path, params={"task": "t", "type": "stdout", "follow": "false"})
    assert streamed.status_code == 200
    assert mock.requests.list()[-1]["freedoms"] == ["header.case"]


def test_a_client_may_leave(varied: Varied, client: httpx.Client) -> None:
    """A query that its client gives up is over, and the next one is answered."""
    mock = varied("json.*", "index.*")
    mock.seed(example_job("web"))
    index = client.get("/v1/job/web").headers["X-Nomad-Index"]
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v1/job/web", params={"index": index, "wait": "60s"}, timeout=0.3)
    assert client.get("/v1/job/web").status_code == 200
    mock.requests.wait(3)
    assert mock.requests.list()[1]["status"] is None


def test_only_so_many_paces_are_kept() -> None:
    """The oldest ones make room."""
    paces = Paces()
    for number in range(10_001):
        paces.put(str(number), Pace(pending=1))
    assert paces.of("0") == AT_ONCE
    assert paces.of("1") == paces.of("10000") == Pace(pending=1)
