"""The bounds of HTTP: no reply takes more than 16 MiB of memory, or more than its time from its request to its end.

httpcore alone waits for ever for a reply that trickles, and keeps a body of any length.
"""

import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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


class Bodies:
    """Reads bodies, those of all threads together within a bound."""

    def __init__(self) -> None:
        self._reading = 0
        """Bytes of the bodies that are being read at the moment."""
        self._lock = Lock()

    def whole(self, stream: Iterable[bytes], longest: int) -> bytes:
        """Return a body.

        Raises:
            TooLong: It has more bytes than ``longest``, or all that are being read have too many together.
        """
        parts: list[bytes] = []
        length = 0
        try:
            for part in stream:
                parts.append(part)
                length += len(part)
                with self._lock:
                    self._reading += len(part)
                if length > longest or self._reading > LONGEST_TOGETHER:
                    raise TooLong(f"the reply has more than {longest >> 20} MiB")
            return b"".join(parts)
        finally:
            with self._lock:
                self._reading -= length
            parts.clear()  # an exception keeps this frame, and would keep the bytes


def unpacked(encoding: str, body: bytes, longest: int) -> bytes:
    """Return a body as it was before it was packed in this encoding.

    Raises:
        httpx.DecodingError: The body does not unpack, or is packed in a way that no request accepts.
        TooLong: It unpacks to more bytes than ``longest``.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not body:
        return body
    if name != "gzip":
        raise httpx.DecodingError(f"Content-Encoding {encoding!r}, which no request accepts")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacking.decompress(body, longest + 1)
    except zlib.error as problem:
        raise httpx.DecodingError(str(problem)) from None
    if len(found) > longest:
        raise TooLong(f"the reply unpacks to more than {longest >> 20} MiB")
    return found


def shown_proxy(address: str) -> str:
    """Return the proxy that the environment names for an address, without its user and password; "" for none."""
    return (
        urlsplit(proxy)._replace(netloc=urlsplit(proxy).netloc.rpartition("@")[2]).geturl()
        if (proxy := proxy_for(address))
        else ""
    )


def proxy_for(address: str) -> str | None:
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


class Connections:
    """The connections to one server, open for the next requests; no step on one outlasts the time of its request.

    The pool of httpcore looks at all of them for each request, and closes idle ones that another thread was just given.
    """

    def __init__(self, origin: httpcore.Origin, transport: httpx.HTTPTransport) -> None:
        """Connect to a place in the way of a transport, which knows about proxies and certificates."""
        self._origin = origin
        self._until = _Deadline()
        self._pool = transport._pool
        # httpx has no parameter for the backend of its pool.
        self._pool._network_backend = _Backend(self._pool._network_backend, self._until)
        self._idle: list[httpcore.ConnectionInterface] = []
        """Those that no request is on, the one used last at the end."""
        self._lock = Lock()

    @contextmanager
    def one(self, seconds: float) -> Iterator[httpcore.ConnectionInterface]:
        """Lend a connection for the one request that this thread makes within so many seconds."""
        self._until.moment = time.monotonic() + seconds
        connection = self._open() or self._pool.create_connection(self._origin)
        try:
            yield connection
        finally:
            if connection.is_available():  # its last reply was read to the end
                with self._lock:
                    self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close those that no request is on."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _open(self) -> httpcore.ConnectionInterface | None:
        """Return an open connection that no request is on, None where there is none."""
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if not connection.has_expired():  # the server has not closed it
                    return connection
                connection.close()
        return None


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
        self._unsent = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with suppress(httpcore.WriteError):  # a server may answer and close before it has read everything
            self._send()
        return self._stream.read(max_bytes, self._until.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 # counts when it is sent
        self._unsent += buffer  # head and body go out together, when the reply is read

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, b""
        if unsent:
            self._stream.write(unsent, self._until.left(None, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = self._until.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._until)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
