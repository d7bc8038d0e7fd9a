"""Ask which requests came to one world."""

import sys
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, TypedDict, Unpack

from mockserver.client.caller import JSON, MATCH, Caller, Duration, duration_text, given, need_known, seconds_of
from mockserver.client.expectations import nearest
from nomad_contract_spelling import did_you_mean

_ASK = "to ask requests for"
_AT_A_TIME = 1
"""Seconds that one request to the control plane waits, less than a client's timeout; a longer wait asks again."""
_BLOCKED = (
    "requests.wait would block the event loop in which your client runs, and wait for ever: "
    "write await mock.requests.wait_async(...)"
)

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


class Filters(TypedDict, total=False):
    """Which exchanges of the journal are wanted.

    ``path`` is a glob, ``operation`` a name such as ``register``, ``status`` the reply's; ``after`` is the number of
    an exchange: later ones are wanted.
    """

    method: str | None
    path: str | None
    operation: str | None
    status: int | None
    after: int | None


class RequestsControl:
    """The journal of one world: what clients sent to it.

    ``match`` is some of ``method``, ``path`` (a glob), ``operation`` (``register``, ``plan``, …), ``query``,
    ``headers`` and ``body`` (JSON that has to be contained).
    """

    def __init__(self, client: Caller) -> None:
        self._client = client

    def __call__(self, *, after: int = 0, **match: Any) -> Sequence[JSON]:
        """Return the exchanges like this in short, the oldest first."""
        _need_known(match)
        found: Sequence[JSON] = self._client.call("POST", "/journal/search", {"match": match, "after": after})
        return found

    def list(self, *, limit: int | None = None, whole: bool = False, **filters: Unpack[Filters]) -> Sequence[JSON]:
        """List the exchanges that all ``filters`` fit, the oldest first: the last ``limit`` of them.

        They come in short, or ``whole``: with their headers and bodies.
        """
        query = _query(filters, "limit", "whole") | _texts({"limit": limit, "details": "whole" if whole else None})
        found: Sequence[JSON] = self._client.call("GET", "/journal", **query)
        return found

    def count(self, **filters: Unpack[Filters]) -> int:
        """Return how many exchanges all ``filters`` fit."""
        return int(self._client.call("GET", "/journal/count", **_query(filters))["count"])

    def get(self, number: int, *, secrets: bool = False) -> JSON:
        """Return one whole exchange; tokens, passwords and other secrets in it only with ``secrets``."""
        return dict(self._client.call("GET", f"/journal/{number}", secrets="shown" if secrets else None))

    def conduct(self) -> JSON:
        """Judge what clients did by the exchanges that the journal has; it takes the test tools, and a second.

        ``judgements`` has one for each statement of conduct: its ``verdict`` is "pass", "fail" or "skip", and each of
        its ``violations`` has a ``text`` and the numbers of the ``exchanges`` that show it.
        """
        return dict(self._client.call("GET", "/conduct"))

    def wait(self, count: int = 1, *, timeout: Duration = 10, after: int = 0, **match: Any) -> Sequence[JSON]:
        """Return the exchanges as soon as ``count`` requests have arrived, answered or not.

        In an event loop it would block the client that is waited for: there it returns what has arrived, or raises
        ``RuntimeError``; ``wait_async`` waits. A timeout that is none raises ``ValueError``.

        Raises:
            RuntimeError: Fewer have arrived, and the caller runs in an event loop.
            TimeoutError: Fewer arrived in time.
        """
        in_event_loop = _in_event_loop()
        waiting = _Waiting(match, count, 0 if in_event_loop else seconds_of(timeout), after)
        while waiting.goes_on:
            waiting.hear(self._client.call("POST", "/journal/wait", waiting.body))
        if waiting.found is None and in_event_loop:
            raise RuntimeError(_BLOCKED)
        if waiting.found is None:
            raise TimeoutError(f"{waiting}\n{nearest(self._client, match, count)}".rstrip())
        return waiting.found

    async def wait_async(
        self, count: int = 1, *, timeout: Duration = 10, after: int = 0, **match: Any
    ) -> Sequence[JSON]:
        """Return the same as ``wait``, and let the event loop of asyncio go on meanwhile.

        Raises:
            TimeoutError: Fewer arrived in time.
        """
        waiting = _Waiting(match, count, seconds_of(timeout), after)
        while waiting.goes_on:
            waiting.hear(await self._client.call_async("POST", "/journal/wait", waiting.body))
        if waiting.found is None:
            raise TimeoutError(f"{waiting}\n{nearest(self._client, match, count)}".rstrip())
        return waiting.found

    def assert_called(
        self,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        after: int = 0,
        **match: Any,
    ) -> None:
        """Fail unless ``times`` matching requests came, or ``at_least`` to ``at_most``; by default one or more.

        Raises:
            AssertionError: They did not come; the message names the nearest requests.
        """
        _need_known(match, "times", "at_least", "at_most")
        often = {"times": times, "at_least": at_least, "at_most": at_most}
        expectation = {"match": match, "after": after, **given(often)}
        verdict = self._client.call("POST", "/journal/verify", expectation)
        if not verdict["met"]:
            raise AssertionError(verdict["text"])

    def findings(self) -> Mapping[int, Sequence[str]]:
        """Return what a real agent would have dropped silently, by the number of the exchange."""
        return {each["number"]: each["findings"]["request"] for each in self() if each["findings"]["request"]}

    def har(self, *, env: bool = True) -> JSON:
        """Return the journal as an HTTP Archive without secrets; without ``env`` also without the ``Env`` of tasks."""
        return dict(self._client.call("GET", "/journal/har", env=None if env else "redacted"))

    def clear(self) -> None:
        """Forget all exchanges."""
        self._client.call("DELETE", "/journal")


def _in_event_loop() -> bool:
    """Return whether the caller runs in an event loop of asyncio, and would block it by waiting."""
    asyncio = sys.modules.get("asyncio")  # to import it would cost start-up time
    try:
        return asyncio is not None and asyncio.get_running_loop() is not None
    except RuntimeError:
        return False


class _Waiting:
    """A wait for requests: it asks until enough have arrived, or the time is up."""

    def __init__(self, match: Mapping[str, Any], count: int, seconds: float, after: int) -> None:
        _need_known(match, "count", "timeout")
        self._match, self._count, self._after = match, count, after
        self._seconds, self._deadline = seconds, monotonic() + seconds
        self._came = 0
        self.goes_on = True
        self.found: Sequence[JSON] | None = None

    def __str__(self) -> str:
        return f"{self._came} of {self._count} requests came within {self._seconds:g} s: {self._match}"

    @property
    def body(self) -> JSON:
        """What to ask the control plane next."""
        left = max(self._deadline - monotonic(), 0)
        self.goes_on = left > _AT_A_TIME
        timeout = duration_text(min(left, _AT_A_TIME))
        return {"match": self._match, "count": self._count, "timeout": timeout, "after": self._after}

    def hear(self, arrived: JSON) -> None:
        """Take the answer."""
        self._came = arrived["count"]
        if arrived["met"]:
            self.goes_on, self.found = False, list(arrived["exchanges"])


def _need_known(match: Mapping[str, Any], *others: str) -> None:
    """Refuse a misspelt part of a match; ``others`` could have been meant, too.

    Raises:
        TypeError: It is no part of a match.
    """
    if "status" in match:  # a match is of requests; the journal is filtered by replies, too
        raise TypeError(f"there is no 'status' {_ASK}; {did_you_mean('mock.requests.list(status=…)')}")
    need_known(_ASK, match, MATCH, "after", *others)


def _query(filters: Filters, *others: str) -> dict[str, str]:
    need_known(_ASK, filters, tuple(Filters.__annotations__), *others)
    return _texts(filters)


def _texts(query: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in given(query).items()}
