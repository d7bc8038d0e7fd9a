"""Read an answer of the control plane."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

FAILED = 400
"""The lowest status of a refusal."""

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


class MockError(Exception):
    """The mock refused a request, and nothing has changed; the text says why and what to do."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.error: str = problem["error"]
        self.findings: list[str] = list(problem["findings"])
        self.help: str = problem["help"]
        super().__init__("\n".join([self.error, *(f"  {finding}" for finding in self.findings), self.help]))


class NoMock(ConnectionError):
    """Nothing answers at the address of a mock; the text says which address, and why."""

    def __init__(self, url: str, why: object) -> None:
        super().__init__(f"no mock answers at {url}: {why}; is it running there?")


@contextmanager
def answering(url: str, timeout: float) -> Iterator[None]:
    """Name the address where a request gets no answer.

    Raises:
        TimeoutError: The mock did not answer within ``timeout`` seconds.
        NoMock: Nothing answers at ``url``.
    """
    try:
        yield
    except TimeoutError:
        raise TimeoutError(f"the mock at {url} did not answer within {timeout:g} s") from None
    except (OSError, HTTPException) as error:
        raise NoMock(url, getattr(error, "strerror", None) or error or type(error).__name__) from None


def value_of(status: int, text: bytes) -> Any:
    """Return the JSON of an answer, None where there is none.

    Raises:
        MockError: The answer is a refusal.
    """
    try:
        value = json.loads(text) if text else None
    except ValueError:
        value = None
    if status >= FAILED:
        raise MockError(status, value if isinstance(value, dict) else _unexplained(status, text))
    return value


def _unexplained(status: int, text: bytes) -> dict[str, Any]:
    """Return a problem for an answer that does not come from a control plane."""
    shown = text[:200].decode("utf-8", "replace").strip()
    return {"error": f"status {status}: {shown}", "findings": [], "help": "is this a nomad-mock with a control plane?"}
