"""HTTP with bounds: no reply takes more than 16 MiB of memory, or more than the timeout from its request to its end.

httpx alone waits for ever for a reply that trickles, and keeps a body of any length.
"""

import time
import zlib
from collections.abc import Iterable
from ipaddress import ip_address
from threading import Lock, local
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

LONGEST = 16 * 1024 * 1024
"""The most bytes of a body that are read, on the wire and unpacked; documented replies are a thousand times smaller."""

LONGEST_AGAIN = LONGEST // 16
"""The most bytes that are read of a body where one before it was too long."""

LONGEST_TOGETHER = 4 * LONGEST
"""The most bytes of the bodies that are being read at the same time, by all threads together."""


class TooLong(httpx.TransportError):
    """A reply has more bytes than the suite reads."""


class Unfinished(httpx.ReadTimeout):
    """A reply began and did not end in time."""


class Transport(httpx.HTTPTransport):
    """Answers each request within the client's read timeout, counted from the request to the reply's last byte.

    A request may have the extension ``longest``: the most bytes of its reply's body that are read.
    """

    def __init__(self, address: str, **options: Any) -> None:
        """Connect with these options of httpx; the proxy comes from the environment, as in httpx itself."""
        super().__init__(**options, proxy=_proxy_for(address))
        self._until = _Deadline()
        self._reading = 0
        """Bytes of the bodies that are being read at the moment."""
        self._lock = Lock()
        # httpx has no parameter for the backend of its pool.
        self._pool._network_backend = _Backend(self._pool._network_backend, self._until)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its reply with the whole body; other errors are those of httpx, and TooLong.

        Raises:
            Unfinished: The reply began and did not end in time.
        """
        seconds: float = request.extensions["timeout"]["read"]
        self._until.moment = time.monotonic() + seconds
        reply = super().handle_request(request)
        try:
            body = self._whole(reply.stream, request)  # type: ignore[arg-type] # a sync stream
        except httpx.ReadTimeout as problem:
            raise Unfinished(str(problem), request=request) from None
        finally:
            reply.close()
        _refuse_bombs(reply.headers.get("Content-Encoding", ""), body, request)
        return httpx.Response(reply.status_code, headers=reply.headers, stream=httpx.ByteStream(body))

    def _whole(self, stream: Iterable[bytes], request: httpx.Request) -> bytes:
        longest = _longest(request)
        parts: list[bytes] = []
        length = 0
        try:
            for part in stream:
                parts.append(part)
                length += len(part)
                with self._lock:
                    self._reading += len(part)
                if length > longest or self._reading > LONGEST_TOGETHER:
                    raise TooLong(f"the reply has more than {longest >> 20} MiB", request=request)
            return b"".join(parts)
        finally:
            with self._lock:
                self._reading -= length
            parts.clear()  # an exception keeps this frame, and would keep the bytes


def _longest(request: httpx.Request) -> int:
    return int(request.extensions.get("longest", LONGEST))


def _refuse_bombs(encoding: str, body: bytes, request: httpx.Request) -> None:
    """Check that a body unpacks to no more than may be read; httpx reports a body that does not unpack at all.

    Raises:
        httpx.DecodingError: The body is packed in a way that no request accepts.
        TooLong: It unpacks to more.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not body:
        return
    if name != "gzip":
        raise httpx.DecodingError(f"Content-Encoding {encoding!r}, which no request accepts", request=request)
    longest = _longest(request)
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, longest + 1)
    except zlib.error:
        return
    if len(unpacked) > longest:
        raise TooLong(f"the reply unpacks to more than {longest >> 20} MiB", request=request)


def shown_proxy(address: str) -> str:
    """Return the proxy that the environment names for an address, without its user and password; "" for none."""
    return (
        urlsplit(proxy)._replace(netloc=urlsplit(proxy).netloc.rpartition("@")[2]).geturl()
        if (proxy := _proxy_for(address))
        else ""
    )


def _proxy_for(address: str) -> str | None:
    """Return the proxy that the environment names for an address; none is used for this machine itself."""
    parts = urlsplit(address)
    proxies = getproxies()
    own = parts.hostname is None or _is_loopback(parts.hostname) or proxy_bypass(parts.netloc)
    return None if own else proxies.get(parts.scheme) or proxies.get("all")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class _Deadline(local):
    """The moment on the monotonic clock by which the request of this thread has to be answered."""

    moment = float("inf")

    def left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        seconds = self.moment - time.monotonic()
        if seconds <= 0:
            raise late("the reply did not end in time")
        return seconds if timeout is None else min(timeout, seconds)


class _Backend(httpcore.NetworkBackend):
    """Connects as another backend does; no step on its connections outlasts the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend, until: _Deadline) -> None:
        self._backend = backend
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._until.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, seconds, local_address, socket_options), self._until)


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, until: _Deadline) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._until.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._until.left(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = self._until.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._until)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
