"""The connection to the server under test: it sends requests and records them as exchanges.

A request that gets no whole reply in time is a finding; after ten of them the server is given up.
"""

import time
from collections import deque
from typing import TYPE_CHECKING, Any

import httpx

from contract_tests.client import json_body
from contract_tests.client.bounded import TooLong
from contract_tests.client.exchange import BLOCKS_UNTIL_WAIT, Exchange, unreadable
from contract_tests.client.target import Target
from contract_tests.findings import Ledger, NotOffered

if TYPE_CHECKING:
    from contract_tests.client.script import Sent

MOST_UNANSWERED = 10
"""The number of requests without a whole reply in time after which the server is given up."""
_MOST_WRITES = 64
"""The number of writes that are remembered, to repeat what led to a finding."""


class Connection:
    """HTTP to one target; every request of a test becomes an exchange."""

    def __init__(self, target: Target, ledger: Ledger) -> None:
        self.target = target
        self.ledger = ledger
        self.http = target.client()
        self.unanswered = 0
        """The number of requests that got no whole reply in time."""
        self.writes: deque[Sent] = deque(maxlen=_MOST_WRITES)
        """The last writes of the running test, oldest first."""

    @property
    def gave_up(self) -> bool:
        """Whether so many requests remained unanswered that no other is worth its time."""
        return self.unanswered >= MOST_UNANSWERED

    def exchange(self, operation: str, method: str, target: str, body: bytes, headers: dict[str, str]) -> Exchange:
        """Send a request exactly as given and return it with its reply.

        It is a violation when no whole reply comes in time, or one without an end. The test is skipped when the reply
        of a companion endpoint, which lists everybody's things, is too long.
        """
        chunks = iter([body]) if "Transfer-Encoding" in headers else None
        request = self.http.build_request(method, target, content=chunks or body or None, headers=headers)
        sent = dict(headers) | ({"X-Nomad-Token": self.target.token} if self.target.token else {})
        started = time.perf_counter()
        reply = self._answer(operation, request, target)
        seconds = time.perf_counter() - started
        self.ledger.last = done = Exchange(
            operation=operation,
            method=method,
            base_url=self.target.address,
            target=target,
            headers=sent,
            body=body,
            status=reply.status_code if reply is not None else None,
            reply_headers=reply.headers if reply is not None else httpx.Headers(),
            reply_body=reply.content if reply is not None else b"",
            seconds=seconds,
            ledger=self.ledger,
            before=tuple(self.writes),
        )
        if method not in ("GET", "HEAD", "OPTIONS"):
            self.writes.append(done.sent)
        return done

    def wire(self, target: str, accept: str) -> bytes:
        """Return the body of a GET as it is on the wire, not unpacked; ``accept`` is the Accept-Encoding."""
        request = self.http.build_request("GET", target, headers={"Accept-Encoding": accept})
        reply = self._answer("query", request, target, stream=True)
        return b"".join(reply.iter_raw()) if reply is not None else b""

    def _answer(
        self, operation: str, request: httpx.Request, target: str, *, stream: bool = False
    ) -> httpx.Response | None:
        """Return the reply, or None when the server closed the connection without one; raise a finding for others.

        Raises:
            NotOffered: The reply of a companion endpoint is too long.
        """
        finding, late = self.ledger.finding, "common.schema.survives-any-input"
        if "wait=" in target:
            late = BLOCKS_UNTIL_WAIT.get(operation, late)
        expected = f"an answer to {request.method} {target}"
        if self.gave_up:
            raise finding(late, expected, f"none to {self.unanswered} requests before, so it was not asked", None)
        try:
            return self.http.send(request, stream=stream)
        except (httpx.TimeoutException, httpx.ConnectError) as problem:
            self.unanswered += isinstance(problem, httpx.TimeoutException)
            raise finding(late, expected, repr(problem), None) from None
        except TooLong as problem:
            if operation == "companion":  # the list of a large cluster
                raise NotOffered(f"{target}: {problem}, which is all that the suite reads") from None
            raise finding(unreadable(operation), expected, str(problem), None) from None
        except httpx.DecodingError as problem:
            raise finding("common.compression.gzip-is-sound", "a gzip body", str(problem), None) from None
        except httpx.TransportError:
            return None

    def quietly(self, method: str, target: str) -> httpx.Response | None:
        """Return the reply to a request that no test is about, None when none came."""
        try:
            return self.http.request(method, target)
        except httpx.HTTPError as problem:
            self.unanswered += isinstance(problem, httpx.TimeoutException)
            return None

    def get_json(self, target: str) -> Any:
        """Return the JSON data that a GET no test is about is answered with, None unless the answer is 200."""
        reply = self.quietly("GET", target)
        try:
            return json_body.parse(reply.content) if reply is not None and reply.status_code == 200 else None
        except ValueError:
            return None
