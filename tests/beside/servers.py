"""The two servers that are asked the same: connections to them, what they have, and waiting until they rest."""

import http.client
import json
import posixpath
import socket
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from tests.attack.steps import Request
from tests.attack.verdicts import Reply

_PATIENCE = 20.0
"""Seconds in which a server answers."""
_RESTS = 6.0
"""Seconds in which evaluations are done with."""
_POLL = 0.01
_GARBAGE = 0.1
"""Seconds in which the next entry is written while garbage is collected."""
_LISTS = {"job": "/v1/jobs", "allocation": "/v1/allocations", "evaluation": "/v1/evaluations", "node": "/v1/nodes"}


class Unreachable(Exception):
    """The server can't be asked; the text says why."""


@dataclass
class Server:
    """A server, and a connection to it that is kept open."""

    address: str
    _connection: socket.socket | None = field(default=None, init=False)

    def ask(self, request: Request) -> Reply:
        """Send a request once; a reply of status 0 says that none came, and why.

        Raises:
            Unreachable: Nobody listens.
        """
        connection = self._connected()
        try:
            connection.sendall(_as_bytes(request))
            answer = http.client.HTTPResponse(connection, method=request.method)
            answer.begin()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            late = isinstance(error, TimeoutError)
            return Reply(0, {}, b"no reply in time" if late else b"the connection ended without a reply")
        except KeyboardInterrupt:
            self.close()  # else the next request would get the reply to this one
            raise
        if answer.will_close:
            self.close()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    def read(self, target: str) -> Any:
        """Return the JSON that a GET is answered with.

        Raises:
            Unreachable: The answer is another one.
        """
        reply = self.ask(Request("GET", target))
        try:
            if reply.status == http.HTTPStatus.OK:
                return json.loads(reply.body)
        except ValueError:
            pass  # an agent answers with JSON; it is something else that listens there
        said = reply.body.decode("utf-8", "replace")[:200]
        raise Unreachable(f"{self.address}{target}: {reply.status or 'no status,'} {said}")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def referred(self, kind: str, number: int, prefix: str) -> str:
        """Return the ID of an object of a kind, in the order in which they were made; jobs' have this prefix."""
        found = [each for each in self.read(_LISTS[kind]) if str(each.get("JobID", each["ID"])).startswith(prefix)]
        found = found if kind != "node" else self.read(_LISTS[kind])
        found.sort(key=lambda each: each["CreateIndex"])
        return str(found[number % len(found)]["ID"]) if found else "none"

    def rest(self) -> list[Any]:
        """Wait until no evaluation is pending, and return all of them."""
        until = time.monotonic() + _RESTS
        while True:
            evaluations: list[Any] = self.read("/v1/evaluations")
            pending = any(each["Status"] == "pending" for each in evaluations)
            if not pending or time.monotonic() > until:
                return evaluations
            time.sleep(_POLL)

    def is_still(self) -> bool:
        """Return whether no evaluation is pending and no task starts or stops."""
        evaluations, allocations = self.read("/v1/evaluations"), self.read("/v1/allocations")
        return all(each["Status"] != "pending" for each in evaluations) and not any(map(_moves, allocations))

    def applied(self) -> int:
        """Return the index of the last entry of the log."""
        return int(self.read("/v1/agent/self")["stats"]["raft"]["applied_index"])

    def deregister(self, prefix: str) -> None:
        """Remove every job whose ID has this prefix, and wait until nothing is to be done for them."""
        for job in self.read("/v1/jobs"):
            if job["ID"].startswith(prefix):
                self.ask(Request("DELETE", f"/v1/job/{quote(job['ID'], safe='')}"))
        self.rest()

    def collect_garbage(self) -> None:
        """Have what is over forgotten, and wait until nothing more is."""
        self.ask(Request("PUT", "/v1/system/gc"))
        entries, before = self.applied(), -1
        while entries != before:
            time.sleep(_GARBAGE)
            entries, before = self.applied(), entries

    def _connected(self) -> socket.socket:
        if self._connection is None:
            place = urlsplit(self.address)
            if place.scheme != "http" or place.hostname is None or place.path not in ("", "/"):
                raise Unreachable(f"{self.address} is no address such as http://127.0.0.1:4646")
            try:
                self._connection = socket.create_connection((place.hostname, place.port or 80), _PATIENCE)
            except OSError as error:
                raise Unreachable(f"{self.address}: {error}") from None
        return self._connection


def _moves(allocation: Any) -> bool:
    status, tasks = allocation["ClientStatus"], (allocation["TaskStates"] or {}).values()
    if status in ("complete", "failed"):
        return any(each["State"] != "dead" for each in tasks)
    return bool(status == "pending" or allocation["DesiredStatus"] != "run")


def is_removable(job_id: str) -> bool:
    """Return whether the path of a job leads to it: an agent cleans paths, and takes some endings for actions."""
    path = f"/v1/job/{job_id}"
    return posixpath.normpath(path) == path and not path.endswith(_ACTIONS)


_ACTIONS = ("/allocations", "/dispatch", "/evaluate", "/evaluations", "/periodic/force", "/plan", "/summary")


def _as_bytes(request: Request) -> bytes:
    fields = [f"{name}: {value}" for name, value in request.headers]
    if request.body or request.method in ("PUT", "POST"):
        fields.append(f"Content-Length: {len(request.body)}")
    head = "\r\n".join([f"{request.method} {request.target} HTTP/1.1", *fields, "", ""])
    return head.encode("utf-8", "surrogatepass") + request.body
