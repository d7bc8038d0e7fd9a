"""What goes over the wire."""

import json
import re
from collections.abc import Iterator

import pytest

from mockserver.settings import Settings
from mockserver.web.protocol import LARGEST_HEAD
from tests.builders import a_job
from tests.served import connect, read_all, read_until, serving

_REFUSED = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n%b"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A lone server behind a socket."""
    with serving(Settings(nodes=0, seed=1, strict=True)) as port:
        yield port


def _last(port: int, *parts: bytes) -> bytes:
    """The last answer to these parts of requests, the last of which asks to close."""
    with connect(port, *parts) as connection:
        return b"HTTP/1.1 " + read_all(connection).rpartition(b"HTTP/1.1 ")[2]


def _request(line: str, *headers: str, body: bytes = b"") -> bytes:
    fields = "".join(f"{header}\r\n" for header in ("Host: x", "Connection: close", *headers))
    return f"{line} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + body


def test_header_names_are_spelled_as_a_real_agents(port: int) -> None:
    """Canonical, and there is nothing of the server's own among them."""
    head = _last(port, _request("GET /v1/job/x")).partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n")[1:]]
    assert names == [
        b"Vary",
        b"X-Nomad-Index",
        b"X-Nomad-Knownleader",
        b"X-Nomad-Lastcontact",
        b"Content-Type",
        b"Date",
        b"Content-Length",
        b"connection",
    ]


def test_long_bodies_come_in_chunks(port: int) -> None:
    """And with a length for a client of HTTP/1.0, which knows no chunks."""
    body = json.dumps({"Job": a_job(ID="long", Meta={"k": "x" * 3000})}).encode()
    assert b" 200 " in _last(port, _request("PUT /v1/job/long", f"Content-Length: {len(body)}", body=body))
    chunked = _last(port, _request("GET /v1/job/long"))
    assert re.search(rb"\r\nTransfer-Encoding: chunked\r\n(.*\r\n)?\r\n[0-9a-f]+\r\n\{.*\}\r\n0\r\n\r\n\Z", chunked)
    whole = _last(port, b"GET /v1/job/long HTTP/1.0\r\n\r\n")
    assert re.search(rb"\r\nContent-Length: \d+\r\n(.*\r\n)?\r\n\{.*\}\Z", whole)


@pytest.mark.parametrize("verb", ["FOO", "get", "M-SEARCH", "CONNECT", "PROPFIND", "X" * 63])
def test_any_verb_is_a_verb(port: int, verb: str) -> None:
    """Also those that the parser has never heard of."""
    assert _last(port, _request(f"{verb} /v1/job/x")).endswith(b"\r\n\r\nInvalid method")
    assert _last(port, _request(f"{verb} /v1/job/x/summary")).endswith(b"\r\n\r\njob not found")


def test_a_strange_verb_does_not_stick_to_the_connection(port: int) -> None:
    """The next request on it has its own."""
    with connect(port, b"FOO /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert read_until(connection, b"Invalid method").startswith(b"HTTP/1.1 405 ")
        connection.sendall(_request("GET /v1/job/x"))
        assert read_all(connection).startswith(b"HTTP/1.1 404 ")


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    """Also when an ignored body stands between them."""
    patch = b"PATCH /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    with connect(port, patch + _request("GET /v1/job/x")) as connection:
        assert re.findall(rb"HTTP/1.1 (\d+)", read_all(connection)) == [b"405", b"404"]


def test_raw_bytes_in_a_path(port: int) -> None:
    """Bytes above 0x7f need no escaping; those in the body are nobody's business."""
    body = json.dumps({"Job": a_job(ID="é")}, ensure_ascii=False).encode()
    put = b"PUT /v1/job/\xc3\xa9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert b" 200 OK\r\n" in _last(port, put + body)
    assert b" 200 OK\r\n" in _last(port, _request("GET /v1/job/%C3%A9"))
    assert b" 404 " in _last(port, _request("GET /v1/job/\xff"))


def test_a_wish_to_upgrade_is_ignored(port: int) -> None:
    """The request is answered, body and all."""
    body = json.dumps({"Job": a_job(ID="up")}).encode()
    head = f"PUT /v1/job/up HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nContent-Length: {len(body)}\r\n"
    connection = "Connection: Upgrade, HTTP2-Settings\r\n\r\n"
    with connect(port, (head + connection).encode() + body) as client:
        assert read_until(client, b"}").startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_body_is_asked_for_only_where_it_is_read(port: int) -> None:
    """Expect: 100-continue is answered by the operations that have a body."""
    expect = ("Expect: 100-continue", "Content-Length: 3")
    assert _last(port, _request("PUT /v1/job/x/evaluate", *expect)).startswith(b"HTTP/1.1 500 ")
    with connect(port, _request("PUT /v1/job/x/dispatch", *expect)) as client:
        assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"{x}")
        assert read_all(client).startswith(b"HTTP/1.1 400 ")


def test_chunked_requests(port: int) -> None:
    """A body may come in chunks, with extensions and trailers."""
    chunks = b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX-A: 1\r\n\r\n"
    answer = _last(port, _request("PUT /v1/job/x", "Transfer-Encoding: chunked", body=chunks))
    assert answer.endswith(b"Job must be specified")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03aaaa\r\n\r\n",
        b"GET /v1/job/a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"G@T /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n",
        b"PUT /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(port: int, data: bytes) -> None:
    """With Go's bare answer, and the end of the connection."""
    assert _last(port, data) == _REFUSED % (b"400 Bad Request", b"400 Bad Request")


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        (b"1.1", b"", b"400 Bad Request: missing required Host header"),
        (b"1.1", b"Host: a\r\nHost: b\r\n", b"400 Bad Request"),
        (b"1.0", b"Host: a\r\nhost: b\r\n", b"400 Bad Request"),
        (b"1.1", b"Host: a b\r\n", b"400 Bad Request: malformed Host header"),
        (b"1.1", b"Host: a/b\r\n", b"400 Bad Request: malformed Host header"),
        (b"1.1", b"Host: a\xffb\r\n", b"400 Bad Request: malformed Host header"),
    ],
)
def test_a_host_that_go_refuses_is_refused(port: int, version: bytes, hosts: bytes, status: bytes) -> None:
    """The status line and the body say what is wrong with the header, for requests with a body, too."""
    for head in (b"GET /v1/job/x HTTP/%b\r\n%b\r\n", b"PUT /v1/job/x HTTP/%b\r\n%bContent-Length: 2\r\n\r\n{}"):
        with connect(port, head % (version, hosts)) as connection:
            assert read_all(connection) == _REFUSED % (status, status)


@pytest.mark.parametrize(
    ("version", "hosts"),
    [(b"1.1", b"Host:\r\n"), (b"1.1", b"hOST: [::1]:4646\r\n"), (b"1.1", b"Host: a_b:x\r\n"), (b"1.0", b"")],
)
def test_a_host_that_go_takes_is_taken(port: int, version: bytes, hosts: bytes) -> None:
    """None is needed by HTTP 1.0, and an empty one will do."""
    with connect(port, b"GET /v1/job/x HTTP/%b\r\n%bConnection: close\r\n\r\n" % (version, hosts)) as connection:
        assert read_all(connection).startswith(b"HTTP/1.1 404 ")


def test_a_head_without_end_is_refused(port: int) -> None:
    """At one mebibyte, as a real agent does."""
    with connect(port, b"GET / HTTP/1.1\r\nX-A: ") as client:
        client.sendall(b"a" * LARGEST_HEAD)
        text = b"431 Request Header Fields Too Large"
        assert read_until(client, text) == _REFUSED % (text, text)


def test_a_large_head_is_taken(port: int) -> None:
    """Below it, and the count begins anew with each request."""
    large = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nX-A: %b\r\n\r\n" % (b"a" * 700_000)
    with connect(port) as client:
        for _ in range(2):
            client.sendall(large)
            assert read_until(client, b"job not found").startswith(b"HTTP/1.1 404 ")


def test_absolute_addresses(port: int) -> None:
    """As a proxy's client sends them."""
    assert _last(port, _request("GET http://other/v1/job/x?pretty")).endswith(b"job not found")
