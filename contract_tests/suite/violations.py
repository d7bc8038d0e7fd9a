"""What a contract test can find: a violation (the server's fault), or something the server does not have."""

import functools
from typing import Any, Protocol


class Shown(Protocol):
    """What a violation shows of an exchange."""

    @property
    def method(self) -> str:
        """Of the request."""

    @property
    def target(self) -> str:
        """Path and query of the request."""

    @property
    def body(self) -> bytes:
        """Of the request."""

    @property
    def reply_body(self) -> bytes:
        """Of the reply."""

    def as_dict(self) -> dict[str, Any]:
        """Return all of it, as JSON data."""


class ContractViolation(AssertionError):
    """The server broke a statement: what was expected, what it did, and the exchange that shows it."""

    def __init__(self, statement: str, expected: object, actual: object, exchange: Shown | None) -> None:
        super().__init__(statement)
        self.statement = statement
        self.expected = expected
        self.actual = actual
        self.exchange = exchange

    def __str__(self) -> str:
        where = f" on {self.exchange.method} {self.exchange.target}" if self.exchange else ""
        return f"{self.statement}{where}: expected {_short(self.expected)}, got {_short(self.actual)}"

    @property
    def size(self) -> int:
        """How much there is to read in its exchange, in bytes: the smaller one is the better example."""
        of = self.exchange
        return len(of.target) + len(of.body) + len(of.reply_body) if of else 0

    def as_dict(self) -> dict[str, Any]:
        """Return the violation as JSON data for reports and for the way from an xdist worker."""
        return {
            "statement": self.statement,
            "expected": _short(self.expected, 4000),
            "actual": _short(self.actual, 4000),
            "exchange": self.exchange.as_dict() if self.exchange else None,
        }


TOO_BUSY = "the cluster is so busy that a list of all jobs is always newer"
"""Why something is not offered that needs a moment in which nobody else writes."""


class NotOffered(Exception):
    """The target does not have what a statement is about; the reason is said in the report."""


class SuiteError(Exception):
    """The suite itself is at fault, or would do something unsafe."""


@functools.cache
def _class_for(statement: str) -> type[ContractViolation]:
    return type("ContractViolation", (ContractViolation,), {"__doc__": statement})


def violation(statement: str, expected: object, actual: object, exchange: Shown | None) -> ContractViolation:
    """Return a violation of a class of its own per statement, so that Hypothesis never shrinks one into another."""
    return _class_for(statement)(statement, expected, actual, exchange)


def _short(value: object, limit: int = 600) -> str:
    text = value.encode(errors="backslashreplace").decode() if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
