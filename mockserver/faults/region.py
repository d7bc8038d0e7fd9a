"""Regions that can't be reached."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.errors import Refused
from mockserver.faults.effect import Effect
from mockserver.faults.site import FaultError
from mockserver.nearest import advice, shown
from mockserver.operations.agent import Agent

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster
    from mockserver.faults.site import Site
    from mockserver.http.replies import Application, Receive, Scope, Send


@dataclass(frozen=True)
class _CutOff(Agent):
    """An agent that knows no way to one region."""

    lost: str = ""

    def cluster(self, *wanted: str) -> "Cluster":
        """The cluster of a region; raises ``Refused`` for an unknown one and for the lost one."""
        found = super().cluster(*wanted)
        if found.region == self.lost:
            raise Refused("No path to region")
        return found


@dataclass(slots=True)
class RegionUnreachable(Effect):
    """Requests for another region are answered as if there were none; what else is wrong with them comes first."""

    region: str

    def begin(self, site: "Site") -> None:
        """The region is lost; raises ``FaultError`` for one that this agent does not forward to."""
        agent = site.agent
        if self.region not in agent.regions or self.region == agent.local.region:
            others = advice(self.region, (cluster.region for cluster in agent.federated)) or "there are none"
            raise FaultError(f"{shown(self.region)!r} is no region that this agent forwards to; {others}")

    async def answer(self, site: "Site", app: "Application", scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG002 - another agent answers
        """Answer without the region."""
        agent = site.agent
        cut_off = _CutOff(
            agent.local, agent.federated, agent.host, agent.port, agent.datacenter, agent.name, lost=self.region
        )
        await site.endpoint(cut_off)(scope, receive, send)
