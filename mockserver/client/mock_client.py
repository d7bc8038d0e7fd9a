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
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from mockserver.client.answer import answering, value_of
from mockserver.client.caller import JSON, Duration, Match, as_json, seconds_of
from mockserver.client.clock_control import ClockControl
from mockserver.client.event_stream import EventStream
from mockserver.client.expectations import Expectation, ExpectationsControl
from mockserver.client.faults_control import FaultsControl
from mockserver.client.job_documents import Job, documents_of
from mockserver.client.nodes_control import NodesControl
from mockserver.client.requests_control import RequestsControl
from mockserver.client.tasks_control import TasksControl
from mockserver.gostd.urls import host_port
from mockserver.origins import server_at

__tracebackhide__ = True
"""A failing test shows its own line, not ours (pytest asks for this name)."""


class MockClient:
    """One world of a running mock: that of ``space``, or the default one of its port.

    ``url`` is the address of the mock, as in ``NOMAD_ADDR``. ``timeout`` is that of each request. ``tls`` says which
    certificates are trusted, where the system's own are not what counts.
    """

    def __init__(
        self,
        url: str,
        *,
        space: str | None = None,
        token: str | None = None,
        timeout: Duration = 30,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        server_at(url, "a mock", "http://127.0.0.1:4646")
        self.url = url.rstrip("/")
        self.space = space
        self.clock = ClockControl(self)
        self.nodes = NodesControl(self)
        self.tasks = TasksControl(self)
        self.faults = FaultsControl(self)
        self.requests = RequestsControl(self)
        self.expectations = ExpectationsControl(self)
        self._token = token
        self._timeout = seconds_of(timeout)
        self._tls = tls

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}{f' space {self.space}' if self.space else ''}>"

    @property
    def address(self) -> str:
        """What ``NOMAD_ADDR`` has to be for a client to talk to this mock."""
        return self.url

    def call(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """Send one request to the control plane, ``path`` without ``/__admin``, and return the JSON of the answer.

        A refusal raises ``MockError``. Without a mock at the address there is a ``NoMock`` (an ``OSError``), and where
        it takes too long a ``TimeoutError``.
        """
        return value_of(*self._exchange(method, _target(path, query), _text(body)))

    async def call_async(self, method: str, path: str, /, body: Any = None, **query: str | None) -> Any:
        """Send the same request without blocking the event loop of asyncio, and return the same."""
        from mockserver.client.asynchronous import exchange  # asyncio costs start-up time

        return value_of(
            *await exchange(
                self.url, method, _target(path, query), self._headers, _text(body), self._tls, self._timeout
            )
        )

    def health(self) -> JSON:
        """Return the versions of the mock and of the agent that it mocks, and the name of this space."""
        return dict(self.call("GET", "/health"))

    def openapi(self) -> JSON:
        """Return the description of the control plane."""
        return dict(self.call("GET", "/openapi.json"))

    def nomad_openapi(self) -> JSON:
        """Return the description of Nomad's own operations, in one document."""
        return dict(self.call("GET", "/nomad-openapi.json"))

    def settings(self) -> JSON:
        """Return the settings of the world."""
        return dict(self.call("GET", "/settings"))

    def events(self, after: int | None = None) -> "EventStream":
        """Return a stream of what happens from now on, or after the event of this number, for a ``with`` statement."""
        target = f"/__admin/events{'' if after is None else f'?after={after}'}"
        return EventStream(self._connected(), self.url, target, self._headers)

    def reset(self, **settings: Any) -> None:
        """Put a fresh world in place of the present one.

        Settings that differ from those of the start: ``region``, ``datacenter``, ``federate``, ``nodes`` (how
        many, or a list of them), ``seed``, ``strict``, ``mock_driver``, ``clock`` ("real", "manual"), ``speed``,
        ``strict_clients``, ``vary`` (a seed, or a dict with ``seed``, ``freedoms``, ``weather`` and ``replies``),
        ``journal_limit``, ``shuffle_placements`` and ``cors`` (an origin whose pages can use the mock, or several).
        """
        self.call("POST", "/reset", settings)
        self._forget()

    def seed(self, *jobs: Job, region: str | None = None, ignore_unknown_fields: bool = False) -> list[JSON]:
        """Register jobs, all or none, and return their IDs, evaluations and indexes.

        A job is a dict, bare or in a registration, ``{"Job": …}``; or a text in HCL; or a ``Path``, of a file with
        HCL or JSON: ``mock.seed(Path("web.nomad"))``. A field that Nomad 0.5 does not know is refused, since it is
        most likely misspelt. With ``ignore_unknown_fields`` such fields are dropped, as an agent drops them.
        """
        unknown_fields = "ignore" if ignore_unknown_fields else None
        documents = [document for job in jobs for document in documents_of(job)]
        return list(self.call("POST", "/jobs", documents, region=region, unknown_fields=unknown_fields))

    def why(self, job: str, *, region: str | None = None) -> str:
        """Return a sentence that says why a job is pending, or how it is: ``mock.why("web")``."""
        return str(self.explain(job, region=region)["why"])

    def explain(self, job: str, *, region: str | None = None) -> JSON:
        """Return of a job its ``ID``, its ``Status``, a ``level`` ("good", "wait" or "bad") and ``why``."""
        return dict(self.call("GET", f"/jobs/{quote(job, safe='')}", region=region))

    def explain_all(self, *, region: str | None = None) -> list[JSON]:
        """Return of each job what ``explain`` returns of one, by ID."""
        return list(self.call("GET", "/jobs", region=region))

    def stop(self, job: str, *, region: str | None = None) -> JSON:
        """Stop a job, as a client's DELETE does, but unseen by the journal and untouched by faults."""
        return dict(self.call("DELETE", f"/jobs/{quote(job, safe='')}", region=region))

    def export_state(self) -> JSON:
        """Return the whole world as one document."""
        return dict(self.call("GET", "/state"))

    def import_state(self, document: Mapping[str, Any]) -> None:
        """Put the world of a document in place of the present one."""
        self.call("PUT", "/state", document)
        self._forget()

    def fault(self, kind: str, *, match: Match | None = None, **more: Any) -> int:
        """Let something go wrong from now on; see ``FaultsControl.add``."""
        return self.faults.add(kind, match=match, **more)

    def expect(
        self, method: str | None = None, path: str | None = None, *, times: int = 1, ordered: bool = False, **match: Any
    ) -> Expectation:
        """Expect requests: ``mock.expect("PUT", "/v1/job/web").respond(503)``; see ``ExpectationsControl.add``."""
        return self.expectations.add(method, path, times=times, ordered=ordered, **match)

    def verify(self) -> None:
        """Fail unless all that is expected has come; see ``ExpectationsControl.verify``."""
        self.expectations.verify()

    def unused(self) -> list[str]:
        """Return in words the faults and rules, added by this client, that nothing has met since."""
        return [*self.faults.unused(), *self.tasks.unused_rules()]

    def assert_called(
        self,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        after: int = 0,
        **match: Any,
    ) -> None:
        """Fail unless requests like these came; see ``RequestsControl.assert_called``."""
        self.requests.assert_called(times=times, at_least=at_least, at_most=at_most, after=after, **match)

    def create_space(self, name: str | None = None, *, port: int | None = 0, **settings: Any) -> "MockClient":
        """Create a space: a world and a port of its own (0: any free one; None: only by the header).

        ``settings`` are those of ``reset``.
        """
        body = {"name": name, "port": port, "settings": settings}
        space = self.call("POST", "/spaces", {key: value for key, value in body.items() if value is not None})
        url = self.url if space["port"] is None else self._at_port(space["port"])
        return MockClient(url, space=space["name"], token=self._token, timeout=self._timeout, tls=self._tls)

    def spaces(self) -> list[JSON]:
        """List all spaces."""
        return list(self.call("GET", "/spaces"))

    def get_space(self, name: str | None = None) -> JSON:
        """Return a space: the named one, or that of this client."""
        return dict(self.call("GET", f"/spaces/{quote(name or self._own_space, safe='')}"))

    def drop_space(self, name: str | None = None) -> None:
        """Drop a space: the named one, or that of this client."""
        self.call("DELETE", f"/spaces/{quote(name or self._own_space, safe='')}")

    def _forget(self) -> None:
        """Forget what was added to a world that is no more."""
        self.faults.forget()
        self.tasks.forget()
        self.expectations.forget()

    @property
    def _own_space(self) -> str:
        return self.space or str(self.health()["space"])

    def _at_port(self, port: int) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{host_port(parts.hostname or '', port)}"

    @property
    def _headers(self) -> dict[str, str]:
        headers = {"X-Nomad-Mock-Space": self.space, "Authorization": self._token and f"Bearer {self._token}"}
        return {name: value for name, value in headers.items() if value}

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._tls)
        return http.client.HTTPConnection(host, port, timeout=self._timeout)

    def _exchange(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        connection = self._connected()
        try:
            with answering(self.url, self._timeout):
                connection.request(method, target, body, self._headers)
                response = connection.getresponse()
                return response.status, response.read()
        finally:
            connection.close()


def _target(path: str, query: Mapping[str, str | None]) -> str:
    parameters = urlencode({name: value for name, value in query.items() if value is not None})
    return f"/__admin{path}{'?' if parameters else ''}{parameters}"


def _text(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, default=as_json).encode()
