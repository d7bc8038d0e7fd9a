"""The connection to the server under test: it sends requests and records them as exchanges.

A request that gets no whole reply in time is a finding of the statement that was to be proved.
"""

from collections import deque
from typing import TYPE_CHECKING, Any

import httpx

from contract_tests.client import json_body
from contract_tests.client.bounded import TooLong
from contract_tests.client.exchange import BLOCKS_UNTIL_WAIT, Exchange, unreadable
from contract_tests.client.http import Headers, Received, Request
from contract_tests.client.sender import NoAnswer, Sender
from contract_tests.client.shrinking import Shrinking
from contract_tests.client.target import Target
from contract_tests.findings import Ledger, NotOffered

if TYPE_CHECKING:
    from contract_tests.client.script import Sent

_DEPTH = {"companion": 3, "other": 2}
"""By how much of its path a request is told from others that are no operation of the page either."""
_MOST_WRITES = 64
"""The number of writes that are remembered, to repeat what led to a finding."""


class Connection:
    """HTTP to one target; every request of a test becomes an exchange."""

    def __init__(self, target: Target, ledger: Ledger) -> None:
        self.target = target
        self.ledger = ledger
        self.sender = Sender(target)
        self.shrinking = Shrinking(ledger)
        self.writes: deque[Sent] = deque(maxlen=_MOST_WRITES)
        """The last writes of the running test, oldest first."""

    def exchange(self, operation: str, method: str, target: str, body: bytes, headers: dict[str, str]) -> Exchange:
        """Send a request exactly as given and return it with its reply.

        It is a violation when no whole reply comes in time, or one without an end. The test is skipped when the reply
        of a companion endpoint, which lists everybody's things, is too long.
        """
        self.shrinking.check()

        def exchanged(reply: Received | None, seconds: float) -> Exchange:
            return Exchange(
                operation=operation,
                method=method,
                base_url=self.target.address,
                target=target,
                headers=dict(headers) | self.target.hidden_headers,
                body=body,
                status=reply.status_code if reply is not None else None,
                reply_headers=reply.headers if reply is not None else Headers(),
                reply_body=reply.content if reply is not None else b"",
                seconds=seconds,
                ledger=self.ledger,
                before=tuple(self.writes),
            )

        unanswered = exchanged(None, 0.0)
        self.ledger.last = unanswered
        self.ledger.last = done = exchanged(*self._answer(Request(method, target, headers, body), unanswered))
        if method not in ("GET", "HEAD", "OPTIONS"):
            self.writes.append(done.sent)
        return done

    def wire(self, target: str, accept: str) -> bytes:
        """Return the body of a GET as it is on the wire, not unpacked; ``accept`` is the Accept-Encoding."""
        headers = {"Accept-Encoding": accept}
        reply, _ = self._answer(
            Request("GET", target, headers),
            Exchange("query", "GET", self.target.address, target, headers, b"", None, {}, b"", 0.0, self.ledger),
            packed=True,
        )
        return reply.content if reply is not None else b""

    def _answer(self, request: Request, asked: Exchange, *, packed: bool = False) -> tuple[Received | None, float]:
        """Return the reply and its seconds, no reply when the server closed the connection; raise findings for others.

        Raises:
            NotOffered: The reply of a companion endpoint is too long.
        """
        operation, target = asked.operation, asked.target
        late = "common.schema.survives-any-input"
        if "wait=" in target:
            late = BLOCKS_UNTIL_WAIT.get(operation, late)

        def finding(statement: str, expected: str, why: object) -> None:
            raise self.ledger.finding(self.ledger.asked(statement), expected, str(why), asked) from None

        try:
            return self.sender.send(_kind(operation, asked.method, target), request, packed=packed)
        except NoAnswer as problem:
            finding(late, "an answer", problem)
        except httpx.ConnectError as problem:
            finding(late, "an answer", f"no connection: {problem}")
        except TooLong as problem:
            if operation == "companion":  # the list of a large cluster
                raise NotOffered(f"{target}: {problem}, which is all that the suite reads") from None
            finding(unreadable(operation), "an answer with an end", problem)
        except httpx.DecodingError as problem:
            finding("common.compression.gzip-is-sound", "a gzip body", problem)
        except httpx.TransportError:
            pass
        return None, 0.0

    def quietly(self, operation: str, method: str, target: str, *, limited: bool = False) -> Received | None:
        """Return the reply to a request that no test is about, None when none came.

        The run's time limit ends it only where it is ``limited``; a run cleans up after its time, too.
        """
        try:
            return self.sender.send(_kind(operation, method, target), Request(method, target), limited=limited)[0]
        except (NoAnswer, httpx.HTTPError):
            return None

    def get_json(self, operation: str, target: str, *, limited: bool = False) -> Any:
        """Return the JSON data that a GET no test is about is answered with, None unless the answer is 200."""
        reply = self.quietly(operation, "GET", target, limited=limited)
        try:
            return json_body.parse(reply.content) if reply is not None and reply.status_code == 200 else None
        except ValueError:
            return None


def _kind(operation: str, method: str, target: str) -> str:
    """Return which requests an unanswered one tells something about: those of its operation, waiting ones apart.

    Of what is no operation of the page, it is those to the same part of the server.
    """
    waits = " waiting" if "index=" in target else ""
    where = "/".join(target.split("?")[0].split("/")[: _DEPTH.get(operation, 0)])
    return f"{method} {operation}{where}{waits}"
