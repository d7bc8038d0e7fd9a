"""What the journal says of connections: which one a request came over, how its target was spelt, who left too soon."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.client import MockClient
from mockserver.testing import running_mock
from tests.journal.conftest import Ask
from tests.served import connect, read_until


@pytest.fixture(scope="module")
def mock() -> Iterator[MockClient]:
    """A mock behind a socket."""
    with running_mock(seed=1) as mock:
        yield mock


@pytest.fixture(autouse=True)
def fresh(mock: MockClient) -> None:
    """Each test begins with an empty journal."""
    mock.reset()


def _connect(mock: MockClient, *parts: bytes) -> socket.socket:
    return connect(int(mock.url.rpartition(":")[2]), *parts)


def _entries(mock: MockClient) -> list[dict[str, Any]]:
    return [dict(entry) for entry in mock.requests.list(whole=True)]


def test_connections_have_numbers(mock: MockClient) -> None:
    """Each request has the number of its connection, and says how many came over it."""
    request = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n"
    for requests in (2, 1):
        with _connect(mock) as connection:
            for _ in range(requests):
                connection.sendall(request)
                assert read_until(connection, b"job not found")
    connections = [entry["connection"] for entry in _entries(mock)]
    assert [each["request"] for each in connections] == [1, 2, 1]
    assert connections[0]["number"] == connections[1]["number"] < connections[2]["number"]


@pytest.mark.anyio
async def test_a_request_may_come_over_no_connection(agent: Ask, control: Ask) -> None:
    """The journal then has no number for one, and makes the target of path and query."""
    await agent("GET", "/v1/job/a%2Fb?pretty&token=s3cret")
    (entry,) = (await control("GET", "/journal?details=whole")).json
    assert (entry["connection"], entry["wall"]["left"]) == (None, None)
    assert entry["request"]["target"] == "/v1/job/a%2Fb?pretty&token=redacted"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("/v1/job/a%2Fb%20c", "/v1/job/a%2Fb%20c"),
        ("/v1/job/café?pretty", "/v1/job/café?pretty"),
        ("http://x/v1/job/y", "http://x/v1/job/y"),
        ("/v1/job/y?token=s3cret", "/v1/job/y?token=redacted"),
    ],
)
def test_the_target_is_kept_as_it_was_sent(mock: MockClient, sent: str, kept: str) -> None:
    """With its escapes, or without those it lacks; secrets are left out."""
    with _connect(mock, f"GET {sent} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) as connection:
        assert read_until(connection, b"job not found")
    assert _entries(mock)[0]["request"]["target"] == kept


@pytest.mark.parametrize("reset", [False, True])
def test_the_journal_says_who_left_before_the_reply(mock: MockClient, reset: bool) -> None:
    """It has the time from the request's arrival to the end of the connection, whichever way the client ended it."""
    connection = _connect(mock, b"GET /v1/job/x?index=1000&wait=1m HTTP/1.1\r\nHost: x\r\n\r\n")
    mock.requests.wait()
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
    while (left := _entries(mock)[0]["wall"]["left"]) is None:
        pass
    assert left > 0


def test_who_stays_has_not_left(mock: MockClient) -> None:
    """A client that closes after the reply, or whom the server cuts off, did not give up."""
    with _connect(mock, b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert read_until(connection, b"job not found")
    mock.faults.add("drop")
    with _connect(mock, b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert read_until(connection, b"job not found") == b""
    assert [entry["wall"]["left"] for entry in _entries(mock)] == [None, None]
