"""Regions without a leader, and servers that have not heard of theirs for a while (behaviour observed on 0.5.4).

Without a leader a server holds every request that needs one for five seconds and a little, in case there is one
again, and then answers ``No cluster leader``. What it can say without asking a leader it says at once: that a
request is malformed, that a region is unknown, stale reads.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.cluster.follower import Follower
from mockserver.errors import Refused
from mockserver.faults.effect import Effect, is_stale_read
from mockserver.faults.latency import carry_out
from mockserver.faults.replaced_reply import refuse
from mockserver.gostd.durations import MILLISECOND, SECOND
from mockserver.http.requests import buffered, replayed
from mockserver.operations.agent import Agent

if TYPE_CHECKING:
    import asyncio

    from mockserver.cluster.cluster import Cluster
    from mockserver.faults.effect import FaultContext

HOLD = 5 * SECOND
"""How long a server waits for a leader before it gives up, in nanoseconds."""

_JITTER_FRACTION = 16


class _NoLeader(Refused):
    """A request needs the leader that is not there."""


@dataclass(frozen=True)
class _Leaderless(Agent):
    """An agent whose own region has no leader; ``asked`` gets an element when a request needs the leader."""

    asked: list[bool] = field(default_factory=list)

    def cluster(self, *wanted: str) -> "Cluster":
        """Return the cluster of a region. Raises ``Refused`` for an unknown one.

        Raises:
            _NoLeader: for the local region.
        """
        found = super().cluster(*wanted)
        if found is self.local:
            self.asked.append(True)
            raise _NoLeader("No cluster leader")
        return found


class NoLeader(Effect):
    """The local region loses its leader; what happens there meanwhile shows when it is back.

    Stale reads are answered from what was known when the leader went, with ``X-Nomad-KnownLeader: false`` and a
    growing ``X-Nomad-LastContact``.
    """

    def __init__(self) -> None:
        self._since = 0
        self._over = False
        self._holding: set[asyncio.Future[None]] = set()

    def begin(self, context: "FaultContext") -> None:
        """Lose the leader."""
        self._since = context.clock.now()
        self._frozen = context.endpoint(replace(context.agent, local=Follower(context.agent.local, None).cluster))

    def end(self, context: "FaultContext") -> None:
        """Let the requests that were held go on: the leader is back."""
        self._over = True
        for sleep in tuple(self._holding):
            context.delays.wake(sleep)

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer without a leader, or hold the request until there is one."""
        if is_stale_read(scope):
            await self._frozen(scope, receive, read_meta(send, context, self._since, known_leader=False))
            return
        body, _ = await buffered(scope, receive)
        if not await refused_without_leader(context, scope, replayed(body, receive), send):
            return
        await self._hold(context)
        if self._over:
            await app(scope, replayed(body, receive), send)
        else:
            await refuse(context, "No cluster leader", scope, send)

    async def _hold(self, context: "FaultContext") -> None:
        sleep = context.delays.begin()
        self._holding.add(sleep)
        try:
            await context.delays.sleep(HOLD + context.random.randrange(HOLD // _JITTER_FRACTION), sleep)
        finally:
            self._holding.discard(sleep)


async def refused_without_leader(context: "FaultContext", scope: Scope, receive: Receive, send: Send) -> bool:
    """Return whether the request needs a leader; otherwise answer it."""
    agent = context.agent
    leaderless = _Leaderless(agent.local, agent.federated, agent.host, agent.port, agent.datacenter, agent.name)

    async def unless_asked(message: Message) -> None:
        if not leaderless.asked:
            await send(message)

    await context.endpoint(leaderless)(scope, receive, unless_asked)
    return bool(leaderless.asked)


@dataclass(frozen=True, slots=True)
class LeadershipLost(Effect):
    """A write was on its way into the log when the leader fell: it may have been done, or not (observed)."""

    carried_out: bool

    def concerns(self, scope: Scope) -> bool:
        """Only writes are logged."""
        return scope["method"] in ("PUT", "POST", "DELETE")

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer that the leadership was lost."""
        if self.carried_out:
            await carry_out(app, scope, receive)
        await refuse(context, "leadership lost while committing log", scope, send)


@dataclass(slots=True)
class LastContact(Effect):
    """A server that has not heard of its leader since the fault began, and ``already`` nanoseconds before."""

    already: int
    known_leader: bool
    _since: int = field(init=False, default=0)

    def begin(self, context: "FaultContext") -> None:
        """Lose contact to the leader."""
        self._since = context.clock.now() - self.already

    def concerns(self, scope: Scope) -> bool:
        """Other reads than stale ones are answered by the leader."""
        return is_stale_read(scope)

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and say how old the reply may be."""
        await app(scope, receive, read_meta(send, context, self._since, known_leader=self.known_leader))


def read_meta(send: Send, context: "FaultContext", since: int, *, known_leader: bool) -> Send:
    """Return a ``send`` for replies of a server that last heard of its leader at ``since`` (Unix nanoseconds)."""

    async def send_meta(message: Message) -> None:
        if message["type"] == "http.response.start":
            contact = (context.clock.now() - since) // MILLISECOND
            said = {
                b"x-nomad-knownleader": b"true" if known_leader else b"false",
                b"x-nomad-lastcontact": b"%d" % contact,
            }
            message["headers"] = [(name, said.get(name, value)) for name, value in message["headers"]]
        await send(message)

    return send_meta
