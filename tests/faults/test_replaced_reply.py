"""Replies that replace the world's."""

import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import nomad
import pytest
from nomad.api import exceptions

from mockserver.client import MockClient, MockError
from tests.faults.real_client import nomad_client


@pytest.mark.parametrize(
    ("parameters", "text", "content_type"),
    [
        ({"status": 503}, "", "text/plain; charset=utf-8"),
        ({"status": 500, "body": "rpc error: EOF"}, "rpc error: EOF", "text/plain; charset=utf-8"),
        ({"status": 200, "body": {"ID": "<b>"}}, r'{"ID":"\u003cb\u003e"}', "application/json"),
        ({"status": 502, "body": "<h1>", "headers": {"Content-Type": "text/html"}}, "<h1>", "text/html"),
        ({"status": 200, "body": {}, "headers": {"content-type": "text/json"}}, "{}", "text/json"),
    ],
)
def test_a_fixed_answer(
    mock: MockClient, client: httpx.Client, parameters: dict[str, object], text: str, content_type: str
) -> None:
    """A fixed reply has the given status, body and headers, and nothing is carried out."""
    mock.fault("status", **parameters, match={"method": "DELETE"})
    reply = client.delete("/v1/job/web")
    assert (reply.status_code, reply.text) == (parameters["status"], text)
    assert reply.headers["content-type"] == content_type
    assert client.get("/v1/job/web").status_code == 200


def test_an_answer_that_lies(mock: MockClient, client: httpx.Client) -> None:
    """With ``carried_out`` the request is carried out behind the fixed reply."""
    mock.fault("status", status=504, carried_out=True)
    assert client.delete("/v1/job/web").status_code == 504
    mock.faults.clear()
    assert client.get("/v1/job/web").status_code == 404


def test_a_real_client_raises_its_own_error(mock: MockClient) -> None:
    """python-nomad raises an error with the status."""
    mock.fault("status", status=503, body="no way", times=1)
    agent = nomad_client(mock)
    with pytest.raises(exceptions.BaseNomadException) as refused:
        agent.job.get_job("web")
    assert refused.value.nomad_resp.status_code == 503
    assert agent.job.get_job("web")["ID"] == "web"
    assert isinstance(agent, nomad.Nomad)


def test_too_many_requests(mock: MockClient, client: httpx.Client) -> None:
    """After the given number, requests are refused until the clock has moved on."""
    mock.fault("rate-limit", requests=2, per="10s")
    assert [client.get("/v1/jobs").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/v1/jobs")
    assert refused.text == "rate limit exceeded: 2 requests in 10 s"
    assert refused.headers["retry-after"] == "5"
    mock.clock.advance("5s")
    assert [client.get("/v1/jobs").status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ({"fault": {"kind": "magic"}}, "magic"),
        ({"fault": {"kind": "status"}}, "status"),
        ({"fault": {"kind": "latency"}}, "delay"),
        ({"fault": {"kind": "latency", "distribution": "uniform", "least": "1s"}}, "most"),
        ({"fault": {"kind": "status", "status": 600}}, "600"),
        ({"fault": {"kind": "status", "status": 200, "headers": {"A": "a\nb"}}}, "headers"),
        ({"fault": {"kind": "drop", "colour": "red"}}, "colour"),
        ({"fault": {"kind": "drop"}, "probability": 2}, "2"),
        ({"fault": {"kind": "drop"}, "match": {"paths": "/"}}, "paths"),
        ({}, "fault"),
        ({"fault": {"kind": "drop"}, "preset": "slow-cluster"}, "fault"),
    ],
)
def test_a_fault_that_is_not_as_described_is_refused(mock: MockClient, body: dict[str, object], finding: str) -> None:
    """A malformed fault is refused, with the place and what is wrong there."""
    with pytest.raises(MockError) as refused:
        mock.call("POST", "/faults", body)
    assert refused.value.status == 400
    assert finding in " ".join(refused.value.findings)
    assert mock.faults.list() == []


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("further", ["latency", "malformed-json", "corrupt-gzip", "half-sent", "dribble"])
def test_a_status_without_a_body_has_none(mock: MockClient, status: int, further: str) -> None:
    """A status without a body has no body and no header about one, whatever other faults do to it."""
    more: dict[str, Any] = {"latency": {"delay": "0s"}, "dribble": {"pause": "0s"}}
    mock.fault(further, **more.get(further, {}))
    mock.fault("status", status=status)
    address = urlsplit(mock.url)
    asked = b"GET /v1/jobs HTTP/1.1\r\nHost: x\r\n%b\r\n"
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as connection:
        connection.sendall(asked % b"" + asked % b"Connection: close\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-" not in head.lower()
    assert b"transfer-encoding" not in head.lower()
    assert rest == b"" if further == "half-sent" else rest.startswith(head[: len(b"HTTP/1.1 204 ")])


@pytest.mark.parametrize("status", [204, 304])
def test_a_body_where_there_can_be_none_is_refused(mock: MockClient, status: int) -> None:
    """A body for a status without one is refused, not dropped."""
    with pytest.raises(MockError, match=f"a reply with the status {status} has no body"):
        mock.fault("status", status=status, body={})
