"""HTTP as the suite speaks it: requests as they are given, connections that stay open."""

import gzip
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpcore
import httpx
import pytest

from contract_tests.client.http import Client, Headers, Request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CLOSED = b""
"""Stands for a connection that the server closes instead of answering."""


@contextmanager
def answering(*replies: bytes) -> Iterator[tuple[str, list[list[bytes]]]]:
    """Serve these replies on each connection, then close it; yield the address and the requests of each connection."""
    told: list[list[bytes]] = []

    def serve(connection: socket.socket, requests: list[bytes]) -> None:
        with connection:
            for reply in replies:
                if not (request := connection.recv(65536)):
                    return
                requests.append(request)
                connection.sendall(reply)

    def accept() -> None:
        with ThreadPoolExecutor(8) as pool:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                told.append([])
                pool.submit(serve, connection, told[-1])

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", told
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_request_is_sent_as_it_is_given() -> None:
    """The target is not tidied up, the path of the address comes before it, and head and body are one packet."""
    with answering(OK, OK) as (address, told), Client(f"{address}/nomad", {"X-Every": "1", "X-Some": "2"}) as client:
        asked = Request("PUT", "/v1/job/a/../b%2f?x=%zz", {"x-some": "3"}, b"{}")
        assert client.send(asked, 5).content == b"{}"
        assert client.send(Request("PUT", "/v1/job/a", {"Transfer-Encoding": "chunked"}, b"{}"), 5).status_code == 200
    plain, chunked = told[0]
    head = f"Host: {address.removeprefix('http://')}\r\nUser-Agent: nomad-contract\r\nX-Every: 1\r\n"
    assert (
        plain
        == f"PUT /nomad/v1/job/a/../b%2f?x=%zz HTTP/1.1\r\n{head}x-some: 3\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    )
    assert chunked.endswith(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")


def test_a_connection_serves_one_request_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the server closed meanwhile is not used again."""
    with answering(*[OK] * 4) as (address, told), Client(address, {}) as client:
        assert [client.send(Request("GET", "/"), 5).status_code for _ in range(2)] == [200] * 2
        with monkeypatch.context() as patched:
            patched.setattr(httpcore.HTTPConnection, "has_expired", lambda _: True)
            assert client.send(Request("GET", "/"), 5).status_code == 200
    assert [len(requests) for requests in told] == [2, 1]


def test_requests_at_the_same_time_have_connections_of_their_own() -> None:
    """No request waits for the reply to another one."""
    together = threading.Barrier(3)

    def send(_: int) -> int:
        together.wait()
        return client.send(Request("GET", "/"), 5).status_code

    with answering(*[OK] * 9) as (address, told), Client(address, {}) as client, ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            assert list(pool.map(send, range(3))) == [200] * 3
        assert sum(map(len, told)) == 9
        assert len(told) <= 3


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (CLOSED, httpx.RemoteProtocolError),
        (b"no HTTP\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", httpx.DecodingError),
    ],
)
def test_what_is_no_whole_reply_has_a_name(reply: bytes, error: type[Exception]) -> None:
    """The error is httpx's, and the next request gets a connection that works."""
    whole = error is httpx.DecodingError
    with answering(*[reply] * (2 if whole else 1)) as (address, told), Client(address, {}) as client:
        for _ in range(2):
            with pytest.raises(error):
                client.send(Request("GET", "/"), 5)
    assert len(told) == (1 if whole else 2)


def test_a_packed_body_is_unpacked() -> None:
    """It can also be had as it is on the wire."""
    body = gzip.compress(b"{}")
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with answering(packed, packed) as (address, _), Client(address, {}) as client:
        assert client.send(Request("GET", "/"), 5).content == b"{}"
        assert client.send(Request("GET", "/"), 5, packed=True).content == body


def test_a_proxy_is_asked_for_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names it, with user and password; its connections serve one request after the other, too."""
    with answering(OK, OK) as (address, told):
        monkeypatch.setenv("http_proxy", address.replace("://", "://user:word@"))
        monkeypatch.delenv("no_proxy", raising=False)
        with Client("http://nomad.example:4646", {}) as client:
            for _ in range(2):
                assert client.send(Request("GET", "/v1/jobs"), 5).status_code == 200
    ((first, _),) = told
    assert first.startswith(b"GET http://nomad.example:4646/v1/jobs HTTP/1.1\r\nHost: nomad.example:4646\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n" in first


@pytest.mark.parametrize("address", ["ftp://127.0.0.1:1", "localhost:4646", "127.0.0.1"])
def test_only_http_is_spoken(address: str) -> None:
    """Another protocol, or none, is an error before anything is sent."""
    with pytest.raises(httpx.UnsupportedProtocol, match="Request URL"):
        Client(address, {})


def test_headers_are_found_in_any_case() -> None:
    """Values of a header that comes twice are joined; what is no UTF-8 is read as Latin-1."""
    headers = Headers([(b"X-Nomad-Index", b"7"), (b"Vary", b"a"), (b"vary", b"b"), (b"X", b"\xe9")])
    assert dict(headers) == {"x-nomad-index": "7", "vary": "a, b", "x": "é"}
    assert (headers["X-NOMAD-INDEX"], headers.get("Absent"), len(headers)) == ("7", None, 3)
    assert repr(Headers([(b"A", b"1")])) == "Headers({'a': '1'})"
