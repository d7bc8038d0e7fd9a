"""Ask which requests came to one world."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from mockserver.client.caller import JSON, Caller, Duration, duration_text, given, need_known

_ASK = "to ask requests for"
_MATCH = ("method", "path", "operation", "query", "headers", "body")


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

    def wait(self, count: int = 1, *, timeout: Duration = 10, after: int = 0, **match: Any) -> Sequence[JSON]:
        """Return the exchanges as soon as ``count`` requests have arrived, answered or not.

        Raises:
            TimeoutError: Fewer arrived in time.
        """
        _need_known(match, "count", "timeout")
        body = {"match": match, "count": count, "timeout": duration_text(timeout), "after": after}
        arrived = self._client.call("POST", "/journal/wait", body)
        if not arrived["met"]:
            raise TimeoutError(f"{arrived['count']} of {count} requests came: {match}")
        return list(arrived["exchanges"])

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


def _need_known(match: Mapping[str, Any], *others: str) -> None:
    """Refuse a misspelt part of a match; ``others`` could have been meant, too. Raises ``TypeError``."""
    need_known(_ASK, match, _MATCH, "after", *others)


def _query(filters: Filters, *others: str) -> dict[str, str]:
    need_known(_ASK, filters, tuple(Filters.__annotations__), *others)
    return _texts(filters)


def _texts(query: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in given(query).items()}
