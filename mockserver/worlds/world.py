"""A world: everything that one isolated mock consists of."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from starlette.types import ASGIApp

from mockserver.bus import Bus, ClockMoved
from mockserver.cluster.clock import SteeredClock
from mockserver.cluster.cluster import Cluster
from mockserver.cluster.nodes import simulated_nodes
from mockserver.cluster.random_source import RandomSource
from mockserver.cluster.tasks import Rules
from mockserver.events import Events
from mockserver.faults import Delays, FaultContext, Faults
from mockserver.http.cors import shared
from mockserver.http.endpoint import JobEndpoint
from mockserver.jobs.validate import MOCK_DRIVER, STANDARD_DRIVERS
from mockserver.journal import Journal
from mockserver.journal.findings import StrictClients
from mockserver.nomad_types import Node, SubmittedJob
from mockserver.operations.agent import Agent, http_address
from mockserver.settings import Settings
from mockserver.slices import Turn, finish
from mockserver.worlds.job_files import register_jobs
from mockserver.worlds.node_files import nodes_of, read_nodes

_PATIENCE = 100_000
"""Maximum loop iterations a request waits for due timers; some timers never stop falling due."""

MOST_STEPS = 2_000_000
"""Things that may happen while time is moved once: some minutes of work."""

_EMPTY, _OBJECT = 32 * 1024, 4 * 1024
"""About how many bytes of memory a fresh world takes, and each object that is stored in it."""

_REPORTS = 100
"""How often listeners hear, at most, where time is while it is moved."""


class TooMuch(RuntimeError):
    """More than ``MOST_STEPS`` things happened before time was where it was to be moved; it stands at ``now``."""

    def __init__(self, now: int, end: int) -> None:
        super().__init__(f"more than {MOST_STEPS} things happened")
        self.now = now
        self.end = end


@dataclass(kw_only=True, slots=True)
class World:
    """One mock: its regions, its time, its randomness, rules for its tasks, and what answers requests to it.

    ``app`` answers a request to this world. It is ``endpoint``, varied where the settings say so, behind ``faults``,
    in front of these the check of strict clients where it is asked for, and all of it is observed by ``journal``.
    It may be replaced by another ASGI application at any time. ``jobs`` are registered when the world starts.
    """

    settings: Settings
    clock: SteeredClock
    ids: RandomSource
    rules: Rules
    agent: Agent
    endpoint: JobEndpoint
    faults: Faults
    journal: Journal
    events: Events
    bus: Bus
    app: ASGIApp
    jobs: Sequence[SubmittedJob] = ()
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self) -> None:
        """Begin, in the running event loop."""
        self.register_jobs()
        self.clock.run()

    def register_jobs(self) -> None:
        """Register ``jobs``, once."""
        jobs, self.jobs = self.jobs, ()
        register_jobs(jobs, self.agent.local)

    def close(self) -> None:
        """End: waiting queries are answered now, and nothing happens here any more."""
        self.endpoint.waiting.release()
        self.faults.release()
        self.journal.release()
        self.events.release()
        self.clock.stop()

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        stored = sum(state.size for state in self.journal.regions.values())
        return _EMPTY + stored * _OBJECT + self.journal.bytes

    async def advance(self, duration: int) -> None:
        """Move time forward by ``duration`` nanoseconds, as if it had passed.

        Everything that falls due on the way happens at its time, and every waiting query that it wakes is
        answered before the next thing happens. A running clock runs on afterwards.
        """
        async with self._moving:
            try:
                with self.clock.held():
                    await self._move_to(self.clock.now() + duration)
            finally:
                self._tell_time()

    def _tell_time(self, until: int | None = None) -> None:
        if self.bus.listening:
            self.bus.publish(ClockMoved(until))

    async def _move_to(self, end: int) -> None:
        """Let happen what falls due until ``end``, while others have their turn and listeners hear how far it is.

        Raises:
            TooMuch: More than ``MOST_STEPS`` things happened before.
        """
        clock, turn = self.clock, Turn()
        told = clock.now()
        happened = 0
        while clock.step(end):
            await self.settled()
            happened += 1
            if turn.is_over:
                if happened > MOST_STEPS:
                    raise TooMuch(clock.now(), end)
                if clock.now() - told >= (end - told) // _REPORTS:
                    told = clock.now()
                    self._tell_time(until=end)
                await asyncio.sleep(0)
                turn = Turn()
        clock.set(end)

    async def advance_to_next_event(self) -> bool:
        """Move time to the next planned thing and let it happen; False when nothing is planned."""
        await self.settled()
        when = self.clock.next_event()
        if when is not None:
            await self.advance(max(when - self.clock.now(), 0))
        return when is not None

    @property
    def moving(self) -> bool:
        """Whether time is being moved by hand right now, so that the clock is held meanwhile."""
        return self._moving.locked()

    async def change_speed(self, speed: float) -> None:
        """Let time pass at another speed from now on; 0 stands still."""
        async with self._moving:
            self.clock.change_speed(speed)
            turn = Turn()
            while speed == 0 and self.clock.step(self.clock.now()):  # it was late, and no alarm will ring for it now
                await self.settled()
                if turn.is_over:
                    await asyncio.sleep(0)
                    turn = Turn()
        self._tell_time()

    @property
    def is_behind(self) -> bool:
        """Whether time stands still here, and something is due all the same that has not happened yet.

        It is not while time is being moved: things fall due all the time then, and a request sees them happen.
        """
        clock = self.clock
        if clock.speed or self.moving:
            return False
        if clock.busy:
            return True
        when = clock.next_event()
        return when is not None and when <= clock.now()

    async def caught_up(self) -> None:
        """Let happen what is due at once.

        A request finds it done, however soon it comes after the one that caused it: where time stands still,
        nothing shall depend on how fast a client is.
        """
        turns = 0
        while self.is_behind and turns < _PATIENCE:
            await asyncio.sleep(0)
            turns += 1

    async def settled(self) -> None:
        """Let everyone answer whose query was woken, and everyone go on whom a fault held up."""
        while self.endpoint.waiting.awake or self.faults.context.delays.awake:
            await asyncio.sleep(0)


def create_world(settings: Settings) -> World:
    """Make the world that ``settings`` describe; it lives once it is started in an event loop.

    It has its nodes but no jobs. A bad file of nodes raises ``OSError`` or ``ValueError``.
    """
    clock = settings.clock or SteeredClock(speed=settings.speed)
    ids, bus = RandomSource(settings.seed), Bus()
    rules = Rules(bus)
    regions = (settings.region, *settings.federate)
    clusters = [empty_cluster(settings, region, clock, ids, rules, bus) for region in regions]
    for cluster in clusters:
        for node in _nodes(settings, cluster, ids):
            finish(cluster.nodes.join(node))
    return world_around(settings, clock, ids, rules, bus, clusters)


def empty_cluster(
    settings: Settings, region: str, clock: SteeredClock, ids: RandomSource, rules: Rules, bus: Bus
) -> Cluster:
    """Make a region with nothing in it, not even nodes."""
    drivers = STANDARD_DRIVERS | {MOCK_DRIVER} if settings.mock_driver else STANDARD_DRIVERS
    address = http_address(settings.host, settings.port)
    return Cluster(
        region=region,
        clock=clock,
        ids=ids,
        drivers=drivers,
        rules=rules,
        http_address=address,
        bus=bus,
        shuffle_placements=settings.shuffle_placements,
    )


def world_around(
    settings: Settings, clock: SteeredClock, ids: RandomSource, rules: Rules, bus: Bus, clusters: Sequence[Cluster]
) -> World:
    """Make the world of these regions, the first of which is the local one."""
    local, *federated = clusters
    agent = Agent(local, tuple(federated), host=settings.host, port=settings.port, datacenter=settings.datacenter)
    endpoint = _endpoint(agent, settings)
    delays = Delays(clock)
    sharing = partial(_sharing, endpoint, settings, clock, delays)
    context = FaultContext(clock, agent, sharing, random.Random(settings.seed), delays)
    faults = Faults(_with_weather(_varying(endpoint, settings, clock, delays), settings, context, clock), context, bus)
    checked = StrictClients(faults, clock.now) if settings.strict_clients else faults
    detours = [name for name in ("strict_clients", "vary") if getattr(settings, name)]
    journal = Journal(
        checked,
        endpoint,
        clusters,
        clock,
        bus,
        limit=settings.journal_limit,
        largest=settings.journal_bytes,
        detours=detours or faults.active,
    )
    return World(
        settings=settings,
        clock=clock,
        ids=ids,
        rules=rules,
        agent=agent,
        endpoint=endpoint,
        faults=faults,
        journal=journal,
        events=Events(agent.regions, clock, bus),
        bus=bus,
        app=shared(journal, settings.cors),
    )


def _endpoint(agent: Agent, settings: Settings) -> JobEndpoint:
    return JobEndpoint(agent, strict=settings.strict)


def _varying(endpoint: JobEndpoint, settings: Settings, clock: SteeredClock, delays: Delays) -> ASGIApp:
    if settings.vary is None:
        return endpoint
    from mockserver.variation import VaryingEndpoint  # most mocks never need it

    return VaryingEndpoint(endpoint, settings.vary, clock, delays)


def _with_weather(app: ASGIApp, settings: Settings, context: FaultContext, clock: SteeredClock) -> ASGIApp:
    if settings.vary is None:
        return app
    from mockserver.variation import Weather  # as above

    return Weather(app, settings.vary, context, clock)


def _sharing(endpoint: JobEndpoint, settings: Settings, clock: SteeredClock, delays: Delays, agent: Agent) -> ASGIApp:
    """Make an endpoint for another agent that shares the waiting queries of ``endpoint``."""
    other = _endpoint(agent, settings)
    other.waiting = endpoint.waiting
    return _varying(other, settings, clock, delays)


def _nodes(settings: Settings, cluster: Cluster, ids: RandomSource) -> list[Node]:
    nodes, drivers = settings.nodes, cluster.test_drivers
    if isinstance(nodes, int):
        where = {"region": cluster.region, "datacenter": settings.datacenter}
        return list(simulated_nodes(nodes, ids=ids, more_drivers=drivers, **where))
    return nodes_of(list(nodes), ids, drivers) if isinstance(nodes, tuple) else read_nodes(nodes, ids, drivers)
