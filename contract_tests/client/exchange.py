"""One request and its reply, as recorded by the client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract_tests.client import json_body
from contract_tests.client.script import Sent, script
from contract_tests.findings import Ledger
from contract_tests.oracle.shapes import Reply
from contract_tests.words import ABSENT, At, escaped, shortened
from contract_tests.words import body as in_words

JSON_REPLIES = {
    "query": "job.query.reply-is-json",
    "allocations": "job.allocations.reply-is-json",
    "evaluations": "job.evaluations.reply-is-json",
    "summary": "job.summary.reply-is-json",
    "register": "job.register.reply-is-json",
    "dispatch": "job.dispatch.reply-is-json",
    "evaluate": "job.evaluate.reply-is-json",
    "plan": "job.plan.reply-is-json",
    "force": "job.periodic-force.reply-is-json",
    "deregister": "job.deregister.reply-is-json",
    "companion": "companion.reply-is-json",
}
"""The statement that the reply of an operation is a JSON document."""

SUCCESSES = {
    "query": "job.query.returns-the-job",
    "summary": "job.summary.names-the-job",
    "register": "job.register.creates",
    "dispatch": "job.dispatch.creates-a-job",
    "evaluate": "job.evaluate.creates-evaluation",
    "plan": "job.plan.is-accepted",
    "force": "job.periodic-force.launches",
    "deregister": "job.deregister.ends-the-job",
}
"""The statement that an operation succeeds.

An error in place of a needed answer breaks it. A test of observed behaviour alone may send requests about which the
page promises nothing: there the error breaks the test's own statement.
"""

BLOCKS_UNTIL_WAIT = {
    "query": "common.blocking.query.ends-at-wait",
    "allocations": "common.blocking.allocations.ends-at-wait",
    "evaluations": "common.blocking.evaluations.ends-at-wait",
    "summary": "common.blocking.summary.ends-at-wait",
}
"""The statement that a blocking query of a read ends with its ``wait``."""


_MOST = 20_000
"""The number of characters of a body that a report shows."""
LONGEST_INDEX = 20
"""Digits of the largest index, of 64 bits."""


def unreadable(operation: str) -> str:
    """Return the id of the statement that a reply breaks when it is no JSON document."""
    return JSON_REPLIES.get(operation, "job.query.reply-is-json")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back; ``status`` is None when the server closed the connection without an answer."""

    operation: str
    method: str
    base_url: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    body: bytes
    status: int | None
    reply_headers: Mapping[str, str]
    """Case-insensitive."""
    reply_body: bytes
    """As the client sees it, after gunzip."""
    seconds: float
    ledger: Ledger = field(repr=False)
    before: Sequence[Sent] = field(default=(), repr=False)
    """The writes of the same test before this one."""
    _parsed: list[Any] = field(default_factory=list, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the server answered 200."""
        return self.status == 200

    @property
    def text(self) -> str:
        """The reply's body as text."""
        return self.reply_body.decode("utf-8", "replace")

    @property
    def gist(self) -> str:
        """What came back, in words."""
        if self.status is None:
            return "the connection was closed without an answer"
        return f"status {self.status}: {in_words(self.reply_body)}"

    @property
    def json(self) -> Any:
        """The reply's body as JSON data; a ContractViolation when it is none."""
        if not self._parsed:
            self._parsed.append(self._parse())
        return self._parsed[0]

    @property
    def index(self) -> int:
        """The number in the X-Nomad-Index header; a ContractViolation when there is none."""
        value = self.reply_headers.get("X-Nomad-Index", "")
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_INDEX):
            found = f"X-Nomad-Index: {value[:40] or 'no such header'}"
            raise self.ledger.finding(self._indexed(), "X-Nomad-Index: a decimal number", found, self)
        return int(value)

    def curl(self) -> str:
        """Return a shell script that repeats the exchange from nothing; tokens are left out."""
        return script(self.before, self.sent)

    @property
    def sent(self) -> Sent:
        """The parts that a script repeats."""
        return Sent(
            self.method, self.base_url, self.target, self.headers, self.body, self.status, self.reply_body[:_MOST]
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the exchange as JSON data for reports, without characters that act on a terminal."""
        return {
            "operation": self.operation,
            "request": {
                "method": self.method,
                "target": self.target,
                "headers": {k: "…" if k.lower() == "x-nomad-token" else escaped(v) for k, v in self.headers.items()},
                "body": shortened(escaped(self.body.decode("utf-8", "backslashreplace")), _MOST),
            },
            "reply": {
                "status": self.status,
                "headers": {name: escaped(value) for name, value in self.reply_headers.items()},
                "body": in_words(self.reply_body, _MOST),
                "milliseconds": round(self.seconds * 1000, 1),
            },
            "curl": self.curl(),
        }

    def _indexed(self) -> str:
        """Return the statement that a missing index breaks: the page promises one of reads that found something."""
        if self.operation == "companion":
            return "companion.headers.of-lists"
        if self.method != "GET":
            return "common.headers.index-on-writes"
        return "common.blocking.index-header" if self.ok else "common.blocking.index-of-the-missing"

    def _parse(self) -> Any:
        lacking = self._lacking
        try:
            return json_body.parse(self.reply_body, lambda members: Reply(members, lacking))
        except ValueError as problem:
            if self.status != 200 and self.operation in SUCCESSES:
                statement = self.ledger.needed(SUCCESSES[self.operation])
                raise self.ledger.finding(statement, "status 200", self.gist, self) from None
            found = self.gist if self.status is None else f"{self.gist} ({problem})"
            raise self.ledger.finding(unreadable(self.operation), "a JSON body", found, self) from None

    def _lacking(self, statement: str, name: str) -> Exception:
        return self.ledger.finding(statement, f"{name}: a field of this name", At((name,), ABSENT), self)
