"""Store what changed in one transaction before any client is answered."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp

from mockserver.cluster.cluster import Cluster
from mockserver.gostd.durations import SECOND
from mockserver.slices import Steps, finish, in_slices
from mockserver.storage.gate import Gate
from mockserver.storage.noted import Noted, Row
from mockserver.storage.opening import Opened
from mockserver.storage.state_file import StorageError
from mockserver.storage.tables import TABLES, members
from mockserver.worlds import Space, World, saved_settings

if TYPE_CHECKING:
    from mockserver.cluster.tasks import Rule
    from mockserver.settings import Settings


_log = logging.getLogger("mockserver")

_GATHER = 0.02
"""Seconds after which changes are stored together that no request asks about."""
_MANY = 500
"""Changed parts that are stored at once."""

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
        self._steps: Steps[None] | None = None
        self._noted: Noted | None = None
        self._slices: asyncio.Task[None] | None = None
        self._background: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        if opened.resumed:
            self._follow(opened.world)
            finish(self._note_down(opened.world, [kind for kind, table in TABLES.items() if table.is_timed]))
            self._write()
        else:
            self.flush()

    def flush(self) -> None:
        """Store at once everything that changed, as one transaction.

        Raises ``StorageError``; nothing is stored then, and all of it is due at the next flush.
        """
        self._finish_storing()
        if self._is_due():
            finish(self._noting())
            self._write()

    async def store(self) -> None:
        """Store everything that changed until now, much of it on a thread; raises ``StorageError`` as ``flush``."""
        if self._slices is None and not self._is_due():
            return
        if self._slices is None and not self._turn.locked() and self._stored_at_once():
            return
        async with self._turn:
            if self._slices is not None:  # begun for somebody who has left; what changed since is not in it
                await asyncio.shield(self._slices)
            if self._noted is not None or self._is_due():
                self._slices = asyncio.ensure_future(self._store_apart())
                self._slices.add_done_callback(_looked_at)
                await asyncio.shield(self._slices)

    def gate(self, app: ASGIApp) -> ASGIApp:
        """Return the application behind a gate: its clients are told nothing that is not stored."""
        return Gate(app, self.store)

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
        for task in (self._slices, self._background):
            if task is not None:
                task.cancel()
        self._database.close()

    # When

    def _is_due(self) -> bool:
        world = self._space.world
        return (
            world is not self._kept
            or self._is_changed
            or self._is_other_time(world)
            or self._rules != tuple(world.rules)
            or self._has_drawn(world)
        )

    def _is_much(self) -> bool:
        """Whether to store what changed takes long enough for others to have their turn meanwhile."""
        world = self._space.world
        if world is not self._kept:
            return True
        return sum(len(cluster.state.changes) for cluster in world.agent.regions.values()) > _MANY

    def _stored_at_once(self) -> bool:
        """Store what changed if that is little; if it is much, it may be noted down now, and is yet to be written."""
        if self._is_much():
            return False
        finish(self._noting())
        if self._noted is not None and self._noted.is_large:
            return False
        self._write()
        return True

    async def _store_apart(self) -> None:
        """Note down in slices, unless that is done, and write on a thread."""
        try:
            if self._noted is None:
                self._steps = self._noting()
                await in_slices(self._steps)
                self._steps = None
            await asyncio.to_thread(self._write)
        finally:
            self._steps = self._slices = None

    def _finish_storing(self) -> None:
        """Wait for what is being stored apart."""
        if self._steps is not None:
            finish(self._steps)
        self._write()

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
            self._store_soon()

    def _beat(self) -> None:
        self._store_soon()
        if self._loop is not None:
            self._beating = self._loop.call_later(_BEAT, self._beat)

    def _is_other_time(self, world: World) -> bool:
        if world.moving or self._is_final:
            return False
        passed = world.clock.now() - self._time
        least = _BEAT * SECOND / 2  # each beat finds it due, however punctual it is
        return world.clock.speed != self._speed or (passed != 0 if self._speed == 0 else passed > least)

    def _has_drawn(self, world: World) -> bool:
        """Whether a seeded world used its generator, which a plan does without changing anything else."""
        return world.settings.seed is not None and world.ids.drawn != self._drawn

    def _store_soon(self) -> None:
        """Store what nobody asks about; nothing is to be done when somebody is storing already."""
        if self._slices is None and not self._turn.locked():
            self._background = asyncio.ensure_future(self._store_in_background())

    async def _store_in_background(self) -> None:
        with self._complaining():
            await self.store()
        if self._database.log_is_long:
            async with self._turn:
                await asyncio.to_thread(self._database.bring_in)

    def _store_or_complain(self) -> None:
        with self._complaining():
            self._finish_storing()
            finish(self._noting())
            self._write()

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        """Log why something could not be stored, once."""
        try:
            yield
        except StorageError as error:
            if str(error) != self._failed:
                _log.error("%s", error)
            self._failed = str(error)

    # What

    def _noting(self) -> Steps[None]:
        """Note down what changed, or all of a world that is new here; ``_write`` stores that."""
        world = self._space.world
        if world is self._kept:
            return self._note_down(world)
        self._follow(world)
        return self._note_down(world, [*TABLES])

    def _note_down(self, world: World, whole: Sequence[str] = ()) -> Steps[None]:
        """Note down what changed, and all of the kinds in ``whole`` whether it changed or not.

        All of it is as it is in this moment; what changes before the last step is for the next time.
        """
        is_new = self._kept is not world
        self._kept = None  # if this fails, the changes are gone from their lists, and everything has to be stored
        of_world = dict(self._of_world(world, is_new=is_new))
        clusters = [*world.agent.regions.values()]
        regions = [(cluster.region, cluster.state.saved_indexes()) for cluster in clusters]
        noting = [self._noting_region(number, cluster, whole) for number, cluster in enumerate(clusters)]
        self._is_changed = False

        def steps() -> Steps[None]:
            rows: list[Row] = []
            for each in noting:
                rows += yield from each
            self._noted = Noted(world, of_world, regions, whole, rows)

        return steps()

    def _of_world(self, world: World, *, is_new: bool) -> Iterator[tuple[str, Any]]:
        rules = tuple(world.rules)
        is_seeded = world.settings.seed is not None
        if is_new or is_seeded:  # without a seed nobody can tell whether it is the same generator
            yield "ids", world.ids.saved() if is_seeded else None
            self._drawn = world.ids.drawn
        if is_new:
            yield "mock_driver", world.settings.mock_driver
            yield "settings", saved_settings(world.settings)
            yield "given", {**saved_settings(self._start), "mock_driver": self._start.mock_driver}
            yield "loaded", sorted(self._loaded)
        if is_new or rules != self._rules:
            yield "rules", [rule.saved() for rule in rules]
            self._rules = rules
        if not self._is_final:
            self._time = world.clock.now()
            self._speed = self._speed if world.moving else world.clock.speed
            yield "clock", {"now": self._time, "speed": self._speed, "given": self._start.speed}

    def _noting_region(self, number: int, cluster: Cluster, whole: Sequence[str]) -> Steps[list[Row]]:
        changed = [(kind, key) for kind, key in cluster.state.changes.take() if kind in TABLES and kind not in whole]
        parts = cluster.saving_parts(changed)
        saving = cluster.saving() if whole else None

        def steps() -> Steps[list[Row]]:
            rows: list[Row] = []
            for kind, key, document in parts:
                yield
                rows.append((kind, number, key, document))
            saved = {} if saving is None else (yield from saving)
            for kind in whole:
                for key, document in members(TABLES[kind], saved):
                    yield
                    rows.append((kind, number, key, document))
            return rows

        return steps()

    def _write(self) -> None:
        """Store what was noted down as one transaction; on any thread."""
        with self._database.lock:
            noted, self._noted = self._noted, None
            if noted is not None:
                noted.put(self._database)
                self._kept = noted.world
                self._failed = ""


def _looked_at(task: asyncio.Task[None]) -> None:
    """Take note of an error that nobody waits for any more: the next store says it again."""
    if not task.cancelled():
        task.exception()
