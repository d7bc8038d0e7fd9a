"""The bytes on the wire."""

import errno
import json
import re
import socket
import tracemalloc
from collections.abc import Iterator

import pytest

from mockserver.http.head import LARGEST_HEAD
from mockserver.http.patience import PATIENCE
from mockserver.settings import Settings
from tests.builders import a_job
from tests.served import connect, read_all, read_until, serving

_REFUSED = b"HTTP/1.1 %b\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n%b"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve a lone server and return its port."""
    with serving(Settings(nodes=0, seed=1, strict=True)) as port:
        yield port


def _last(port: int, *parts: bytes) -> bytes:
    """Return the last reply to these parts of requests, the last of which asks to close."""
    with connect(port, *parts) as connection:
        return b"HTTP/1.1 " + read_all(connection).rpartition(b"HTTP/1.1 ")[2]


def _request(line: str, *headers: str, body: bytes = b"") -> bytes:
    fields = "".join(f"{header}\r\n" for header in ("Host: x", "Connection: close", *headers))
    return f"{line} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + body


def test_header_names_are_spelled_as_a_real_agents(port: int) -> None:
    """Header names are canonical, and no header names the server software."""
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
        b"Connection",
    ]


def test_long_bodies_come_in_chunks(port: int) -> None:
    """Long bodies are chunked; an HTTP/1.0 client gets a length instead."""
    body = json.dumps({"Job": a_job(ID="long", Meta={"k": "x" * 3000})}).encode()
    assert b" 200 " in _last(port, _request("PUT /v1/job/long", f"Content-Length: {len(body)}", body=body))
    chunked = _last(port, _request("GET /v1/job/long"))
    assert re.search(rb"\r\nTransfer-Encoding: chunked\r\n(.*\r\n)?\r\n[0-9a-f]+\r\n\{.*\}\r\n0\r\n\r\n\Z", chunked)
    whole = _last(port, b"GET /v1/job/long HTTP/1.0\r\n\r\n")
    assert re.search(rb"\r\nContent-Length: \d+\r\n(.*\r\n)?\r\n\{.*\}\Z", whole)


@pytest.mark.parametrize("verb", ["FOO", "get", "M-SEARCH", "CONNECT", "PROPFIND", "X" * 63])
def test_any_verb_is_a_verb(port: int, verb: str) -> None:
    """Any method is accepted, also one that parsers do not know."""
    assert _last(port, _request(f"{verb} /v1/job/x")).endswith(b"\r\n\r\nInvalid method")
    assert _last(port, _request(f"{verb} /v1/job/x/summary")).endswith(b"\r\n\r\njob not found")


def test_a_strange_verb_does_not_stick_to_the_connection(port: int) -> None:
    """The next request on the connection has its own method."""
    with connect(port, b"FOO /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert read_until(connection, b"Invalid method").startswith(b"HTTP/1.1 405 ")
        connection.sendall(_request("GET /v1/job/x"))
        assert read_all(connection).startswith(b"HTTP/1.1 404 ")


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    """Pipelined requests are answered in order, also with an ignored body between them."""
    patch = b"PATCH /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    with connect(port, patch + _request("GET /v1/job/x")) as connection:
        assert re.findall(rb"HTTP/1.1 (\d+)", read_all(connection)) == [b"405", b"404"]


def test_raw_bytes_in_a_path(port: int) -> None:
    """Bytes above 0x7f in a path need no escaping."""
    body = json.dumps({"Job": a_job(ID="é")}, ensure_ascii=False).encode()
    put = b"PUT /v1/job/\xc3\xa9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert b" 200 OK\r\n" in _last(port, put + body)
    assert b" 200 OK\r\n" in _last(port, _request("GET /v1/job/%C3%A9"))
    assert b" 404 " in _last(port, _request("GET /v1/job/\xff"))


def test_a_wish_to_upgrade_is_ignored(port: int) -> None:
    """A request to upgrade the connection is answered as any other, with its body."""
    body = json.dumps({"Job": a_job(ID="up")}).encode()
    head = f"PUT /v1/job/up HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nContent-Length: {len(body)}\r\n"
    connection = "Connection: Upgrade, HTTP2-Settings\r\n\r\n"
    with connect(port, (head + connection).encode() + body) as client:
        assert read_until(client, b"}").startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_body_is_asked_for_only_where_it_is_read(port: int) -> None:
    """Only operations that read a body answer ``Expect: 100-continue``."""
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
    """What is not HTTP gets Go's bare reply, and the connection ends."""
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
    """A malformed Host header is named in the status line and the text, with a body or without."""
    for head in (b"GET /v1/job/x HTTP/%b\r\n%b\r\n", b"PUT /v1/job/x HTTP/%b\r\n%bContent-Length: 2\r\n\r\n{}"):
        with connect(port, head % (version, hosts)) as connection:
            assert read_all(connection) == _REFUSED % (status, status)


@pytest.mark.parametrize(
    ("version", "hosts"),
    [(b"1.1", b"Host:\r\n"), (b"1.1", b"hOST: [::1]:4646\r\n"), (b"1.1", b"Host: a_b:x\r\n"), (b"1.0", b"")],
)
def test_a_host_that_go_takes_is_taken(port: int, version: bytes, hosts: bytes) -> None:
    """HTTP/1.0 needs no Host, and an empty one is accepted."""
    with connect(port, b"GET /v1/job/x HTTP/%b\r\n%bConnection: close\r\n\r\n" % (version, hosts)) as connection:
        assert read_all(connection).startswith(b"HTTP/%b 404 " % version)


def test_a_head_without_end_is_refused(port: int) -> None:
    """A head above one mebibyte is refused, as by a real agent."""
    with connect(port, b"GET / HTTP/1.1\r\nX-A: ") as client:
        client.sendall(b"a" * LARGEST_HEAD)
        text = b"431 Request Header Fields Too Large"
        assert read_until(client, text) == _REFUSED % (text, text)


def test_a_large_head_is_taken(port: int) -> None:
    """A head below the limit is accepted, and the count begins anew with each request."""
    large = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nX-A: %b\r\n\r\n" % (b"a" * 700_000)
    with connect(port) as client:
        for _ in range(2):
            client.sendall(large)
            assert read_until(client, b"job not found").startswith(b"HTTP/1.1 404 ")


def test_absolute_addresses(port: int) -> None:
    """A target may be a whole URL, as clients of a proxy send it."""
    assert _last(port, _request("GET http://other/v1/job/x?pretty")).endswith(b"job not found")


_GET = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n"
_CLOSE = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_PUT = b"PUT /v1/job/x HTTP/1.1\r\nHost: x\r\n"
_JOB = b'{"Job":{}}'


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (_GET + b"FOO /v1/job/x/summary HTTP/1.1\r\nHost: x\r\n\r\n", [404, 404]),
        (_GET + b"get /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n", [404, 405]),
        (b"%b /v1/job/x/summary HTTP/1.1\r\nHost: x\r\n\r\n" % (b"X" * 70_000), [404]),
        (_PUT + b"Content-Length: 10\r\n\r\n" + _JOB + b"FOO /v1/job/x HTTP/1.1\r\nHost: x\r\n\r\n", [400, 405]),
        (_PUT + b"Transfer-Encoding: chunked\r\n\r\na\r\n" + _JOB + b"\r\n0\r\nX: y\r\n\r\n" + _GET, [400, 404]),
        (_PUT + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 10\r\n\r\n" + _JOB, [400]),
        (_PUT + b"CONNECTION: UPGRADE\r\nContent-Length: 10\r\nUPGRADE: h2c\r\n\r\n" + _JOB, [400]),
        (_GET + b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", [404, 404]),
        (b"POST /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n" + _JOB + b"\r\n\r\n", [400]),
        (b"GET /v1/job/\xff\xfe/summary HTTP/1.1\nHost: x\nA: b\n c\n\n", [404]),
    ],
)
@pytest.mark.parametrize("pieces", [1, 2, 1000])
def test_requests_are_the_same_in_any_pieces(port: int, sent: bytes, statuses: list[int], pieces: int) -> None:
    """However the bytes are split, requests are read the same, and the next one is answered."""
    sent += _CLOSE
    size = -(-len(sent) // pieces)
    with connect(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(sent), size):
            connection.sendall(sent[start : start + size])
        answers = read_all(connection)
    assert [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", answers)] == [*statuses, 404]


@pytest.mark.parametrize("size", [65_480, 65_600, 900_000])
@pytest.mark.parametrize("target", ["/v1/job/%s", "http://other/v1/job/%s", "/v1/jobs?prefix=%s"])
def test_long_targets(port: int, target: str, size: int) -> None:
    """A target may be as long as a head."""
    assert _last(port, _request(f"GET {target % ('a' * size)}")).endswith((b"job not found", b"[]"))


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"GET /v1/job/x HTTP/1.1\r\nHo", b"400 Bad Request"),
        (_PUT + b"Content-Length: 10\r\n\r\n{", b"unexpected EOF"),
        (_PUT + b"Transfer-Encoding: chunked\r\n\r\na\r\n{", b"unexpected EOF"),
        (b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nabc", b"job not found"),
        (b"GET /v1/jobs?index=100000&wait=50ms HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n\r\n[]"),
        (b"GET /v1/jobs?index=100000&wait=50ms HTTP/1.1\r\nHost: x\r\n\r\n" + _GET, b"job not found"),
        (_GET * 3, b"job not found"),
        (b"", b""),
    ],
)
def test_who_sends_no_more_may_still_read(sent: bytes, answer: bytes) -> None:
    """A client that closed its sending side gets all replies, those of waiting queries too."""
    with serving(Settings(nodes=0)) as port, connect(port, sent) as connection:
        connection.shutdown(socket.SHUT_WR)
        received = read_all(connection)
    assert received.endswith(answer)
    assert received.count(b"HTTP/1.1 ") == max(sent.count(b"Host"), sent.count(b"GET"), sent != b"")


@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        (_PUT + b"Transfer-Encoding: gzip\r\n\r\n", b"501 Not Implemented", b"Unsupported transfer encoding"),
        (_PUT + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400 Bad Request", b"invalid byte in chunk length"),
        (_PUT + b"Expect: more\r\n\r\n", b"417 Expectation Failed", b""),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"400 Bad Request", b""),
    ],
)
def test_what_go_does_not_support(port: int, sent: bytes, status: bytes, text: bytes) -> None:
    """What Go does not support is refused, and the connection closed."""
    with connect(port, sent) as connection:
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 %b\r\n" % status)
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\n" + text)


def test_a_body_that_nobody_wants_is_read_first(port: int) -> None:
    """An unwanted body is read up to 256 KiB; a longer one is left, and the connection ends with the reply."""
    ask = b"GET /v1/job/x HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    with connect(port, ask % 200_000) as connection:
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(10)
        connection.sendall(b"a" * 200_000 + ask % 300_000)
        answers = read_all(connection)
    assert [b"Connection: close" in answer for answer in answers.split(b"HTTP/1.1 ")[1:]] == [False, True]


@pytest.mark.slow
def test_who_sends_ahead_without_reading_has_to_wait() -> None:
    """Of 20 MB sent ahead the server reads a small part, and goes on when its replies are read."""
    body = json.dumps({"Job": a_job(ID="large", Meta={"k": "x" * 100_000})}).encode()
    asked = b"GET /v1/job/large HTTP/1.1\r\nHost: x\r\nX-A: %b\r\n\r\n" % (b"a" * 40_000)
    everything = asked * 500
    with serving(Settings(nodes=0, journal_limit=0)) as port, connect(port) as connection:
        connection.sendall(_PUT.replace(b"x", b"large", 1) + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        read_until(connection, b"}")
        tracemalloc.start()
        try:
            connection.settimeout(1)
            sent = _sent_until_stuck(connection, everything)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert sent < len(everything)
        assert kept < 2_000_000
        connection.setblocking(True)
        connection.sendall(asked[sent % len(asked) :])
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).count(b"HTTP/1.1 200 OK") == sent // len(asked) + 1


def _sent_until_stuck(connection: socket.socket, data: bytes) -> int:
    sent = 0
    try:
        while sent < len(data):
            sent += connection.send(data[sent : sent + 65_536])
    except TimeoutError:
        pass
    return sent


@pytest.mark.parametrize(
    ("part", "sent", "answer"),
    [
        ("request", b"", b""),
        ("request", _GET, b"job not found"),
        ("head", b"GET /v1/job/x HTTP/1.1\r\nHos", b"this mock waits 0.05 s for the head of a request"),
        ("head", _GET + b"G", b"this mock waits 0.05 s for the head of a request"),
        ("body", _PUT + b"Content-Length: 10\r\n\r\n{", b"this mock waits 0.05 s for the body of a request"),
        ("body", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{", b"for the body of a request"),
    ],
)
def test_nothing_is_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch, part: str, sent: bytes, answer: bytes) -> None:
    """A slow client is given up after a time, and told what did not come."""
    monkeypatch.setitem(PATIENCE, part, 0.05)
    with serving(Settings(nodes=0)) as port, connect(port, sent) as connection:
        received = read_all(connection)
    assert answer in received
    assert (b"HTTP/1.1 408 Request Timeout\r\n" in received) == (part != "request")


def test_who_never_reads_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that does not read its reply is cut off after a time."""
    monkeypatch.setitem(PATIENCE, "reader", 0.05)
    body = json.dumps({"Job": a_job(ID="large", Meta={"k": "x" * 20_000_000})}).encode()
    with serving(Settings(nodes=0)) as port:
        put = b"PUT /v1/job/large HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        with connect(port, put, body) as connection:
            read_until(connection, b"}")
            connection.sendall(b"GET /v1/job/large HTTP/1.1\r\nHost: x\r\n\r\n")
            with connect(port) as other:  # only after a while, which this one's own answers measure
                for _ in range(200):
                    other.sendall(b"GET /v1/jobs?index=100000&wait=2ms HTTP/1.1\r\nHost: x\r\n\r\n")
                    read_until(other, b"]")
            received = len(read_all(connection))
            assert received < 20_000_000


def test_unfinished_requests_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit a client gets 503; small requests are always answered, and room returns when others leave."""
    monkeypatch.setattr("mockserver.http.room.ROOM", 200_000)
    put = _PUT + b"Content-Length: 1100000\r\n\r\n"
    with serving(Settings(nodes=0)) as port:
        with connect(port, put + b" " * 1_050_000) as other, connect(port) as connection:
            for _ in range(20):  # meanwhile the server reads what the other sends
                connection.sendall(_GET)
                read_until(connection, b"job not found")
            connection.sendall(put + b" " * 100_000)
            answer = read_all(connection)
            assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
            assert b"others have taken them" in answer
            other.sendall(b" " * 50_000)
            assert read_until(other, b"EOF").startswith(b"HTTP/1.1 400 ")
        assert _last(port, put.replace(b"Host: x", b"Host: x\r\nConnection: close") + b" " * 1_100_000).endswith(b"EOF")


def test_the_end_of_a_connection_that_the_client_left_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The system refuses to end the sending side of a connection that is gone; nobody minds."""
    refused = []

    def refuse(transport: object) -> None:
        refused.append(transport)
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    monkeypatch.setattr("asyncio.selector_events._SelectorSocketTransport.write_eof", refuse)
    with serving(Settings(nodes=0), loop="asyncio") as port:
        with connect(port, _request("GET /v1/status/leader", "Content-Length: 400000", body=b"x")) as connection:
            assert b" 200 " in read_until(connection, b'4647"')
        assert b" 200 " in _last(port, _request("GET /v1/status/leader"))
    assert refused
    assert not caplog.records
