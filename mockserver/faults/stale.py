"""Stale reads that are really stale."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mockserver.cluster.follower import Follower
from mockserver.faults.effect import Effect, is_stale_read
from mockserver.faults.leader import read_meta

if TYPE_CHECKING:
    from mockserver.faults.site import Site
    from mockserver.http.replies import Application, Receive, Scope, Send

_HEARTBEAT = 100_000_000
"""A healthy follower has heard of its leader within so many nanoseconds (observed: 13 to 51 ms)."""


@dataclass(slots=True)
class StaleFollower(Effect):
    """Stale reads are answered by a server that is ``lag`` indexes behind, at most back to when the fault began.

    All of it is older: objects, lists, indexes; and blocking queries wake only when it learns of a change.
    """

    lag: int
    _follower: Follower = field(init=False)
    _endpoint: "Application" = field(init=False)

    def begin(self, site: "Site") -> None:
        """It falls behind."""
        self._follower = Follower(site.agent.local, self.lag)
        self._endpoint = site.endpoint(replace(site.agent, local=self._follower.cluster))

    def end(self, site: "Site") -> None:  # noqa: ARG002 - only the follower is concerned
        """Nobody needs it any more."""
        self._follower.leave()

    def concerns(self, scope: "Scope") -> bool:
        """Other reads than stale ones are answered by the leader."""
        return is_stale_read(scope)

    async def answer(self, site: "Site", app: "Application", scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - the follower answers
        """Answer with what the follower knows."""
        self._follower.catch_up()
        since = site.clock.now() - site.random.randrange(_HEARTBEAT)
        await self._endpoint(scope, receive, read_meta(send, site, since, known_leader=True))
