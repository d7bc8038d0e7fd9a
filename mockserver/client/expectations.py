"""Expect requests to one world, answer them as often as they are expected, and verify that they came."""

from collections.abc import Mapping
from typing import Any

from mockserver.client.answer import MockError
from mockserver.client.caller import JSON, MATCH, Caller, Match, given, need_known
from mockserver.phrases import often

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""

_NAME = "expectation"
"""What the journal calls the faults that count expected requests."""


class Expectation:
    """Requests that are expected a number of times; the agent answers them, unless it is said how they are answered."""

    def __init__(self, client: Caller, match: Match, *, times: int, after: int | None) -> None:
        self._client = client
        self.match = match
        self.times = times
        self.after = after
        self.is_followed = False
        self.number = self._counted_by({"kind": "pass"})

    def respond(
        self, status: int = 200, body: Any = "", *, headers: Mapping[str, str] | None = None, carried_out: bool = False
    ) -> "Expectation":
        """Answer the expected requests with this reply: a text is sent as it is, anything else as JSON.

        With ``carried_out`` the agent does what the request asks, and only its own reply is lost.
        """
        reply = {"status": status, "body": body, "headers": headers, "carried_out": carried_out or None}
        return self.fault("status", **given(reply))

    def fault(self, kind: str, **parameters: Any) -> "Expectation":
        """Let the expected requests meet a fault, such as ``fault("drop", carried_out=True)``.

        Raises:
            RuntimeError: Another one is expected after this one already.
        """
        if self.is_followed:
            raise RuntimeError("say how the one is answered before you expect the next one in order")
        passing, self.number = self.number, self._counted_by({"kind": kind, **parameters})
        self._client.call("DELETE", f"/faults/{passing}")
        return self

    def unmet(self, faults: Mapping[int, JSON]) -> str:
        """Return what to say of the expectation when ``faults`` has not met it; "" when it is met or was withdrawn."""
        fault = faults.get(self.number)
        if fault is None or fault["hits"] >= self.times:
            return ""
        told = f"expected {often(self.times)}, came {often(fault['hits'])}: {dict(self.match)}"
        before = faults.get(self.after or 0)
        if before is not None and (before["active"] or not before["hits"]):
            told = f"{told}, after what is expected before it"
        return f"{told}\n{nearest(self._client, self.match, self.times)}".rstrip()

    def _counted_by(self, fault: JSON) -> int:
        often = {"times": self.times, "after_fault": self.after, "expected": True}
        body = {"name": _NAME, "fault": fault, "match": self.match, **often}
        return int(self._client.call("POST", "/faults", given(body))[0]["number"])


class ExpectationsControl:
    """What is expected of the clients of one world."""

    def __init__(self, client: Caller) -> None:
        self._client = client
        self._expected: list[Expectation] = []
        self._row: list[Expectation] = []

    def add(
        self, method: str | None = None, path: str | None = None, *, times: int = 1, ordered: bool = False, **match: Any
    ) -> Expectation:
        """Expect requests from now on: ``times`` like these, ``ordered`` after the ordered ones before.

        ``match`` is some of ``operation``, ``query``, ``headers`` and ``body``, as for ``RequestsControl``.
        """
        need_known("to expect requests by", match, MATCH, "times", "ordered")
        after = self._row[-1].number if ordered and self._row else None
        wanted = given({"method": method, "path": path, **match})
        expectation = Expectation(self._client, wanted, times=times, after=after)
        self._expected.append(expectation)
        if ordered:
            for before in self._row[-1:]:
                before.is_followed = True
            self._row.append(expectation)
        return expectation

    def verify(self) -> None:
        """Fail unless all that is expected has come; an expectation whose fault was removed is withdrawn.

        Raises:
            AssertionError: Something did not come; the message names the nearest requests.
        """
        if not self._expected:
            return
        faults = {int(fault["number"]): fault for fault in self._client.call("GET", "/faults")}
        unmet = [text for expectation in self._expected if (text := expectation.unmet(faults))]
        if unmet:
            raise AssertionError("\n".join(unmet))

    def forget(self) -> None:
        """Expect nothing of what was expected so far: the world is another."""
        self._expected, self._row = [], []


def nearest(client: Caller, match: Match, times: int) -> str:
    """Return the requests that are most like what did not come, in words; "" where the world keeps no journal."""
    try:
        verdict = client.call("POST", "/journal/verify", {"match": match, "at_least": times})
    except MockError:
        return ""
    if verdict["met"]:
        came = ", ".join(f"#{number}" for number in verdict["numbers"])
        return f"such requests came, but not in their turn: {came}"
    return str(verdict["text"].partition("\n")[2])
