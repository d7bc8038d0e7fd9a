"""Store what changed in one transaction before any client is answered."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.cluster.cluster import Cluster
from mockserver.gostd.durations import SECOND
from mockserver.http.replies import Dates, send_reply, text_reply
from mockserver.storage.database import TABLES, StorageError, members
from mockserver.storage.opening import Opened
from mockserver.worlds import Space, World, saved_settings

if TYPE_CHECKING:
    from mockserver.cluster.tasks import Rule
    from mockserver.settings import Settings


class Gate:
    """Calls ``flush``, which stores what changed, before any part of a reply goes out, be it of a write or a read.

    When that raises ``StorageError``, the client gets a 500 that says why, and can't know what became of its
    write: it is done, and stored as soon as that is possible again.
    """

    def __init__(self, app: ASGIApp, flush: Callable[[], None]) -> None:
        self._app = app
        self._flush = flush
        self._dates = Dates(time.time_ns)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_refused = False

        async def send_stored(message: Message) -> None:
            nonlocal is_refused
            if is_refused:
                return
            try:
                self._flush()
            except StorageError as error:
                if message["type"] != "http.response.start":  # too late for another answer: the connection breaks
                    raise
                is_refused = True
                await send_reply(send, scope, text_reply(500, str(error)), self._dates.header(), compress=False)
            else:
                await send(message)

        await self._app(scope, receive, send_stored)


_log = logging.getLogger("mockserver")

_GATHER = 0.02
"""Seconds after which changes are stored together that no request asks about."""
_BEAT = 1.0
"""Interval in seconds at which the clock is stored when idle; after a crash a task may run that much too long."""


class Keeper:
    """Stores what changes in the world of ``space``, whichever world that is.

    ``opened`` is what the space began with; ``start`` are the settings of this start. Raises
    ``StorageError`` when the first state can't be stored.
    """

    def __init__(self, opened: Opened, space: Space, start: "Settings") -> None:
        self._database = opened.database
        self._space = space
        self._start = start
        self._loaded = opened.loaded
        self._kept: World | None = None
        self._rules: tuple[Rule, ...] = ()
        self._time, self._speed = 0, start.speed
        self._drawn = 0
        self._is_changed = False
        self._is_final = False
        self._failed = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beating: asyncio.TimerHandle | None = None
        self._gathering: asyncio.TimerHandle | None = None
        if opened.resumed:
            self._follow(opened.world)
            self._store(opened.world, [kind for kind, table in TABLES.items() if table.is_timed])
        else:
            self.flush()

    def flush(self) -> None:
        """Store at once everything that changed, as one transaction.

        Raises ``StorageError``; nothing is stored then, and all of it is due at the next flush.
        """
        world = self._space.world
        if world is not self._kept:
            self._follow(world)
            self._store(world, [*TABLES])
        elif (
            self._is_changed
            or self._is_other_time(world)
            or self._rules != tuple(world.rules)
            or self._has_drawn(world)
        ):
            self._store(world)

    def gate(self, app: ASGIApp) -> ASGIApp:
        """Return the application behind a gate: its clients are told nothing that is not stored."""
        return Gate(app, self.flush)

    def start(self) -> None:
        """Start the background flush in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._beat()

    def finish(self) -> None:
        """Store the time for the last time; other changes may follow until ``close``."""
        if not self._is_final:
            self._store_or_complain()
            self._is_final = True

    def close(self) -> None:
        """Store what is left, and let others open the database."""
        self._loop = None
        for timer in (self._beating, self._gathering):
            if timer is not None:
                timer.cancel()
        self._store_or_complain()
        self._database.close()

    # When

    def _follow(self, world: World) -> None:
        for cluster in world.agent.regions.values():
            cluster.state.changes.follow(self._changed)

    def _changed(self) -> None:
        self._is_changed = True
        if self._loop is not None and self._gathering is None:
            self._gathering = self._loop.call_later(_GATHER, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        if self._is_changed:
            self._store_or_complain()

    def _beat(self) -> None:
        self._store_or_complain()
        if self._loop is not None:
            self._beating = self._loop.call_later(_BEAT, self._beat)

    def _is_other_time(self, world: World) -> bool:
        if world.moving or self._is_final:
            return False
        passed = world.clock.now() - self._time
        return world.clock.speed != self._speed or (passed != 0 if self._speed == 0 else passed > _BEAT * SECOND)

    def _has_drawn(self, world: World) -> bool:
        """Whether a seeded world used its generator, which a plan does without changing anything else."""
        return world.settings.seed is not None and world.ids.drawn != self._drawn

    def _store_or_complain(self) -> None:
        try:
            if self._space.world is self._kept:
                self._store(self._kept)
            else:
                self.flush()
        except StorageError as error:
            if str(error) != self._failed:
                _log.error("%s", error)
            self._failed = str(error)

    # What

    def _store(self, world: World, whole: Sequence[str] = ()) -> None:
        """Store what changed, and all of the kinds in ``whole`` whether it changed or not."""
        is_new = self._kept is not world
        self._kept = None  # if this fails, the changes are gone from their lists, and everything has to be stored
        with self._database.transaction():
            self._put_world(world, is_new=is_new)
            for kind in whole:
                self._database.clear(TABLES[kind])
            for number, cluster in enumerate(world.agent.regions.values()):
                self._put_region(number, cluster, whole)
        self._kept = world
        self._is_changed = False
        self._failed = ""

    def _put_world(self, world: World, *, is_new: bool) -> None:
        put, rules = self._database.put, tuple(world.rules)
        is_seeded = world.settings.seed is not None
        if is_new or is_seeded:  # without a seed nobody can tell whether it is the same generator
            put("ids", world.ids.saved() if is_seeded else None)
            self._drawn = world.ids.drawn
        if is_new:
            put("mock_driver", world.settings.mock_driver)
            put("settings", saved_settings(world.settings))
            put("given", {**saved_settings(self._start), "mock_driver": self._start.mock_driver})
            put("loaded", sorted(self._loaded))
            self._database.clear_regions()
        if is_new or rules != self._rules:
            put("rules", [rule.saved() for rule in rules])
            self._rules = rules
        if not self._is_final:
            self._time = world.clock.now()
            self._speed = self._speed if world.moving else world.clock.speed
            put("clock", {"now": self._time, "speed": self._speed, "given": self._start.speed})

    def _put_region(self, number: int, cluster: Cluster, whole: Sequence[str]) -> None:
        self._database.put_region(number, cluster.region, cluster.state.saved_indexes())
        for kind, key in cluster.state.changes.take():
            if kind in TABLES and kind not in whole:
                self._database.put_member(kind, number, key, cluster.saved_part(kind, key))
        saved = cluster.saved() if whole else {}
        for kind in whole:
            for key, document in members(TABLES[kind], saved):
                self._database.put_member(kind, number, key, document)
