"""The parts of a ``MockClient``: faults, requests, clock, nodes and tasks of one world."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

from mockserver.gostd.durations import SECOND
from mockserver.nearest import advice

JSON: TypeAlias = dict[str, Any]
Duration: TypeAlias = str | float | timedelta
"""As Go writes it (``"1m30s"``), or in seconds, or as Python has it."""

Match: TypeAlias = Mapping[str, Any]
"""Which requests are meant: some of method, path, operation, query, headers and body."""

_MATCH = ("method", "path", "operation", "query", "headers", "body")

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


class Caller(Protocol):
    """What asks the control plane of one world: a ``MockClient``."""

    def call(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """One request; the JSON of the answer."""


@dataclass(frozen=True, slots=True)
class Time:
    """The time in a mock: ``now`` and ``next_event`` are Unix nanoseconds, ``speed`` is 0 when it stands still."""

    mode: str
    speed: float
    now: int
    time: str
    next_event: int | None


class FaultsControl:
    """What goes wrong in one world. ``docs/reference/faults.md`` has the kinds and presets."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def add(
        self,
        kind: str,
        *,
        match: Match | None = None,
        name: str | None = None,
        nth: int | None = None,
        every: int | None = None,
        probability: float | None = None,
        times: int | None = None,
        lasting: Duration | None = None,
        then: JSON | None = None,
        **parameters: Any,
    ) -> int:
        """A fault of this kind, for requests like ``match``; gives its number.

        It is over after ``times`` hits or ``lasting`` so long, and ``then`` another one begins, as
        ``{"fault": {"kind": …}, …}``. ``parameters`` are those of the kind, as in ``add("latency", delay="2s")``.
        """
        limits = {"match": match, "name": name, "nth": nth, "every": every, "probability": probability, "times": times}
        limits["then"] = then
        body = {"fault": {"kind": kind, **parameters}, **_limits(limits, lasting)}
        return int(self._client.call("POST", "/faults", body)[0]["number"])

    def preset(
        self, preset: str, *, match: Match | None = None, times: int | None = None, lasting: Duration | None = None
    ) -> Sequence[int]:
        """What clients meet in production, such as ``leader-election``; gives the numbers of its faults."""
        body = {"preset": preset, **_limits({"match": match, "times": times}, lasting)}
        return [int(fault["number"]) for fault in self._client.call("POST", "/faults", body)]

    def presets(self) -> Mapping[str, str]:
        """Names and descriptions of the presets."""
        return {preset["name"]: preset["description"] for preset in self._client.call("GET", "/faults/presets")}

    def list(self) -> Sequence[JSON]:
        """All faults with their hits, those that are over too."""
        faults: Sequence[JSON] = self._client.call("GET", "/faults")
        return faults

    def get(self, number: int) -> JSON:
        """One fault."""
        return dict(self._client.call("GET", f"/faults/{number}"))

    def hits(self, number: int) -> int:
        """How many requests met a fault."""
        return int(self.get(number)["hits"])

    def remove(self, number: int) -> None:
        """End a fault."""
        self._client.call("DELETE", f"/faults/{number}")

    def clear(self) -> None:
        """End all faults."""
        self._client.call("DELETE", "/faults")


class RequestsControl:
    """The journal of one world: what clients sent to it.

    ``match`` is some of ``method``, ``path`` (a glob), ``operation`` (``register``, ``plan``, …), ``query``,
    ``headers`` and ``body`` (JSON that has to be contained).
    """

    def __init__(self, client: Caller) -> None:
        self._client = client

    def __call__(self, *, after: int = 0, **match: Any) -> Sequence[JSON]:
        """The exchanges in short, the oldest first."""
        _need_known(match)
        found: Sequence[JSON] = self._client.call("POST", "/journal/search", {"match": match, "after": after})
        return found

    def list(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> Sequence[JSON]:
        """The exchanges in short, the oldest first; of those with this ``status`` the last ``limit``."""
        query = {"status": status, "after": after, "limit": limit}
        found: Sequence[JSON] = self._client.call(
            "GET", "/journal", method=method, path=path, operation=operation, **_texts(query)
        )
        return found

    def count(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        after: int | None = None,
    ) -> int:
        """How many there are of these."""
        query = _texts({"status": status, "after": after})
        counted = self._client.call("GET", "/journal/count", method=method, path=path, operation=operation, **query)
        return int(counted["count"])

    def get(self, number: int, *, secrets: bool = False) -> JSON:
        """One exchange, whole; tokens, passwords and other secrets in it only with ``secrets``."""
        return dict(self._client.call("GET", f"/journal/{number}", secrets="shown" if secrets else None))

    def wait(self, count: int = 1, *, timeout: Duration = 10, after: int = 0, **match: Any) -> Sequence[JSON]:
        """The exchanges as soon as so many have arrived, answered or not; raises ``TimeoutError``."""
        _need_known(match, "count", "timeout")
        body = {"match": match, "count": count, "timeout": _duration(timeout), "after": after}
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
        """Raises ``AssertionError``, with the nearest requests, unless such ones came.

        They came exactly ``times``, or ``at_least`` and ``at_most`` so often; at least once, when nothing is said.
        """
        _need_known(match, "times", "at_least", "at_most")
        often = {"exactly": times, "at_least": at_least, "at_most": at_most}
        expectation = {"match": match, "after": after, **_given(often)}
        verdict = self._client.call("POST", "/journal/verify", expectation)
        if not verdict["met"]:
            raise AssertionError(verdict["text"])

    def findings(self) -> Mapping[int, Sequence[str]]:
        """What a real agent would silently have dropped, by the number of the exchange."""
        return {each["number"]: each["findings"]["request"] for each in self() if each["findings"]["request"]}

    def har(self, *, env: bool = True) -> JSON:
        """All of it as an HTTP Archive, without secrets; without ``env`` no value in the ``Env`` of a task either."""
        return dict(self._client.call("GET", "/journal/har", env=None if env else "redacted"))

    def clear(self) -> None:
        """Forget all exchanges."""
        self._client.call("DELETE", "/journal")


class ClockControl:
    """The time of one world."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def get(self) -> Time:
        """What time it is, and how it passes."""
        return Time(**self._client.call("GET", "/clock"))

    def now(self) -> int:
        """Unix nanoseconds."""
        return self.get().now

    def manual(self) -> Time:
        """Stand still until it is moved."""
        return self._change({"mode": "manual"})

    def real(self) -> Time:
        """Keep pace with the machine."""
        return self._change({"mode": "real"})

    def scaled(self, speed: float) -> Time:
        """Let so many seconds pass in one of the machine's."""
        return self._change({"mode": "scaled", "speed": speed})

    def advance(self, duration: Duration) -> Time:
        """Move time ahead; what falls due on the way has happened when this returns."""
        return Time(**self._client.call("POST", "/clock/advance", {"duration": _duration(duration)}))

    def advance_to_next_event(self) -> bool:
        """Move to the next planned thing and let it happen; False when nothing is planned."""
        return bool(self._client.call("POST", "/clock/advance-to-next-event")["happened"])

    def _change(self, change: JSON) -> Time:
        return Time(**self._client.call("PUT", "/clock", change))


class NodesControl:
    """The client nodes of one world; a node is named by its name or ID."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self, *, region: str | None = None) -> Sequence[JSON]:
        """All nodes: ``node``, its live ``allocations``, and what of it is ``used``."""
        return list(self._client.call("GET", "/nodes", region=region))

    def get(self, node: str, *, region: str | None = None) -> JSON:
        """The same of one node."""
        return self._at("GET", node, "", region)

    def add(self, *nodes: Mapping[str, Any], region: str | None = None) -> Sequence[JSON]:
        """Let nodes join; what is left out (``{}`` is enough) is as on a simulated node."""
        joined: list[JSON] = self._client.call("POST", "/nodes", list(nodes), region=region)
        return joined

    def change(self, node: str, *, region: str | None = None, **fields: Any) -> JSON:
        """Change fields, such as ``Resources={"CPU": 500}`` or ``NodeClass="big"``."""
        return self._at("PATCH", node, "", region, fields)

    def remove(self, node: str, *, region: str | None = None) -> JSON:
        """Let a node leave for good."""
        return self._at("DELETE", node, "", region)

    def drain(self, node: str, *, enable: bool = True, region: str | None = None) -> JSON:
        """Drain a node, or stop draining it."""
        return self._at("POST", node, "/drain", region, {"enable": enable})

    def down(self, node: str, *, region: str | None = None) -> JSON:
        """Let a node miss its heartbeat; what it runs is lost."""
        return self._at("POST", node, "/down", region)

    def up(self, node: str, *, region: str | None = None) -> JSON:
        """Let a node come back."""
        return self._at("POST", node, "/up", region)

    def _at(self, method: str, node: str, action: str, region: str | None, body: Any = None) -> JSON:
        return dict(self._client.call(method, f"/nodes/{quote(node, safe='')}{action}", body, region=region))


class TasksControl:
    """What becomes of tasks. ``job``, ``group`` and ``task`` are globs, ``allocation`` is how its ID begins."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(self, *, region: str | None = None) -> Sequence[JSON]:
        """All tasks whose allocations are not over."""
        return list(self._client.call("GET", "/tasks", region=region))

    def finish(
        self, *, exit_code: int = 0, signal: int = 0, message: str = "", region: str | None = None, **tasks: str
    ) -> Sequence[JSON]:
        """Let running tasks end; raises ``MockError`` when none is selected."""
        body = {"tasks": tasks, "exit_code": exit_code, "signal": signal, "message": message}
        return self._act("finish", body, region)

    def fail(
        self,
        *,
        exit_code: int = 1,
        signal: int = 0,
        message: str = "",
        restart: bool = True,
        region: str | None = None,
        **tasks: str,
    ) -> Sequence[JSON]:
        """Let running tasks fail; without ``restart`` for good, whatever their restart policy."""
        body = {"tasks": tasks, "exit_code": exit_code, "signal": signal, "message": message, "restart": restart}
        return self._act("fail", body, region)

    def start(self, *, region: str | None = None, **tasks: str) -> Sequence[JSON]:
        """Start waiting tasks now, those that hang too."""
        return self._act("start", {"tasks": tasks}, region)

    def rule(self, outcome: Mapping[str, Any], *, times: int | None = None, **tasks: str) -> int:
        """What becomes of tasks from their next start on, ``times`` or always; gives the number of the rule.

        ``outcome`` is some of: ``run_for``, ``exit_code``, ``signal``, ``message``, ``kill_after``,
        ``start_after``, ``hang``, ``start_error``, ``start_error_recoverable``.
        """
        body = {"tasks": tasks, "outcome": outcome, **_given({"times": times})}
        return int(self._client.call("POST", "/tasks/rules", body)["number"])

    def rules(self) -> Sequence[JSON]:
        """All rules."""
        rules: Sequence[JSON] = self._client.call("GET", "/tasks/rules")
        return rules

    def drop_rule(self, number: int) -> None:
        """Drop a rule."""
        self._client.call("DELETE", f"/tasks/rules/{number}")

    def clear_rules(self) -> None:
        """Drop all rules."""
        self._client.call("DELETE", "/tasks/rules")

    def _act(self, action: str, body: JSON, region: str | None) -> Sequence[JSON]:
        tasks: Sequence[JSON] = self._client.call("POST", f"/tasks/{action}", body, region=region)
        return tasks


def _need_known(match: Mapping[str, Any], *others: str) -> None:
    """Raise ``TypeError`` for a name that says nothing about a request. ``others`` could have been meant, too."""
    for name in match:
        if name not in _MATCH:
            raise TypeError(f"there is no {name!r} to ask requests for; {advice(name, (*_MATCH, 'after', *others))}")


def _given(values: Mapping[str, Any]) -> JSON:
    return {name: value for name, value in values.items() if value is not None}


def _texts(numbers: Mapping[str, int | None]) -> dict[str, str]:
    return {name: str(number) for name, number in _given(numbers).items()}


def _limits(limits: Mapping[str, Any], lasting: Duration | None) -> JSON:
    return _given(limits) | ({} if lasting is None else {"for": _duration(lasting)})


def _duration(duration: Duration) -> str:
    if isinstance(duration, str):
        return duration
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if not math.isfinite(seconds):
        raise ValueError(f"{duration!r} is not a duration")
    return f"{round(seconds * SECOND)}ns"
