"""One request and its reply, as recorded by the client."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.ledger import Ledger
from contract_tests.shapes import Reply

OPERATIONS = {
    "query": "job.query",
    "allocations": "job.allocations",
    "evaluations": "job.evaluations",
    "summary": "job.summary",
    "register": "job.register",
    "dispatch": "job.dispatch",
    "evaluate": "job.evaluate",
    "plan": "job.plan",
    "force": "job.periodic-force",
    "deregister": "job.deregister",
    "companion": "companion",
}
"""Operation to the prefix of its statements' ids."""

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
"""Operation to the statement that it succeeds, which is broken when an answer that is needed is an error."""


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
    def json(self) -> Any:
        """The reply's body as JSON data; a ContractViolation when it is none."""
        if not self._parsed:
            self._parsed.append(self._parse())
        return self._parsed[0]

    @property
    def index(self) -> int:
        """The number in the X-Nomad-Index header; a ContractViolation when there is none."""
        value = self.reply_headers.get("X-Nomad-Index", "")
        if not (value.isascii() and value.isdigit()):
            raise self.ledger.finding("common.blocking.index-header", "a decimal X-Nomad-Index", value or "none", self)
        return int(value)

    def curl(self) -> str:
        """Return a command line that repeats the request; tokens are left out."""
        parts = ["curl", "-si", "-X", self.method]
        for name, value in self.headers.items():
            parts += ["-H", f"{name}: {'…' if name.lower() == 'x-nomad-token' else value}"]
        if self.body:
            parts += ["--data-binary", self.body.decode("utf-8", "backslashreplace")]
        return shlex.join([*parts, f"{self.base_url}{self.target}"])

    def as_dict(self) -> dict[str, Any]:
        """Return the exchange as JSON data for reports."""
        return {
            "request": {
                "method": self.method,
                "target": self.target,
                "headers": {k: "…" if k.lower() == "x-nomad-token" else v for k, v in self.headers.items()},
                "body": self.body.decode("utf-8", "backslashreplace"),
            },
            "reply": {
                "status": self.status,
                "headers": dict(self.reply_headers),
                "body": self.text[:20_000],
                "milliseconds": round(self.seconds * 1000, 1),
            },
            "curl": self.curl(),
        }

    def _parse(self) -> Any:
        try:
            # From text, since from bytes a byte order mark and UTF-16 would be taken without a word.
            return json.loads(self.reply_body.decode("utf-8"), object_hook=self._reply)
        except ValueError:
            gist = f"{self.status} {self.text[:300]!r}"
            if self.status != 200 and self.operation in SUCCESSES:
                raise self.ledger.finding(SUCCESSES[self.operation], "status 200", gist, self) from None
            statement = f"{OPERATIONS.get(self.operation, 'job.query')}.reply-is-json"
            raise self.ledger.finding(statement, "a JSON body", gist, self) from None

    def _reply(self, members: dict[str, Any]) -> Reply:
        return Reply(members, self._lacking)

    def _lacking(self, statement: str, name: str, present: list[str]) -> Exception:
        return self.ledger.finding(statement, f"a field {name!r}", f"only {present}", self)
