"""A client of the control plane; needs nothing beside Python's standard library.

::

    from mockserver.client import MockClient

    mock = MockClient("http://127.0.0.1:4646")
    mock.seed({"ID": "web", ...})
    mock.clock.advance("10s")
    mock.tasks.fail(job="web")

What travels is described in ``schemas/admin.json``, which a mock serves at ``/__admin/openapi.json``. Nomad's own
objects (nodes, jobs) are dicts spelled as Nomad spells them.
"""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

JSON: TypeAlias = dict[str, Any]
Duration: TypeAlias = str | float | timedelta
"""As Go writes it (``"1m30s"``), or in seconds, or as Python has it."""

Match: TypeAlias = Mapping[str, Any]
"""Which requests are meant: some of method, path, operation, query, headers and body."""

_FAILED = 400


class MockError(Exception):
    """The mock did not do what it was asked for, and nothing has changed; the text says why and what to do."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.error: str = problem["error"]
        self.findings: list[str] = list(problem["findings"])
        self.help: str = problem["help"]
        super().__init__("\n".join([self.error, *(f"  {finding}" for finding in self.findings), self.help]))


@dataclass(frozen=True, slots=True)
class Time:
    """The time in a mock: ``now`` and ``next_event`` are Unix nanoseconds, ``speed`` is 0 when it stands still."""

    mode: str
    speed: float
    now: int
    time: str
    next_event: int | None


class MockClient:
    """One world of a running mock: that of ``space``, or the default one of its port.

    ``url`` is the address of the mock, as in ``NOMAD_ADDR``. ``timeout`` is in seconds.
    """

    def __init__(self, url: str, *, space: str | None = None, token: str | None = None, timeout: float = 30) -> None:
        self.url = url.rstrip("/")
        self.space = space
        self.clock = ClockControl(self)
        self.nodes = NodesControl(self)
        self.tasks = TasksControl(self)
        self.faults = FaultsControl(self)
        self.requests = RequestsControl(self)
        self._token = token
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}{f' space {self.space}' if self.space else ''}>"

    @property
    def address(self) -> str:
        """What ``NOMAD_ADDR`` has to be for a client to talk to this mock."""
        return self.url

    def call(self, method: str, path: str, body: Any = None, **query: str | None) -> Any:
        """One request to the control plane, ``path`` without ``/__admin``; the JSON of the answer.

        Raises ``MockError`` for a refusal, ``OSError`` when there is no mock.
        """
        parameters = urlencode({name: value for name, value in query.items() if value is not None})
        target = f"/__admin{path}{'?' if parameters else ''}{parameters}"
        status, text = self._exchange(method, target, b"" if body is None else json.dumps(body).encode())
        answer = _read(text)
        if status >= _FAILED:
            raise MockError(status, answer if isinstance(answer, dict) else _unexplained(status, text))
        return answer

    def health(self) -> JSON:
        """Versions: of the mock, and of the agent that it mocks."""
        return dict(self.call("GET", "/health"))

    def reset(self, **settings: Any) -> None:
        """Put a fresh world in place of the present one.

        Settings that differ from those of the start: ``region``, ``datacenter``, ``federate``, ``nodes`` (how
        many, or a list of them), ``seed``, ``strict``, ``mock_driver``, ``clock`` ("real", "manual"), ``speed``,
        ``strict_clients`` and ``journal_limit``.
        """
        self.call("POST", "/reset", settings)

    def seed(self, *jobs: Mapping[str, Any], region: str | None = None) -> list[JSON]:
        """Register jobs (or registrations, ``{"Job": …}``), all or none: their IDs, evaluations and indexes."""
        return list(self.call("POST", "/jobs", list(jobs), region=region))

    def export_state(self) -> JSON:
        """The whole world as one document."""
        return dict(self.call("GET", "/state"))

    def import_state(self, document: Mapping[str, Any]) -> None:
        """Put the world of a document in place of the present one."""
        self.call("PUT", "/state", document)

    def fault(self, kind: str, *, match: Match | None = None, **more: Any) -> int:
        """Let something go wrong from now on; see ``FaultsControl.add``."""
        return self.faults.add(kind, match=match, **more)

    def assert_called(self, *, times: int | None = None, after: int = 0, **match: Any) -> None:
        """Raises ``AssertionError`` unless requests like these came; see ``RequestsControl.assert_called``."""
        self.requests.assert_called(times=times, after=after, **match)

    def create_space(self, name: str | None = None, *, port: int | None = 0, **settings: Any) -> "MockClient":
        """A new space: a world of its own, with a port of its own (0: any free one; None: only by the header).

        ``settings`` are those of ``reset``.
        """
        body = {"name": name, "port": port, "settings": settings}
        space = self.call("POST", "/spaces", {key: value for key, value in body.items() if value is not None})
        url = self.url if space["port"] is None else self._at_port(space["port"])
        return MockClient(url, space=space["name"], token=self._token, timeout=self._timeout)

    def spaces(self) -> list[JSON]:
        """All spaces."""
        return list(self.call("GET", "/spaces"))

    def drop_space(self, name: str | None = None) -> None:
        """Drop a space: the named one, or that of this client."""
        self.call("DELETE", f"/spaces/{quote(name or self.space or 'default', safe='')}")

    def _at_port(self, port: int) -> str:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def _exchange(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self._timeout)
        headers = {"X-Nomad-Mock-Space": self.space, "Authorization": self._token and f"Bearer {self._token}"}
        try:
            connection.request(method, target, body, {name: value for name, value in headers.items() if value})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


class FaultsControl:
    """What goes wrong in one world. ``docs/control-plane.md`` has the kinds and presets."""

    def __init__(self, client: MockClient) -> None:
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
        **parameters: Any,
    ) -> int:
        """A fault of this kind, for requests like ``match``; gives its number.

        It is over after ``times`` hits or ``lasting`` so long. ``parameters`` are those of the kind, as in
        ``add("latency", delay="2s")``.
        """
        limits = {"match": match, "name": name, "nth": nth, "every": every, "probability": probability, "times": times}
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

    def hits(self, number: int) -> int:
        """How many requests met a fault."""
        return int(self._client.call("GET", f"/faults/{number}")["hits"])

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

    def __init__(self, client: MockClient) -> None:
        self._client = client

    def __call__(self, *, after: int = 0, **match: Any) -> Sequence[JSON]:
        """The exchanges in short, the oldest first."""
        found: Sequence[JSON] = self._client.call("POST", "/journal/search", {"match": match, "after": after})
        return found

    def get(self, number: int) -> JSON:
        """One exchange, whole."""
        return dict(self._client.call("GET", f"/journal/{number}"))

    def wait(self, count: int = 1, *, timeout: Duration = 10, after: int = 0, **match: Any) -> Sequence[JSON]:
        """The exchanges as soon as so many have arrived, answered or not; raises ``TimeoutError``."""
        body = {"match": match, "count": count, "timeout": _duration(timeout), "after": after}
        arrived = self._client.call("POST", "/journal/wait", body)
        if not arrived["met"]:
            raise TimeoutError(f"{arrived['count']} of {count} requests came: {match}")
        return list(arrived["exchanges"])

    def assert_called(self, *, times: int | None = None, after: int = 0, **match: Any) -> None:
        """Raises ``AssertionError``, with the nearest requests, unless such ones came ``times`` or at least once."""
        expectation = {"match": match, "after": after} | ({} if times is None else {"exactly": times})
        verdict = self._client.call("POST", "/journal/verify", expectation)
        if not verdict["met"]:
            raise AssertionError(verdict["text"])

    def findings(self) -> Mapping[int, Sequence[str]]:
        """What a real agent would silently have dropped, by the number of the exchange."""
        return {each["number"]: each["findings"]["request"] for each in self() if each["findings"]["request"]}

    def har(self) -> JSON:
        """All of it as an HTTP Archive."""
        return dict(self._client.call("GET", "/journal/har"))

    def clear(self) -> None:
        """Forget all exchanges."""
        self._client.call("DELETE", "/journal")


class ClockControl:
    """The time of one world."""

    def __init__(self, client: MockClient) -> None:
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

    def __init__(self, client: MockClient) -> None:
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

    def __init__(self, client: MockClient) -> None:
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
        body = {"tasks": tasks, "outcome": outcome} | ({} if times is None else {"times": times})
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


def _limits(limits: Mapping[str, Any], lasting: Duration | None) -> JSON:
    return {name: value for name, value in limits.items() if value is not None} | (
        {} if lasting is None else {"for": _duration(lasting)}
    )


def _duration(duration: Duration) -> str:
    if isinstance(duration, str):
        return duration
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return f"{round(seconds * 1_000_000_000)}ns"


def _read(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _unexplained(status: int, text: bytes) -> JSON:
    """An answer that does not come from a control plane."""
    shown = text[:200].decode("utf-8", "replace").strip()
    return {"error": f"status {status}: {shown}", "findings": [], "help": "is this a nomad-mock with a control plane?"}
