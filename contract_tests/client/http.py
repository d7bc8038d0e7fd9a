"""HTTP to one server: requests as they are given, over connections that stay open for the next ones.

httpx says how a server is reached, and names what goes wrong. Its client is left out: it takes each request apart and
puts it together again, which took more time than the server's answer.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import httpcore
import httpx

from contract_tests.client.bounded import LONGEST, Bodies, Connections, proxy_for, unpacked

_PORTS = {"http": 80, "https": 443}
_WITH_BODY = ("PUT", "POST", "PATCH")
"""The methods whose requests tell the length of their body even if it is empty."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the suite."""

    method: str
    target: str
    """Path and query, as they are sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers beyond those of every request; one of the same name takes the place of the other."""
    body: bytes = b""


class Headers(Mapping[str, str]):
    """The headers of a reply by their names, in any case; the values of one that comes twice are joined by commas."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._values: dict[str, str] = {}
        for name, value in raw:
            key, text = _text(name).lower(), _text(value)
            self._values[key] = f"{self._values[key]}, {text}" if key in self._values else text

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


@dataclass(frozen=True, slots=True)
class Received:
    """What came back."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")


class Client:
    """Sends requests to the server at an address; any number of threads may use it at the same time."""

    def __init__(self, address: str, headers: Mapping[str, str], *, tls: ssl.SSLContext | bool = False) -> None:
        """Connect when the first request is sent.

        Args:
            address: of the server, with the path that its own paths follow.
            headers: of every request.
            tls: how to make sure of an https server.

        Raises:
            httpx.UnsupportedProtocol: The address is for neither HTTP nor HTTPS.
        """
        where = httpx.URL(address)
        if where.scheme not in _PORTS:
            found = f"has an unsupported protocol '{where.scheme}://'." if where.scheme else "is missing a protocol."
            raise httpx.UnsupportedProtocol(f"Request URL {found}")
        self._origin = httpcore.Origin(where.raw_scheme, where.raw_host, where.port or _PORTS[where.scheme])
        self._path = where.raw_path.rstrip(b"/")
        every = {"Host": where.netloc.decode("ascii"), "User-Agent": "nomad-contract", **headers}
        self._headers = {name.lower(): (name.encode(), value.encode()) for name, value in every.items()}
        self._bodies = Bodies()
        self._connections = Connections(self._origin, httpx.HTTPTransport(verify=tls, proxy=proxy_for(address)))

    def send(self, request: Request, seconds: float, *, longest: int = LONGEST, packed: bool = False) -> Received:
        """Send a request and return its reply, whose last byte has to come within so many seconds.

        Args:
            request: what is sent.
            seconds: from now to the reply's last byte.
            longest: the most bytes of the body that are read.
            packed: leave the body as it is on the wire.

        Other errors are those of httpx: no whole reply came, it is no HTTP, or it cannot be unpacked.
        """
        try:
            with self._connections.one(seconds) as connection:
                reply = connection.handle_request(self._on_the_wire(request))
                try:
                    body = self._bodies.whole(reply.iter_stream(), longest)
                finally:
                    reply.close()
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as one:
            named: type[httpx.TransportError] = getattr(httpx, type(one).__name__)  # httpx gives them the same names
            raise named(str(one)) from one
        headers = Headers(reply.headers)
        content = body if packed else unpacked(headers.get("content-encoding", ""), body, longest)
        return Received(reply.status, headers, content)

    def close(self) -> None:
        """Close the connections that no request is on."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _on_the_wire(self, request: Request) -> httpcore.Request:
        headers = self._headers
        if request.headers:
            own = {name.lower(): (name.encode(), value.encode()) for name, value in request.headers.items()}
            headers = headers | own
        lines = list(headers.values())
        if (request.body or request.method in _WITH_BODY) and "transfer-encoding" not in headers:
            lines.append((b"Content-Length", str(len(request.body)).encode()))
        target = self._path + request.target.encode("ascii")
        scheme, host, port = self._origin.scheme, self._origin.host, self._origin.port
        url = httpcore.URL(scheme=scheme, host=host, port=port, target=target)
        return httpcore.Request(request.method, url, headers=lines, content=request.body)


def _text(raw: bytes) -> str:
    """Return a header's name or value as text, which may be in an older encoding."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
