"""Worlds: isolated mocks, many of which can live in one process."""

from mockserver.worlds.front import Front
from mockserver.worlds.spaces import DEFAULT, Space, Spaces, UnknownSpace
from mockserver.worlds.world import World, create_world

__all__ = ["DEFAULT", "Front", "Space", "Spaces", "UnknownSpace", "World", "create_world"]
