"""Heads of requests, each as observed of a real agent."""

import pytest

from mockserver.http.head import MOST_FIELDS, BadHead, read_head

_HOST = b"Host: x\r\n"


def _head(line: bytes, fields: bytes = _HOST) -> bytes:
    return line + b"\r\n" + fields + b"\r\n"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/v1/jobs?prefix=zz?a#b", b"/v1/jobs", b"prefix=zz?a#b"),
        (b"/v1/jobs#y", b"/v1/jobs#y", b""),
        (b"//o/v1/jobs", b"//o/v1/jobs", b""),
        (b'/a"<>\\^`{|}\xff', b'/a"<>\\^`{|}%FF', b""),
        (b"http://u:p@o:80/v1/jobs?a=b", b"/v1/jobs", b"a=b"),
        (b"foo+1.-://o/v1/jobs", b"/v1/jobs", b""),
        (b"http://other?x=1", b"", b"x=1"),
        (b"mailto:foo?x", b"", b"x"),
        (b"http:/v1/jobs", b"/v1/jobs", b""),
        (b"*", b"*", b""),
    ],
)
def test_targets(target: bytes, path: bytes, query: bytes) -> None:
    """Path and query are as they were sent, without scheme and authority."""
    head = read_head(_head(b"GET " + target + b" HTTP/1.1"))
    assert (head.path, head.query) == (path, query)


def test_connect_names_an_authority() -> None:
    """CONNECT takes an authority or a path, and needs no Host."""
    assert read_head(_head(b"CONNECT foo:80 HTTP/1.1", b"")).path == b""
    assert read_head(_head(b"CONNECT /v1/jobs HTTP/1.1")).path == b"/v1/jobs"


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        (b"A: b\r\nb:\tc \r\n", [(b"a", b"b"), (b"b", b"c")]),
        (b"A: b\r\n c\r\n\td\r\n", [(b"a", b"b c d")]),
        (b"A: b\n", [(b"a", b"b")]),
        (b"A: \xff\tb\r\n", [(b"a", b"\xff\tb")]),
        (b"Content-Length: \r\n", [(b"content-length", b"")]),
    ],
)
def test_fields(fields: bytes, read: list[tuple[bytes, bytes]]) -> None:
    """Names are in lower case, values without spaces around them, and continued lines are joined."""
    assert read_head(_head(b"GET / HTTP/1.1", _HOST + fields)).headers == [(b"host", b"x"), *read]


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        (b"", 0),
        (b"Content-Length: 10\r\nContent-Length: 10\r\n", 10),
        (b"Content-Length:\r\n", 0),
        (b"Content-Length: 3\r\nTransfer-Encoding: CHUNKED\r\n", None),
    ],
)
def test_how_long_a_body_is(fields: bytes, length: int | None) -> None:
    """Chunked encoding counts before a length."""
    assert read_head(_head(b"PUT / HTTP/1.1", _HOST + fields)).length == length


def test_http_1_0() -> None:
    """HTTP/1.0 has no chunks, needs no Host, and closes the connection by default."""
    old = read_head(_head(b"PUT / HTTP/1.0", b"Transfer-Encoding: chunked\r\n"))
    assert (old.length, old.keep_alive) == (0, False)
    assert read_head(_head(b"GET / HTTP/1.0", b"Connection: Keep-Alive\r\n")).keep_alive
    assert read_head(_head(b"GET / HTTP/1.2")).keep_alive
    assert not read_head(_head(b"GET / HTTP/1.1", _HOST + b"Connection: foo, CLOSE\r\n")).keep_alive


@pytest.mark.parametrize(
    ("line", "fields", "status"),
    [
        (b"GET /", _HOST, b"400 Bad Request"),
        (b"GET  / HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET / HTTP/1.1 ", _HOST, b"400 Bad Request"),
        (b"GET / HTTP/1.10", _HOST, b"400 Bad Request"),
        (b"G\xff / HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET /\x01 HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET 1oo://o/ HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET http://o:x/ HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET http://o[/ HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET *?a HTTP/1.1", _HOST, b"400 Bad Request"),
        (b"GET / HTTP/1.1", _HOST + b": b\r\n", b"400 Bad Request"),
        (b"GET / HTTP/1.1", b" A: b\r\n" + _HOST, b"400 Bad Request"),
        (b"GET / HTTP/1.1", _HOST + b"A: b\rc\r\n", b"400 Bad Request"),
        (b"GET / HTTP/1.1", _HOST + b"A: \x00\r\n", b"400 Bad Request"),
        (b"GET / HTTP/1.1", _HOST + b"a(b: c\r\n", b"400 Bad Request"),
        (b"GET / HTTP/1.1", _HOST + b"A : b\r\n", b"400 Bad Request: invalid header name"),
        (b"GET / HTTP/1.1", _HOST + b"a b: c\r\n", b"400 Bad Request: invalid header name"),
        (b"PUT / HTTP/1.1", _HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n", b"400 Bad Request"),
        (b"PUT / HTTP/1.1", _HOST + b"Content-Length: +1\r\n", b"400 Bad Request"),
        (b"PUT / HTTP/1.1", _HOST + b"Content-Length: 99999999999999999999\r\n", b"400 Bad Request"),
        (b"PUT / HTTP/1.1", _HOST + b"Transfer-Encoding: gzip, chunked\r\n", b"501 Not Implemented"),
        (b"GET / HTTP/2.0", _HOST, b"505 HTTP Version Not Supported: unsupported protocol version"),
        (b"GET / HTTP/0.9", _HOST, b"505 HTTP Version Not Supported: unsupported protocol version"),
        (b"GET / HTTP/1.1", _HOST + b"a: b\r\n" * MOST_FIELDS, b"431 Request Header Fields Too Large"),
    ],
)
def test_what_is_refused(line: bytes, fields: bytes, status: bytes) -> None:
    """A refused head gets Go's status line."""
    with pytest.raises(BadHead) as refused:
        read_head(_head(line, fields))
    assert refused.value.status == status
