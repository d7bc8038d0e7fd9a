"""One life, which both servers live: it ends with the first difference."""

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.attack.steps import Life, Request, filled
from tests.attack.verdicts import Reply
from tests.beside.comparing import Difference, differences
from tests.beside.likeness import Likeness, excuse, swapped
from tests.beside.lives import reads_after, renamed, requests
from tests.beside.names import PREFIX, TOKEN
from tests.beside.servers import Server, Unreachable, is_removable
from tests.builders import a_job

_READS = ("GET", "HEAD")
_SPARED = "registrations that the agent is spared"
"""Of a job without our prefix, or one that no path leads to. The mock is asked first, and then the life is over."""
_EVEN = 1.0
"""Seconds in which both servers come to the same index."""


class Over(Exception):
    """The life can't go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a life: how many of its requests were ``sent``, statuses of the agent, and what was excused."""

    sent: int
    difference: Difference | None
    told: "Counter[str]"


@dataclass
class Pair:
    """The mock and the agent; ``fresh`` gives the mock a fresh state.

    With ``alone`` the agent has no jobs but ours. Else a write is sent only if it can't be about another job.
    """

    mock: Server
    agent: Server
    fresh: Callable[[], None]
    alone: bool
    datacenter: str = "dc1"
    token: str = field(default=TOKEN, init=False)
    _likenesses: tuple[Likeness, Likeness] = field(default_factory=lambda: (Likeness(0), Likeness(0)), init=False)

    def play(self, life: Life) -> Played:
        """Play a life, and remove its jobs."""
        told: Counter[str] = Counter()
        sent = 0
        try:
            self._begin()
            for request in requests(life):
                if not (self.alone or request.method in _READS or _is_about_ours(request)):
                    continue
                sent += 1
                for asked, ours, theirs in self._asked(renamed(request, self.token, self.datacenter)):
                    excused = excuse(ours, theirs)
                    told[excused or str(theirs.status)] += 1
                    found = None if excused else self._difference(asked, ours, theirs)
                    if found is not None or (excused and theirs.status):
                        return Played(sent, found, told)
        except Over as over:
            told[str(over)] += 1
        finally:
            self.clean()
        return Played(sent, None, told)

    def clean(self) -> None:
        """Remove our jobs from the agent; when it has no others, also what they left."""
        self.agent.deregister(PREFIX)
        if self.alone:
            self.agent.collect_garbage()

    def _begin(self) -> None:
        if self.alone:
            self.check_alone()
        self.fresh()
        self.token = secrets.token_hex(len(TOKEN) // 2)
        ours, theirs = (_marked(server, self.token) for server in (self.mock, self.agent))
        self._likenesses = ours, theirs

    def check_alone(self) -> None:
        """Check that the agent has no jobs but ours.

        Raises:
            Unreachable: It has; the text says which.
        """
        others = [job["ID"] for job in self.agent.read("/v1/jobs") if not job["ID"].startswith(PREFIX)]
        if others:
            raise Unreachable(
                f"{self.agent.address} has jobs of others, such as {others[0]}: use an agent that has none, or "
                "--allow-other-jobs, which leaves them alone"
            )

    def _asked(self, request: Request) -> Iterator[tuple[Request, Reply, Reply]]:
        """Yield what is asked with both replies; after a write also what there is now."""
        reply = self._both(request)
        if request.method not in _READS:
            self._settle()
        yield reply
        if request.method not in _READS:
            yield from self._afterwards(request)

    def _settle(self) -> None:
        """Wait until what the write caused is done."""
        for server in (self.mock, self.agent):
            server.rest()
        self._log()
        for server, likeness in zip((self.mock, self.agent), self._likenesses, strict=True):
            likeness.swapped = swapped(server.rest())

    def _afterwards(self, request: Request) -> Iterator[tuple[Request, Reply, Reply]]:
        yield self._log()
        yield from map(self._both, reads_after(request))

    def _both(self, request: Request) -> tuple[Request, Reply, Reply]:
        ours = self._ask(self.mock, request)
        if request.method not in _READS and not _is_about_ours(request):
            ids = [job["ID"] for job in self.mock.read("/v1/jobs")]
            if not all(each.startswith(PREFIX) and is_removable(each) for each in ids):
                raise Over(_SPARED)
        return request, ours, self._ask(self.agent, request)

    def _ask(self, server: Server, request: Request) -> Reply:
        prefix = f"{PREFIX}{self.token}"
        return server.ask(filled(request, lambda kind, number: server.referred(kind, number, prefix)))

    def _log(self) -> tuple[Request, Reply, Reply]:
        """Wait until both logs have as many entries after the marker, and return how many, as if that were asked."""
        until = time.monotonic() + _EVEN
        while True:
            ours, theirs = (
                server.applied() - likeness.marker
                for server, likeness in zip((self.mock, self.agent), self._likenesses, strict=True)
            )
            if ours == theirs or time.monotonic() > until:
                headers = {"content-type": "application/json"}
                mine, other = (Reply(200, headers, b'{"applied": %d}' % number) for number in (ours, theirs))
                return Request("GET", "/v1/agent/self"), mine, other
            time.sleep(_EVEN / 20)

    def _difference(self, asked: Request, ours: Reply, theirs: Reply) -> Difference | None:
        mine, others = self._likenesses
        return next(differences(asked, mine.reply(ours), others.reply(theirs)), None)


def _is_about_ours(request: Request) -> bool:
    return unquote(request.target).startswith(f"/v1/job/{PREFIX}")


def _marked(server: Server, token: str) -> Likeness:
    """Register a job that waits, and return a likeness that counts from its index."""
    job = a_job(ID=f"{PREFIX}{token}-marker", Datacenters=["nowhere"])
    reply = server.ask(Request("PUT", f"/v1/job/{job['ID']}", body=json.dumps({"Job": job}).encode()))
    if reply.status != 200:
        raise Unreachable(
            f"{server.address} does not take a job: {reply.status} {reply.body.decode('utf-8', 'replace')}"
        )
    server.rest()
    return Likeness(json.loads(reply.body)["JobModifyIndex"])
