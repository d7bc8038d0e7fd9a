"""A world: everything that one isolated mock consists of."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from mockserver.cluster.clock import SteeredClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.ids import Ids
from mockserver.cluster.nodes import load_nodes, simulated_nodes
from mockserver.contract import load_contract
from mockserver.jobs.validate import MOCK_DRIVER, STANDARD_DRIVERS
from mockserver.load import load_jobs, register_jobs
from mockserver.operations.agent import Agent
from mockserver.settings import Settings
from mockserver.shapes import Job, Node
from mockserver.web.endpoint import JobEndpoint
from mockserver.web.reply import Application


@dataclass(kw_only=True, slots=True)
class World:
    """One mock: its regions, its time, its randomness, and what answers requests to it.

    ``app`` answers a request to this world. It is ``endpoint``, and whatever is put around that: it may be
    replaced by another ASGI application at any time. ``jobs`` are registered when the world starts.
    """

    settings: Settings
    clock: SteeredClock
    ids: Ids
    agent: Agent
    endpoint: JobEndpoint
    app: Application
    jobs: Sequence[Job] = ()
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self) -> None:
        """Begin, in the running event loop."""
        register_jobs(self.jobs, self.agent.local)
        self.clock.run()

    def close(self) -> None:
        """End: whoever waits is answered now, and nothing happens here any more."""
        self.endpoint.waiting.release()
        self.clock.stop()

    async def advance(self, duration: int) -> None:
        """Move time forward by ``duration`` nanoseconds, as if it had passed.

        Everything that falls due on the way happens at its time, and every waiting query that it wakes is
        answered before the next thing happens. A running clock runs on afterwards.
        """
        async with self._moving:
            with self.clock.held():
                end = self.clock.now() + duration
                while self.clock.step(end):
                    await self.settled()
                self.clock.set(end)

    async def advance_to_next_event(self) -> bool:
        """Move time to the next planned thing and let it happen; False when nothing is planned."""
        await self.settled()
        when = self.clock.next_event()
        if when is not None:
            await self.advance(max(when - self.clock.now(), 0))
        return when is not None

    async def settled(self) -> None:
        """Let everyone answer whose query was woken."""
        while self.endpoint.waiting.awake:
            await asyncio.sleep(0)


def create_world(settings: Settings) -> World:
    """The world that ``settings`` describe; it lives once it is started in an event loop.

    Raises ``LoadError`` for job files that a real agent would refuse, ``OSError`` and ``ValueError`` for a
    bad file of nodes.
    """
    clock = settings.clock or SteeredClock(speed=settings.speed)
    ids = Ids(settings.seed)
    local, *federated = (_cluster(settings, region, clock, ids) for region in (settings.region, *settings.federate))
    agent = Agent(local, tuple(federated))
    contract = load_contract()
    endpoint = JobEndpoint(agent, contract, strict=settings.strict)
    jobs = load_jobs(settings.load, contract, local)
    return World(settings=settings, clock=clock, ids=ids, agent=agent, endpoint=endpoint, app=endpoint, jobs=jobs)


def _cluster(settings: Settings, region: str, clock: SteeredClock, ids: Ids) -> Cluster:
    drivers = STANDARD_DRIVERS | {MOCK_DRIVER} if settings.mock_driver else STANDARD_DRIVERS
    return Cluster(region=region, clock=clock, ids=ids, nodes=_nodes(settings, region, ids), drivers=drivers)


def _nodes(settings: Settings, region: str, ids: Ids) -> list[Node]:
    nodes = settings.nodes
    if isinstance(nodes, int):
        return list(simulated_nodes(nodes, ids=ids, region=region, datacenter=settings.datacenter))
    return list(load_nodes(json.dumps(nodes) if isinstance(nodes, tuple) else nodes.read_text("utf-8"), ids=ids))
