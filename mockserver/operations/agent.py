"""The agent a client talks to: it serves its own region, and forwards to those it is federated with."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockserver.errors import Refused

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster


@dataclass(frozen=True)
class Agent:
    """Regions by name, each with a state of its own; ``local`` is the one that answers by default."""

    local: "Cluster"
    federated: "tuple[Cluster, ...]" = ()
    regions: "dict[str, Cluster]" = field(init=False)

    def __post_init__(self) -> None:
        clusters = (self.local, *self.federated)
        object.__setattr__(self, "regions", {cluster.region: cluster for cluster in clusters})

    def cluster(self, *wanted: str) -> "Cluster":
        """The cluster of the first region that is named at all; raises ``Refused`` for an unknown one."""
        region = next(filter(None, wanted), None)
        if region is None:
            return self.local
        try:
            return self.regions[region]
        except KeyError:
            raise Refused("No path to region") from None
