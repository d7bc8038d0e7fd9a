"""A small client for ``/v1/job`` that records every exchange and remembers what it created."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import httpx

from contract_tests.client import json_body
from contract_tests.client.bounded import TooLong
from contract_tests.client.exchange import Exchange, unreadable
from contract_tests.suite import companion, monitor
from contract_tests.suite.ledger import Ledger
from contract_tests.suite.target import Target
from contract_tests.suite.violations import NotOffered, SuiteError

Job: TypeAlias = dict[str, Any]
Query: TypeAlias = Mapping[str, str | int | None]
"""Query parameters; None stands for a bare name, as in ``?pretty``."""

SUFFIXES = {
    "query": "",
    "register": "",
    "deregister": "",
    "allocations": "/allocations",
    "evaluations": "/evaluations",
    "summary": "/summary",
    "dispatch": "/dispatch",
    "evaluate": "/evaluate",
    "plan": "/plan",
    "force": "/periodic/force",
}
READS = ("query", "allocations", "evaluations", "summary")
MOST_UNANSWERED = 10
"""Requests of a run that may remain without a whole reply in time, until the server is given up."""


class Nomad:
    """The server under test, seen through one run's prefix.

    Writes go only to job IDs that begin with ``prefix``; anything else is a SuiteError, so that nothing of anybody
    else's is ever touched.
    """

    def __init__(self, target: Target, ledger: Ledger, prefix: str, *, purge: bool = False) -> None:
        """``purge`` asks for deregistered jobs to be forgotten: servers newer than the page keep them otherwise."""
        self.target = target
        self._purge: Query = {"purge": "true"} if purge else {}
        self.ledger = ledger
        self.prefix = prefix
        self.created: list[str] = []
        self.standing: set[str] = set()
        """Jobs that were created, and whose end no reply has confirmed."""
        self.unanswered = 0
        """Requests without a whole reply in time."""
        self._http = target.client()
        self._pool = ThreadPoolExecutor(max_workers=32)
        self._count = 0

    @property
    def gave_up(self) -> bool:
        """Whether so many requests remained unanswered that no other is worth its time."""
        return self.unanswered >= MOST_UNANSWERED

    @property
    def long_wait(self) -> str:
        """A ``wait`` that a change of a job ends long before: half of the target's patience."""
        return f"{self.target.patience / 2:g}s"

    @property
    def soon(self) -> float:
        """Seconds within which a change has ended such a wait."""
        return self.target.patience * 0.4

    def new_id(self, label: str = "job") -> str:
        """Return a job ID that nobody used before and that no other one begins with."""
        self._count += 1
        return f"{self.prefix}{label}-{self._count:06}"

    # The documented operations, in the page's order.

    def read(self, operation: str, job_id: str, query: Query | None = None, **headers: str) -> Exchange:
        """Send one of the four reads: ``query``, ``allocations``, ``evaluations``, ``summary``."""
        return self.send(operation, "GET", path(job_id, operation), query=query, headers=headers)

    def job(self, job_id: str, query: Query | None = None) -> Exchange:
        """Query a job."""
        return self.read("query", job_id, query)

    def allocations(self, job_id: str, query: Query | None = None) -> Exchange:
        """Query the allocations of a job."""
        return self.read("allocations", job_id, query)

    def evaluations(self, job_id: str, query: Query | None = None) -> Exchange:
        """Query the evaluations of a job."""
        return self.read("evaluations", job_id, query)

    def summary(self, job_id: str, query: Query | None = None) -> Exchange:
        """Query the summary of a job."""
        return self.read("summary", job_id, query)

    def register(self, job: Job, *, method: str = "PUT", query: Query | None = None, **envelope: Any) -> Exchange:
        """Register a job; ``envelope`` holds further members of the body, such as ``EnforceIndex``."""
        return self.act("register", job["ID"], {"Job": job, **envelope}, method=method, query=query)

    def dispatch(
        self, job_id: str, *, payload: bytes | None = None, meta: Mapping[str, str] | None = None, method: str = "PUT"
    ) -> Exchange:
        """Dispatch a parameterized job."""
        body: dict[str, Any] = {} if payload is None else {"Payload": base64.b64encode(payload).decode()}
        if meta is not None:
            body["Meta"] = dict(meta)
        return self.act("dispatch", job_id, body, method=method)

    def evaluate(self, job_id: str, *, method: str = "PUT") -> Exchange:
        """Force a new evaluation."""
        return self.act("evaluate", job_id, None, method=method)

    def plan(self, job: Job, *, diff: bool = True, method: str = "PUT") -> Exchange:
        """Plan a job: a dry run."""
        return self.act("plan", job["ID"], {"Job": job, "Diff": diff}, method=method)

    def force(self, job_id: str, *, method: str = "PUT") -> Exchange:
        """Force a launch of a periodic job."""
        return self.act("force", job_id, None, method=method)

    def deregister(self, job_id: str) -> Exchange:
        """Deregister a job."""
        return self.act("deregister", job_id, None, method="DELETE")

    # The companion endpoints.

    def companion(self, target: str, query: Query | None = None) -> Exchange:
        """Read a companion endpoint, such as ``/v1/nodes``."""
        return self.send("companion", "GET", target, query=query)

    def companion_later(self, target: str, query: Query) -> "Future[Exchange]":
        """Send a read of a companion endpoint that may wait, in the background."""
        return self._pool.submit(self.companion, target, query)

    def register_at_jobs(self, job: Job, *, method: str = "PUT", **envelope: Any) -> Exchange:
        """Register a job where its ID is not in the URL."""
        self.owns(job["ID"])
        return self.send("companion", method, companion.JOBS, body={"Job": job, **envelope})

    # What they are made of.

    def act(
        self, operation: str, job_id: str, body: Any, *, method: str = "PUT", query: Query | None = None
    ) -> Exchange:
        """Send a write; ``body`` is JSON data, raw bytes, or None for no body."""
        return self.send(operation, method, path(job_id, operation), query=query, body=body)

    def send(
        self,
        operation: str,
        method: str,
        target: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send a request exactly as given and return the exchange, checked for what holds for every one."""
        self._refuse_if_unsafe(method, target, body)
        more = self._query_text(query)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        full = _sendable(target + (more.replace("?", "&", 1) if "?" in target else more))
        exchange = self._exchange(operation, method, full, content, dict(headers or {}))
        monitor.watch(exchange)
        if operation in ("register", "dispatch", "force") and method in ("PUT", "POST"):
            self._remember(exchange, body)
        return exchange

    def owns(self, *job_ids: object) -> None:
        """Have jobs deregistered later that a server made, or may have made, for this run; no other is touched."""
        mine = dict.fromkeys(one for one in job_ids if isinstance(one, str) and one.startswith(self.prefix))
        new = [one for one in mine if one not in self.created]
        self.created += new
        self.standing.update(new)

    def later(self, operation: str, job_id: str, query: Query) -> "Future[Exchange]":
        """Send a read that may wait, in the background."""
        return self._pool.submit(self.read, operation, job_id, query)

    def together(self, calls: Sequence[Callable[[], Exchange]]) -> list[Exchange]:
        """Do calls of this client at the same time, and return what came of them, in their order."""
        return [one.result() for one in [self._pool.submit(call) for call in calls]]

    def wire(self, target: str, accept: str) -> bytes:
        """Return the body of a GET as it is on the wire, not unpacked."""
        full = target + self._query_text(None)
        request = self._http.build_request("GET", full, headers={"Accept-Encoding": accept})
        reply = self._answer("query", request, full, stream=True)
        return b"".join(reply.iter_raw()) if reply is not None else b""

    def settle(self, job_id: str) -> None:
        """Wait until no evaluation of the job is pending and its status has stopped moving, or patience ends."""
        limit = time.monotonic() + self.target.patience / 2
        before: object = None
        while time.monotonic() < limit and not self.gave_up:
            statuses = {str(e.get("Status")) for e in self._listed(job_id) if e.get("JobID") == job_id}
            job = self._plain("query", job_id)
            now = (statuses, job.get("ModifyIndex") if isinstance(job, dict) else job)
            if "pending" not in statuses and now == before:
                return
            before = now
            time.sleep(0.004)

    def clean(self) -> None:
        """Deregister everything created since the last call, newest first."""
        while self.created:
            self.remove(self.created.pop())

    def remove(self, job_id: str) -> None:
        """Deregister one job without recording anything about it; what fails is tried again by ``sweep``."""
        self._refuse_if_unsafe("DELETE", path(job_id, "deregister"))
        reply = self._quietly("DELETE", path(job_id, "deregister") + self._query_text(self._purge))
        if reply is not None and reply.status_code in (200, 404):
            self.standing.discard(job_id)

    def forget(self, job_id: str) -> None:
        """Have a server that keeps deregistered jobs forget one, so that it can come again as another instance."""
        if self._purge:
            self.remove(job_id)

    def leftovers(self) -> list[str]:
        """Return the IDs of the jobs with this run's prefix that the server still has, as far as it tells."""
        known = self._get_json("/v1/jobs" + self._query_text({"prefix": self.prefix}))
        if isinstance(known, list):
            listed = {str(job.get("ID")) for job in known if isinstance(job, dict)}
        else:
            found = {str(e.get("JobID")) for e in self._listed(self.prefix)}
            listed = {one for one in found if one.startswith(self.prefix) and self._plain("query", one)}
        return sorted({one for one in listed if one.startswith(self.prefix)} | self.standing)

    def sweep(self) -> int:
        """Deregister whatever is left of this run, as long as the server answers; return how many jobs that were."""
        left = sorted(self.leftovers(), reverse=True)
        lost = self.unanswered
        for job_id in left:
            if self.unanswered == lost:
                self.remove(job_id)
        return len(left)

    def close(self) -> None:
        """Let go of connections and threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def _exchange(self, operation: str, method: str, full: str, content: bytes, headers: dict[str, str]) -> Exchange:
        chunks = iter([content]) if "Transfer-Encoding" in headers else None
        request = self._http.build_request(method, full, content=chunks or content or None, headers=headers)
        sent = dict(headers) | ({"X-Nomad-Token": self.target.token} if self.target.token else {})
        started = time.perf_counter()
        reply = self._answer(operation, request, full)
        seconds = time.perf_counter() - started
        return Exchange(
            operation=operation,
            method=method,
            base_url=self.target.address,
            target=full,
            headers=sent,
            body=content,
            status=reply.status_code if reply is not None else None,
            reply_headers=reply.headers if reply is not None else httpx.Headers(),
            reply_body=reply.content if reply is not None else b"",
            seconds=seconds,
            ledger=self.ledger,
        )

    def _answer(
        self, operation: str, request: httpx.Request, full: str, *, stream: bool = False
    ) -> httpx.Response | None:
        """Return the reply, None when the server closed the connection without one; raise what is a finding."""
        finding, late = self.ledger.finding, "common.schema.survives-any-input"
        if "wait=" in full and operation in READS:
            late = f"common.blocking.{operation}.ends-at-wait"
        expected = f"an answer to {request.method} {full}"
        if self.gave_up:
            raise finding(late, expected, f"none to {self.unanswered} requests before, so it was not asked", None)
        try:
            return self._http.send(request, stream=stream)
        except (httpx.TimeoutException, httpx.ConnectError) as problem:
            self.unanswered += isinstance(problem, httpx.TimeoutException)
            raise finding(late, expected, repr(problem), None) from None
        except TooLong as problem:
            if operation == "companion":  # of a large cluster
                raise NotOffered(f"{full}: {problem}, which is all that the suite reads") from None
            raise finding(unreadable(operation), expected, str(problem), None) from None
        except httpx.DecodingError as problem:
            raise finding("common.compression.gzip-is-sound", "a gzip body", str(problem), None) from None
        except httpx.TransportError:
            return None

    def _remember(self, exchange: Exchange, body: Any) -> None:
        if not exchange.ok:
            return
        if exchange.operation == "dispatch":
            reply = exchange.json if exchange.reply_body.startswith(b"{") else {}
            child = reply.get("DispatchedJobID")
            if isinstance(child, str) and not child.startswith(self.prefix):  # somebody else's: not to be touched
                statement = "job.dispatch.id-begins-with-parent"
                raise self.ledger.finding(statement, f"an ID that begins with {self.prefix}", child, exchange)
            self.owns(child)
        elif exchange.operation == "register" and isinstance(body, dict):
            self.owns(body["Job"]["ID"])

    def _refuse_if_unsafe(self, method: str, target: str, body: Any = None) -> None:
        reads = method in ("GET", "HEAD", "OPTIONS")
        own = f"/v1/job/{quote(self.prefix)}" in target or companion.harmless(method, target, body, self.prefix)
        if not reads and not own:
            raise SuiteError(f"refused to send {method} {target}: it is not about a job of this run ({self.prefix}…)")

    def _query_text(self, query: Query | None) -> str:
        given = dict(query or {})
        if self.target.region:
            given.setdefault("region", self.target.region)
        bare: Sequence[str] = [quote(name) for name, value in given.items() if value is None]
        pairs = urlencode({name: value for name, value in given.items() if value is not None}, errors="replace")
        text = "&".join([*bare, pairs] if pairs else bare)
        return f"?{text}" if text else ""

    def _listed(self, job_id: str) -> list[dict[str, Any]]:
        """Return the job's evaluations; nothing of an answer of another shape, which the tests themselves judge."""
        found = self._plain("evaluations", job_id)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _plain(self, operation: str, job_id: str) -> Any:
        return self._get_json(path(job_id, operation) + self._query_text(None))

    def _get_json(self, target: str) -> Any:
        reply = self._quietly("GET", target)
        try:
            return json_body.parse(reply.content) if reply is not None and reply.status_code == 200 else None
        except ValueError:
            return None

    def _quietly(self, method: str, target: str) -> httpx.Response | None:
        """Return the reply to a request that no test is about, None when there is none."""
        try:
            return self._http.request(method, target)
        except httpx.HTTPError as problem:
            self.unanswered += isinstance(problem, httpx.TimeoutException)
            return None


def path(job_id: str, operation: str) -> str:
    """Return the path of an operation on a job; slashes in the ID stay slashes."""
    return f"/v1/job/{quote(str(job_id), safe='/~', errors='replace')}{SUFFIXES[operation]}"


def _sendable(target: str) -> str:
    """Escape what no request line may have, so that an ID out of a reply can be asked for whatever it is."""
    return "".join(one if "!" <= one <= "~" else quote(one, errors="replace") for one in target)
