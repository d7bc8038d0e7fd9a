"""Faults of servers that lag or are lost: stale reads, an index that goes back, unreachable regions."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.cluster.follower import Follower
from mockserver.errors import Refused
from mockserver.faults.effect import Effect, FaultError, is_stale_read
from mockserver.faults.leader import read_meta
from mockserver.gostd.durations import MILLISECOND
from mockserver.operations.agent import Agent
from nomad_contract_spelling import advice, shown

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.faults.effect import FaultContext


_HEARTBEAT = 100 * MILLISECOND
"""A healthy follower has heard of its leader within this many nanoseconds (observed: 13 to 51 ms)."""


@dataclass(slots=True)
class StaleFollower(Effect):
    """Stale reads are answered by a server that is ``lag`` indexes behind, at most back to when the fault began.

    All of it is older: objects, lists, indexes; and blocking queries wake only when it learns of a change.
    """

    lag: int
    _follower: Follower = field(init=False)
    _endpoint: ASGIApp = field(init=False)

    def begin(self, context: "FaultContext") -> None:
        """Begin to lag."""
        self._follower = Follower(context.agent.local, self.lag)
        self._endpoint = context.endpoint(replace(context.agent, local=self._follower.cluster))

    def end(self, context: "FaultContext") -> None:  # noqa: ARG002 - only the follower is concerned
        """Forget the follower."""
        self._follower.leave()

    def concerns(self, scope: Scope) -> bool:
        """Other reads than stale ones are answered by the leader."""
        return is_stale_read(scope)

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the follower answers
        """Answer with what the follower knows."""
        self._follower.catch_up()
        since = context.clock.now() - context.random.randrange(_HEARTBEAT)
        await self._endpoint(scope, receive, read_meta(send, context, since, known_leader=True))


@dataclass(frozen=True, slots=True)
class IndexReset(Effect):
    """All indexes of the local region go back by ``by``, as after a restored snapshot, before the next request.

    Queries that wait for an index which is now ahead wait until there is one, or their time is up.
    """

    by: int

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Go back, then answer."""
        context.agent.local.state.rewind(self.by)
        await app(scope, receive, send)


@dataclass(frozen=True)
class _CutOff(Agent):
    """An agent that knows no way to one region."""

    lost: str = ""

    def cluster(self, *wanted: str) -> "Cluster":
        """Return the cluster of a region.

        Raises:
            Refused: for the lost region, and for an unknown one.
        """
        found = super().cluster(*wanted)
        if found.region == self.lost:
            raise Refused("No path to region")
        return found


@dataclass(slots=True)
class RegionUnreachable(Effect):
    """Requests for another region are answered as if there were none; what else is wrong with them comes first."""

    region: str

    def begin(self, context: "FaultContext") -> None:
        """Lose the region.

        Raises:
            FaultError: when this agent does not forward to such a region.
        """
        agent = context.agent
        if self.region not in agent.regions or self.region == agent.local.region:
            others = advice(self.region, (cluster.region for cluster in agent.federated)) or "there are none"
            raise FaultError(f"{shown(self.region)!r} is not a region that this agent forwards to; {others}")

    async def answer(self, context: "FaultContext", app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - another agent answers
        """Answer without the region."""
        agent = context.agent
        cut_off = _CutOff(
            agent.local, agent.federated, agent.host, agent.port, agent.datacenter, agent.name, lost=self.region
        )
        await context.endpoint(cut_off)(scope, receive, send)
