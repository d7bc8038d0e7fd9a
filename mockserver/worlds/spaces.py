"""Spaces: the worlds of one process by name, so that parallel tests share a server and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from mockserver.bus import Bus, SpaceChanged
from mockserver.gc_pauses import GivenUp
from mockserver.off_loop import on_a_thread
from mockserver.settings import Settings
from mockserver.worlds.loading import fresh_world
from mockserver.worlds.world import World

DEFAULT = "default"
"""The default space, used when no header names one."""

HEADER = b"x-nomad-mock-space"
"""The header, as ASGI spells it, that chooses a space."""


Listen: TypeAlias = Callable[[str, int], Awaitable[asyncio.Server]]
"""Opens a port that leads to the space of this name."""


class UnknownSpace(LookupError):
    """There is no space of that name."""


class CannotListen(RuntimeError):
    """Nothing serves these spaces, so none of them can have a port."""


@dataclass(slots=True)
class Space:
    """A place for one world after another.

    ``settings`` are what a fresh world is made of. ``server`` listens on a port of its own, if it has one.
    What happens to it is published on ``bus``; ``given_up`` counts its former worlds.
    """

    name: str
    settings: Settings
    world: World
    bus: Bus
    given_up: GivenUp
    server: asyncio.Server | None = None
    is_over: bool = False
    """Whether the space was dropped, or the server stops."""

    @property
    def port(self) -> int | None:
        """The port of its own."""
        if self.server is None or not self.server.sockets:
            return None
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def reset(self, settings: Settings) -> None:
        """Make a fresh world that follows ``settings``, and put it in place of the present one.

        The present world goes on until the fresh one is made. What ``fresh_world`` and ``replace`` raise is raised
        here, too; nothing has changed then.
        """
        self.replace(await _made(settings), "reset")

    def replace(self, world: World, what: str) -> None:
        """Put ``world`` in place of the present one and start it; ``what`` says why, in a word.

        Raises:
            UnknownSpace: The space is over.
        """
        if self.is_over:
            raise UnknownSpace(self.name)
        self.bus.publish(SpaceChanged(self.name, what))
        self.world.close()
        self.given_up.add(self.world.size)
        self.world = world
        world.start()


async def _made(settings: Settings) -> World:
    """Make a fresh world with its jobs on a thread: it may have many nodes, and nobody shares it yet."""

    def work() -> World:
        world = fresh_world(settings)
        world.register_jobs()
        return world

    return await on_a_thread(work)


def _again(settings: Settings) -> Settings:
    """For another world of the same kind: a clock that was handed over serves only one."""
    return settings if settings.clock is None else replace(settings, clock=None, speed=settings.clock.speed)


class Spaces:
    """All spaces of a process; ``default`` always exists, and begins with ``world`` or a fresh one.

    What serves the spaces sets ``listen``, what keeps them ``before_close``. What happens to any of them is published
    on ``bus``.
    """

    def __init__(self, settings: Settings, world: World | None = None) -> None:
        self.bus, self._given_up = Bus(), GivenUp()
        self.bus.listen(SpaceChanged, self._pass_on)
        self.default = Space(DEFAULT, _again(settings), world or fresh_world(settings), self.bus, self._given_up)
        self.listen: Listen | None = None
        self.before_close: Callable[[], None] = lambda: None
        self._by_name = {DEFAULT: self.default}

    def __iter__(self) -> Iterator[Space]:
        return iter(tuple(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Space:
        """Return the space of this name.

        Raises:
            UnknownSpace: There is none.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownSpace(name) from None

    async def create(self, name: str, settings: Settings) -> Space:
        """Make a new space with a world that runs. What ``fresh_world`` raises is raised here, too.

        Raises:
            ValueError: There is a space of this name already.
        """
        world = await _made(settings)
        if name in self._by_name:
            raise ValueError(f"there is a space {name!r} already")
        space = Space(name, _again(settings), world, self.bus, self._given_up)
        space.world.start()
        self._by_name[name] = space
        self.bus.publish(SpaceChanged(name, "created"))
        return space

    async def open_port(self, space: Space, port: int) -> None:
        """Let a space listen on a port of its own, 0 for any free one; one that is taken raises ``OSError``.

        Raises:
            CannotListen: Nothing serves these spaces.
        """
        if self.listen is None:
            raise CannotListen("this application is not served by nomad-mock")
        space.server = await self.listen(space.name, port)

    def drop(self, name: str) -> None:
        """End a space other than the default one; a name that no space has raises ``UnknownSpace``."""
        space = self[name]
        self.bus.publish(SpaceChanged(name, "dropped"))
        del self._by_name[name]
        space.is_over = True
        space.world.close()
        space.given_up.add(space.world.size)
        if space.server is not None:
            space.server.close()

    def _pass_on(self, change: SpaceChanged) -> None:
        """Publish what happens to one space in the worlds of all spaces."""
        for each in self:
            each.world.bus.publish(change)

    def close(self) -> None:
        """End all worlds, when the server stops: waiting queries are answered."""
        self.before_close()
        for space in self:
            space.is_over = True
            space.world.close()
