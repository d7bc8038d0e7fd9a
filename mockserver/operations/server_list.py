"""The servers that a node talks to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mockserver.gostd.durations import SECOND

if TYPE_CHECKING:
    from mockserver.cluster.cluster import Cluster

HEARTBEAT = 10 * SECOND
"""How often a node is heard of at least."""


class ServerList:
    """The servers that a client set last, or that the last heartbeat brought: those of the region (observed)."""

    def __init__(self, region: "Cluster", own: str) -> None:
        self._region = region
        self._own = own
        self._told: tuple[str, ...] = ()
        self._when = 0

    def __call__(self) -> list[str]:
        """Return all of them, in random order."""
        told = self._told if self._when == self._heartbeat else ()
        servers = [*(told or (self._own,))]
        if len(servers) > 1:
            self._region.ids.shuffle(servers)
        return servers

    def replace(self, servers: Sequence[str]) -> None:
        """Talk to these until the next heartbeat."""
        self._told, self._when = tuple(servers), self._heartbeat

    @property
    def _heartbeat(self) -> int:
        return self._region.clock.now() // HEARTBEAT
