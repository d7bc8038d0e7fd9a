"""Requests that HTTP itself refuses are in the journal, too."""

from typing import Any

import pytest

from mockserver.client import MockClient
from mockserver.http.refusal import legible
from mockserver.testing import running_mock
from tests.served import connect, read_until


def _told(mock: MockClient, sent: bytes, answer: bytes = b"400 Bad Request\r\n") -> list[dict[str, Any]]:
    with connect(int(mock.url.rpartition(":")[2]), sent) as connection:
        assert read_until(connection, b"\r\n").startswith(b"HTTP/1.1 " + answer)
    return [dict(entry) for entry in mock.requests.list(whole=True)]


def test_a_refused_request_is_listed_with_its_answer() -> None:
    """Its target is as it was sent; no endpoint and no fault saw it, nor did the control plane."""
    with running_mock(seed=1) as mock:
        mock.faults.add("drop")
        (entry,) = _told(mock, b"GET /v1/job/a b?x=y HTTP/1.1\r\nHost: x\r\nX-Token: s3cret\r\n\r\n")
        shown = [entry[name] for name in ("number", "method", "path", "status", "faults", "pending")]
        assert shown == [1, "GET", "/v1/job/a b", 400, [], False]
        assert entry["request"]["target"] == "/v1/job/a b?x=y"
        assert [field["value"] for field in entry["request"]["headers"]] == ["x", "redacted"]
        assert entry["reply"]["body"] == "400 Bad Request"
        *_, entry = _told(mock, b"PUT /v1/job/a HTTP/3.0\r\nHost: x\r\n\r\n", b"505 HTTP Version")
        assert (entry["number"], entry["method"], entry["status"]) == (2, "PUT", 505)
        for unkept in (b"POST /__admin/reset now HTTP/1.1\r\n", b"GET / x HTTP/1.1\r\nX-Nomad-Mock-Space: y\r\n\r\n"):
            assert len(_told(mock, unkept)) == 2
        mock.reset(journal_limit=0)
        with connect(int(mock.url.rpartition(":")[2]), b"GET /a b HTTP/1.1\r\n\r\n") as connection:
            assert read_until(connection, b"Bad Request")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (b"GET /a b HTTP/1.1\r\n", b"/a b"),
        (b"GET /a  b  c HTTP/1.1\nHost: x\n\n", b"/a  b  c"),
        (b"GET /a b HTTP/1.1\r\nVia: x HTTP/1.1\r\n", b"/a b"),
        (b"GET /caf\xc3\xa9 b HTTP/1.1\r\n", b"/caf\xc3\xa9 b"),
        (b"GET /a HTTP/1.1", None),
        (b"GET  HTTP/1.1\r\n", None),
        (b"GET /a\nb HTTP/1.1\r\n", None),
        (b"\x16\x03\x01\x02\x00\x01 \n", None),
        (b"", None),
    ],
)
def test_a_line_that_tells_nothing_is_not_told(text: bytes, target: bytes | None) -> None:
    """A method and a target are needed; what follows the line may be missing."""
    head = legible(text)
    assert (None if head is None else head.target) == target
    assert head is None or head.path.isascii()
