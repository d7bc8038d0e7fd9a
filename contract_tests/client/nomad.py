"""The client of the suite: the documented operations and the companion endpoints, seen through one run's prefix."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias
from urllib.parse import parse_qs, quote, unquote, urlsplit

from contract_tests.client import safe_writes
from contract_tests.client.connection import Connection
from contract_tests.client.exchange import Exchange
from contract_tests.client.own_jobs import OwnJobs
from contract_tests.client.paths import Query, path, sendable, with_query
from contract_tests.client.target import Target
from contract_tests.findings import Ledger, SuiteError

Job: TypeAlias = dict[str, Any]
WAKING, SETTLING = "waking", "settling"
"""What the client itself waits for: that a change ends a query, that nothing about a job moves any more."""


class Nomad:
    """The server under test, seen through one run's prefix.

    Writes go only to job IDs that begin with ``prefix``; anything else is a SuiteError, so that nothing of anybody
    else's is ever touched. ``watch`` is called with every exchange, to check what holds for all of them.
    """

    def __init__(
        self,
        target: Target,
        ledger: Ledger,
        prefix: str,
        *,
        purge: bool = False,
        watch: Callable[[Exchange], object] = lambda _: None,
    ) -> None:
        self.target = target
        self.ledger = ledger
        self.prefix = prefix
        self.connection = Connection(target, ledger)
        self.patience = self.connection.sender.patience
        self.own = OwnJobs(self.connection, prefix, purge=purge)
        self._watch = watch
        self._pool = ThreadPoolExecutor(max_workers=32)
        self._count = 0

    def awaited(self, kind: str) -> str:
        """Return a kind of thing that is waited for, apart for a test that proves nothing which can fail the run.

        A server may never do what was only observed on 0.5.4. Such waits in vain shorten no others.
        """
        proving = self.ledger.proving
        return kind if not proving or any(map(self.ledger.fails, proving)) else f"{kind} (observed)"

    @property
    def long_wait(self) -> str:
        """A ``wait`` that a change of a job ends long before: half of the patience."""
        return f"{self.patience.seconds(self.awaited(WAKING)) / 2:g}s"

    def came_soon(self, found: Exchange) -> bool:
        """Return whether a change ended a query's ``long_wait``; patience shrinks when it did not."""
        (wait,) = parse_qs(urlsplit(found.target).query)["wait"]
        soon = found.seconds < float(wait.removesuffix("s")) * 0.8
        if not soon:
            self.patience.in_vain(self.awaited(WAKING))
        return soon

    def new_id(self, label: str = "job") -> str:
        """Return a job ID that nobody used before and that no other ID begins with."""
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
        """Register a job at ``/v1/jobs``, where its ID is not in the URL."""
        self.own.claim(job["ID"])
        return self.send("companion", method, safe_writes.JOBS, body={"Job": job, **envelope})

    # The requests that they are made of.

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
        """Send a request exactly as given and return the exchange, checked for what holds for every exchange.

        A request that would change something that is not this run's is a SuiteError. It is a violation when no answer
        comes, or one that names a child which is not this run's.
        """
        self._refuse_if_unsafe(method, target, body)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        full = sendable(with_query(target, query, self.target.scope))
        exchange = self.connection.exchange(operation, method, full, content, dict(headers or {}))
        self._watch(exchange)
        if operation in ("register", "dispatch", "force") and method in ("PUT", "POST"):
            self._remember(exchange, body)
        return exchange

    def later(self, operation: str, job_id: str, query: Query) -> "Future[Exchange]":
        """Send a read that may wait, in the background."""
        return self._pool.submit(self.read, operation, job_id, query)

    def together(self, calls: Sequence[Callable[[], Exchange]]) -> list[Exchange]:
        """Make calls of this client at the same time, and return their exchanges in the order of the calls."""
        return [one.result() for one in [self._pool.submit(call) for call in calls]]

    def wire(self, target: str, accept: str) -> bytes:
        """Return the body of a GET as it is on the wire, not unpacked; ``accept`` is the Accept-Encoding."""
        return self.connection.wire(with_query(target, None, self.target.scope), accept)

    def settle(self, job_id: str) -> None:
        """Wait until no evaluation of the job is pending and its status has stopped moving, or patience ends."""
        limit = time.monotonic() + self.patience.seconds(self.awaited(SETTLING)) / 2
        before: object = None
        while time.monotonic() < limit:
            evaluations = self.own.evaluations(job_id, limited=True)
            statuses = {str(e.get("Status")) for e in evaluations if e.get("JobID") == job_id}
            job = self.own.query(job_id, limited=True)
            now = (statuses, job.get("ModifyIndex") if isinstance(job, dict) else job)
            if "pending" not in statuses and now == before:
                return
            before = now
            time.sleep(0.004)
        self.patience.in_vain(self.awaited(SETTLING))

    def close(self) -> None:
        """Let go of connections and threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.connection.sender.http.close()

    def _remember(self, exchange: Exchange, body: Any) -> None:
        if not exchange.ok:
            return
        if exchange.operation == "dispatch":
            reply = exchange.json if exchange.reply_body.lstrip().startswith(b"{") else {}
            child = reply.get("DispatchedJobID")
            if isinstance(child, str) and not child.startswith(self.prefix):  # somebody else's: not to be touched
                statement = "job.dispatch.id-begins-with-parent"
                raise self.ledger.finding(statement, f"an ID that begins with {self.prefix}", child, exchange)
            self.own.claim(child)
        elif exchange.operation == "register":  # of a body that has to be refused, a wrong server may take either ID
            in_path = unquote(exchange.target.partition("?")[0].removeprefix("/v1/job/"))
            self.own.claim(in_path, *([body["Job"]["ID"]] if isinstance(body, dict) else []))

    def _refuse_if_unsafe(self, method: str, target: str, body: Any = None) -> None:
        reads = method in ("GET", "HEAD", "OPTIONS")
        own = f"/v1/job/{quote(self.prefix)}" in target or safe_writes.harmless(method, target, body, self.prefix)
        if not reads and not own:
            raise SuiteError(f"refused to send {method} {target}: it is not about a job of this run ({self.prefix}…)")
