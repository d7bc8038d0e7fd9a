"""A mock in a process of its own, and clients that note what it answered them."""

import http.client
import json
import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import forked
from tests.builders import a_group, a_job, a_task


@dataclass
class Mock:
    """A running mock."""

    command: forked.Command
    ready: str

    @property
    def port(self) -> int:
        """Return the port on which it listens."""
        found = re.search(r":(\d+) ", self.ready)
        assert found is not None, self.errors()
        return int(found[1])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the JSON of its reply; None for a 404."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        assert response.status in {200, 201, 404}, text
        return None if response.status == 404 else json.loads(text)

    def errors(self) -> str:
        """Return what it wrote to stderr."""
        return self.command.err.read_text("utf-8")


@contextmanager
def running(directory: Path, *options: str) -> Iterator[Mock]:
    """Run a mock that keeps its state in ``directory``, and kill it at the end."""
    with forked.started("mockserver.cli", "--port", "0", "--data-dir", str(directory), *options) as command:
        yield Mock(command, command.first_line())


def a_submission(job_id: str, *command: str, cpu: int = 20, count: int = 1, **known: Any) -> dict[str, Any]:
    """Return the body that registers a job of one task."""
    resources = {"CPU": cpu, "DiskMB": 0, "IOPS": 0, "MemoryMB": 10, "Networks": None}
    program, *arguments = command or ("/bin/server",)
    task = a_task(Config={"command": program, "args": arguments}, Resources=resources)
    group = a_group(task, Count=count, EphemeralDisk={"Migrate": False, "SizeMB": 20, "Sticky": False})
    return {"Job": a_job(group, ID=job_id, **known)}


@dataclass
class Noted:
    """What a client knows for certain. ``jobs`` has the JobModifyIndex of each job, None for removed ones."""

    jobs: dict[str, int | None] = field(default_factory=dict)
    evaluations: set[str] = field(default_factory=set)
    index: int = 0
    answers: int = 0
    registered: int = 0


class Client(threading.Thread):
    """Registers, updates, dispatches and deregisters jobs of its own, one after the other, until it is cut off.

    It never registers an ID again that it deregistered: what is left of the former job may become part of the new one,
    whose summary does not count what it did not see placed.
    ``sent`` is called when a request is on its way and before its reply is awaited.
    """

    def __init__(self, name: str, port: int, noted: Noted, rng: random.Random, sent: Callable[[], None]) -> None:
        super().__init__(name=name)
        self.noted = noted
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._rng = rng
        self._sent = sent
        self.failure = ""

    def run(self) -> None:
        """Go on until no reply comes any more."""
        try:
            while not self.failure:
                self._one()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            self._connection.close()

    def _one(self) -> None:
        there = [job_id for job_id, index in self.noted.jobs.items() if index is not None and "/" not in job_id]
        what = self._rng.choices(["register", "update", "deregister", "dispatch", "read"], [4, 2, 3, 3, 1])[0]
        if what == "dispatch":
            answer = self._ask("PUT", "/v1/job/parent/dispatch", {"Meta": {}})
            self.noted.jobs[answer["DispatchedJobID"]] = answer["JobCreateIndex"]
        elif what == "read":
            self._ask("GET", "/v1/jobs")
        elif what == "deregister" and there:
            self._deregister(self._rng.choice(there))
        elif what == "update" and there:
            self._register(self._rng.choice(there))
        else:
            self.noted.registered += 1
            self._register(f"{self.name}-{self.noted.registered}")

    def _deregister(self, job_id: str) -> None:
        del self.noted.jobs[job_id]  # unknown until there is an answer, and left alone if there never is one
        self._ask("DELETE", f"/v1/job/{job_id}")
        self.noted.jobs[job_id] = None

    def _register(self, job_id: str) -> None:
        self.noted.jobs.pop(job_id, None)
        kind, command = ("batch", ["true"]) if job_id.endswith(("3", "6", "9")) else ("service", [])
        body = a_submission(job_id, *command, Type=kind, Priority=self._rng.randrange(1, 100))
        self.noted.jobs[job_id] = self._ask("PUT", f"/v1/job/{job_id}", body)["JobModifyIndex"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        self._connection.request(method, path, None if body is None else json.dumps(body))
        self._sent()
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            self.failure = f"{method} {path}: {response.status}"
        self.noted.answers += 1
        self.noted.index = max(self.noted.index, int(response.headers["X-Nomad-Index"]))
        if isinstance(answer, dict) and answer.get("EvalID"):
            self.noted.evaluations.add(answer["EvalID"])
        return answer
