"""A small client that sends what it is told to, right or wrong."""

import gzip
import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def index(self) -> int:
        """The index that a client goes on with."""
        return int(self.headers["X-Nomad-Index"])


class Agent:
    """One connection to an agent, opened again when it was closed."""

    def __init__(self, address: str, timeout: float = 10) -> None:
        self.address = address
        self._others: list[Agent] = []
        host = urlsplit(address).netloc
        self._connection = http.client.HTTPConnection(host, timeout=timeout)

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Reply:
        """Send a request and return its reply. A body that is no bytes is sent as JSON."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self._connection.request(method, target, sent, {"Accept-Encoding": "gzip", **fields})
            reply = self._connection.getresponse()
            content = reply.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise
        packed = reply.headers.get("Content-Encoding") == "gzip"
        return Reply(reply.status, reply.headers, gzip.decompress(content) if packed else content)

    def get(self, target: str, **headers: str) -> Reply:
        """Read."""
        return self.ask("GET", target, **headers)

    def put(self, target: str, body: Any = None, **headers: str) -> Reply:
        """Write."""
        return self.ask("PUT", target, body, **headers)

    def register(self, job: dict[str, Any], **envelope: Any) -> Reply:
        """Register a job at the path of its ID."""
        return self.put(f"/v1/job/{quote(job['ID'], safe='')}", {"Job": job, **envelope})

    def close(self) -> None:
        """Close the connection, and those of the others."""
        self._connection.close()
        for other in self._others:
            other.close()

    def another(self, timeout: float = 10) -> "Agent":
        """Return a client with a connection of its own."""
        other = Agent(self.address, timeout)
        self._others.append(other)
        return other

    def connected(self) -> socket.socket:
        """Return a connection for bytes of one's own; it ends with its block."""
        parts = urlsplit(self.address)
        return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)

    def send(self, request: bytes) -> bytes:
        """Send bytes over a connection of their own, and return all that comes."""
        received = b""
        with self.connected() as connection:
            connection.sendall(request)
            while data := connection.recv(65536):
                received += data
        return received
