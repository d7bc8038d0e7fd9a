"""Spaces: the worlds of one process by name, so that parallel tests share a server and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mockserver.settings import Settings
from mockserver.worlds.world import World, create_world

DEFAULT = "default"
"""The name of the space that is there from the start and answers who asks for none."""

HEADER = b"x-nomad-mock-space"
"""The header, as ASGI spells it, that chooses a space."""


class UnknownSpace(LookupError):
    """There is no space of that name."""


@dataclass(slots=True)
class Space:
    """A place for one world after another. ``settings`` are what a fresh world is made of."""

    name: str
    settings: Settings
    world: World

    def reset(self, settings: Settings | None = None) -> World:
        """Put a fresh world in place of the present one, whose waiting queries are answered at once.

        With ``settings`` the fresh world follows these, and so do those after it. Raises what
        ``create_world`` raises; nothing has changed then.
        """
        world = create_world(settings or _again(self.settings))
        self.settings = world.settings
        self.replace(world)
        return world

    def replace(self, world: World) -> None:
        """Put ``world`` in place of the present one and start it."""
        self.world.close()
        self.world = world
        world.start()


def _again(settings: Settings) -> Settings:
    """For another world of the same kind: a clock that was handed over serves only one."""
    return settings if settings.clock is None else replace(settings, clock=None, speed=settings.clock.speed)


class Spaces:
    """All spaces of a process; ``default`` always exists."""

    def __init__(self, settings: Settings) -> None:
        self.default = Space(DEFAULT, settings, create_world(settings))
        self._by_name = {DEFAULT: self.default}

    def __iter__(self) -> Iterator[Space]:
        return iter(tuple(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Space:
        """The space of this name; raises ``UnknownSpace``."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownSpace(name) from None

    def create(self, name: str, settings: Settings) -> Space:
        """A new space with a world that runs; raises what ``create_world`` raises, ``ValueError`` for a known name."""
        if name in self._by_name:
            raise ValueError(f"there is a space {name!r} already")
        space = self._by_name[name] = Space(name, settings, create_world(settings))
        space.world.start()
        return space

    def drop(self, name: str) -> None:
        """End a space other than the default one; raises ``UnknownSpace``."""
        space = self[name]
        del self._by_name[name]
        space.world.close()

    def close(self) -> None:
        """The server stops: nobody is kept waiting."""
        for space in self:
            space.world.close()
